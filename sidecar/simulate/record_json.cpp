// SPDX-License-Identifier: Apache-2.0
#include "sidecar/simulate/record_json.h"

#include <fmt/format.h>

#include "shm/decimal.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/simulate/event_reader.h"

namespace bulwark::simulate {

using core::EventType;
using journal::RecordType;
using nlohmann::ordered_json;

namespace {

template <class List, class Index>
void add_name(ordered_json& json, const char* key, const List& list, Index index) {
  if (at(index) != 0) json[key] = list.name(index);
}

std::string key_of(std::string_view client, const Id& id) {
  return std::string(client) + "\n" + std::string(id.view());
}

}  // namespace

RecordJson::RecordJson(std::string directory, journal::LoadRules load_rules)
    : names_(std::move(directory), std::move(load_rules)), outputs_(names_.names(), [this](LimitIndex index) {
        const core::Limit* limit = names_.limit(index);
        return limit == nullptr ? OutputJson::About{} : OutputJson::About{limit->metric, limit->action};
      }) {}

ordered_json RecordJson::row(const journal::Record& record) {
  pass(record);
  if (is_event(record.type)) follow(event_);
  else if (!is_output(record.type)) belonging_ = {};
  return words(record);
}

void RecordJson::pass(const journal::Record& record) {
  names_.follow(record);
  if (is_event(record.type)) event_ = record.event;
}

ordered_json RecordJson::words(const journal::Record& record) const {
  ordered_json json{{"seq", record.sequence}, {"t", record.t.ns}};
  json.update(is_event(record.type) ? event(event_) : is_output(record.type) ? output(record) : note(record));
  return json;
}

ordered_json RecordJson::event(const core::Event& event) const {
  constexpr std::array<std::string_view, 15> types{"none",    "client",  "mark",   "mark", "intent",
                                                   "replace", "ack",     "cancel", "fill", "done",
                                                   "equity",  "control", "clock",  "size", "deliver"};
  const core::Names& names = names_.names();
  ordered_json json{{"type", types[static_cast<std::size_t>(event.type)]}};
  switch (event.type) {
    case EventType::Client: json["client"] = event.client.name.view(); break;
    case EventType::Mark:
    case EventType::Rate:
      json["symbol"] = event.type == EventType::Mark
                           ? names.symbols.name(SymbolIndex{event.mark.symbol})
                           : names.currencies.name(static_cast<core::CurrencyIndex>(event.mark.symbol)) + "/" +
                                 names.currencies.name(core::CurrencyIndex{1});  // the base currency comes first
      for (const auto& [key, price] :
           {std::pair{"bid", event.mark.bid}, {"ask", event.mark.ask}, {"last", event.mark.last}}) {
        if (price.raw != 0) json[key] = to_text(price);
      }
      break;
    case EventType::Equity:
      add_name(json, "account", names.accounts, event.equity.account);
      json["amount"] = format_decimal(core::join(event.equity.amount_low, event.equity.amount_high));
      break;
    case EventType::Fill: add_fill(json, event.fill); break;
    case EventType::Size: add_size(json, event.size); break;
    case EventType::Control: add_control(json, event.control); break;
    case EventType::None:
    case EventType::Clock: break;
    default: add_order(json, event);
  }
  return json;
}

void RecordJson::add_order(ordered_json& json, const core::Event& event) const {
  constexpr std::array<std::string_view, 5> gates{"closed", "open", "journal_full", "lease_expired", "halted"};
  const core::Names& names = names_.names();
  if (event.type == EventType::Intent) {
    const core::IntentEvent& e = event.intent;
    add_name(json, "client", names.clients, e.client);
    add_name(json, "account", names.accounts, e.account);
    add_name(json, "strategy", names.strategies, e.strategy);
    json["id"] = e.id.view();
    add_name(json, "symbol", names.symbols, e.symbol);
    json["side"] = name_of(side_names, e.side);
    json["quantity"] = to_text(e.quantity);
    if (!e.market) json["price"] = to_text(e.price);
    if (e.resize != Resize::AsConfigured) json["resize"] = e.resize == Resize::Allowed;
    if (e.reduce_only) json["reduce_only"] = true;
    if (e.gate != core::Gate::Open) json["gate"] = name_of(gates, e.gate);
  } else if (event.type == EventType::Replace) {
    const core::ReplaceEvent& e = event.replace;
    add_name(json, "client", names.clients, e.client);
    json["id"] = e.id.view();
    json["new_id"] = e.new_id.view();
    json["quantity"] = to_text(e.quantity);
    if (!e.keep_price) json["price"] = to_text(e.price);
    if (e.gate != core::Gate::Open) json["gate"] = name_of(gates, e.gate);
  } else {
    add_name(json, "client", names.clients, event.order.client);
    json["id"] = event.order.id.view();
    if (event.type == EventType::Done) json["why"] = name_of(done_why_names, event.order.why);
  }
}

void RecordJson::add_fill(ordered_json& json, const core::FillEvent& fill) const {
  const core::Names& names = names_.names();
  add_name(json, "client", names.clients, fill.client);
  json["id"] = fill.id.view();
  json["exec_id"] = fill.exec_id.view();
  json["quantity"] = to_text(fill.quantity);
  json["price"] = to_text(fill.price);
  if (const int128 fee = core::join(fill.fee_low, fill.fee_high); fee != 0) json["fee"] = format_decimal(fee);
  add_name(json, "account", names.accounts, fill.account);
  add_name(json, "strategy", names.strategies, fill.strategy);
  add_name(json, "symbol", names.symbols, fill.symbol);
  if (fill.side != Side::None) json["side"] = name_of(side_names, fill.side);
}

void RecordJson::add_size(ordered_json& json, const core::SizeEvent& size) const {
  const core::Names& names = names_.names();
  add_name(json, "client", names.clients, size.client);
  add_name(json, "account", names.accounts, size.account);
  add_name(json, "strategy", names.strategies, size.strategy);
  add_name(json, "symbol", names.symbols, size.symbol);
  json["side"] = name_of(side_names, size.side);
  if (!size.market) json["price"] = to_text(size.price);
  if (size.by_edge) {
    json["edge"] = format_decimal(size.edge);
    json["horizon_days"] = format_decimal(size.horizon_days);
  } else {
    json["win_probability"] = format_decimal(size.win_probability);
    json["payoff"] = format_decimal(size.payoff);
  }
  json["confidence"] = format_decimal(size.confidence);
}

void RecordJson::add_control(ordered_json& json, const core::ControlEvent& control) const {
  constexpr std::array<std::string_view, 6> commands{"", "halt", "reduce_only", "resume", "override", "liquidate"};
  json["command"] = name_of(commands, control.command);
  const bool overrides = control.command == core::Command::Override;
  if (!overrides || !control.whole_limit) json["on"] = outputs_.scope(control.on);
  if (control.operator_name.size != 0) json["operator"] = control.operator_name.view();
  if (control.reason.size != 0) json["reason"] = control.reason.view();
  if (control.new_baseline) json["new_baseline"] = true;
  if (control.stage != core::Stage::Full) json["stage"] = name_of(stage_names, control.stage);
  if (!overrides) return;
  add_name(json, "limit", names_.names().limits, control.limit);
  json["max"] = format_decimal(core::join(control.max_low, control.max_high));
  json["until"] = control.until.ns;
}

ordered_json RecordJson::output(const journal::Record& record) const {
  switch (record.type) {
    case RecordType::Error: return {{"type", "error"}, {"message", describe(record.error)}};
    case RecordType::Objection: return outputs_.objection(record.t, record.objection);
    case RecordType::Sized: return OutputJson::sized(record.t, record.sized);
    case RecordType::Line: return outputs_.line(record.t, record.line);
    default: break;
  }
  const Id& id = event_.type == EventType::Intent ? event_.intent.id : event_.replace.new_id;
  ordered_json json = outputs_.verdict(record.t, id, record.client, record.verdict, record.shrinking);
  if (record.basis.reference.raw != 0) {
    json["reference"] = to_text(record.basis.reference);
    json["marked"] = record.basis.marked.ns;
  }
  if (record.basis.model != 0) json["model"] = record.basis.model;
  return json;
}

ordered_json RecordJson::note(const journal::Record& record) const {
  switch (record.type) {
    case RecordType::Configuration: {
      const std::string path = journal::configuration_path("", record.note.a);
      return {{"type", "configuration"}, {"file", path.substr(1)}};
    }
    case RecordType::Start: return {{"type", "start"}};
    case RecordType::End: return {{"type", "end"}};
    case RecordType::Lease: return {{"type", "lease"}, {"lapses", record.note.a}};
    case RecordType::Stop:
      return {{"type", "stop"}, {"epoch", record.note.a >> 1U}, {"trading", (record.note.a & 1U) != 0}};
    case RecordType::ClientStop: {
      const auto stop = journal::ClientStop::of(record.note.b);
      ordered_json json{{"type", "client_stop"}, {"epoch", record.note.a}, {"outcome", stop.outcome()}};
      add_name(json, "client", names_.names().clients, stop.client);
      if (stop.acknowledged()) json["delay_ns"] = stop.delay_ns;
      return json;
    }
    case RecordType::Snapshot:
      if (record.note.a == 0) return {{"type", "snapshot_taken"}};
      return {{"type", "snapshot_digest"}, {"of", record.note.a}, {"digest", fmt::format("{:016x}", record.note.b)}};
    default:
      return {
          {"type", "remark"}, {"operator", record.remark.operator_name.view()}, {"text", record.remark.text.view()}};
  }
}

// Whose is it? Reports name their order only, and that was an intent before.
void RecordJson::follow(const core::Event& event) {
  const core::Names& names = names_.names();
  const auto known = [&](ClientIndex client, const Id& id) {
    const auto found = orders_.find(key_of(names.clients.name(client), id));
    belonging_ = found != orders_.end() ? found->second : Belonging{};
    if (client != ClientIndex::None) belonging_.client = names.clients.name(client);
    belonging_.id = id.view();
  };
  const auto remember = [&](const Id& id) {
    orders_[key_of(belonging_.client, id)] = belonging_;
    orders_[key_of("", id)] = belonging_;
  };
  belonging_ = {};
  const auto whose = [&](const auto& e) {
    if (e.account != AccountIndex::None) belonging_.account = names.accounts.name(e.account);
    if (e.strategy != StrategyIndex::None) belonging_.strategy = names.strategies.name(e.strategy);
    if (e.symbol != SymbolIndex::None) belonging_.symbol = names.symbols.name(e.symbol);
    if (e.client != ClientIndex::None) belonging_.client = names.clients.name(e.client);
  };
  switch (event.type) {
    case EventType::Client: belonging_.client = event.client.name.view(); break;
    case EventType::Mark: belonging_.symbol = names.symbols.name(SymbolIndex{event.mark.symbol}); break;
    case EventType::Equity: belonging_.account = names.accounts.name(event.equity.account); break;
    case EventType::Size: whose(event.size); break;
    case EventType::Intent:
      whose(event.intent);
      belonging_.id = event.intent.id.view();
      remember(event.intent.id);
      break;
    case EventType::Replace:
      known(event.replace.client, event.replace.id);
      belonging_.other_id = event.replace.new_id.view();
      remember(event.replace.new_id);
      break;
    case EventType::Fill:
      known(event.fill.client, event.fill.id);
      whose(event.fill);
      break;
    case EventType::Ack:
    case EventType::Cancel:
    case EventType::Done:
    case EventType::Deliver: known(event.order.client, event.order.id); break;
    default: break;
  }
}

}  // namespace bulwark::simulate
