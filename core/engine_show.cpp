// SPDX-License-Identifier: Apache-2.0
// The engine as people see it: snapshots and pre-flight checks. Cold.
#include <algorithm>

#include "core/engine.h"

namespace bulwark::core {

// A name as it stands in text, with its closing quotation mark: shorter comes first unless what follows sorts below ".
static int compare_quoted(const std::string& a, const std::string& b) {
  const std::size_t common = std::min(a.size(), b.size());
  if (const int order = a.compare(0, common, b, 0, common); order != 0) return order;
  const auto next = [common](const std::string& text) {
    return text.size() == common ? '"' : static_cast<unsigned char>(text[common]);
  };
  return a.size() == b.size() ? 0 : next(a) < next(b) ? -1 : 1;
}

int Engine::compare_scopes(const Scope& a, const Scope& b) const {
  if (a == b) return 0;
  const auto by = [](const auto& list, auto x, auto y) { return compare_quoted(list.name(x), list.name(y)); };
  for (const int order :  // the keys as text has them: sorted
       {by(names_.accounts, a.account, b.account), by(names_.clients, a.client, b.client),
        by(names_.sectors, a.sector, b.sector), by(names_.strategies, a.strategy, b.strategy),
        by(names_.symbols, a.symbol, b.symbol)}) {
    if (order != 0) return order;
  }
  return 0;
}

bool Engine::row_counts(std::size_t row) const {
  const Row& r = book_.rows[row];
  return r.position != 0 || r.working_buy != 0 || r.working_sell != 0 || r.profit != 0;
}

std::vector<Reading> Engine::readings(Kind last) {
  book_.settle(market_);
  std::vector<bool> counts(limits_.slots.size(), false);
  for (const std::uint32_t row : book_.live_rows) {
    if (!row_counts(row)) continue;
    const SymbolIndex symbol = book_.symbol_of(row);
    const Party party{symbol, market_.symbols[at(symbol)].sector, book_.account_of(row), book_.strategy_of(row),
                      ClientIndex::None};
    for (const CompiledLimit& limit : limits_.all) {
      if (limit.kind >= Kind::Exposure && limit.covers(party)) counts[limit.slot_of(party)] = true;
    }
  }
  std::vector<Reading> readings;
  for (std::uint32_t k = 0; k < limits_.all.size(); ++k) {
    const CompiledLimit& limit = limits_.all[k];
    if (limit.kind < Kind::Exposure || limit.kind > last) continue;
    const std::size_t first = readings.size();
    for (std::size_t slot = limit.slot_base; slot < limit.slot_base + limit.slot_count; ++slot) {
      const bool shows = limit.kind == Kind::Breaker ? limits_.slots[slot].live : counts[slot];
      if (shows || limit.slot_count == 1) {
        readings.push_back({k, slot, shown(limit, level(limit, limits_.slots[slot]))});
      }
    }
    std::sort(readings.begin() + static_cast<std::ptrdiff_t>(first), readings.end(),
              [this](const Reading& a, const Reading& b) {
                return compare_scopes(limits_.slots[a.slot].on, limits_.slots[b.slot].on) < 0;
              });
  }
  return readings;
}

std::vector<SymbolIndex> Engine::stale_symbols(TimeNs t) const {
  std::vector<SymbolIndex> stale;
  for (std::size_t k = 1; k < market_.symbols.size(); ++k) {
    const Symbol& symbol = market_.symbols[k];
    if (symbol.has_mark && !market_.stale(symbol.marked, t)) continue;
    bool held = false;
    for (std::uint32_t next = book_.first_row_of_symbol[k]; next != 0 && !held;
         next = book_.rows[next - 1].next_of_symbol) {
      const Row& row = book_.rows[next - 1];
      held = row.position != 0 || row.working_buy != 0 || row.working_sell != 0;
    }
    if (held) stale.push_back(SymbolIndex(k));
  }
  return stale;
}

}  // namespace bulwark::core
