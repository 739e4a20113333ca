// SPDX-License-Identifier: Apache-2.0
#include "sidecar/report/walk.h"

#include "sidecar/journal/kept.h"
#include "sidecar/journal/reader.h"
#include "sidecar/simulate/output_json.h"
#include "sidecar/simulate/recorded_rules.h"

namespace bulwark::report {

using Json = nlohmann::ordered_json;
using core::EventType;
using journal::Record;
using journal::RecordType;

Walk::Walk(const std::string& journal_directory, const Span& span)
    : doings(span),
      span_(span),
      directory_(journal_directory),
      replay_(journal::replay_from_beginning(directory_, simulate::recorded_rules)),
      rows_(directory_) {}

void Walk::run() {
  using enum ledger::Table;
  journal::JournalReader reader(directory_);
  ledger::CellRows cells(
      {Verdict, Fill, Error, Breach, State, Stop, ClientStop, LimitChange, Configuration, ModelVersion, Alert, Remark});
  try {
    for (Record record; reader.next(record);) {
      const journal::Block& block = reader.blocks().block();
      if (record.t >= span_.to) close();
      if (record.type == RecordType::Configuration && replay_.engine == nullptr) doings.begin_with(record.sequence);
      if (!closed_) apply(record);
      rows_.take(record, cells);
      for (ledger::CellRow& row : cells.rows) doings.take(std::move(row));
      cells.rows.clear();
      const bool inside = record.t >= span_.from && !closed_;
      if (inside && record.sequence == block.last) seal_delays.push_back((block.sealed - record.t).ns);
    }
  } catch (const journal::JournalError& error) {
    trouble_ = error.what();
  }
  close();
  if (trouble_.empty() && reader.ending().kind == journal::EndKind::Damaged) trouble_ = reader.ending().text();
}

void Walk::apply(const Record& record) {
  const bool is_event = journal::is_event(record.type);
  if (!begun_ && record.t >= span_.from) {
    begun_ = true;
    profits.begin(replay_.engine.get());
  }
  replay_.apply(record);
  if (is_event) event_ = record;
  if (!begun_ || replay_.engine == nullptr) return;
  if (is_event) {
    profits.follow(*replay_.engine);
    uses.follow(*replay_.engine, record.event);
  } else if (record.type == RecordType::Objection) {
    uses.object(record.objection.limit);
  } else if (record.type == RecordType::Line) {
    take_line(record);
  }
}

void Walk::take_line(const Record& record) {
  const core::LineType type = record.line.type;
  if (type != core::LineType::Warning && type != core::LineType::Breach && type != core::LineType::Cleared) return;
  const core::Names& names = replay_.engine->names();
  const simulate::OutputJson words(names, [this](LimitIndex limit) {
    for (const core::CompiledLimit& one : replay_.engine->limits().all) {
      if (one.index == limit) return simulate::OutputJson::About{one.metric, one.action};
    }
    return simulate::OutputJson::About{};
  });
  Json row{{"seq", record.sequence}};
  row.update(words.line(record.t, record.line));
  row["who"] = who();
  breaches.push_back(std::move(row));
}

// Whose event it was that brought it about. A mark is nobody's: the market moved.
Json Walk::who() const {
  const core::Event& event = event_.event;
  const core::Names& names = replay_.engine->names();
  const auto order = [&](const char* what, ClientIndex client, AccountIndex account, StrategyIndex strategy,
                         const Id& id) {
    const auto name = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
    return Json{{"event", what},
                {"client", name(names.clients.name(client))},
                {"account", name(names.accounts.name(account))},
                {"strategy", name(names.strategies.name(strategy))},
                {"id", id.view()}};
  };
  const auto known = [&](const char* what, ClientIndex client, const Id& id) {
    const core::Orders& orders = replay_.engine->orders();
    const auto found = orders.find(id, client, orders.session());
    const core::Order& of = orders[found.order];
    if (found.order == 0 || found.ambiguous) return order(what, client, {}, {}, id);
    return order(what, of.client, of.account, of.strategy, id);
  };
  switch (event.type) {
    case EventType::Intent:
      return order("order", event.intent.client, event.intent.account, event.intent.strategy, event.intent.id);
    case EventType::Replace: return known("replace", event.replace.client, event.replace.new_id);
    case EventType::Fill: return known("fill", event.fill.client, event.fill.id);
    case EventType::Ack:
    case EventType::Cancel:
    case EventType::Done: return known("order", event.order.client, event.order.id);
    case EventType::Mark: return {{"event", "mark"}, {"symbol", names.symbols.name(SymbolIndex{event.mark.symbol})}};
    case EventType::Control: return {{"event", "control"}, {"operator", event.control.operator_name.view()}};
    default: return {{"event", "time"}};
  }
}

void Walk::close() {
  if (closed_) return;
  closed_ = true;
  if (!begun_) profits.begin(replay_.engine.get());
  if (replay_.engine == nullptr) return;
  closing_rules_ = rows_.rules();
  uses.look(*replay_.engine);
}

}  // namespace bulwark::report
