// SPDX-License-Identifier: Apache-2.0
// Limits of the kind model: the order's symbol at its worst end, positions alone for the others.
#include <algorithm>

#include "core/engine.h"
#include "core/judge.h"

namespace bulwark::core {

// Measures have 16 decimals here. What differs only in a double's last bits does not differ: reaching `max` is allowed.
static int128 precise(const CompiledLimit& limit, double measure) {
  return to_raw(measure * limit.scale.factor, static_cast<int128>(unit) * unit);
}
static bool is_more(int128 a, int128 b) { return a > b + b / 100'000'000'000'000; }

// The measure before and after the order. At either end of the symbol everything that works on one side has filled; an
// order moves the end of its own side, and every measure is the larger of both.
Judge::Around Judge::around(const CompiledLimit& limit) const {
  const Party& party = candidate_.party;
  const Symbol& symbol = *candidate_.symbol;
  const RiskModel& model = engine_.risk_.model();
  engine_.book_.settle(engine_.market_);
  const std::size_t group = engine_.book_.group(limit.view, party.account, party.strategy);
  const Cell& cell = engine_.book_.cell(limit.view, group, party.symbol);
  const Worth& worth =
      limit.reach == Reach::Symbol ? Worth::of(cell) : engine_.total_of(limit, group, party.sector).worth;
  if (unvalued_ != Reason::None || !worth.known()) {
    const bool no_mark = unvalued_ == Reason::NoMark || worth.no_mark != 0;
    return {0, 0, no_mark ? Reason::NoMark : Reason::NoFx};
  }
  const bool buys = candidate_.side == Side::Buy;
  const double longest = to_model(cell.longest_value), shortest = to_model(cell.shortest_value);
  const double moved = to_model(symbol.value(buys ? cell.longest() + added_ : cell.shortest() - added_));
  const bool touches = longest != 0 || shortest != 0 || moved != 0;
  const RiskPlace place = engine_.risk_.place(limit.view, limit.reach, group, party.sector, party.symbol, true);
  if (engine_.lacks_model(limit.metric, place, touches)) return {0, 0, Reason::Limit};
  const RiskOutlook outlook(model, limit.metric, place);
  const double stays = outlook.at(buys ? shortest : longest);
  const double before = std::max(stays, outlook.at(buys ? longest : shortest));
  const double after = std::max(stays, outlook.at(moved));
  return {precise(limit, before), precise(limit, after), Reason::None};
}

Judge::Measure Judge::measure_model(const CompiledLimit& limit) const { return measure_model(limit, around(limit)); }

Judge::Measure Judge::measure_model(const CompiledLimit& limit, const Around& around) const {
  if (limit.value_kind != ValueKind::Fraction) return {divide_rounded(around.after, unit), 0, around.cannot};
  const AccountIndex account = limit.each_account ? candidate_.party.account : limit.named.account;
  return {around.after, engine_.divisor(account) * unit, around.cannot};
}

bool Judge::raises_above(const CompiledLimit& limit, const Slot& slot) const {
  const Around found = around(limit);
  if (found.cannot != Reason::None) return true;
  if (!is_more(found.after, found.before)) return false;
  if (limit.value_kind != ValueKind::Fraction) return is_more(found.after, slot.max * unit);
  const Measure m = measure_model(limit, found);
  return m.divisor <= 0 || above(limit, {m.value, m.divisor, true}, slot.max);
}

}  // namespace bulwark::core
