// SPDX-License-Identifier: Apache-2.0
#include "sidecar/risk/prices.h"

#include <fmt/format.h>

#include <limits>
#include <map>

#include "sidecar/config/csv.h"
#include "sidecar/config/spelling.h"
#include "sidecar/risk/file.h"
#include "sidecar/risk/mistake.h"

namespace bulwark::risk {

using config::shown;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

class Reader {
public:
  Reader(const std::string& path, const Wanted& wanted) : path_(path), wanted_(wanted) {}

  Prices read() {
    const std::string text = read_file(path_);
    config::each_line(text, [this](int number, const std::vector<std::string_view>& fields) {
      line_ = number;
      if (header_.empty()) read_header(fields);
      else read_line(fields);
    });
    return table();
  }

private:
  [[noreturn]] void wrong(std::string_view column, const std::string& message) const {
    throw Mistake(fmt::format("{}:{}: {}: {}", path_, line_, column, message));
  }

  bool wanted(std::string_view symbol) const {
    return wanted_.symbols.empty() || wanted_.symbols.contains(std::string(symbol));
  }

  void read_header(const std::vector<std::string_view>& fields) {
    header_.assign(fields.begin(), fields.end());
    long_ = fields.size() >= 3 && fields[1] == "symbol" && fields[2] == "close";
    if (fields[0] != "date" || fields.size() < 2) {
      wrong("header", fmt::format("found {}; needed is date,SYM1,SYM2,... or date,symbol,close", shown(fields[0])));
    }
    for (std::size_t k = 1; k < fields.size() && !long_; ++k) {
      if (fields[k].empty()) wrong("header", fmt::format("column {} has no symbol", k + 1));
      if (wanted(fields[k]) && !by_symbol_.try_emplace(header_[k]).second)
        wrong("header", fmt::format("{} stands in it twice", shown(fields[k])));
    }
  }

  void read_line(const std::vector<std::string_view>& fields) {
    if (fields.size() != header_.size())
      wrong("line", fmt::format("found {} field(s); the header has {}", fields.size(), header_.size()));
    const std::string date(fields[0]);
    if (!config::is_date(date))
      wrong("date", fmt::format("found {}; needed is a date, like \"2024-01-31\"", shown(date)));
    if (date < wanted_.from || (!wanted_.to.empty() && date > wanted_.to)) return;
    if (long_) {
      dates_.insert(date);
      if (wanted(fields[1])) take(date, fields[1], fields[2]);
      return;
    }
    if (!dates_.insert(date).second) wrong("date", fmt::format("{} stands in it twice", date));
    for (std::size_t k = 1; k < fields.size(); ++k) {
      if (wanted(header_[k])) take(date, header_[k], fields[k]);
    }
  }

  void take(const std::string& date, std::string_view symbol, std::string_view text) {
    if (symbol.empty()) wrong("symbol", "is empty");
    if (text.empty()) return;
    const std::optional<double> price = config::price_of(text);
    if (!price) {
      wrong(long_ ? fmt::format("close of {}", symbol) : std::string(symbol),
            fmt::format("found {}; needed is {}, or nothing where there is none", shown(text), config::price_words));
    }
    if (!by_symbol_[std::string(symbol)].emplace(date, *price).second)
      wrong("symbol", fmt::format("{} has a price on {} already", shown(symbol), date));
  }

  Prices table() const {
    for (const std::string& symbol : wanted_.symbols) {
      const auto found = by_symbol_.find(symbol);
      if (found != by_symbol_.end() && !found->second.empty()) continue;
      throw Mistake(fmt::format("{}: has no price of {}{}", path_, shown(symbol), range()));
    }
    Prices prices;
    prices.dates.assign(dates_.begin(), dates_.end());
    for (const auto& [symbol, closes] : by_symbol_) {
      if (closes.empty()) throw Mistake(fmt::format("{}: has no price of {}{}", path_, shown(symbol), range()));
      prices.symbols.push_back(symbol);
    }
    if (prices.symbols.empty()) throw Mistake(fmt::format("{}: has no price{}", path_, range()));
    prices.closes.setConstant(static_cast<Eigen::Index>(prices.dates.size()),
                              static_cast<Eigen::Index>(prices.symbols.size()), none);
    Eigen::Index column = 0;
    for (const auto& [symbol, closes] : by_symbol_) {
      Eigen::Index row = 0;
      for (const auto& [date, price] : closes) {
        while (prices.dates[static_cast<std::size_t>(row)] != date) ++row;
        prices.closes(row, column) = price;
      }
      ++column;
    }
    return prices;
  }

  std::string range() const {
    if (wanted_.from.empty() && wanted_.to.empty()) return "";
    return fmt::format(" {}{}", wanted_.from.empty() ? "" : "from " + wanted_.from + " ",
                       wanted_.to.empty() ? "on" : "up to " + wanted_.to);
  }

  const std::string& path_;
  const Wanted& wanted_;
  int line_ = 1;
  bool long_ = false;
  std::vector<std::string> header_;
  std::set<std::string> dates_;
  std::map<std::string, std::map<std::string, double>> by_symbol_;
};

}  // namespace

Prices read_prices(const std::string& path, const Wanted& wanted) { return Reader(path, wanted).read(); }

}  // namespace bulwark::risk
