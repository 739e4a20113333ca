// SPDX-License-Identifier: Apache-2.0
// A small file of named columns: positions, sectors. Columns that are not asked for are not looked at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bulwark::risk {

class Columns {
public:
  explicit Columns(const std::string& path);

  bool has(std::string_view column) const;
  std::size_t count() const { return rows_.size(); }
  // Throw Mistake: there is no such column; the field is empty; it is no number.
  const std::string& text(std::size_t row, std::string_view column) const;
  double number(std::size_t row, std::string_view column) const;
  // FILE:LINE: COLUMN: message
  [[noreturn]] void wrong(std::size_t row, std::string_view column, const std::string& message) const;

private:
  std::string path_;
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<int> lines_;
};

}  // namespace bulwark::risk
