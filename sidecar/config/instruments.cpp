// SPDX-License-Identifier: Apache-2.0
// The instruments file: a header line, then one instrument a line; what is left empty takes the contract's default.
#include <fmt/format.h>

#include <array>
#include <unordered_map>

#include "shm/decimal.h"
#include "sidecar/config/csv.h"
#include "sidecar/config/reading.h"
#include "sidecar/config/spelling.h"

namespace bulwark::config {
namespace {

constexpr std::array<std::string_view, 7> columns{"symbol",    "sector",   "currency", "multiplier",
                                                  "tick_size", "lot_size", "adv"};
constexpr std::string_view header = "symbol,sector,currency,multiplier,tick_size,lot_size,adv";

class LineReader {
public:
  LineReader(const Place& place, const std::vector<std::string_view>& fields, Report& report)
      : place_(place), fields_(fields), report_(report) {}

  core::Instrument read(const std::string& base_currency) {
    core::Instrument result;
    result.symbol = fields_[0];
    if (!usable_name(result.symbol)) wrong(0, name_words);
    result.sector = fields_[1];
    if (!result.sector.empty() && !usable_name(result.sector)) wrong(1, "empty or " + std::string(name_words));
    result.currency = fields_[2].empty() ? base_currency : std::string(fields_[2]);
    if (!usable_name(result.currency) || result.currency.find('/') != std::string::npos) {
      wrong(2, "a currency, like \"EUR\", or empty for the base currency");
    }
    result.multiplier = positive(3, result.multiplier);
    result.tick_size.raw = positive(4, result.tick_size.raw);
    result.lot_size.raw = positive(5, result.lot_size.raw);
    result.adv.raw = positive(6, result.adv.raw);
    return result;
  }

private:
  void wrong(std::size_t column, std::string_view allowed) {
    report_.mistake(place_, std::string(columns[column]),
                    fmt::format("found {}; allowed is {}", shown(fields_[column]), allowed));
  }

  std::int64_t positive(std::size_t column, std::int64_t otherwise) {
    if (fields_[column].empty()) return otherwise;
    Node node;
    node.kind = Kind::String;
    node.text = fields_[column];
    node.place = place_;
    constexpr DecimalRange range{1, decimal_raw_max, "a number above 0, at most 10000000000, or empty"};
    return static_cast<std::int64_t>(
        decimal_of(report_, node, std::string(columns[column]), range).value_or(otherwise));
  }

  const Place& place_;
  const std::vector<std::string_view>& fields_;
  Report& report_;
};

}  // namespace

std::vector<core::Instrument> read_instruments(std::string_view text, const std::string& file,
                                               const std::string& base_currency, Report& report) {
  std::vector<core::Instrument> result;
  std::unordered_map<std::string, int> line_of;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Place place{file, 0, {}};
  bool header_read = false;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view line = trimmed(text.substr(start, end - start));
    start = end + 1;
    ++place.line;
    if (line.empty()) continue;
    const std::vector<std::string_view> fields = fields_of(line);
    if (!header_read) {
      header_read = true;
      if (fields == std::vector<std::string_view>(columns.begin(), columns.end())) continue;
      report.mistake(place, "header",
                     fmt::format("found {}; the first line has to be {}", shown(line), quoted(header)));
      return result;
    }
    if (fields.size() != columns.size()) {
      report.mistake(place, "line",
                     fmt::format("found {} field(s); needed are the {} of the header, empty ones included",
                                 fields.size(), columns.size()));
      continue;
    }
    core::Instrument instrument = LineReader(place, fields, report).read(base_currency);
    const auto [first, is_new] = line_of.emplace(instrument.symbol, place.line);
    if (is_new) result.push_back(std::move(instrument));
    else report.mistake(place, "symbol", fmt::format("{} stands in line {} already", shown(fields[0]), first->second));
  }
  if (!header_read) {
    report.mistake({file, 1, {}}, "header",
                   fmt::format("the file is empty; the first line has to be {}", quoted(header)));
  }
  if (result.size() > name_count_max) {
    report.mistake(place, "line", fmt::format("found {} instruments; allowed are {}", result.size(), name_count_max));
  }
  return result;
}

}  // namespace bulwark::config
