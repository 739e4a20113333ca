// SPDX-License-Identifier: Apache-2.0
// [limit.NAME]: where it stands, what it compares, and whether that can go together.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "core/metric.h"
#include "shm/decimal.h"
#include "sidecar/config/model_reading.h"
#include "sidecar/config/reading.h"
#include "sidecar/config/spelling.h"

namespace bulwark::config {
namespace {

constexpr DecimalRange factor_range{1, unit, "a share above 0, at most 1"};
constexpr DecimalRange to_range{0, unit, "a share from 0 to 1"};
constexpr DecimalRange warn_range{1, unit, "a share of max above 0, at most 1"};
constexpr DecimalRange window_range{1, static_cast<int128>(7 * 86'400) * unit,
                                    "a number of seconds above 0, at most 604800 (7 days)"};

std::vector<std::string> words_of(std::span<const std::string_view> names) {
  std::vector<std::string> result;
  for (const std::string_view name : names) {
    if (!name.empty()) result.emplace_back(name);
  }
  return result;
}

// What `on` may name, by key. A client makes itself known only when it attaches.
struct Known {
  std::vector<std::string> symbols, sectors, accounts, strategies;
};

Known known_of(const core::Rules& rules, bool instruments_good) {
  Known known;
  if (instruments_good) {
    for (const core::Instrument& instrument : rules.instruments) {
      known.symbols.push_back(instrument.symbol);
      if (!instrument.sector.empty()) known.sectors.push_back(instrument.sector);
    }
  }
  for (const core::Account& account : rules.accounts) known.accounts.push_back(account.name);
  for (const core::Strategy& strategy : rules.strategies) known.strategies.push_back(strategy.name);
  for (auto* names : {&known.symbols, &known.sectors, &known.accounts, &known.strategies}) {
    std::sort(names->begin(), names->end());
    names->erase(std::unique(names->begin(), names->end()), names->end());
  }
  return known;
}

class LimitReader {
public:
  LimitReader(Section& section, const Known& known, bool instruments_good, Report& report)
      : section_(section), known_(known), instruments_good_(instruments_good), report_(report) {}

  core::Limit read(const std::string& name) {
    limit_.name = name;
    const Node* on = section_.table("on");
    limit_.metric = word<Metric>("metric", metric_names, Metric::None);
    section_.require("max", "the largest value that is allowed");
    limit_.max = section_.decimal("max", zero_or_more).value_or(0);
    limit_.warn = static_cast<std::int64_t>(section_.decimal("warn", warn_range, limit_.warn));
    limit_.action = word<Action>("action", action_names, Action::Reject);
    read_window();
    read_confidence();
    if (on != nullptr) read_on(*on);
    limit_.dynamic = section_.boolean("dynamic", false);
    read_share("factor", Action::Scale, factor_range, limit_.factor);
    read_share("to", Action::Liquidate, to_range, limit_.to);
    section_.finish();
    return limit_;
  }

private:
  // `metric` has no default: without it `otherwise` is None and the key is required.
  template <class Enum, std::size_t N>
  Enum word(std::string_view key, const std::array<std::string_view, N>& names, Enum otherwise) {
    const std::vector<std::string> allowed = words_of(names);
    std::optional<std::string> text;
    if (otherwise == Enum::None) {
      section_.require(key, "one of " + listed(allowed));
      text = section_.text(key);
    } else {
      text = section_.text(key, name_of(names, otherwise));
    }
    if (!text) return otherwise;
    const Enum result = from_name(names, *text, Enum::None);
    if (result != Enum::None) return result;
    section_.mistake(
        key, fmt::format("found {}; allowed are {}{}", shown(*text), listed(allowed), suggestion(*text, allowed)));
    return Enum::None;
  }

  // A share that belongs to one action alone: `scale` needs its factor, `liquidate` may leave its share at 0.
  void read_share(std::string_view key, Action action, const DecimalRange& range, std::int64_t& share) {
    const std::optional<int128> found = section_.decimal(key, range);
    if (found) share = static_cast<std::int64_t>(*found);
    if (limit_.action == Action::None) return;
    const std::string_view name = name_of(action_names, action);
    if (limit_.action == action && action == Action::Scale) {
      section_.require(key, "the share to which limits marked dynamic, and sizes, shrink");
    } else if (found && limit_.action != action) {
      section_.mistake(key, fmt::format("goes with action = \"{}\" alone; take it out", name));
    }
  }

  void read_window() {
    const std::optional<int128> window = section_.decimal("window", window_range);
    if (window) limit_.window.ns = static_cast<std::int64_t>(*window * (1'000'000'000 / unit));
    if (limit_.metric == Metric::None) return;
    const std::string_view metric = name_of(metric_names, limit_.metric);
    if (core::needs_window(limit_.metric)) {
      section_.require("window", fmt::format("the seconds over which {} counts", metric));
    } else if (window) {
      section_.mistake("window", fmt::format("{} has no window; take it out", metric));
    }
  }

  void read_confidence() {
    const std::optional<int128> confidence = section_.decimal("confidence", confidence_range);
    if (!confidence || limit_.metric == Metric::None) return;
    limit_.confidence = static_cast<std::int64_t>(*confidence);
    if (core::has_confidence(limit_.metric)) return;
    section_.mistake("confidence",
                     fmt::format("{} has no confidence; take it out", name_of(metric_names, limit_.metric)));
  }

  void read_on(const Node& node) {
    Section on(report_, &node, section_.path_of("on"), node.place);
    key(on, "symbol", limit_.on.symbol, instruments_good_ ? &known_.symbols : nullptr);
    key(on, "sector", limit_.on.sector, instruments_good_ ? &known_.sectors : nullptr);
    key(on, "account", limit_.on.account, &known_.accounts);
    key(on, "strategy", limit_.on.strategy, &known_.strategies);
    key(on, "client", limit_.on.client, nullptr);
    on.finish();
  }

  // One key of `on`. `names` null: nobody knows yet which there are.
  void key(Section& on, std::string_view what, std::string& value, const std::vector<std::string>* names) {
    const std::optional<std::string> text = on.text(what);
    if (!text) return;
    value = *text;
    if (!valid_name(value)) {
      on.mistake(what,
                 fmt::format("found {}; allowed is a name of 1 to 32 printable ASCII characters, or \"*\" for each one",
                             shown(value)));
    } else if (value != "*" && names != nullptr && !std::binary_search(names->begin(), names->end(), value)) {
      on.mistake(what, fmt::format("no {} is named {}{}", what, shown(value), suggestion(value, *names)));
    }
    check_place(on, what);
  }

  // Whether the metric can stand there at all.
  void check_place(Section& on, std::string_view what) {
    if (limit_.metric == Metric::None) return;
    const std::string_view metric = name_of(metric_names, limit_.metric);
    const core::Kind kind = core::kind_of(limit_.metric);
    if (limit_.metric == Metric::Drawdown && what != "account") {
      on.mistake(what, "drawdown stands on nothing or on an account");
    } else if (what == "client" && kind != core::Kind::Order && kind != core::Kind::Flow) {
      on.mistake(
          what, fmt::format("{} cannot stand on a client; only limits on single orders and on their flow can", metric));
    }
  }

  Section& section_;
  const Known& known_;
  bool instruments_good_;
  Report& report_;
  core::Limit limit_;
};

}  // namespace

std::vector<core::Limit> read_limits(Section& limits, const core::Rules& rules, bool instruments_good, Report& report) {
  const Known known = known_of(rules, instruments_good);
  std::vector<core::Limit> result;
  for (const Node& child : limits.children()) {
    const Node* table = limits.table(child.key);
    if (!usable_name(child.key)) limits.mistake(child.key, fmt::format("a limit needs {}", name_words));
    if (table == nullptr) continue;
    Section section(report, table, limits.path_of(child.key), table->place);
    result.push_back(LimitReader(section, known, instruments_good, report).read(child.key));
  }
  return result;
}

}  // namespace bulwark::config
