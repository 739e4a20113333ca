// SPDX-License-Identifier: Apache-2.0
// Names and their indices, append-only: an index keeps its meaning for the whole life of a journal. Cold.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/rules.h"

namespace bulwark::core {

template <class Index>
class NameList {
public:
  Index find(std::string_view name) const {
    const auto found = index_.find(std::string(name));
    return found == index_.end() ? Index::None : found->second;
  }
  Index add(std::string_view name) {
    const Index next = static_cast<Index>(names_.size());
    const auto [place, fresh] = index_.try_emplace(std::string(name), next);  // of a known one nothing is allocated
    if (fresh) names_.emplace_back(name);
    return place->second;
  }
  const std::string& name(Index index) const { return names_[at(index) < names_.size() ? at(index) : 0]; }
  const std::vector<std::string>& all() const { return names_; }
  std::size_t size() const { return names_.size(); }  // counts index 0, nobody

private:
  std::vector<std::string> names_{""};
  std::unordered_map<std::string, Index> index_;
};

enum class CurrencyIndex : std::uint16_t { None };

struct Names {
  NameList<SymbolIndex> symbols;
  NameList<SectorIndex> sectors;
  NameList<AccountIndex> accounts;
  NameList<StrategyIndex> strategies;
  NameList<ClientIndex> clients;
  NameList<CurrencyIndex> currencies;
  NameList<LimitIndex> limits;

  std::size_t size() const {
    return symbols.size() + sectors.size() + accounts.size() + strategies.size() + clients.size() + currencies.size() +
           limits.size();
  }
  void add_from(const Rules& rules) {
    currencies.add(rules.base_currency);
    for (const Instrument& instrument : rules.instruments) {
      symbols.add(instrument.symbol);
      if (!instrument.sector.empty()) sectors.add(instrument.sector);
      currencies.add(instrument.currency);
    }
    for (const FxRate& rate : rules.fx) currencies.add(rate.currency);
    for (const Account& account : rules.accounts) accounts.add(account.name);
    for (const Strategy& strategy : rules.strategies) strategies.add(strategy.name);
    for (const Limit& limit : rules.limits) {
      limits.add(limit.name);
      if (!limit.on.client.empty() && limit.on.client != "*") clients.add(limit.on.client);
    }
  }
};

}  // namespace bulwark::core
