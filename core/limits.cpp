// SPDX-License-Identifier: Apache-2.0
#include "core/limits.h"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace bulwark::core {

static constexpr std::size_t slot_count_max = 8'000'000;

void CompiledLimit::name_keys() {
  named_keys = Keys::of(named);
  named_mask = Keys::mask_of(named);
  const std::array<bool, 6> each{false, each_symbol, each_sector, each_account, each_strategy, each_client};
  constexpr std::array<std::uint8_t, 6> places{0, 32, 16, 0, 16, 0};
  const auto stars = std::count(each.begin(), each.end(), true);
  const auto first = static_cast<std::size_t>(std::find(each.begin(), each.end(), true) - each.begin());
  each_any = stars != 0;
  star = stars == 0 ? Star::None : stars == 1 ? static_cast<Star>(first) : Star::Several;
  star_place = stars == 1 ? places[first] : 0;
  const std::uint64_t ones = star == Star::Symbol ? 0xffffffffULL << 32 : 0xffffULL << star_place;
  star_mask = stars != 1 ? Keys{} : star < Star::Strategy ? Keys{ones, 0} : Keys{0, ones};
}

std::int64_t Limits::first_room(const CompiledLimit& limit, int128 max) {
  if (limit.kind == Kind::Exposure) return 0;
  const bool by_order_alone = limit.metric == Metric::OrderQuantity || limit.metric == Metric::OrderNotional ||
                              limit.metric == Metric::PriceCollar;
  return by_order_alone ? Limits::room_of(max) : Limits::no_room;
}

void Limits::set_max(const CompiledLimit& limit, std::size_t place, int128 max) {
  Slot& slot = slots[place];
  slot.max = max;
  slot.warn_from = limit.value_kind == ValueKind::Fraction ? max * limit.warn : (max * limit.warn + unit - 1) / unit;
  rooms[place] = first_room(limit, max);
}

void Limits::lay_out_slots(CompiledLimit& limit, const Names& names, std::size_t client_count) {
  std::size_t count = 1;
  const auto stride = [&](bool each, std::size_t size) {
    const std::size_t result = each ? count : 0;
    if (each) count *= size;
    if (count > slot_count_max) throw std::length_error("a limit has more scopes than the engine keeps (8,000,000)");
    return static_cast<std::uint32_t>(result);
  };
  limit.symbol_stride = stride(limit.each_symbol, names.symbols.size());
  limit.sector_stride = stride(limit.each_sector, names.sectors.size());
  limit.account_stride = stride(limit.each_account, names.accounts.size());
  limit.strategy_stride = stride(limit.each_strategy, names.strategies.size());
  limit.client_stride = stride(limit.each_client, client_count);
  limit.slot_base = static_cast<std::uint32_t>(slots.size());
  limit.slot_count = static_cast<std::uint32_t>(count);
  for (std::size_t k = 0; k < count; ++k) {
    Slot slot{};
    slot.base_max = limit.configured_max;
    slot.on = limit.named;
    const auto index = [k](std::uint32_t of, std::size_t size) { return of == 0 ? 0 : k / of % size; };
    if (limit.each_symbol) slot.on.symbol = SymbolIndex(index(limit.symbol_stride, names.symbols.size()));
    if (limit.each_sector) slot.on.sector = SectorIndex(index(limit.sector_stride, names.sectors.size()));
    if (limit.each_account) slot.on.account = AccountIndex(index(limit.account_stride, names.accounts.size()));
    if (limit.each_strategy) slot.on.strategy = StrategyIndex(index(limit.strategy_stride, names.strategies.size()));
    if (limit.each_client) slot.on.client = ClientIndex(index(limit.client_stride, client_count));
    slots.push_back(slot);
    rooms.push_back(no_room);
    set_max(limit, slots.size() - 1, limit.configured_max);
  }
}

