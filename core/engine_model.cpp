// SPDX-License-Identifier: Apache-2.0
// The risk model in the engine: what its limits say of the positions as they stand.
#include "core/engine.h"

namespace bulwark::core {

// Of a fraction the numerator keeps 16 decimals, and so does what it is divided by.
int128 Engine::estimated(const CompiledLimit& limit, double measure) {
  const bool fraction = limit.value_kind == ValueKind::Fraction;
  return to_raw(measure * limit.scale.factor, fraction ? static_cast<int128>(unit) * unit : unit);
}

// `touches`: the place's own symbol is held or ordered.
bool Engine::lacks_model(Metric metric, const RiskPlace& place, bool touches) const {
  const RiskModel& model = risk_.model();
  if (!model.present()) return true;
  const RiskModel::Estimate& estimate = model.estimate(place.symbol);
  if (metric == Metric::StressLoss) {
    return model.scenario_count() == 0 || place.totals->without_move != 0 || (touches && !estimate.moved);
  }
  return place.totals->without_estimate != 0 || (touches && !estimate.known);
}

// With no order: positions alone. Of a correlated exposure without a symbol the largest of the symbols held.
Level Engine::model_level(const CompiledLimit& limit, const Slot& slot) const {
  const std::size_t group = book_.group(limit.view, slot.on.account, slot.on.strategy);
  const SymbolIndex symbol = slot.on.symbol;
  const bool meets = slot.on.sector == SectorIndex::None || slot.on.sector == market_.symbols[at(symbol)].sector;
  const bool alone = limit.reach == Reach::Symbol;
  const Cell nothing{};
  const Cell& cell = alone && meets ? book_.cell(limit.view, group, symbol) : nothing;
  const Worth worth = alone ? Worth::of(cell) : total_of(limit, group, slot.on.sector).worth;
  const RiskPlace place = risk_.place(limit.view, limit.reach, group, slot.on.sector, symbol, meets);
  const double amount = alone && cell.position != 0 && worth.known()
                            ? to_model(market_.symbols[at(symbol)].value(cell.position))
                            : place.held;
  const bool correlated = limit.metric == Metric::CorrelatedExposure;
  const bool touches = correlated ? symbol != SymbolIndex::None : amount != 0;
  const bool known = worth.known() && !lacks_model(limit.metric, place, touches);
  const int128 equity = limit.value_kind == ValueKind::Fraction ? divisor(slot.on.account) * unit : unit;
  if (!known || equity == 0) return {0, equity, false};
  const double measure = correlated && symbol == SymbolIndex::None
                             ? risk_.largest_correlated(limit.view, limit.reach, group, slot.on.sector, market_)
                             : RiskOutlook(risk_.model(), limit.metric, place).at(amount);
  return {estimated(limit, measure), equity, true};
}

// The largest correlated exposure of all symbols takes time with each of them, and is hardly ever near a level: what
// it cannot be larger than takes none.
bool Engine::stays_below_warning(const CompiledLimit& limit, const Slot& slot) const {
  if (limit.metric != Metric::CorrelatedExposure || slot.told() || at(slot.on.symbol) != 0 || !risk_.used())
    return false;
  const std::size_t group = book_.group(limit.view, slot.on.account, slot.on.strategy);
  const RiskPlace place = risk_.place(limit.view, limit.reach, group, slot.on.sector, SymbolIndex::None, true);
  return estimated(limit, risk_.correlated_at_most(place)) < slot.warn_from;
}

// Positions have moved: so has what every correlated exposure of a symbol adds up.
void Engine::touch_correlated() {
  risk_moved_ = false;
  if (risk_.take_alarm()) {
    Line line{};
    line.type = LineType::Alarm;
    line.cause = Sentence::from("sums of the risk model had drifted by more than 1e-9, and were added up anew");
    add_line(line);
  }
  for (const std::uint32_t k : limits_.correlated) touch_live(k);
}

}  // namespace bulwark::core
