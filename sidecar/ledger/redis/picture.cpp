// SPDX-License-Identifier: Apache-2.0
// Limits and happenings come from the journal, positions and states from the board, where they are newer.
#include "sidecar/ledger/redis/picture.h"

#include "shm/board_reader.h"
#include "shm/decimal.h"
#include "sidecar/ledger/words.h"

namespace bulwark::ledger::redis {

namespace {

struct PositionBody {  // of shm::PositionRow
  std::uint32_t symbol;
  std::uint16_t account, strategy;
  std::int64_t position, working_buy, working_sell, average_cost;
  std::uint64_t realised[2], unrealised[2], fees[2];
  std::uint64_t spare[4];
};

struct StateBody {  // of shm::StateRow
  Scope on;
  Sentence cause;
  State state;
  std::uint8_t spare[103];
};

// Rows of a table that lies inside the board; none where it does not.
template <class Row>
std::span<const Row> rows_of(const shm::Board& board, std::uint64_t offset, std::uint32_t count) {
  const std::uint64_t bytes = board.header.bytes;
  if (offset % alignof(Row) != 0 || offset > bytes || count > (bytes - offset) / sizeof(Row)) return {};
  return {reinterpret_cast<const Row*>(reinterpret_cast<const std::byte*>(&board) + offset), count};
}

std::string money(const std::uint64_t (&words)[2]) { return format_decimal(core::join(words[0], words[1])); }

std::string scope_text(const shm::Board& board, const Scope& on) {
  std::string text;
  const auto add = [&](const char* key, const shm::NameTable& table, auto index) {
    if (at(index) == 0) return;
    text += (text.empty() ? "{" : ",") + json_text(key) + ":" +
            json_text(shm::name_at(board, table, static_cast<std::uint32_t>(index)));
  };
  add("account", board.accounts, on.account);
  add("client", board.clients, on.client);
  add("sector", board.sectors, on.sector);
  add("strategy", board.strategies, on.strategy);
  add("symbol", board.symbols, on.symbol);
  return text.empty() ? "{}" : text + "}";
}

}  // namespace

void Picture::take(Follower& follower) {
  CellRows cells{Table::Breach, Table::State, Table::Stop, Table::Alert, Table::LimitChange};
  follower.take(cells);
  bool limits = false;
  for (const CellRow& row : cells.rows) {
    if (row.table == Table::LimitChange) limits = true;
    else take_row(row);
  }
  if (limits) show_limits(follower.rows(), follower.block().last);
}

void Picture::take_row(const CellRow& row) {
  Entry entry{row.t,
              std::to_string(row.t.ns / 1'000'000) + "-" + std::to_string(row.sequence),
              {{"table", std::string(words_of(row.table).name)},
               {"seq", std::to_string(row.sequence)},
               {"t", std::to_string(row.t.ns)}}};
  for (const Cell& cell : row.cells) {
    if (cell.kind != Cell::Kind::Null) entry.fields[std::string(cell.name)] = cell.text;
  }
  if (row.table == Table::Breach) {
    hashes[key("limit:" + std::string(row.text("limit_name")))]["on " + std::string(row.text("scope"))] =
        "{\"type\":" + json_text(row.text("type")) + ",\"value\":" + json_text(row.text("value")) +
        ",\"max\":" + json_text(row.text("max")) + ",\"seq\":" + std::to_string(row.sequence) + "}";
  }
  entries.push_back(std::move(entry));
  ++entries_seen;
  if (entries.size() > entries_max) entries.pop_front();
}

void Picture::show_limits(const Rows& rows, std::uint64_t sequence) {
  const std::string begin = key("limit:");
  std::erase_if(hashes, [&](const auto& each) { return each.first.starts_with(begin); });
  for (const core::Limit& limit : rows.rules().limits) {
    hashes[begin + limit.name] = {{"metric", std::string(name_of(metric_names, limit.metric))},
                                  {"action", std::string(name_of(action_names, limit.action))},
                                  {"max", format_decimal(limit.max)},
                                  {"warn", format_decimal(limit.warn)},
                                  {"seq", std::to_string(sequence)}};
  }
}

bool Picture::look_at_board() {
  if (source_.run_folder.empty()) return false;
  const auto board = shm::map_read_only<shm::Board>(source_.run_folder + "/board", shm::SegmentKind::Board);
  if (!board || !shm::tables_fit(*board)) return false;
  // Looked at first: what the rows show is at least as new.
  const std::uint64_t sequence = board->journal_appended.load(std::memory_order_acquire);
  show_positions(*board, sequence);
  show_states(*board, sequence);
  return true;
}

void Picture::show_positions(const shm::Board& board, std::uint64_t sequence) {
  const std::uint32_t count = board.positions_count.load(std::memory_order_acquire);
  for (const shm::PositionRow& row : rows_of<shm::PositionRow>(board, board.positions_offset, count)) {
    const auto read = shm::read_row<PositionBody>(row);
    if (!read) continue;
    const std::string account(shm::name_at(board, board.accounts, read->account));
    const std::string symbol(shm::name_at(board, board.symbols, read->symbol));
    const std::string strategy(shm::name_at(board, board.strategies, read->strategy));
    Hash& hash = hashes[key("position:" + account + ":" + symbol + ":" + strategy)];
    Hash now{{"account", account},
             {"symbol", symbol},
             {"strategy", strategy},
             {"position", format_decimal(read->position)},
             {"average_cost", format_decimal(read->average_cost)},
             {"realised", money(read->realised)},
             {"unrealised", money(read->unrealised)},
             {"fees", money(read->fees)},
             {"working_buy", format_decimal(read->working_buy)},
             {"working_sell", format_decimal(read->working_sell)}};
    const auto seq = hash.find("seq");  // of when it last changed
    now["seq"] = seq == hash.end() ? "" : seq->second;
    if (now == hash) continue;
    now["seq"] = std::to_string(sequence);
    hash = std::move(now);
  }
}

void Picture::show_states(const shm::Board& board, std::uint64_t sequence) {
  Hash states;
  const std::uint32_t count = board.states_count.load(std::memory_order_acquire);
  for (const shm::StateRow& row : rows_of<shm::StateRow>(board, board.states_offset, count)) {
    const auto read = shm::read_row<StateBody>(row);
    if (!read || read->state == State::Normal) continue;
    states[scope_text(board, read->on)] = "{\"state\":" + json_text(name_of(state_names, read->state)) +
                                          ",\"cause\":" + json_text(read->cause.view()) + "}";
  }
  Hash& hash = hashes[key("state")];
  const auto seq = hash.find("seq");
  states["seq"] = seq == hash.end() ? "" : seq->second;
  if (states == hash) return;
  states["seq"] = std::to_string(sequence);
  hash = std::move(states);
}

}  // namespace bulwark::ledger::redis
