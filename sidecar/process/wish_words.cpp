// SPDX-License-Identifier: Apache-2.0
#include "sidecar/process/wish_words.h"

#include <cstring>
#include <sstream>

#include "shm/clock.h"
#include "shm/decimal.h"
#include "sidecar/config/moment.h"
#include "sidecar/simulate/event_reader.h"
#include "sidecar/simulate/outcome_writer.h"

namespace bulwark::process {

std::string words_for(core::EventError error) {
  return error == core::EventError::NoRoom ? no_room : std::string(simulate::describe(error));
}

bool wanted(const shm::ControlRequest& request) { return shm::monotonic_now().ns < request.wanted_until_ns; }

bool named(const shm::ControlRequest& request) { return request.operator_name.size != 0 && request.reason.size != 0; }

static Scope scope_of(const core::Names& names, const shm::ControlRequest& request, std::vector<std::string>& unknown) {
  Scope on{};
  const auto find = [&unknown](const auto& list, const Name& name, auto& index, const char* what) {
    if (name.size == 0) return;
    index = list.find(name.view());
    if (at(index) == 0) unknown.push_back(std::string("there is no ") + what + " \"" + std::string(name.view()) + "\"");
  };
  find(names.symbols, request.symbol, on.symbol, "symbol");
  find(names.sectors, request.sector, on.sector, "sector");
  find(names.accounts, request.account, on.account, "account");
  find(names.strategies, request.strategy, on.strategy, "strategy");
  find(names.clients, request.client, on.client, "client");
  return on;
}

core::ControlEvent control_event(const core::Names& names, const shm::ControlRequest& request, core::Command command,
                                 std::vector<std::string>& unknown) {
  core::ControlEvent event{};
  event.command = command;
  event.new_baseline = request.new_baseline != 0;
  event.stage = request.stage;
  event.on = scope_of(names, request, unknown);
  event.whole_limit = event.on == Scope{};
  event.limit = names.limits.find(request.limit.view());
  event.max_low = request.max_low;
  event.max_high = request.max_high;
  event.until = {request.until_ns};
  event.operator_name = request.operator_name;
  event.reason = request.reason;
  return event;
}

std::string describe_override(const shm::ControlRequest& request) {
  std::string text = "limit " + std::string(request.limit.view());
  const auto add = [&text](const char* key, const Name& name) {
    if (name.size != 0) text += std::string(" on ") + key + "=" + std::string(name.view());
  };
  add("symbol", request.symbol);
  add("sector", request.sector);
  add("account", request.account);
  add("strategy", request.strategy);
  add("client", request.client);
  return text + ": max " + format_decimal(core::join(request.max_low, request.max_high)) + " until " +
         config::show_moment({request.until_ns});
}

std::vector<std::string> lines_of(core::Engine& engine) {
  core::Event event{};
  event.t = engine.now();
  std::string text;
  simulate::OutcomeWriter(engine).write_outcome(event, text);
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(std::move(line));
  return lines;
}

static std::string show(const Value& value) {
  if (value.kind == ValueKind::Fraction) return std::to_string(value.fraction());
  return value.kind == ValueKind::Null ? "unknown" : format_decimal(value.raw());
}

static bool over(const core::CompiledLimit& limit, const core::Slot& slot, const Value& value) {
  if (limit.kind != core::Kind::State || limit.action == Action::Alert) return false;
  if (value.kind == ValueKind::Null || value.kind == ValueKind::Absent) return false;
  if (value.kind != ValueKind::Fraction) return value.raw() > slot.max;
  return value.fraction() > static_cast<double>(slot.max) / static_cast<double>(unit);
}

std::vector<std::string> reasons_not_to_resume(core::Engine& engine, TimeNs now, bool limits) {
  std::vector<std::string> lines;
  for (const SymbolIndex symbol : engine.stale_symbols(now)) {
    lines.push_back("marks: " + engine.names().symbols.name(symbol) +
                    " has a position or a working order, and no fresh mark");
  }
  if (!limits) return lines;
  for (const core::Reading& reading : engine.readings()) {
    const core::CompiledLimit& limit = engine.limits().all[reading.limit];
    if (!over(limit, engine.limits().slots[reading.slot], reading.value)) continue;
    lines.push_back("limit " + engine.names().limits.name(limit.index) + ": " + show(reading.value) +
                    " is still above its max of " + show(engine.shown_max(reading.limit, reading.slot)));
  }
  return lines;
}

void write_text(shm::ControlReply& reply, const std::vector<std::string>& lines) {
  constexpr std::size_t reserved = 64;  // for the last line
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (text.size() + lines[i].size() + reserved > sizeof reply.text) {
      text += "and " + std::to_string(lines.size() - i) + " more lines, which the journal has\n";
      break;
    }
    text += lines[i] + "\n";
  }
  reply.text_bytes = static_cast<std::uint32_t>(text.size());
  std::memcpy(reply.text, text.data(), text.size());
}

}  // namespace bulwark::process