void Limits::compile(const Rules& rules, const Names& names, Book& book, std::size_t client_count) {
  for (const Limit& from : rules.limits) {
    CompiledLimit limit{};
    limit.metric = from.metric;
    limit.kind = kind_of(from.metric);
    limit.value_kind = value_kind_of(from.metric);
    limit.action = from.action;
    limit.index = names.limits.find(from.name);
    limit.configured_max = from.max;
    limit.warn = from.warn;
    limit.window = from.window;
    limit.dynamic = from.dynamic && from.action != Action::Scale;  // what scales is not scaled itself
    limit.factor = from.factor;
    limit.to = from.to;
    const std::int64_t confidence = rules.model ? rules.model->confidence : Model{}.confidence;
    limit.scale = scale_of(from.metric, from.confidence != 0 ? from.confidence : confidence);
    const auto is_each = [](const std::string& key) { return key == "*"; };
    limit.each_symbol = is_each(from.on.symbol) || (is_per_symbol(from.metric) && from.on.symbol.empty());
    limit.each_sector = is_each(from.on.sector);
    limit.each_account = is_each(from.on.account);
    limit.each_strategy = is_each(from.on.strategy);
    limit.each_client = is_each(from.on.client);
    limit.named = {names.symbols.find(from.on.symbol),   names.sectors.find(from.on.sector),
                   names.accounts.find(from.on.account), names.strategies.find(from.on.strategy),
                   names.clients.find(from.on.client),   0};
    limit.name_keys();
    const bool by_symbol = limit.each_symbol || at(limit.named.symbol) != 0;
    const bool by_sector = limit.each_sector || at(limit.named.sector) != 0;
    limit.view = view_of(limit.each_account || at(limit.named.account) != 0,
                         limit.each_strategy || at(limit.named.strategy) != 0);
    const bool adds_symbols = limit.metric == Metric::CorrelatedExposure;  // its `symbol` is only the order's
    limit.reach = by_symbol && !adds_symbols ? Reach::Symbol : by_sector ? Reach::Sector : Reach::All;
    const bool reads_cells = limit.kind >= Kind::Exposure && limit.kind <= Kind::State;
    if (reads_cells || limit.metric == Metric::StaleMark) {
      Book::Used& used = book.used[at(limit.view)];
      used.cells = true;
      used.all |= limit.reach == Reach::All;
      used.sectors |= limit.reach == Reach::Sector;
    }
    const auto position = static_cast<std::uint32_t>(all.size());
    if (divides_by_equity(limit.metric)) dividing.push_back(position);
    if (limit.action == Action::Scale) scaling.push_back(position);
    if (limit.dynamic) dynamics.push_back(position);
    if (adds_symbols && by_symbol) correlated.push_back(position);
    if (limit.metric == Metric::MessageRate) message_rates.push_back(position);
    if (limit.metric == Metric::OpenOrders) open_orders.push_back(position);
    if (limit.metric == Metric::RepeatedExecution) repetitions.push_back(position);
    limit.moves_index = static_cast<std::uint32_t>(price_moves.size());
    if (follows_prices(limit.metric)) price_moves.push_back(position);
    if (limit.metric == Metric::StaleMark) stale_marks.push_back(position);
    if (limit.kind == Kind::Breaker) breakers.push_back(position);
    lay_out_slots(limit, names, client_count);
    all.push_back(limit);
  }
  start_levels();
}

// A breaker on each account is about accounts that are there from the beginning, whatever they hold.
void Limits::start_breaker(const CompiledLimit& limit) {
  Scope account_only{};
  for (std::uint32_t k = 0; k < limit.slot_count; ++k) {
    Slot& slot = slots[limit.slot_base + k];
    account_only.account = slot.on.account;
    const bool by_account_alone =
        limit.each_account && !limit.each_symbol && !limit.each_sector && !limit.each_strategy;
    slot.live = by_account_alone && at(slot.on.account) != 0 && slot.on == account_only;
  }
}

