// SPDX-License-Identifier: Apache-2.0
// A hot loop on buffers of the test: kill page, ring, board, and lanes whose other end the test holds. The test makes
// the passes, so that each step can be looked at.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shm/decimal.h"
#include "shm/lane.h"
#include "sidecar/hot/loop.h"
#include "tests/journal/folded.h"
#include "tests/journal/folder.h"
#include "tests/journal/ring_memory.h"

namespace bulwark::test {

inline core::Limit limit(const char* name, Metric metric, std::int64_t max, Action action = Action::Reject) {
  core::Limit result;
  result.name = name;
  result.metric = metric;
  result.max = static_cast<int128>(max) * unit;
  result.action = action;
  return result;
}

inline core::Rules desk_rules() {
  core::Rules rules;
  for (const char* symbol : {"AAPL", "MSFT"}) {
    core::Instrument instrument;
    instrument.symbol = symbol;
    instrument.currency = "USD";
    rules.instruments.push_back(instrument);
  }
  for (const char* account : {"ACC1", "ACC2"}) rules.accounts.push_back({account, {int128{1'000'000} * unit}});
  rules.strategies = {core::Strategy{"momo", "ACC1"}, core::Strategy{"slow", "ACC2"}};
  rules.limits = {limit("position", Metric::Position, 100'000), limit("loss", Metric::DailyLoss, 1'000, Action::Halt)};
  rules.model = core::Model{.symbols = {"AAPL", "MSFT"},
                            .factor_count = 1,
                            .loadings = {0.01, 0.02},
                            .residuals = {1e-4, 1e-4},
                            .scenarios = {{"crash", {{"AAPL", -0.2}, {"MSFT", -0.1}}}}};
  for (const Metric metric : {Metric::CorrelatedExposure, Metric::Var, Metric::Volatility, Metric::StressLoss}) {
    const std::string_view name = name_of(metric_names, metric);
    rules.limits.push_back(limit(std::string(name).c_str(), metric, 1'000'000'000));
  }
  rules.stale_after = milliseconds(3'600'000);
  return rules;
}

// Zeroed memory that begins at a page.
template <class T>
class Zeroed {
public:
  explicit Zeroed(std::size_t bytes = sizeof(T)) : memory_(std::aligned_alloc(4'096, (bytes + 4'095) / 4'096 * 4'096)) {
    std::memset(memory_.get(), 0, (bytes + 4'095) / 4'096 * 4'096);
  }
  T& operator*() const { return *static_cast<T*>(memory_.get()); }
  T* operator->() const { return static_cast<T*>(memory_.get()); }

private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::unique_ptr<void, Free> memory_;
};

inline shm::Request order(const std::string& id, std::int64_t units, Side side = Side::Buy) {
  shm::Request request;
  request.kind = shm::MessageKind::Intent;
  request.side = side;
  request.symbol = SymbolIndex{1};
  request.account = AccountIndex{1};
  request.strategy = StrategyIndex{1};
  request.quantity = {units * unit};
  request.price = {10 * unit};
  request.id = Id::from(id);
  return request;
}

inline shm::Request report(shm::MessageKind kind, const std::string& id) {
  shm::Request request;
  request.kind = kind;
  request.id = Id::from(id);
  if (kind == shm::MessageKind::Done) request.why = DoneWhy::Canceled;
  return request;
}

inline shm::Request fill(const std::string& id, const std::string& exec_id, std::int64_t units,
                         std::int64_t price = 10) {
  shm::Request request = report(shm::MessageKind::Fill, id);
  request.other = Id::from(exec_id);
  request.quantity = {units * unit};
  request.price = {price * unit};
  return request;
}

class Desk {
public:
  explicit Desk(core::Rules rules_ = desk_rules(), std::uint64_t ring_lines = 1U << 16U, bool strict = false)
      : rules(std::move(rules_)),
        engine(rules),
        ring(ring_lines),
        publisher({folder / "board", "test", 1, false}, engine, rules),
        board(publisher.board()),
        calls(board.sleeping),
        loop(parts(strict)),
        consumer(ring.view()) {
    page->permission.store(1);
    renew_lease();
    board.journal_health.store(shm::JournalHealth::Healthy);
    loop.take_over_at_start();
    mark(SymbolIndex{1}, 10);
    mark(SymbolIndex{2}, 10);
  }

  void renew_lease() { page->lease_until_ns.store(shm::monotonic_now().ns + 3'600'000'000'000); }
  void pass(int times = 1) {
    for (int i = 0; i < times; ++i) loop.pass();
  }

  struct Party {
    ClientIndex index;
    Zeroed<shm::Lane> memory;
    shm::LaneClient lane;
  };
  Party& attach(const std::string& name, AccountIndex account = {}, StrategyIndex strategy = {}) {
    auto party = std::make_unique<Party>();
    party->index = loop.client_index(Name::from(name));
    party->lane = shm::LaneClient(*party->memory);
    EXPECT_TRUE(loop.admit({party->index, account, strategy}, *party->memory));
    parties.push_back(std::move(party));
    return *parties.back();
  }
  std::optional<shm::LaneClient::Ticket> send(Party& party, const shm::Request& request) {
    const auto ticket = party.lane.send(request, true);
    EXPECT_TRUE(ticket.has_value());
    return ticket;
  }
  // Sends, makes one pass, and takes the answer.
  std::optional<shm::Answer> ask(Party& party, const shm::Request& request) {
    const auto ticket = send(party, request);
    pass();
    return party.lane.poll(*ticket);
  }

  void mark(SymbolIndex symbol, std::int64_t price) {
    if (!marks_) {
      marks_ = std::make_unique<Zeroed<shm::MarksTable>>(shm::marks_bytes(publisher.quotes().size()));
      shm::make_marks(&**marks_, publisher.quotes().size(), 1);
      writer_ = shm::MarksWriter(**marks_);
      EXPECT_TRUE(loop.admit_publisher(0, **marks_, publisher.quotes().size()));
    }
    EXPECT_TRUE(writer_.write(static_cast<shm::QuoteIndex>(static_cast<std::uint32_t>(symbol)),
                              {{0}, {0}, {price * unit}}, shm::monotonic_now()));
    pass();
  }

  // The records that came since the last time.
  std::vector<Folded> records() {
    std::vector<journal::Record> result;
    journal::Commit commit{};
    std::uint64_t words[journal::record_words_max];
    while (consumer.take(commit, words)) {
      journal::Record record;
      EXPECT_TRUE(journal::decode(commit, {words, commit.words}, record));
      result.push_back(record);
    }
    consumer.release();
    return fold(result);
  }
  bool halted_on_board(const Scope& on) const {
    const auto* rows =
        reinterpret_cast<const shm::StateRow*>(reinterpret_cast<const std::byte*>(&board) + board.states_offset);
    for (std::uint32_t i = 0; i < board.states_count.load(); ++i) {
      if (rows[i].on == on) return rows[i].state == State::Halted;
    }
    return false;
  }

  const core::Rules rules;
  Folder folder;
  core::Engine engine;
  RingMemory ring;
  Zeroed<shm::KillPage> page;
  hot::BoardPublisher publisher;
  shm::Board& board;
  hot::Calls calls;
  hot::Loop loop;
  journal::RingConsumer consumer;
  std::vector<std::unique_ptr<Party>> parties;

private:
  hot::LoopParts parts(bool strict) {
    return {engine, ring.producer(), *page, publisher, calls, false, 1'000'000'000'000, 0, {}, strict};
  }
  std::unique_ptr<Zeroed<shm::MarksTable>> marks_;
  shm::MarksWriter writer_;
};

}  // namespace bulwark::test
