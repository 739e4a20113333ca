// SPDX-License-Identifier: Apache-2.0
// The scenario file: shocks by name, a replay between two dates, or a fall of the market or of factors by each symbol's
// betas.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "core/risk_model.h"
#include "sidecar/config/model_reading.h"
#include "sidecar/config/spelling.h"

namespace bulwark::config {
namespace {

constexpr DecimalRange share_range{-unit, 100 * unit, "a share of the price from -1 to 100"};
constexpr std::string_view of_sector = "sector.";

class ScenarioReader {
public:
  ScenarioReader(const core::Rules& rules, const model::Closes& closes, const Betas& betas, Report& report)
      : rules_(rules), closes_(closes), betas_(betas), report_(report) {
    for (const core::Instrument& instrument : rules.instruments) {
      names_.push_back(instrument.symbol);
      if (!instrument.sector.empty()) names_.push_back(std::string(of_sector) + instrument.sector);
    }
    names_.emplace_back("*");
  }

  core::Scenario read(Section& section, const std::string& name) {
    scenario_ = {name, {}};
    const Node* shock = section.table("shock");
    const Node* from = section.node("from");
    const Node* to = section.node("to");
    const Node* market = section.node("market");
    const Node* factors = section.table("factors");
    const int ways =
        (shock != nullptr) + (from != nullptr || to != nullptr) + (market != nullptr) + (factors != nullptr);
    if (ways != 1) {
      section.mistake("shock", "needed is one of `shock`, `from` with `to`, `market` and `factors`");
    } else if (shock != nullptr) {
      Section shocks(report_, shock, section.path_of("shock"), shock->place);
      if (shocks.children().empty()) section.mistake("shock", "names nothing that would move");
      read_shock(shocks);
    } else if (market != nullptr) {
      read_market(section);
    } else if (factors != nullptr) {
      read_factors(section, *factors);
    } else {
      read_replay(section, from, to);
    }
    section.finish();
    return std::move(scenario_);
  }

private:
  // The most precise name wins; what nothing is said of stays where it is.
  void read_shock(Section& shocks) {
    std::map<std::string, double, std::less<>> shares;
    for (const Node& child : shocks.children()) {
      if (std::find(names_.begin(), names_.end(), child.key) == names_.end()) {
        shocks.mistake(child.key, fmt::format("names no symbol, no sector (as \"sector.NAME\") and not \"*\"{}",
                                              suggestion(child.key, names_)));
      }
      if (const auto share = shocks.decimal(child.key, share_range)) shares[child.key] = core::to_model(*share);
    }
    for (const core::Instrument& instrument : rules_.instruments) {
      auto found = shares.find(instrument.symbol);
      if (found == shares.end()) found = shares.find(std::string(of_sector) + instrument.sector);
      if (found == shares.end()) found = shares.find("*");
      scenario_.moves.push_back({instrument.symbol, found == shares.end() ? 0.0 : found->second});
    }
  }

  void read_market(Section& section) {
    const auto share = section.decimal("market", share_range);
    if (betas_.market.empty()) return section.mistake("market", "needs daily prices, and a market in them that moved");
    for (std::size_t k = 0; k < betas_.market.size(); ++k) {
      scenario_.moves.push_back({closes_.symbols[k], betas_.market[k] * core::to_model(share.value_or(0))});
    }
  }

  void read_factors(Section& section, const Node& node) {
    const std::size_t count = betas_.factors.size();
    if (count == 0) {
      return section.mistake("factors",
                             "needs prices of factors: `bulwark risk stress --factors FILE` reads them, a "
                             "configuration has none");
    }
    Section moves(report_, &node, section.path_of("factors"), node.place);
    if (moves.children().empty()) section.mistake("factors", "names no factor");
    for (const std::string& symbol : closes_.symbols) scenario_.moves.push_back({symbol, 0});
    for (const Node& child : moves.children()) {
      const auto place = std::find(betas_.factors.begin(), betas_.factors.end(), child.key);
      const auto share = moves.decimal(child.key, share_range);
      if (place == betas_.factors.end()) {
        moves.mistake(child.key, "names no factor of the file of factors" + suggestion(child.key, betas_.factors));
        continue;
      }
      const auto factor = static_cast<std::size_t>(place - betas_.factors.begin());
      for (std::size_t k = 0; k < scenario_.moves.size(); ++k)
        scenario_.moves[k].share += betas_.by_factor[k * count + factor] * core::to_model(share.value_or(0));
    }
  }

  void read_replay(Section& section, const Node* from, const Node* to) {
    const std::optional<std::size_t> start = date(section, "from", from), end = date(section, "to", to);
    if (!start || !end) return;
    if (*start >= *end) return section.mistake("to", "has to come after `from`");
    for (std::size_t k = 0; k < closes_.symbols.size(); ++k) {
      scenario_.moves.push_back({closes_.symbols[k], closes_.at(*end, k) / closes_.at(*start, k) - 1});
    }
  }

  std::optional<std::size_t> date(Section& section, std::string_view key, const Node* node) {
    const auto& dates = closes_.dates;
    const bool given = node != nullptr && (node->kind == Kind::String || node->kind == Kind::Time);
    const auto place = given ? std::find(dates.begin(), dates.end(), node->text) : dates.end();
    if (place != dates.end()) return static_cast<std::size_t>(place - dates.begin());
    const std::string range =
        dates.empty() ? "there are no prices" : "they are from " + dates.front() + " to " + dates.back();
    section.mistake(
        key, fmt::format("{}; needed is a date of the price file on which every instrument in it has a price: {}",
                         node == nullptr ? "is missing" : "found " + found_text(*node), range));
    return std::nullopt;
  }

  const core::Rules& rules_;
  const model::Closes& closes_;
  const Betas& betas_;
  Report& report_;
  std::vector<std::string> names_;
  core::Scenario scenario_;
};

}  // namespace

std::vector<core::Scenario> read_scenarios(std::string_view text, const std::string& file, const core::Rules& rules,
                                           const model::Closes& closes, const Betas& betas, Report& report) {
  std::vector<core::Scenario> result;
  const Parsed parsed = parse_toml(text, file);
  Report own;  // the values in there are no keys of the configuration
  own.mistakes = parsed.mistakes;
  if (parsed.mistakes.empty()) {
    Section root(own, &parsed.root, "", parsed.root.place);
    const Node* table = root.table("scenario");
    Section scenarios(own, table, "scenario", {file, 1, {}});
    ScenarioReader reader(rules, closes, betas, own);
    for (const Node& child : scenarios.children()) {
      const Node* one = scenarios.table(child.key);
      if (one == nullptr) continue;
      Section section(own, one, scenarios.path_of(child.key), one->place);
      result.push_back(reader.read(section, child.key));
    }
    if (result.empty() || result.size() > core::scenario_count_max) {
      own.mistake(scenarios.place(), "scenario",
                  fmt::format("found {} scenarios; needed are 1 to {}", result.size(), core::scenario_count_max));
    }
    root.finish();
  }
  for (Mistake& mistake : own.mistakes) report.mistakes.push_back(std::move(mistake));
  return result;
}

}  // namespace bulwark::config
