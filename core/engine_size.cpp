// SPDX-License-Identifier: Apache-2.0
// `size`: the largest quantity that each constraint would allow, and the smallest of them. What binds in the end is the
// gate itself, asked about an order that nobody has sent yet: no size is one that it then refuses.
#include <algorithm>

#include "core/engine.h"
#include "core/kelly.h"

namespace bulwark::core {

class Sizer {
public:
  explicit Sizer(Engine& engine) : engine_(engine), sized_(engine.sized_) {}
  void size(const SizeEvent& size);

private:
  std::int64_t shrunk(std::int64_t share, const Party& party) const;
  void size_by_trade(const SizeEvent& size, const Judge& judge);
  void size_by_book(Judge& judge);
  std::int64_t size_by_limits(Candidate& candidate, Judge& judge);

  Engine& engine_;
  Sized& sized_;
};

void Engine::apply_size(const SizeEvent& size) {
  has_sized_ = true;
  Sizer(*this).size(size);
}

void Sizer::size(const SizeEvent& size) {
  sized_ = Sized{};
  sized_.constraints.fill(Sized::unconstrained);
  IntentEvent intent{};
  intent.symbol = size.symbol;
  intent.client = size.client;
  intent.account = size.account;
  intent.strategy = size.strategy;
  Candidate candidate{};
  candidate.party = engine_.known_party(intent);
  candidate.side = size.side;
  candidate.market = size.market;
  candidate.price = size.price.raw;
  candidate.sized = true;
  const auto set = [this](Constraint constraint, std::int64_t quantity) {
    sized_.constraints[at(constraint)] = quantity;
  };
  if (engine_.unknown_name(candidate.party) != Reason::None) {
    set(Constraint::Limits, 0);
  } else {
    engine_.complete(candidate);
    Judge judge(engine_, candidate);
    size_by_trade(size, judge);
    size_by_book(judge);
    set(Constraint::Limits, size_by_limits(candidate, judge));
  }
  const auto smaller = [](std::int64_t a, std::int64_t b) {
    return static_cast<std::uint64_t>(a) < static_cast<std::uint64_t>(b);  // unconstrained is the largest
  };
  const auto binding = std::min_element(sized_.constraints.begin(), sized_.constraints.end(), smaller);
  sized_.quantity = {*binding};
  sized_.binding = static_cast<Constraint>(binding - sized_.constraints.begin());
}

// A share of [sizing], as small as the factors make it that hold where the order would be.
std::int64_t Sizer::shrunk(std::int64_t share, const Party& party) const {
  std::int64_t smallest = unit;
  for (const Factor& factor : engine_.factors_) {
    if (within(factor.on, party)) smallest = std::min(smallest, factor.factor);
  }
  return static_cast<std::int64_t>(round8(share, smallest));
}

// Kelly and the target of volatility look at the trade alone.
void Sizer::size_by_trade(const SizeEvent& size, const Judge& judge) {
  const Candidate& candidate = judge.candidate();
  const Symbol& symbol = *candidate.symbol;
  const int128 equity = engine_.divisor(candidate.party.account);
  const int128 unit_value = symbol.valued() ? judge.notional(unit) : 0;
  const auto units_of = [&](const EquityShare& share) {
    return units_within(share, equity, unit_value) / symbol.lot_size * symbol.lot_size;
  };
  const DailyVariance variance = engine_.risk_.daily_variance(candidate.party.symbol);
  if (engine_.sizing_.kelly_fraction) {
    sized_.constraints[at(Constraint::Kelly)] =
        units_of(kelly_share(shrunk(*engine_.sizing_.kelly_fraction, candidate.party), size, variance));
  }
  if (engine_.sizing_.volatility_target) {
    sized_.constraints[at(Constraint::Volatility)] =
        units_of(volatility_share(shrunk(*engine_.sizing_.volatility_target, candidate.party), variance));
  }
}

// What the book has room for: the account's gross within its equity, the symbol's within a share of it, the strategy's
// VaR within its share of the portfolio's limit.
void Sizer::size_by_book(Judge& judge) {
  const Candidate& candidate = judge.candidate();
  CompiledLimit limit{};
  limit.named.account = candidate.party.account;
  limit.value_kind = ValueKind::Fraction;
  limit.kind = Kind::Exposure;
  limit.view = View::Account;
  const auto largest = [&](Constraint constraint, std::int64_t max) {
    Slot slot{};
    slot.max = max;
    const auto keeps = [&](std::int64_t quantity) { return judge.keeps(limit, slot, quantity); };
    sized_.constraints[at(constraint)] = largest_passing(candidate, position_raw_max, keeps);
  };
  limit.metric = Metric::Leverage;
  limit.reach = Reach::All;
  largest(Constraint::Balance, unit);
  limit.metric = Metric::Concentration;
  limit.reach = Reach::Symbol;
  if (engine_.sizing_.max_fraction)
    largest(Constraint::MaxFraction, shrunk(*engine_.sizing_.max_fraction, candidate.party));
  const std::optional<std::int64_t> budget = engine_.risk_budgets_[at(candidate.party.strategy)];
  const auto whole = std::find_if(engine_.limits_.all.begin(), engine_.limits_.all.end(), [](const CompiledLimit& one) {
    return one.metric == Metric::Var && !one.each_any && one.named == Scope{};
  });
  if (!budget || whole == engine_.limits_.all.end()) return;
  limit = *whole;
  limit.view = View::Strategy;
  largest(Constraint::RiskBudget,
          static_cast<std::int64_t>(std::min<int128>(
              engine_.limits_.slots[whole->slot_base].max * shrunk(*budget, candidate.party) / unit, INT64_MAX)));
}

// The largest quantity that an intent of these fields would be accepted with now.
std::int64_t Sizer::size_by_limits(Candidate& candidate, Judge& judge) {
  if (engine_.latched(candidate.party, State::Halted) != nullptr) return 0;
  return largest_passing(candidate, decimal_raw_max, [&](std::int64_t quantity) {
    candidate.quantity = candidate.total = quantity;
    return engine_.refused_by_rule(candidate).reason == Reason::None && judge.passes(quantity);
  });
}

}  // namespace bulwark::core
