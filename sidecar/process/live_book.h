// SPDX-License-Identifier: Apache-2.0
// The book of an engine as live risk takes it: money by symbol, and the model in force with the days behind it. What
// has moved since the last look is brought up to date; where much has, everything. Cold.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/analytics/live_risk.h"
#include "core/engine.h"
#include "sidecar/model/backing.h"

namespace bulwark::process {

// Positions of a scope: a symbol's are added up before anything else is (contract, rule 13).
struct Holding {
  std::size_t group;
  SymbolIndex symbol;
  std::int64_t position;
  double amount = 0;  // money; 0 where it cannot be valued
};

// What a row belongs to, for the sums of a table.
template <class GroupOf>
std::vector<Holding> holdings_of(const core::Engine& engine, GroupOf group_of);

class LiveBook {
public:
  void follow(const core::Engine& engine, std::shared_ptr<const model::Backing> backing);

  // By symbol over the whole portfolio; flat ones are left out.
  const std::vector<Holding>& holdings() const { return holdings_; }
  bool has_model() const { return risk_.has_value(); }
  analytics::LiveRisk& risk() { return *risk_; }
  const model::Backing& backing() const { return *backing_; }
  // Once more, where the engine has gone on.
  void follow(const core::Engine& engine) { follow(engine, backing_); }
  std::uint64_t known() const { return known_; }           // bits of shm::risk_known
  const std::string& why_not() const { return why_not_; }  // the first of what is missing

private:
  void rebuild(const core::Engine& engine);
  void find_known(const core::Engine& engine);
  void move_amounts(const core::Engine& engine);

  std::shared_ptr<const model::Backing> backing_ = std::make_shared<model::Backing>();
  std::uint64_t version_ = 0;  // of the engine's model that `risk_` has; 0: none
  std::size_t symbol_count_ = 0;
  std::optional<analytics::LiveRisk> risk_;
  std::vector<bool> has_returns_;  // by symbol
  std::vector<Holding> holdings_;
  Eigen::VectorXd amounts_;  // scratch
  std::size_t moves_ = 0;    // since everything was added up
  std::uint64_t known_ = 0;
  std::string why_not_;
};

template <class GroupOf>
std::vector<Holding> holdings_of(const core::Engine& engine, GroupOf group_of) {
  const core::Book& book = engine.book();
  std::vector<Holding> rows;
  rows.reserve(book.live_rows.size());
  for (const std::uint32_t row : book.live_rows) {
    if (book.rows[row].position != 0) rows.push_back({group_of(row), book.symbol_of(row), book.rows[row].position});
  }
  const auto place = [](const Holding& one) { return std::pair{one.group, at(one.symbol)}; };
  std::sort(rows.begin(), rows.end(), [&](const Holding& a, const Holding& b) { return place(a) < place(b); });
  std::vector<Holding> result;
  for (const Holding& row : rows) {
    if (!result.empty() && place(result.back()) == place(row)) result.back().position += row.position;
    else result.push_back(row);
  }
  std::erase_if(result, [](const Holding& one) { return one.position == 0; });
  for (Holding& one : result) {
    const core::Symbol& symbol = engine.market().symbols[at(one.symbol)];
    if (symbol.valued()) one.amount = core::to_model(symbol.value(one.position));
  }
  return result;
}

}  // namespace bulwark::process
