// SPDX-License-Identifier: Apache-2.0
#include "sidecar/simulate/event_reader.h"

#include <array>
#include <charconv>
#include <utility>

#include "shm/decimal.h"

namespace bulwark::simulate {

using core::Event;
using core::EventType;

const std::vector<Event>& EventReader::read(std::string_view line) {
  events_.clear();
  error_.clear();
  t_ = engine_.started() ? engine_.now() : TimeNs{0};
  if (!line_.parse(line)) {
    error_ = "this line is not a JSON object";
    return events_;
  }
  Event event{};
  event.t = {integer("t")};
  if (error_.empty()) t_ = event.t;
  const std::string_view type = text("type", true, 32);
  if (type == "mark") read_mark(event);
  else if (type == "intent") read_intent(event);
  else if (type == "replace") read_replace(event);
  else if (type == "ack") read_order(event, EventType::Ack);
  else if (type == "cancel") read_order(event, EventType::Cancel);
  else if (type == "done") read_order(event, EventType::Done);
  else if (type == "fill") read_fill(event);
  else if (type == "equity") read_equity(event);
  else if (type == "control") read_control(event);
  else if (type == "clock") event.type = EventType::Clock;
  else if (type == "size") read_size(event);
  else wrong("type", "is none of mark, intent, replace, ack, cancel, fill, done, size, equity, control, clock");
  if (!error_.empty()) events_.clear();
  else if (event.type != EventType::None) events_.push_back(event);
  return events_;
}

void EventReader::wrong(std::string_view name, std::string_view what) {
  if (error_.empty()) error_ = std::string(name) + " " + std::string(what);
}

std::string_view EventReader::text(std::string_view name, bool required, std::size_t size_max) {
  const Field* field = line_.find(name);
  if (field == nullptr) {
    if (required) wrong(name, "is missing");
    return {};
  }
  if (field->kind != Field::Kind::String || field->text.empty()) return wrong(name, "is not a text, or empty"), "";
  if (field->text.size() > size_max)
    return wrong(name, "is longer than " + std::to_string(size_max) + " characters"), "";
  if (!printable_ascii(field->text)) return wrong(name, "has characters that are not printable ASCII"), "";
  return field->text;
}

bool EventReader::flag(std::string_view name, bool& given) {
  const Field* field = line_.find(name);
  given = field != nullptr;
  if (field == nullptr) return false;
  if (field->kind != Field::Kind::Boolean) wrong(name, "is neither true nor false");
  return field->text == "true";
}

int128 EventReader::decimal(std::string_view name, bool required, int128 raw_max) {
  const Field* field = line_.find(name);
  if (field == nullptr) {
    if (required) wrong(name, "is missing");
    return 0;
  }
  const bool number = field->kind == Field::Kind::Number;
  if (!number && field->kind != Field::Kind::String) return wrong(name, describe(DecimalError::NotANumber)), 0;
  const Decimal result = parse_decimal(field->text, raw_max, number);
  if (result.error != DecimalError::None) wrong(name, describe(result.error));
  return result.raw;
}

std::int64_t EventReader::integer(std::string_view name) {
  const Field* field = line_.find(name);
  if (field == nullptr) return wrong(name, "is missing"), 0;
  std::int64_t value = 0;
  const char* end = field->text.data() + field->text.size();
  const auto result = std::from_chars(field->text.data(), end, value);
  if (field->kind != Field::Kind::Number || result.ec != std::errc{} || result.ptr != end || value < 0) {
    wrong(name, "is not a whole number of nanoseconds since the epoch");
  }
  return value;
}

Side EventReader::side(bool required) {
  const std::string_view name = text("side", required, 8);
  const Side side = from_name(side_names, name, Side::None);
  if (!name.empty() && side == Side::None) wrong("side", "is neither buy nor sell");
  return side;
}

Id EventReader::id(std::string_view name) { return Id::from(text(name, true, 64)); }

ClientIndex EventReader::client(bool required) { return client_of(text("client", required, 32)); }

// Clients are not configured: one becomes known by what it sends, or by what is said of it.
ClientIndex EventReader::client_of(std::string_view name) {
  if (!valid_name(name)) return ClientIndex::None;
  const ClientIndex known = engine_.names().clients.find(name);
  if (known != ClientIndex::None) return known;
  Event event{};
  event.t = t_;
  event.type = EventType::Client;
  event.client.name = Name::from(name);
  events_.push_back(event);
  return ClientIndex(engine_.names().clients.size());
}

void EventReader::read_mark(Event& event) {
  const std::string_view name = text("symbol", true, 32);
  const auto price = [this](std::string_view field) {
    const int128 raw = decimal(field, false, decimal_raw_max);
    if (has(field) && raw <= 0) wrong(field, "is not positive");
    return Price{static_cast<std::int64_t>(raw)};
  };
  event.mark.bid = price("bid");
  event.mark.ask = price("ask");
  event.mark.last = price("last");
  if (has("bid") != has("ask")) wrong(has("bid") ? "ask" : "bid", "is missing: a bid and an ask come together");
  if (!has("bid") && !has("last")) wrong("last", "is missing: a mark has bid and ask, or last, or all three");
  const SymbolIndex symbol = engine_.names().symbols.find(name);
  const core::CurrencyIndex currency = engine_.currency_of_pair(name);
  const bool known = symbol != SymbolIndex::None && engine_.market().symbols[at(symbol)].known;
  if (!known && currency == core::CurrencyIndex::None && !engine_.is_pair(name)) wrong("symbol", "is unknown");
  if (known && currency != core::CurrencyIndex::None && error_.empty()) {
    event.type = EventType::Rate;
    event.mark.symbol = static_cast<std::uint32_t>(currency);
    events_.push_back(event);
  }
  event.type = known ? EventType::Mark : currency != core::CurrencyIndex::None ? EventType::Rate : EventType::Clock;
  event.mark.symbol = static_cast<std::uint32_t>(known ? at(symbol) : at(currency));
}

void EventReader::read_intent(Event& event) {
  event.type = EventType::Intent;
  event.intent = {};
  core::IntentEvent& intent = event.intent;
  bool given = false;
  intent.client = client(true);
  intent.strategy = engine_.names().strategies.find(text("strategy", true, 32));
  intent.account = has("account") ? engine_.names().accounts.find(text("account", true, 32))
                                  : engine_.default_account(intent.strategy);
  intent.symbol = engine_.names().symbols.find(text("symbol", true, 32));
  intent.side = side(true);
  intent.gate = core::Gate::Open;
  const bool resize = flag("resize", given);
  intent.resize = !given ? Resize::AsConfigured : resize ? Resize::Allowed : Resize::Forbidden;
  intent.reduce_only = flag("reduce_only", given);
  intent.market = !has("price");
  intent.quantity = {static_cast<std::int64_t>(decimal("quantity", true, decimal_raw_max))};
  intent.price = {static_cast<std::int64_t>(decimal("price", false, decimal_raw_max))};
  intent.id = id("id");
}

void EventReader::read_replace(Event& event) {
  const ClientIndex from = client(false);
  event.type = EventType::Replace;
  event.replace = {};
  core::ReplaceEvent& replace = event.replace;
  replace.client = from;
  replace.gate = core::Gate::Open;
  replace.keep_price = !has("price");
  replace.quantity = {static_cast<std::int64_t>(decimal("quantity", true, decimal_raw_max))};
  replace.price = {static_cast<std::int64_t>(decimal("price", false, decimal_raw_max))};
  replace.id = id("id");
  replace.new_id = id("new_id");
}

// A client that has never sent anything has no orders either.
ClientIndex EventReader::known_client() {
  const std::string_view name = text("client", false, 32);
  if (name.empty()) return ClientIndex::None;
  const ClientIndex known = engine_.names().clients.find(name);
  return known != ClientIndex::None ? known : ClientIndex(engine_.names().clients.size());
}

void EventReader::read_order(Event& event, EventType type) {
  event.type = type;
  event.order = {};
  event.order.client = known_client();
  event.order.id = id("id");
  if (type != EventType::Done) return;
  event.order.why = from_name(done_why_names, text("why", true, 16), DoneWhy::None);
  if (event.order.why == DoneWhy::None) wrong("why", "is none of canceled, rejected, expired");
}

void EventReader::read_fill(Event& event) {
  const ClientIndex from = client(false);
  event.type = EventType::Fill;
  event.fill = {};
  core::FillEvent& fill = event.fill;
  fill.client = from;
  fill.account = engine_.names().accounts.find(text("account", false, 32));
  fill.strategy = engine_.names().strategies.find(text("strategy", false, 32));
  fill.symbol = engine_.names().symbols.find(text("symbol", false, 32));
  fill.side = side(false);
  // These say whose an unknown order is; of a known one they do not matter, and a name that nobody knows is no owner.
  if (has("strategy") && at(fill.strategy) == 0) fill.account = AccountIndex::None;
  fill.quantity = {static_cast<std::int64_t>(decimal("quantity", true, decimal_raw_max))};
  fill.price = {static_cast<std::int64_t>(decimal("price", true, decimal_raw_max))};
  const int128 fee = decimal("fee", false, money_raw_max);
  fill.fee_low = static_cast<std::uint64_t>(fee);
  fill.fee_high = static_cast<std::uint64_t>(static_cast<uint128>(fee) >> 64);
  fill.id = id("id");
  fill.exec_id = id("exec_id");
}

void EventReader::read_equity(Event& event) {
  event.type = EventType::Equity;
  event.equity = {};
  event.equity.account = engine_.names().accounts.find(text("account", true, 32));
  const int128 amount = decimal("amount", true, money_raw_max);
  event.equity.amount_low = static_cast<std::uint64_t>(amount);
  event.equity.amount_high = static_cast<std::uint64_t>(static_cast<uint128>(amount) >> 64);
}

void EventReader::read_control(Event& event) {
  event.type = EventType::Control;
  event.control = {};
  core::ControlEvent& control = event.control;
  constexpr std::array<std::string_view, 6> names{"", "halt", "reduce_only", "resume", "override", "liquidate"};
  control.command = from_name(names, text("command", true, 16), core::Command::None);
  if (control.command == core::Command::None) {
    wrong("command", "is none of halt, reduce_only, resume, override, liquidate");
  }
  const auto words = [this](std::string_view name, std::size_t size_max) -> std::string_view {
    const Field* field = line_.find(name);
    if (field == nullptr) return {};
    if (field->kind != Field::Kind::String) return wrong(name, "is not a text"), "";
    if (!printable_ascii(field->text)) return wrong(name, "has characters that are not printable ASCII"), "";
    return std::string_view(field->text).substr(0, size_max);
  };
  control.operator_name = Name::from(words("operator", 32));
  control.reason = Sentence::from(words("reason", 127));
  control.on = read_scope();
  bool given = false;
  control.new_baseline = flag("new_baseline", given);
  if (control.command == core::Command::Resume && has("stage")) {
    const std::string_view stage = text("stage", true, 16);
    control.stage = from_name(stage_names, stage, core::Stage::Full);
    if (control.stage == core::Stage::Full && stage != "full") wrong("stage", "is none of full, half, reduce_only");
  }
  if (control.command == core::Command::Override) read_override(control);
}

void EventReader::read_override(core::ControlEvent& control) {
  control.limit = engine_.names().limits.find(text("limit", true, 32));
  const int128 max = decimal("max", true, money_raw_max);
  if (max < 0) wrong("max", "is negative");
  control.max_low = static_cast<std::uint64_t>(max);
  control.max_high = static_cast<std::uint64_t>(static_cast<uint128>(max) >> 64);
  control.until = {integer("until")};
  control.whole_limit = !has("on");
}

Scope EventReader::read_scope() {
  Scope scope{};
  const Field* on = line_.find("on");
  if (on == nullptr) return scope;
  if (on->kind != Field::Kind::Object)
    return wrong("on", "is not an object of symbol, sector, account, strategy, client"), scope;
  const core::Names& names = engine_.names();
  for (const Field& field : line_.fields()) {
    if (!field.name.starts_with("on.")) continue;
    const std::string_view key = std::string_view(field.name).substr(3);
    if (field.kind != Field::Kind::String || field.text.empty()) wrong(field.name, "is not a text, or empty");
    bool known = true;
    const auto look_up = [&](const auto& list, auto& index) {
      index = list.find(field.text);
      known = at(index) != 0;
    };
    if (key == "symbol") look_up(names.symbols, scope.symbol);
    else if (key == "sector") look_up(names.sectors, scope.sector);
    else if (key == "account") look_up(names.accounts, scope.account);
    else if (key == "strategy") look_up(names.strategies, scope.strategy);
    else if (key == "client") scope.client = client_of(field.text);
    else wrong(field.name, "is none of symbol, sector, account, strategy, client");
    if (!known) wrong(field.name, "is unknown");
  }
  return scope;
}

}  // namespace bulwark::simulate