// A limit of nothing is reached by nothing: that is where it starts, and no news.
void Limits::start_levels() {
  for (const CompiledLimit& limit : all) {
    if (limit.kind == Kind::Breaker) {
      start_breaker(limit);
      continue;
    }
    for (std::uint32_t k = 0; k < limit.slot_count; ++k) {
      Slot& slot = slots[limit.slot_base + k];
      slot.warned = slot.max == 0;
    }
  }
}

void Limits::assign_rows(const Book& book, const Market& market) {
  std::map<std::vector<std::uint32_t>, std::uint16_t> known;
  list_of_row.assign(book.rows.size(), 0);
  for (std::size_t row = 0; row < book.rows.size(); ++row) {
    const SymbolIndex symbol = book.symbol_of(row);
    const Party party{symbol, market.symbols[at(symbol)].sector, book.account_of(row), book.strategy_of(row),
                      ClientIndex::None};
    std::vector<std::uint32_t> touched;
    for (std::uint32_t k = 0; k < all.size(); ++k) {
      CompiledLimit any_client = all[k];
      any_client.named.client = ClientIndex::None;
      any_client.each_client = false;
      any_client.name_keys();
      if (any_client.covers(party)) touched.push_back(k);
    }
    std::stable_sort(touched.begin(), touched.end(),
                     [this](std::uint32_t a, std::uint32_t b) { return all[a].kind < all[b].kind; });
    const auto [place, fresh] = known.emplace(touched, static_cast<std::uint16_t>(known.size()));
    list_of_row[row] = place->second;
    if (!fresh) continue;
    if (known.size() > 65'000) throw std::length_error("too many different sets of limits (65,000)");
    const auto begin_of = [&](Kind kind) {
      const auto below = [&](std::uint32_t k) { return all[k].kind < kind; };
      return static_cast<std::uint32_t>(steps.size()) +
             static_cast<std::uint32_t>(std::count_if(touched.begin(), touched.end(), below));
    };
    List list{begin_of(Kind::Order), begin_of(Kind::Exposure), 0, 0, false};
    for (const std::uint32_t k : touched) {
      const bool reads_cells = all[k].kind >= Kind::Exposure && all[k].kind <= Kind::State;
      if (reads_cells) list.views = static_cast<std::uint8_t>(list.views | 1U << at(all[k].view));
      list.covered |= all[k].kind == Kind::Exposure && all[k].action != Action::Alert;
      steps.push_back({k, all[k].slot_base, all[k].star, asks_of(all[k].metric)});
    }
    list.end = static_cast<std::uint32_t>(steps.size());
    list_of_lists.push_back(list);
  }
}

void Limits::carry(const Limits& old) {
  for (CompiledLimit& limit : all) {
    for (const CompiledLimit& before : old.all) {
      if (before.index != limit.index || before.metric != limit.metric) continue;
      for (std::size_t k = 0; k < before.slot_count; ++k) {
        const Slot& from = old.slots[before.slot_base + k];
        const std::size_t to = find_slot(limit, from.on);
        if (to == slots.size()) continue;
        slots[to].warned = from.warned;
        slots[to].breached = from.breached;
        slots[to].live = from.live;
        slots[to].since = from.since;
        slots[to].blind_until = from.blind_until;
        slots[to].scales = from.scales && limit.action == Action::Scale;
        if (from.override_until_ns == 0) continue;
        slots[to].override_until_ns = from.override_until_ns;
        slots[to].base_max = from.base_max;
      }
    }
  }
}

std::size_t Limits::find_slot(const CompiledLimit& limit, const Scope& on) const {
  const Party party{on.symbol, on.sector, on.account, on.strategy, on.client};
  if (!limit.covers(party)) return slots.size();
  const std::size_t slot = limit.slot_of(party);
  return slot < limit.slot_base + limit.slot_count && slots[slot].on == on ? slot : slots.size();
}

}  // namespace bulwark::core
