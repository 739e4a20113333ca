// SPDX-License-Identifier: Apache-2.0
// Instruments, their marks and the currency rates: what one unit of a symbol is worth now, exactly.
#pragma once

#include <vector>

#include "core/names.h"
#include "core/rules.h"

namespace bulwark::core {

struct Symbol {
  bool known;  // in the instruments now in force
  bool has_mark;
  bool has_rate;  // base currency, or a rate is there
  bool restricted;
  CurrencyIndex currency;
  SectorIndex sector;
  Price reference;  // mid of a two-sided mark, else the last
  TimeNs marked;
  std::int64_t multiplier;  // raw decimal
  std::int64_t rate;        // raw decimal: base currency for one unit of the instrument's
  int128 unit_scale;        // round8(multiplier x rate)
  std::int64_t tick_size, lot_size, adv;
  std::int64_t locate_units, locate_used;

  bool valued() const { return has_mark && has_rate; }

  // Value of so many units at a price, in base currency (contract, rule 8). Signed like `quantity`.
  int128 value(int128 quantity, std::int64_t price) const {
    const int128 product = round8(quantity, price);
    return unit_scale == unit ? product : round8(product, unit_scale);
  }
  int128 value(int128 quantity) const { return value(quantity, reference.raw); }

  // The same in the instrument's own currency: what positions cost and earn (rule 9).
  int128 local_value(int128 quantity, std::int64_t price) const {
    const int128 product = round8(quantity, price);
    return multiplier == unit ? product : round8(product, multiplier);
  }
};

struct Currency {
  bool has_rate;
  bool marked;  // the rate comes from marks and goes stale
  TimeNs when;
  std::int64_t rate;
};

// The reference of a mark: (bid + ask) / 2 rounded half away from zero, else the last.
constexpr Price reference_of(Price bid, Price ask, Price last) {
  return bid.raw > 0 ? Price{(bid.raw + ask.raw + 1) / 2} : last;
}

struct Market {
  std::vector<Symbol> symbols;       // by SymbolIndex
  std::vector<Currency> currencies;  // by CurrencyIndex
  DurationNs stale_after{0};
  std::int64_t slippage = 0;  // raw decimal
  bool locate_required = false;

  bool stale(TimeNs marked, TimeNs now) const { return now - marked > stale_after; }
  bool rate_stale(const Symbol& symbol, TimeNs now) const {
    const Currency& currency = currencies[at(symbol.currency)];
    return currency.marked && stale(currency.when, now);
  }

  void rescale(Symbol& symbol) const {
    const Currency& currency = currencies[at(symbol.currency)];
    symbol.has_rate = currency.has_rate;
    symbol.rate = currency.rate;
    symbol.unit_scale = round8(symbol.multiplier, currency.rate);
  }
};

}  // namespace bulwark::core
