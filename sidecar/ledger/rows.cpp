// SPDX-License-Identifier: Apache-2.0
// Orders, fills, breaches, states and stops; configurations and overrides stand in rows_rules.cpp.
#include "sidecar/ledger/rows.h"

#include "shm/layout.h"
#include "sidecar/journal/file.h"
#include "sidecar/ledger/words.h"
#include "sidecar/simulate/event_reader.h"

namespace bulwark::ledger {

namespace {

void write_price(Price price, bool absent, RowSink& sink) { absent ? sink.null() : sink.decimal(price.raw); }

std::string_view id_of(const core::Event& event) {
  switch (event.type) {
    case core::EventType::Intent: return event.intent.id.view();
    case core::EventType::Replace: return event.replace.new_id.view();
    case core::EventType::Fill: return event.fill.id.view();
    case core::EventType::Ack:
    case core::EventType::Cancel:
    case core::EventType::Done:
    case core::EventType::Deliver: return event.order.id.view();
    default: return {};
  }
}

}  // namespace

std::string Rows::scope_json(const Scope& scope) const {
  std::string text;
  const auto add = [&text](const char* key, const auto& list, auto index) {
    if (at(index) == 0) return;
    text += text.empty() ? "{\"" : ",\"";
    text += std::string(key) + "\":" + json_text(list.name(index));
  };
  add("account", names().accounts, scope.account);
  add("client", names().clients, scope.client);
  add("sector", names().sectors, scope.sector);
  add("strategy", names().strategies, scope.strategy);
  add("symbol", names().symbols, scope.symbol);
  return text.empty() ? "{}" : text + "}";
}

void Rows::write_scope(const Scope& scope, RowSink& sink) const { sink.json(scope_json(scope)); }

void Rows::take(const journal::Record& record, RowSink& sink) {
  if (record.sequence != record_.sequence + 1) {
    throw journal::JournalError("record " + std::to_string(record.sequence) + " comes where " +
                                std::to_string(record_.sequence + 1) +
                                " should: without all records before it nobody knows what its numbers stand for");
  }
  record_ = record;
  names_.follow(record);
  if (journal::is_event(record.type)) {
    event_ = record.event;
    event_sequence_ = record.sequence;
    return take_event(record.event, sink);
  }
  switch (record.type) {
    case journal::RecordType::Verdict: return take_verdict(record, sink);
    case journal::RecordType::Objection: return take_objection(record, sink);
    case journal::RecordType::Error: return take_error(record, sink);
    case journal::RecordType::Line: return take_line(record, sink);
    case journal::RecordType::Configuration: return take_configuration(record, sink);
    default: return take_note(record, sink);
  }
}

void Rows::take_event(const core::Event& event, RowSink& sink) {
  switch (event.type) {
    case core::EventType::Fill: take_fill(event.fill, sink); break;
    case core::EventType::Ack:
    case core::EventType::Cancel:
    case core::EventType::Done:
    case core::EventType::Deliver: take_order_event(event, sink); break;
    case core::EventType::Control: take_control(event.control, sink); break;
    default: break;
  }
  epoch_ = 0;
}

// ---------------------------------------------------------------------------------------------------- orders

void Rows::take_verdict(const journal::Record& record, RowSink& sink) const {
  const core::Verdict& verdict = record.verdict;
  const core::IntentEvent& intent = event_.intent;
  const core::ReplaceEvent& replace = event_.replace;
  const bool is_intent = event_.type == core::EventType::Intent;
  sink.begin(Table::Verdict, record.sequence, record.t);
  sink.number(static_cast<std::int64_t>(event_sequence_));
  sink.text(is_intent ? "intent" : "replace");
  sink.text(id_of(event_));
  is_intent ? sink.null() : sink.text(replace.id.view());
  sink.name(names().clients.name(is_intent ? intent.client : replace.client));
  sink.name(is_intent ? names().accounts.name(intent.account) : "");
  sink.name(is_intent ? names().strategies.name(intent.strategy) : "");
  sink.name(is_intent ? names().symbols.name(intent.symbol) : "");
  sink.name(is_intent ? name_of(side_names, intent.side) : "");
  sink.decimal(is_intent ? intent.quantity.raw : replace.quantity.raw);
  if (is_intent) write_price(intent.price, intent.market, sink);
  else write_price(replace.price, replace.keep_price, sink);
  is_intent ? sink.boolean(intent.reduce_only) : sink.null();
  sink.text(name_of(decision_names, verdict.decision));
  sink.decimal(verdict.quantity.raw);
  const core::Limit* named = names_.limit(verdict.limit);
  const bool by_limit = verdict.reason == Reason::Limit && named != nullptr;
  sink.name(by_limit ? name_of(metric_names, named->metric) : name_of(reason_names, verdict.reason));
  sink.name(names().limits.name(verdict.limit));
  verdict.has_on ? write_scope(verdict.on, sink) : sink.null();
  sink.value(verdict.value);
  sink.value(verdict.max);
  const bool scaled = record.shrinking.factor != unit;
  scaled ? sink.decimal(record.shrinking.factor) : sink.null();
  scaled ? sink.text(record.shrinking.cause.view()) : sink.null();
  const core::Basis& basis = record.basis;
  write_price(basis.reference, basis.reference.raw == 0, sink);
  basis.reference.raw == 0 ? sink.null() : sink.number(basis.marked.ns);
  sink.name(basis.model == 0 ? "" : hex(basis.model));
  sink.name(configuration_);
  sink.end();
}

void Rows::take_objection(const journal::Record& record, RowSink& sink) const {
  const core::Objection& objection = record.objection;
  const core::Limit* named = names_.limit(objection.limit);
  sink.begin(Table::Objection, record.sequence, record.t);
  sink.number(static_cast<std::int64_t>(event_sequence_));
  sink.name(names().limits.name(objection.limit));
  sink.name(named == nullptr ? "" : name_of(metric_names, named->metric));
  write_scope(objection.on, sink);
  sink.value(objection.value);
  sink.value(objection.max);
  sink.end();
}

void Rows::take_fill(const core::FillEvent& fill, RowSink& sink) const {
  sink.begin(Table::Fill, record_.sequence, event_.t);
  sink.text(fill.id.view());
  sink.text(fill.exec_id.view());
  sink.name(names().clients.name(fill.client));
  sink.name(names().accounts.name(fill.account));
  sink.name(names().strategies.name(fill.strategy));
  sink.name(names().symbols.name(fill.symbol));
  sink.name(name_of(side_names, fill.side));
  sink.decimal(fill.quantity.raw);
  sink.decimal(fill.price.raw);
  sink.decimal(core::join(fill.fee_low, fill.fee_high));
  sink.end();
}

void Rows::take_order_event(const core::Event& event, RowSink& sink) const {
  sink.begin(Table::OrderEvent, record_.sequence, event.t);
  sink.null();
  sink.text(event_name(event));
  sink.text(event.order.id.view());
  sink.name(names().clients.name(event.order.client));
  sink.name(name_of(done_why_names, event.order.why));
  for (int i = 0; i < 5; ++i) sink.null();
  sink.end();
}

void Rows::take_error(const journal::Record& record, RowSink& sink) {
  // What was refused whole is no override.
  const core::ControlEvent& control = event_.control;
  if (event_.type == core::EventType::Control && control.command == core::Command::Override) {
    if (auto& list = overrides_[control.limit]; !list.empty()) list.pop_back();
  }
  sink.begin(Table::Error, record.sequence, record.t);
  sink.number(static_cast<std::int64_t>(event_sequence_));
  sink.text(event_name(event_));
  sink.name(id_of(event_));
  sink.text(simulate::describe(record.error));
  sink.end();
}

// ---------------------------------------------------------------------------------------------------- lines

void Rows::take_line(const journal::Record& record, RowSink& sink) const {
  const core::Line& line = record.line;
  const auto begin = [&](Table table) {
    sink.begin(table, record.sequence, record.t);
    if (table != Table::Alert) sink.number(static_cast<std::int64_t>(event_sequence_));
  };
  switch (line.type) {
    case core::LineType::Warning:
    case core::LineType::Breach:
    case core::LineType::Cleared: {
      const core::Limit* named = names_.limit(line.limit);
      begin(Table::Breach);
      sink.text(line_names[at(line.type)]);
      sink.name(names().limits.name(line.limit));
      write_scope(line.on, sink);
      sink.name(named == nullptr ? "" : name_of(metric_names, named->metric));
      sink.value(line.value);
      sink.value(line.max);
      sink.name(named == nullptr ? "" : name_of(action_names, named->action));
      break;
    }
    case core::LineType::State:
      begin(Table::State);
      write_scope(line.on, sink);
      sink.text(name_of(state_names, line.state));
      sink.text(line.cause.view());
      break;
    case core::LineType::CancelRequest:
    case core::LineType::Liquidation: {
      const bool sends = line.type == core::LineType::Liquidation;
      begin(Table::OrderEvent);
      sink.text(line_names[at(line.type)]);
      sink.text(line.id.view());
      sink.name(names().clients.name(line.client));
      sink.text(line.cause.view());
      sink.name(sends ? names().accounts.name(line.on.account) : "");
      sink.name(sends ? names().symbols.name(line.on.symbol) : "");
      sink.name(sends ? name_of(side_names, line.order.side) : "");
      sends ? sink.decimal(line.order.quantity.raw) : sink.null();
      write_price(line.order.price, !sends || line.order.market, sink);
      break;
    }
    case core::LineType::StrayFill:
    case core::LineType::Scale:
    case core::LineType::Alarm:
      begin(Table::Alert);
      sink.text("engine");
      sink.text(alert_text(line));
      break;
  }
  sink.end();
}

// ---------------------------------------------------------------------------------------------------- stops

void Rows::take_control(const core::ControlEvent& control, RowSink& sink) {
  if (control.command == core::Command::Override) return take_override(control, sink);
  sink.begin(Table::Stop, record_.sequence, event_.t);
  sink.text(command_name(control.command));
  write_scope(control.on, sink);
  sink.name(control.operator_name.view());
  sink.name(control.reason.view());
  epoch_ == 0 ? sink.null() : sink.number(static_cast<std::int64_t>(epoch_));
  sink.end();
}

void Rows::take_client_stop(const journal::Record& record, RowSink& sink) const {
  const auto stop = journal::ClientStop::of(record.note.b);
  sink.begin(Table::ClientStop, record.sequence, record.t);
  sink.number(static_cast<std::int64_t>(record.note.a));
  sink.text(names().clients.name(stop.client));
  sink.text(stop.outcome());
  stop.acknowledged() ? sink.number(static_cast<std::int64_t>(stop.delay_ns)) : sink.null();
  sink.end();
}

void Rows::take_note(const journal::Record& record, RowSink& sink) {
  const auto without_person = [&](std::string_view type) {
    sink.begin(Table::Stop, record.sequence, record.t);
    sink.text(type);
    for (int i = 0; i < 4; ++i) sink.null();
    sink.end();
  };
  switch (record.type) {
    case journal::RecordType::Start: return without_person("start");
    case journal::RecordType::End: return without_person("end");
    case journal::RecordType::ClientStop: return take_client_stop(record, sink);
    case journal::RecordType::Lease: return without_person("lease");
    case journal::RecordType::Stop: epoch_ = shm::Permission{record.note.a}.epoch(); return;
    case journal::RecordType::Remark:
      operator_ = record.remark.operator_name.view();
      reason_ = record.remark.text.view();
      remark_sequence_ = record.sequence;
      sink.begin(Table::Remark, record.sequence, record.t);
      sink.text(operator_);
      sink.text(reason_);
      return sink.end();
    default: return;
  }
}

}  // namespace bulwark::ledger
