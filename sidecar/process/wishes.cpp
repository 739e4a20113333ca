// SPDX-License-Identifier: Apache-2.0
// Wishes of the door and of operators: each is one call into the hot loop, and an answer in words.
#include "sidecar/process/wishes.h"

#include <unistd.h>

#include <cstring>

#include "shm/decimal.h"
#include "sidecar/config/load.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/process/rules_change.h"

namespace bulwark::process {

namespace {

const char* const no_answer = "the sidecar's hot loop does not answer";

std::string words_for(core::EventError error) {
  switch (error) {
    case core::EventError::NameNeeded: return "an operator and a reason are needed";
    case core::EventError::UnknownLimit: return "there is no limit of that name";
    case core::EventError::UnknownScope: return "that limit has no such scope";
    case core::EventError::UntilPast: return "`until` lies in the past";
    case core::EventError::StillBreached:
      return "a state limit is still breached; resume with a new baseline, or override it";
    case core::EventError::NoRoom: return "the journal is full";
    default: return "the engine refused it (error " + std::to_string(static_cast<unsigned>(error)) + ")";
  }
}

// The scope of a request as indices; a name that nobody has is said.
Scope scope_of(const core::Names& names, const shm::ControlRequest& request, std::vector<std::string>& unknown) {
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

void say(shm::ControlReply& reply, shm::DoorOutcome outcome, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  if (text.size() > sizeof reply.text) text.resize(sizeof reply.text);
  reply = {};
  reply.outcome = outcome;
  reply.text_bytes = static_cast<std::uint32_t>(text.size());
  std::memcpy(reply.text, text.data(), text.size());
}

std::string show(const Value& value) {
  if (value.kind == ValueKind::Fraction) return std::to_string(value.fraction());
  return value.kind == ValueKind::Null ? "unknown" : format_decimal(value.raw());
}

bool over(const core::CompiledLimit& limit, const core::Slot& slot, const Value& value) {
  if (limit.kind != core::Kind::State || limit.action == Action::Alert) return false;
  if (value.kind == ValueKind::Null || value.kind == ValueKind::Absent) return false;
  if (value.kind != ValueKind::Fraction) return value.raw() > slot.max;
  return value.fraction() > static_cast<double>(slot.max) / static_cast<double>(unit);
}

// Runs on the hot loop's thread.
std::vector<std::string> failing_checks(hot::Loop& loop, bool new_baseline) {
  std::vector<std::string> lines;
  core::Engine& engine = loop.engine();
  for (const SymbolIndex symbol : engine.stale_symbols(loop.now())) {
    lines.push_back("marks: " + engine.names().symbols.name(symbol) +
                    " has a position or a working order, and no fresh mark");
  }
  if (new_baseline) return lines;
  for (const core::Engine::Reading& reading : engine.readings()) {
    const core::CompiledLimit& limit = engine.limits().all[reading.limit];
    if (!over(limit, engine.limits().slots[reading.slot], reading.value)) continue;
    lines.push_back("limit " + engine.names().limits.name(limit.index) + ": " + show(reading.value) +
                    " is still above its max of " + show(engine.shown_max(reading.limit, reading.slot)));
  }
  return lines;
}

bool permitted(const cold::Peer& peer) { return peer.uid == 0 || peer.uid == ::geteuid() || peer.gid == ::getegid(); }

}  // namespace

ClientIndex Wishes::client_index(const Name& name) {
  ClientIndex index = ClientIndex::None;
  return calls_.carry_out([&](hot::Loop& loop) { index = loop.client_index(name); }) ? index : ClientIndex::None;
}

bool Wishes::admit(ClientIndex client, shm::Lane& lane) {
  bool taken = false;
  return calls_.carry_out([&](hot::Loop& loop) { taken = loop.admit(client, lane); }) && taken;
}

bool Wishes::retire(ClientIndex client) {
  return calls_.carry_out([&](hot::Loop& loop) { loop.retire(client); });
}

bool Wishes::admit_publisher(std::size_t place, shm::MarksTable& table, std::size_t quote_count) {
  bool taken = false;
  return calls_.carry_out([&](hot::Loop& loop) { taken = loop.admit_publisher(place, table, quote_count); }) && taken;
}

bool Wishes::retire_publisher(std::size_t place) {
  return calls_.carry_out([&](hot::Loop& loop) { loop.retire_publisher(place); });
}

Wishes::Lines Wishes::preflight(bool new_baseline) {
  Lines lines;
  if (board_.journal_health.load(std::memory_order_acquire) != shm::JournalHealth::Healthy) {
    lines.emplace_back("journal: it is not healthy");
  }
  Lines checks;
  if (!calls_.carry_out([&](hot::Loop& loop) { checks = failing_checks(loop, new_baseline); })) return {no_answer};
  lines.insert(lines.end(), checks.begin(), checks.end());
  return lines;
}

Wishes::Lines Wishes::resume(const shm::ControlRequest& request) {
  Lines lines = preflight(request.new_baseline != 0);
  if (lines.empty()) lines = apply(request, core::Command::Resume);
  return lines;
}

Wishes::Lines Wishes::apply(const shm::ControlRequest& request, core::Command command) {
  Lines lines;
  const auto work = [&](hot::Loop& loop) {
    if (command == core::Command::Resume && request.permission != loop.permission().word) {
      lines.emplace_back("a newer stop came; look again");
      return;
    }
    core::ControlEvent event{};
    event.command = command;
    event.new_baseline = request.new_baseline != 0;
    event.on = scope_of(loop.engine().names(), request, lines);
    event.whole_limit = event.on == Scope{};
    event.limit = loop.engine().names().limits.find(request.limit.view());
    event.max_low = request.max_low;
    event.max_high = request.max_high;
    event.until = {request.until_ns};
    event.operator_name = request.operator_name;
    event.reason = request.reason;
    if (!lines.empty()) return;
    const core::EventError error = loop.control(event);
    if (error != core::EventError::None) lines.push_back(words_for(error));
  };
  if (!calls_.carry_out(work)) return {no_answer};
  return lines;
}

void Wishes::control(const cold::Peer& peer, const shm::ControlRequest& request, shm::ControlReply& reply) {
  if (!permitted(peer)) {
    return say(reply, shm::DoorOutcome::NotPermitted, {"only the instance's own user or group may ask for this"});
  }
  Lines refusals;
  switch (request.wish) {
    case shm::Wish::Preflight: refusals = preflight(request.new_baseline != 0); break;
    case shm::Wish::Halt: refusals = apply(request, core::Command::Halt); break;
    case shm::Wish::ReduceOnly: refusals = apply(request, core::Command::ReduceOnly); break;
    case shm::Wish::Resume: refusals = resume(request); break;
    case shm::Wish::Override: refusals = apply(request, core::Command::Override); break;
    case shm::Wish::Reload: {
      const Reloaded reloaded = reload();
      return say(reply, reloaded.done ? shm::DoorOutcome::Ready : shm::DoorOutcome::NotPermitted, reloaded.lines);
    }
    default: refusals.emplace_back("this sidecar does not know that wish"); break;
  }
  say(reply, refusals.empty() ? shm::DoorOutcome::Ready : shm::DoorOutcome::NotPermitted, refusals);
}

// Empty: done. The rules are durable beside the journal before any decision is made by them.
std::string Wishes::take_over(const config::Settings& settings) {
  std::string failure = "the journal is full or cannot be written; nothing was changed";
  std::uint64_t hash = 0;
  const auto work = [&](hot::Loop& loop) {
    try {
      if (loop.adopt(settings.rules, hash)) failure.clear();
    } catch (const std::exception& error) {
      failure = error.what();
    }
  };
  try {
    hash = journal::save_configuration(settings_.journal_directory, config::freeze(settings));
  } catch (const std::exception& error) {
    return error.what();
  }
  return calls_.carry_out(work) ? failure : no_answer;
}

Wishes::Reloaded Wishes::reload() {
  const std::lock_guard one_at_a_time(reloading_);
  const config::LoadResult loaded = config::load(config_path_, config::read_environment(environ));
  Reloaded result{false, {}};
  for (const config::Mistake& mistake : loaded.mistakes) result.lines.push_back(config::format(mistake));
  if (!loaded.good()) return result;
  const RulesChange change = compare(settings_, loaded.settings);
  for (const std::string& key : change.needs_restart) result.lines.push_back(key + ": this change needs a restart");
  if (!result.lines.empty()) return result;
  if (!change.any()) return {true, {describe(change)}};
  std::string failure = take_over(loaded.settings);
  if (!failure.empty()) return {false, {std::move(failure)}};
  settings_ = loaded.settings;
  return {true, {describe(change)}};
}

}  // namespace bulwark::process
