// SPDX-License-Identifier: Apache-2.0
// The file of daily closes: a header `date,SYM1,SYM2,...`, then one date a line. Columns of no instrument are passed
// over; a date on which an instrument has no price is left out.
#include <fmt/format.h>

#include <algorithm>

#include "sidecar/config/csv.h"
#include "sidecar/config/model_reading.h"
#include "sidecar/config/spelling.h"

namespace bulwark::config {
namespace {

class PriceReader {
public:
  PriceReader(const std::string& file, const std::vector<std::string>& symbols, Report& report)
      : place_{file, 1, {}}, symbols_(symbols), report_(report) {}

  model::Closes read(std::string_view text) {
    const std::size_t mistakes_before = report_.mistakes.size();
    each_line(text, [this](int number, const std::vector<std::string_view>& fields) {
      place_.line = number;
      if (column_count_ == 0) read_header(fields);
      else if (!columns_.empty()) read_date(fields);
    });
    if (report_.mistakes.size() == mistakes_before) check_size();
    return std::move(closes_);
  }

private:
  void wrong(std::string_view key, std::string message) {
    report_.mistake(place_, std::string(key), std::move(message));
  }

  void read_header(const std::vector<std::string_view>& fields) {
    column_count_ = fields.size();
    if (fields[0] != "date")
      return wrong("header", fmt::format("found {}; the first column has to be \"date\"", shown(fields[0])));
    for (std::size_t k = 1; k < fields.size(); ++k) {
      if (!std::binary_search(symbols_.begin(), symbols_.end(), fields[k])) continue;
      if (std::count(fields.begin(), fields.end(), fields[k]) > 1) {
        return wrong("header", fmt::format("{} stands in it more than once", shown(fields[k])));
      }
      columns_.push_back(k);
      closes_.symbols.emplace_back(fields[k]);
    }
    if (columns_.empty()) wrong("header", "no column is named like an instrument");
  }

  void read_date(const std::vector<std::string_view>& fields) {
    if (fields.size() != column_count_) {
      return wrong("line", fmt::format("found {} field(s); the header has {}", fields.size(), column_count_));
    }
    const std::string_view date = fields[0];
    if (!is_date(date))
      return wrong("date", fmt::format("found {}; allowed is a date, like \"2024-01-31\"", shown(date)));
    if (date > newest_date_) return wrong("date", fmt::format("{} has not come yet", shown(date)));
    if (date <= last_date_) return wrong("date", fmt::format("{} does not come after {}", shown(date), last_date_));
    last_date_ = date;
    std::vector<double> prices;
    bool whole = true;
    for (const std::size_t k : columns_) {
      const std::optional<double> price = price_of(fields[k]);
      whole = whole && !fields[k].empty();
      if (price) prices.push_back(*price);
      else if (!fields[k].empty())
        return wrong("price", fmt::format("found {}; allowed is {}", shown(fields[k]), price_words));
    }
    if (!whole) return;
    closes_.dates.emplace_back(date);
    closes_.prices.insert(closes_.prices.end(), prices.begin(), prices.end());
  }

  void check_size() {
    if (closes_.dates.size() < model::dates_min) {
      wrong("line", fmt::format("found {} date(s) on which every instrument of the file has a price; needed are {}",
                                closes_.dates.size(), model::dates_min));
    }
    if (columns_.size() > model::symbols_max) {
      wrong("header", fmt::format("found {} instruments; allowed are {}", columns_.size(), model::symbols_max));
    }
  }

  Place place_;
  const std::vector<std::string>& symbols_;
  Report& report_;
  const std::string newest_date_ = newest_date();
  std::size_t column_count_ = 0;
  std::vector<std::size_t> columns_;
  std::string last_date_;
  model::Closes closes_;
};

}  // namespace

model::Closes read_closes(std::string_view text, const std::string& file, const std::vector<std::string>& symbols,
                          Report& report) {
  return PriceReader(file, symbols, report).read(text);
}

}  // namespace bulwark::config
