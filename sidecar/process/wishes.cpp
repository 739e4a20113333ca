// SPDX-License-Identifier: Apache-2.0
// Wishes of the door and of operators: each is one call into the hot loop, and an answer in words.
#include "sidecar/process/wishes.h"

#include <unistd.h>

#include "shm/decimal.h"
#include "sidecar/process/rules_change.h"
#include "sidecar/process/wish_words.h"

namespace bulwark::process {

static bool permitted(const cold::Peer& peer) {
  return peer.uid == 0 || peer.uid == ::geteuid() || peer.gid == ::getegid();
}

ClientIndex Wishes::client_index(const Name& name) {
  ClientIndex index = ClientIndex::None;
  return calls_.carry_out([&](hot::Loop& loop) { index = loop.client_index(name); }) ? index : ClientIndex::None;
}

bool Wishes::admit(const shm::AttachReply& who, shm::Lane& lane) {
  bool taken = false;
  const auto work = [&](hot::Loop& loop) { taken = loop.admit({who.client, who.account, who.strategy}, lane); };
  return calls_.carry_out(work) && taken;
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

std::vector<std::string> Wishes::failing_checks(bool limits) {
  std::vector<std::string> lines;
  if (board_.journal_health.load(std::memory_order_acquire) != shm::JournalHealth::Healthy) {
    lines.emplace_back("journal: it is not healthy");
  }
  std::vector<std::string> checks;
  const auto look = [&](hot::Loop& loop) { checks = reasons_not_to_resume(loop.engine(), loop.now(), limits); };
  if (!calls_.carry_out(look)) return {no_answer};
  lines.insert(lines.end(), checks.begin(), checks.end());
  return lines;
}

Answer Wishes::preflight(const shm::ControlRequest& request) {
  // A book that is over its limits is to be reduced, and a new baseline heals them.
  const bool limits = request.new_baseline == 0 && request.stage != ResumeStage::ReduceOnly;
  std::vector<std::string> lines = failing_checks(limits);
  const bool clean = lines.empty();
  return {clean, 0, std::move(lines)};
}

Answer Wishes::resume(const shm::ControlRequest& request) {
  Answer answer = preflight(request);
  return answer.done ? apply(request, core::Command::Resume) : answer;
}

// `confirmed`: a second operator has agreed.
Answer Wishes::apply(const shm::ControlRequest& request, core::Command command, bool confirmed) {
  Answer answer;
  bool needs_second = false;
  const auto work = [&](hot::Loop& loop) {
    const auto refuse = [&answer](std::string why) { answer.lines.push_back(std::move(why)); };
    if (!wanted(request)) return refuse(too_late);
    if (command == core::Command::Resume && request.seen != loop.permission().word) {
      return refuse("a newer stop came; look again");
    }
    core::Engine& engine = loop.engine();
    const core::ControlEvent event = control_event(engine.names(), request, command, answer.lines);
    if (!answer.lines.empty()) return;
    needs_second = four_eyes_ && !confirmed && command == core::Command::Override && named(request) &&
                   loop.now() < event.until && loosens(engine.limits(), event);
    if (needs_second) return;
    const core::EventError error = loop.control(event);
    if (error != core::EventError::None) return refuse(words_for(error));
    answer.done = true;
    answer.lines = lines_of(engine);
  };
  if (!calls_.carry_out(work)) return Answer::refused(no_answer);
  if (!needs_second) return answer;
  Proposal proposal;
  proposal.request = request;
  proposal.what = describe_override(request);
  return propose(std::move(proposal));
}

Answer Wishes::equity(const shm::ControlRequest& request) {
  if (!named(request)) return Answer::refused(words_for(core::EventError::NameNeeded));
  Answer answer;
  const auto work = [&](hot::Loop& loop) {
    const auto refuse = [&answer](std::string_view why) { answer.lines.emplace_back(why); };
    if (!wanted(request)) return refuse(too_late);
    core::Engine& engine = loop.engine();
    core::Event event{};
    event.type = core::EventType::Equity;
    event.equity.account = engine.names().accounts.find(request.account.view());
    event.equity.amount_low = request.max_low;
    event.equity.amount_high = request.max_high;
    // The event has no place for a name and a reason: the remark before it has.
    const std::string what = "equity of " + std::string(request.account.view()) + ": ";
    if (loop.remark(request.operator_name.view(), what + std::string(request.reason.view())) == 0) {
      return refuse(no_room);
    }
    const core::EventError error = loop.apply_wish(event);
    if (error != core::EventError::None) return refuse(words_for(error));
    answer.done = true;
    answer.lines = lines_of(engine);
    answer.lines.push_back("account " + std::string(request.account.view()) + " now has an equity of " +
                           format_decimal(engine.book().accounts[at(event.equity.account)].equity()));
  };
  return calls_.carry_out(work) ? answer : Answer::refused(no_answer);
}

Answer Wishes::carry_out(const shm::ControlRequest& request) {
  switch (request.wish) {
    case shm::Wish::Preflight: return preflight(request);
    case shm::Wish::Halt: return apply(request, core::Command::Halt);
    case shm::Wish::Liquidate: return apply(request, core::Command::Liquidate);
    case shm::Wish::ReduceOnly: return apply(request, core::Command::ReduceOnly);
    case shm::Wish::Resume: return resume(request);
    case shm::Wish::Override: return apply(request, core::Command::Override);
    case shm::Wish::Equity: return equity(request);
    case shm::Wish::Adopt: return adopt(request);
    case shm::Wish::Reload: return reload(request);
    case shm::Wish::Confirm: return confirm(request);
    default: return Answer::refused("this sidecar does not know that wish");
  }
}

void Wishes::control(const cold::Peer& peer, const shm::ControlRequest& request, shm::ControlReply& reply) {
  Answer answer = Answer::refused("only the instance's own user or group may ask for this");
  if (permitted(peer)) {
    const std::lock_guard lock(one_at_a_time_);
    answer = wanted(request) ? carry_out(request) : Answer::refused(too_late);
  }
  reply = {};
  reply.outcome = answer.done ? shm::DoorOutcome::Ready : shm::DoorOutcome::NotPermitted;
  reply.proposal = answer.proposal;
  write_text(reply, answer.lines);
}

}  // namespace bulwark::process
