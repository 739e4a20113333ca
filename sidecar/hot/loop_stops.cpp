// SPDX-License-Identifier: Apache-2.0
// Stops on their way from the kill page into the engine, and the loop's own wish for one; what an event brought about
// besides its verdict. Rare, and out of the hot path's way.
#include "sidecar/hot/loop.h"

namespace bulwark::hot {

namespace {

Sentence reason_of(const shm::StopDetails& details) {
  if (details.reason.size != 0) return details.reason;
  return details.cause.size != 0 ? details.cause : Sentence::from("no reason given");
}

// Text that another process wrote: only what can be printed goes into the journal.
template <std::size_t N>
Text<N> cleaned(const Text<N>& text) {
  Text<N> result = Text<N>::from(text.view());
  for (std::size_t i = 0; i < result.size; ++i) {
    if (result.bytes[i] < 0x20 || result.bytes[i] > 0x7e) result.bytes[i] = '?';
  }
  return result;
}

}  // namespace

// Takes over every stop since the last one, in order. Until that is done nothing is accepted: after a stop of
// everything each order is answered with `halted`, after one in a scope the lanes wait the few microseconds.
bool Loop::take_over_stops() noexcept {
  const shm::Permission permission = permission_.current();
  lanes_wait_ = permission.trading() && !journal_failed_;
  while (const std::uint64_t epoch = permission_.next_stop(permission)) {
    const auto said = permission_.details(epoch);
    if (!said && !permission_.overdue(epoch, now_)) return false;
    shm::StopDetails details;
    if (said) details = *said;
    else details.reason = Sentence::from("a stop that did not say what it was about");
    if (!said && permission.trading()) ask_for_stop(details.reason);
    if (!take_over(epoch, details)) return false;
  }
  follow(permission);
  lanes_wait_ = false;
  return true;
}

// False: the journal has no room for it now.
bool Loop::take_over(std::uint64_t epoch, const shm::StopDetails& details) {
  if (!journal_open(event_lines + journal::record_lines_max)) return false;
  Scope on{};
  if (!details.whole && !scope_of(details, on)) {
    on = {};
    ask_for_stop(Sentence::from("a stop in a scope that this instance does not know"));
  }
  const shm::Permission taken{epoch << 1 | (permission_.current().trading() ? 1U : 0U)};
  note(journal::RecordType::Stop, taken.word);
  event_ = {};
  event_.t = t_;
  event_.type = core::EventType::Control;
  event_.control.command = core::Command::Halt;
  event_.control.on = on;
  event_.control.operator_name = cleaned(details.operator_name);
  event_.control.reason = cleaned(reason_of(details));
  permission_.took_over(taken);
  apply();
  return true;
}

// A name that nobody has is no scope: then everything stops. A client may come later, so that its name is taken now.
bool Loop::scope_of(const shm::StopDetails& details, Scope& on) {
  const core::Names& names = engine_.names();
  bool known = true;
  const auto find = [&known](const auto& list, const Name& name, auto& index) {
    if (name.size == 0) return;
    index = list.find(name.view());
    known = known && at(index) != 0;
  };
  find(names.symbols, details.symbol, on.symbol);
  find(names.accounts, details.account, on.account);
  find(names.strategies, details.strategy, on.strategy);
  if (details.client.size != 0) {
    on.client = client_index(cleaned(details.client));
    known = known && on.client != ClientIndex::None;
  }
  return known && on != Scope{};
}

void Loop::follow(shm::Permission permission) noexcept {
  permission_.took_over(permission);
  // Release: who sees this word sees the states that the stop has latched.
  board_.seen_permission.store(permission.word, std::memory_order_release);
}

void Loop::take_over_at_start() {
  const shm::Permission permission = permission_.current();
  while (const std::uint64_t epoch = permission_.next_stop(permission)) {
    const auto said = permission_.details(epoch);
    // An epoch that is only the next life's, or whose stop is told by a later one, says nothing.
    if (said) take_over(epoch, *said);
    else permission_.took_over({epoch << 1 | (permission.word & 1)});
  }
  bool halted = false;
  for (const core::Latch& latch : engine_.latches()) halted |= latch.on == Scope{} && latch.state == State::Halted;
  if (!permission.trading() && !halted) {
    shm::StopDetails details;
    details.reason = Sentence::from("it was stopped when the sidecar began");
    take_over(permission.epoch(), details);
  }
  note(journal::RecordType::Stop, permission.word);
  follow(permission);
}

void Loop::ask_for_stop(const Sentence& cause) {
  if (asked_under_ == permission_.current().word) return;
  asked_under_ = permission_.current().word;
  board_.stop_cause = cause;
  board_.stop_request.fetch_add(1, std::memory_order_release);  // behind the cause
}

// The next event waits until everything that came of this one is in the ring, which the writer empties every few
// milliseconds. Where the disk stands still this loop does too: its beat stops, and with it the lease.
bool Loop::wait_for_room(std::uint64_t lines) noexcept {
  while (!journal_failed_ && !ring_.has_room(lines)) {
    // Acquire: pairs with the writer thread's report of its failure.
    if (board_.journal_health.load(std::memory_order_acquire) == shm::JournalHealth::Failed) watch_journal();
    shm::pause_cpu();
  }
  return !journal_failed_;
}

// Whatever the journal cannot take any more is made again by recovery from the event itself.
void Loop::append_consequences() noexcept {
  ring_.append_consequences(event_.t, engine_, 0, [this] { return wait_for_room(journal::record_lines_max); });
}

void Loop::tell_lines() noexcept {
  bool states = false;
  for (const core::Line& line : engine_.lines()) {
    if (line.type == core::LineType::CancelRequest) {
      commands_.push({line.client, {shm::CommandKind::Cancel, line.id, line.cause}});
    } else if (line.type == core::LineType::State) {
      states = true;
      const bool everything = line.on == Scope{} && line.state == State::Halted;
      if (everything && permission_.current().trading()) ask_for_stop(line.cause);
    }
  }
  if (states) publisher_.show_states(engine_);
  if (!commands_.empty()) send_commands();
}

Loop::LaneSlot* Loop::lane_of(ClientIndex client) noexcept {
  for (LaneSlot& slot : lanes_) {
    if (slot.who.client == client) return &slot;
  }
  return nullptr;
}

}  // namespace bulwark::hot
