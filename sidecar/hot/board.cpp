// SPDX-License-Identifier: Apache-2.0
// Making the board: how large, where its tables lie, which names stand in them. Cold.
#include "sidecar/hot/board.h"

#include <unistd.h>

#include <algorithm>
#include <bit>

#include "shm/process.h"

namespace bulwark::hot {

namespace {

constexpr std::size_t position_count_max = 65'536;
constexpr std::size_t spare_name_count = 1'024;  // limits and clients that may come while it runs

// Places in a segment, one behind the other, each at the start of a line that nobody else writes.
class Layout {
public:
  explicit Layout(std::size_t from) : at_(from) {}
  std::uint64_t place(std::size_t bytes) {
    at_ = (at_ + shm::writer_bytes - 1) / shm::writer_bytes * shm::writer_bytes;
    const std::uint64_t result = at_;
    at_ += bytes;
    return result;
  }
  std::size_t end() const { return at_; }

private:
  std::size_t at_;
};

struct Tables {
  shm::NameTable* table;
  std::size_t capacity;
};

std::size_t row_count(const core::Engine& engine) { return engine.book().rows.size(); }

std::size_t lay_out(shm::Board& board, const core::Engine& engine, std::size_t client_capacity) {
  const core::Names& names = engine.names();
  Layout layout(sizeof(shm::Board));
  const auto table = [&](shm::NameTable& which, std::size_t capacity) {
    which.capacity = static_cast<std::uint32_t>(capacity);
    which.offset = layout.place(capacity * sizeof(shm::NameRow));
  };
  table(board.symbols, names.symbols.size());
  table(board.sectors, names.sectors.size());
  table(board.accounts, names.accounts.size());
  table(board.strategies, names.strategies.size());
  table(board.limits, names.limits.size() + spare_name_count);
  table(board.clients, std::max(names.clients.size(), client_capacity));
  table(board.quotes, names.symbols.size() + names.currencies.size());
  board.positions_capacity = static_cast<std::uint32_t>(std::min(row_count(engine), position_count_max));
  board.positions_offset = layout.place(board.positions_capacity * sizeof(shm::PositionRow));
  board.states_capacity = static_cast<std::uint32_t>(core::Capacity{}.latches);
  board.states_offset = layout.place(board.states_capacity * sizeof(shm::StateRow));
  return layout.end();
}

shm::NameRow* rows_of(shm::Board& board, const shm::NameTable& table) {
  return reinterpret_cast<shm::NameRow*>(reinterpret_cast<std::byte*>(&board) + table.offset);
}

}  // namespace

BoardPublisher::BoardPublisher(const BoardFacts& facts, const core::Engine& engine, const core::Rules& rules)
    : base_(rules.base_currency) {
  shm::Board drawn{};
  const std::size_t bytes = lay_out(drawn, engine, core::Capacity{}.clients);
  made_.push_back(shm::create_segment<shm::Board>(facts.path, bytes, facts.generation));
  board_ = made_.front().get();
  lay_out(*board_, engine, core::Capacity{}.clients);
  fill_facts(facts);
  add_names(engine);
  for (const core::Instrument& instrument : rules.instruments) {
    const auto symbol = static_cast<std::uint32_t>(engine.names().symbols.find(instrument.symbol));
    rows_of(*board_, board_->symbols)[symbol].parent =
        static_cast<std::uint32_t>(engine.names().sectors.find(instrument.sector));
  }
  for (const core::Strategy& strategy : rules.strategies) {
    rows_of(*board_, board_->strategies)[at(engine.names().strategies.find(strategy.name))].parent =
        static_cast<std::uint32_t>(engine.names().accounts.find(strategy.account));
  }
  add_quotes(engine, rules.base_currency);
  row_dirty_.assign(row_count(engine), 0);
  dirty_mask_ = std::bit_ceil(row_count(engine) + 1) - 1;
  dirty_.assign(dirty_mask_ + 1, 0);
  place_of_row_.assign(row_count(engine), 0);
  states_.reserve(board_->states_capacity);
  refresh(engine, engine.book().live_rows.size());
  show_states(engine);
}

void BoardPublisher::fill_facts(const BoardFacts& facts) {
  board_->sidecar_pid = ::getpid();
  board_->sidecar_start_time = shm::process_stat(::getpid()).start_time;
  board_->mode_spins = facts.spins ? 1 : 0;
  board_->instance = Id::from(facts.instance);
}

void BoardPublisher::publish() {
  mapping_ = made_.front().publish();
  made_.clear();
}

template <class Names>
void BoardPublisher::add_rows(shm::NameTable& table, const Names& names) {
  auto count = std::max<std::uint32_t>(1, table.count.load(std::memory_order_relaxed));
  shm::NameRow* rows = rows_of(*board_, table);
  using Index = decltype(names.find(""));
  for (; count < names.size() && count < table.capacity; ++count) {
    rows[count].name = Name::from(names.name(static_cast<Index>(count)));
  }
  table.count.store(count, std::memory_order_release);  // SYNC POINT NAMES: behind the rows that it counts
}

void BoardPublisher::add_names(const core::Engine& engine) {
  const core::Names& names = engine.names();
  for (const core::CompiledLimit& limit : engine.limits().all) {
    if (at(limit.index) >= board_->limits.capacity) continue;
    rows_of(*board_, board_->limits)[at(limit.index)].parent = static_cast<std::uint32_t>(limit.metric);
  }
  add_rows(board_->symbols, names.symbols);
  add_rows(board_->sectors, names.sectors);
  add_rows(board_->accounts, names.accounts);
  add_rows(board_->strategies, names.strategies);
  add_rows(board_->limits, names.limits);
  add_rows(board_->clients, names.clients);
}

void BoardPublisher::add_quotes(const core::Engine& engine, const std::string& base) {
  const core::Names& names = engine.names();
  shm::NameRow* rows = rows_of(*board_, board_->quotes);
  quotes_.assign(1, QuoteTarget{});
  for (std::uint32_t i = 1; i < names.symbols.size(); ++i) {
    rows[i].name = Name::from(names.symbols.name(SymbolIndex{i}));
    quotes_.push_back({SymbolIndex{i}, core::CurrencyIndex::None});
  }
  for (std::uint16_t i = 1; i < names.currencies.size(); ++i) {
    const std::string& currency = names.currencies.name(core::CurrencyIndex{i});
    if (currency == base) continue;
    rows[quotes_.size()].name = Name::from(currency + "/" + base);
    quotes_.push_back({SymbolIndex::None, core::CurrencyIndex{i}});
  }
  board_->quotes.count.store(static_cast<std::uint32_t>(quotes_.size()),
                             std::memory_order_release);  // SYNC POINT NAMES
}

}  // namespace bulwark::hot
