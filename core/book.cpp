// SPDX-License-Identifier: Apache-2.0
#include "core/book.h"

namespace bulwark::core {

static constexpr std::size_t unsettled_max = 1'024;  // cells, before they are settled whether asked for or not

void Book::allocate() {
  used[at(View::Account)].cells = true;  // what reduces is judged by the account's position
  used[at(View::Portfolio)].all = true;
  used[at(View::Account)].all = true;  // sizes keep to the account's balance
  rows = Table<Row>(account_count * strategy_count * symbol_count);
  live_rows.reserve(account_count * strategy_count * symbol_count);
  first_row_of_symbol.assign(symbol_count, 0);
  unsettled_.reserve(unsettled_max);
  for (std::size_t v = 0; v < view_count; ++v) {
    const std::size_t groups = group_count(static_cast<View>(v));
    used[v].cells |= used[v].all || used[v].sectors;
    cells[v] = used[v].cells ? Table<Cell>(groups * symbol_count) : Table<Cell>();
    totals_all[v] = used[v].all ? Table<Total>(groups) : Table<Total>();
    totals_sector[v] = used[v].sectors ? Table<Total>(groups * sector_count) : Table<Total>();
  }
}

// Calls change(cell) for each cell that the row is part of, and brings the totals up to date.
template <class Change>
void Book::each_cell(std::size_t row, const Market& market, Change change) {
  const SymbolIndex i = symbol_of(row);
  const AccountIndex account = account_of(row);
  const StrategyIndex strategy = strategy_of(row);
  for (std::size_t v = 0; v < view_count; ++v) {
    if (!used[v].cells) continue;
    const View view = static_cast<View>(v);
    const std::size_t g = group(view, account, strategy);
    change(cell(view, g, i));
    value_cell(view, g, i, market);
  }
}

void Book::value_cell(View view, std::size_t g, SymbolIndex i, const Market& market) {
  Cell& c = cell(view, g, i);
  const Symbol& symbol = market.symbols[at(i)];
  const Worth before = Worth::of(c);
  const bool empty = c.empty(), countable = !empty && symbol.valued();
  c.longest_value = countable ? symbol.value(c.longest()) : 0;
  c.shortest_value = countable ? symbol.value(c.shortest()) : 0;
  c.counted_no_mark = !empty && !symbol.has_mark;
  c.counted_no_rate = !empty && !symbol.has_rate;
  c.unsettled = false;
  const Worth moved = Worth::of(c) - before;
  if (used[at(view)].all) total(view, g).worth += moved;
  if (used[at(view)].sectors) sector_total(view, g, symbol.sector).worth += moved;
}

// Gives a row its profit, and its share in every sum of profits.
void Book::move_profit(std::size_t row, int128 profit, int128 opening_profit, SectorIndex sector) {
  Row& r = rows[row];
  const int128 moved = profit - r.profit;
  const int128 today_moved = profit - opening_profit - r.today();
  r.profit = profit;
  r.opening_profit = opening_profit;
  accounts[at(account_of(row))].profit += moved;
  accounts[0].profit += moved;
  if (moved != 0) ++profit_moves;
  if (today_moved == 0) return;
  for (std::size_t v = 0; v < view_count; ++v) {
    if (!used[v].cells) continue;
    const View view = static_cast<View>(v);
    const std::size_t g = group(view, account_of(row), strategy_of(row));
    cell(view, g, symbol_of(row)).today += today_moved;
    if (used[v].all) total(view, g).today += today_moved;
    if (used[v].sectors) sector_total(view, g, sector).today += today_moved;
  }
}

void Book::value_row(std::size_t row, const Market& market) {
  Row& r = rows[row];
  const Symbol& symbol = market.symbols[at(symbol_of(row))];
  r.unrealised = 0;
  if (r.position != 0 && symbol.has_mark) {
    const int128 value = symbol.local_value(magnitude(r.position), symbol.reference.raw);
    r.unrealised = r.position > 0 ? value - r.cost : r.cost - value;
  }
  const int128 local = r.realised + r.unrealised - r.fees;
  const int128 profit = !symbol.has_rate ? 0 : symbol.rate == unit ? local : round8(local, symbol.rate);
  move_profit(row, profit, r.opening_profit, symbol.sector);
}

void Book::wake(std::size_t row, const Market& market) {
  if (rows[row].live) return;
  const SymbolIndex i = symbol_of(row);
  rows[row].live = true;
  rows[row].next_of_symbol = first_row_of_symbol[at(i)];
  first_row_of_symbol[at(i)] = static_cast<std::uint32_t>(row) + 1;
  live_rows.push_back(static_cast<std::uint32_t>(row));
  if (!market.symbols[at(i)].has_rate) {
    ++accounts[at(account_of(row))].rows_without_rate;
    ++accounts[0].rows_without_rate;
    ++profit_moves;  // no equity is known any more
  }
}

void Book::change_working(const Owner& owner, Side side, std::int64_t by, const Market& market) {
  if (by == 0) return;
  const auto change = [&](auto& holder) { (side == Side::Buy ? holder.working_buy : holder.working_sell) += by; };
  change(rows[row_index(owner.account, owner.strategy, owner.symbol)]);
  if (unsettled_.size() + view_count > unsettled_.capacity()) settle(market);
  for (std::size_t v = 0; v < view_count; ++v) {
    if (!used[v].cells) continue;
    const View view = static_cast<View>(v);
    const std::size_t g = group(view, owner.account, owner.strategy);
    Cell& c = cell(view, g, owner.symbol);
    change(c);
    if (c.unsettled) continue;
    c.unsettled = true;
    unsettled_.push_back({view, owner.symbol, g});
  }
}

void Book::settle(const Market& market) {
  for (const CellPlace& place : unsettled_) value_cell(place.view, place.group, place.symbol, market);
  unsettled_.clear();
}

// a x k / p rounded once, half away from zero, for 0 <= k <= p.
static int128 share_of(int128 a, int128 k, int128 p) { return a / p * k + divide_rounded(a % p * k, p); }

Book::Execution Book::execution(std::size_t row, Side side, Quantity quantity, Price price, int128 fee,
                                const Market& market) const {
  const Row& r = rows[row];
  const Symbol& symbol = market.symbols[at(symbol_of(row))];
  const std::int64_t moved = side == Side::Buy ? quantity.raw : -quantity.raw;
  const bool opposite = r.position != 0 && (r.position > 0) != (moved > 0);
  const int128 held = magnitude(r.position);
  const int128 closed = !opposite ? 0 : held < quantity.raw ? held : quantity.raw;
  const int128 opened = quantity.raw - closed;
  const int128 released = closed == 0 ? 0 : closed == held ? r.cost : share_of(r.cost, closed, held);
  const int128 proceeds = closed == 0 ? 0 : symbol.local_value(closed, price.raw);
  const int128 gained = r.position > 0 ? proceeds - released : released - proceeds;
  Execution result{r.position + moved, r.cost - released, r.realised + (closed == 0 ? 0 : gained), r.fees + fee, true};
  if (opened != 0) result.cost += symbol.local_value(opened, price.raw);
  const int128 account_after =
      static_cast<int128>(cell(View::Account, at(account_of(row)), symbol_of(row)).position) + moved;
  for (const int128 position : {static_cast<int128>(result.position), account_after}) {
    if (magnitude(position) > position_raw_max) result.fits = false;
  }
  for (const int128 money : {result.cost, result.realised, result.fees, proceeds}) {
    if (magnitude(money) >= saturated_raw) result.fits = false;
  }
  return result;
}

bool Book::can_fill(std::size_t row, Side side, Quantity quantity, Price price, int128 fee,
                    const Market& market) const {
  return execution(row, side, quantity, price, fee, market).fits;
}

std::optional<int128> Book::fill(std::size_t row, Side side, Quantity quantity, Price price, int128 fee,
                                 const Market& market) {
  const Execution after = execution(row, side, quantity, price, fee, market);
  Row& r = rows[row];
  const bool closes = r.position != 0 && (r.position > 0) == (side == Side::Sell);
  const int128 realised = after.realised - r.realised;
  const std::int64_t moved = after.position - r.position;
  r.position = after.position;
  r.cost = after.cost;
  r.realised = after.realised;
  r.fees = after.fees;
  each_cell(row, market, [&](Cell& c) { c.position += moved; });
  value_row(row, market);
  return closes ? std::optional<int128>(realised) : std::nullopt;
}

void Book::revalue(SymbolIndex i, const Market& market) {
  for (std::uint32_t next = first_row_of_symbol[at(i)]; next != 0; next = rows[next - 1].next_of_symbol) {
    const std::size_t row = next - 1;
    for (std::size_t v = 0; v < view_count; ++v) {
      const View view = static_cast<View>(v);
      if (used[v].cells) value_cell(view, group(view, account_of(row), strategy_of(row)), i, market);
    }
    value_row(row, market);
  }
}

void Book::start_session(std::size_t row, const Market& market) {
  move_profit(row, rows[row].profit, rows[row].profit, market.symbols[at(symbol_of(row))].sector);
}

void Book::follow_peaks() {
  for (AccountState& account : accounts) account.peak = larger(account.peak, account.equity());
}

void Book::rebuild(const Market& market) {
  for (AccountState& account : accounts) account.profit = 0, account.rows_without_rate = 0;
  const std::vector<std::uint32_t> alive = std::move(live_rows);
  live_rows.clear();
  live_rows.reserve(rows.size());
  first_row_of_symbol.assign(symbol_count, 0);
  for (const std::uint32_t row : alive) {
    Row& r = rows[row];
    const int128 opening_profit = r.opening_profit;
    r.live = false;
    r.profit = r.opening_profit = 0;
    wake(row, market);
    each_cell(row, market, [&](Cell& c) {
      c.position += r.position;
      c.working_buy += r.working_buy;
      c.working_sell += r.working_sell;
    });
    move_profit(row, 0, opening_profit, market.symbols[at(symbol_of(row))].sector);
    value_row(row, market);
  }
}

}  // namespace bulwark::core
