// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sidecar/config/csv.h"
#include "sidecar/config/spelling.h"
#include "sidecar/risk/file.h"
#include "sidecar/risk/mistake.h"

namespace bulwark::risk {

Columns::Columns(const std::string& path) : path_(path) {
  const std::string text = read_file(path);
  config::each_line(text, [this](int number, const std::vector<std::string_view>& fields) {
    if (header_.empty()) return header_.assign(fields.begin(), fields.end());
    if (fields.size() != header_.size()) {
      throw Mistake(
          fmt::format("{}:{}: found {} field(s); the header has {}", path_, number, fields.size(), header_.size()));
    }
    rows_.emplace_back(fields.begin(), fields.end());
    lines_.push_back(number);
  });
  if (rows_.empty()) throw Mistake(path + ": has no line after its header");
}

bool Columns::has(std::string_view column) const {
  return std::find(header_.begin(), header_.end(), column) != header_.end();
}

const std::string& Columns::text(std::size_t row, std::string_view column) const {
  const auto place = std::find(header_.begin(), header_.end(), column);
  if (place == header_.end()) {
    throw Mistake(fmt::format("{}:1: has no column \"{}\"; found {}", path_, column, fmt::join(header_, ", ")));
  }
  const std::string& found = rows_[row][static_cast<std::size_t>(place - header_.begin())];
  if (found.empty()) wrong(row, column, "is empty");
  return found;
}

double Columns::number(std::size_t row, std::string_view column) const {
  const std::string& found = text(row, column);
  const auto value = config::number_of(found);
  if (!value) wrong(row, column, fmt::format("found {}; needed is a number", config::shown(found)));
  return *value;
}

void Columns::wrong(std::size_t row, std::string_view column, const std::string& message) const {
  throw Mistake(fmt::format("{}:{}: {}: {}", path_, lines_[row], column, message));
}

}  // namespace bulwark::risk
