// SPDX-License-Identifier: Apache-2.0
// The hot part of the loop, all of it in this one translation unit: what is done for each request, and what is done
// while nobody waits.
#include "sidecar/hot/loop.h"

#include "sidecar/hot/sleeper.h"

namespace bulwark::hot {

Loop::Loop(const LoopParts& parts)
    : engine_(parts.engine),
      ring_(parts.ring),
      permission_(parts.page, parts.taken_over),
      publisher_(parts.board),
      board_(parts.board.board()),
      calls_(parts.calls),
      spins_(parts.spins),
      strict_(parts.strict),
      offset_ns_(parts.epoch_offset_ns),
      lease_lapses_(parts.lease_lapses) {
  lanes_.reserve(shm::client_count_max);
  publishers_.reserve(shm::publisher_count_max);
  advance(shm::monotonic_now());
}

void Loop::run(const std::atomic<bool>& stopping) {
  worked_ns_ = shm::monotonic_now().ns;
  while (!stopping.load(std::memory_order_relaxed)) {
    if (pass()) worked_ns_ = now_.ns;
    else if (!spins_ && now_.ns - worked_ns_ > awake_ns) sleep_if_idle();
  }
  finish();
}

bool Loop::pass() noexcept {
  advance(shm::monotonic_now());
  if (pass_begin_ns_ != 0 && now_.ns - pass_begin_ns_ > pass_ns_max_) pass_ns_max_ = now_.ns - pass_begin_ns_;
  pass_begin_ns_ = now_.ns;
  if (now_.ns - beaten_ns_ >= beat_ns) {
    beaten_ns_ = now_.ns;
    board_.beat_ns.store(now_.ns, std::memory_order_release);
  }
  bool worked = false;
  if (permission_.changed()) [[unlikely]]
    worked = take_over_stops();
  Call* call = nullptr;
  if (calls_.pop(call)) [[unlikely]] {
    carry_out(*call);
    worked = true;
  }
  worked |= take_marks();
  worked |= serve_lanes();
  for (std::size_t round = 1; round < rounds && !worked; ++round) {
    shm::pause_cpu();  // one for each look: a poller in a hurry takes the line away from the one who writes
    worked = serve_lanes();
  }
  if (!worked) worked = idle();
  if (now_.ns - kept_house_ns_ >= house_ns) keep_house();
  return worked;
}

bool Loop::serve_lanes() noexcept {
  if (lanes_wait_) return false;
  bool worked = false;
  for (LaneSlot& slot : lanes_) worked |= serve(slot);
  return worked;
}

bool Loop::serve(LaneSlot& slot) noexcept {
  bool worked = false;
  for (std::size_t budget = lane_budget; budget > 0; --budget) {
    if (slot.unsaid != 0) [[unlikely]] {
      if (!ring_.is_durable(slot.unsaid)) break;
      slot.server.give_kept_answer();
      slot.unsaid = 0;
      worked = true;
    }
    if (!slot.holds && !slot.server.poll(slot.request)) break;
    // Looked at after the request was taken: what is answered from here on knows of every stop before it.
    const shm::Permission permission = permission_.current();
    const bool stop_first = permission != permission_.taken_over() && permission.trading();
    slot.holds = stop_first || !serve_request(slot, permission);
    if (slot.holds) break;
    worked = true;
  }
  return worked;
}

// False: it has to wait for room in the journal; only an order is refused for want of it.
bool Loop::serve_request(LaneSlot& slot, shm::Permission permission) noexcept {
  if (is_question(slot.request.kind)) [[unlikely]] {
    answer_question(slot);
    return true;
  }
  const auto epoch = static_cast<std::uint32_t>(permission.epoch());
  const bool order = is_order(slot.request.kind);
  if (!journal_open()) [[unlikely]] {
    if (order) {
      slot.server.answer(refusal(Reason::JournalFull, epoch));
      ++refused_;
    }
    return order;
  }
  const core::Gate gate = order ? permission_.gate(permission, now_) : core::Gate::Open;
  to_event(slot.request, slot.who.client, gate, t_, event_);
  if (event_.type == core::EventType::Intent) fill_in_account(event_.intent.account, event_.intent.strategy);
  if (!decide_and_append()) [[unlikely]]
    return true;  // it is in no journal, so nobody may hear of it
  say(slot, engine_.has_verdict() ? to_answer(engine_.verdict(), epoch) : to_answer(error_, order, epoch));
  ring_.prefetch();
  if (order) count_verdict();
  after_event();
  return true;
}

// Decide, append, and only then may the caller publish: what is acknowledged is in the ring. False: the journal has
// failed in this moment, and nothing may be published.
bool Loop::decide_and_append() noexcept {
  error_ = engine_.decide(event_);
  if (event_.type == core::EventType::Intent) ring_.append_intent(event_);
  else ring_.append(event_);
  ++events_;
  if (error_ == core::EventError::None) {
    last_event_t_ = t_;
    const std::size_t before = engine_.lines_before_verdict();
    if (before != 0 && !wait_for_room((before + 1) * journal::record_lines_max)) [[unlikely]]
      return false;
  }
  ring_.append_answer(event_.t, error_, engine_);
  return true;
}

// The verdict is on its way: what was accepted is taken into the book before the next event is looked at, and what else
// came of the event follows it into the journal.
void Loop::after_event() noexcept {
  engine_.conclude();
  if (error_ != core::EventError::None) return;
  if (journal::consequence_count(engine_) != 0) append_consequences();
  if (!engine_.lines().empty()) tell_lines();
  publisher_.note_touched(engine_);
}

void Loop::count_verdict() noexcept {
  ++intents_;
  if (engine_.has_verdict() && engine_.verdict().decision != Decision::Rejected) ++accepted_;
  else ++refused_;
}

bool Loop::take_marks() noexcept {
  std::size_t taken = 0;
  for (Publisher& publisher : publishers_) {
    // A mark that has been taken cannot be given back: so there must be room for as many as may come.
    if (!journal_open(marks_budget * 2 + event_lines)) break;
    taken += publisher.reader.take(marks_budget,
                                   [this](shm::QuoteIndex quote, const shm::Quote& mark) { apply_mark(quote, mark); });
  }
  return taken != 0;
}

void Loop::apply_mark(shm::QuoteIndex quote, const shm::Quote& mark) noexcept {
  if (at(quote) >= publisher_.quotes().size() || !wait_for_room(event_lines)) return;
  const QuoteTarget target = publisher_.quotes()[at(quote)];
  const bool is_symbol = target.symbol != SymbolIndex::None;
  event_.t = t_;
  event_.type = is_symbol ? core::EventType::Mark : core::EventType::Rate;
  event_.mark = {is_symbol ? static_cast<std::uint32_t>(target.symbol) : static_cast<std::uint32_t>(target.currency), 0,
                 mark.bid, mark.ask, mark.last};
  apply();
  ++marks_;
}

// What is done while nobody waits, a little at a time. True: there may be more of it.
bool Loop::idle() noexcept {
  if (!commands_.empty()) send_commands();
  const bool began = last_event_t_.ns != INT64_MIN;  // before its first event no time passes for the engine
  if (began && t_.ns - last_event_t_.ns >= clock_ns && journal_open()) {
    event_.t = t_;
    event_.type = core::EventType::Clock;
    apply();
  }
  if (!publisher_.dirty()) return false;
  publisher_.show_dirty(engine_, dirty_budget);
  return true;
}

// Once a millisecond, however busy it is.
void Loop::keep_house() noexcept {
  kept_house_ns_ = now_.ns;
  watch_journal();
  watch_lease();
  deliver_liquidations();
  ask_lost_again();
  publisher_.show_dirty(engine_, dirty_budget);
  publisher_.refresh(engine_, refresh_budget);
  const auto show = [](shm::AtomicWord& word, std::uint64_t value) { word.store(value, std::memory_order_relaxed); };
  show(board_.intents, intents_);
  show(board_.accepted, accepted_);
  show(board_.refused, refused_);
  show(board_.events, events_);
  show(board_.marks_applied, marks_);
  show(board_.loop_ns_max, static_cast<std::uint64_t>(pass_ns_max_));
  show(board_.journal_appended, ring_.next_sequence() - 1);
  show(board_.orders_used, engine_.orders().used());
  const core::MarketState& market = engine_.market_state();
  show(board_.market_factor, market.used() ? static_cast<std::uint64_t>(market.factor()) : 0);
  show(board_.market_inputs, market.used() ? market.inputs() : 0);
}

void Loop::watch_journal() noexcept {
  // Acquire: pairs with the writer thread's report of its failure.
  const shm::JournalHealth health = board_.journal_health.load(std::memory_order_acquire);
  if (health == shm::JournalHealth::Failed) {
    if (!journal_failed_) ask_for_stop(Sentence::from("the journal cannot be written"));
    journal_failed_ = true;
    return;
  }
  shm::JournalHealth was = health;
  const shm::JournalHealth is = ring_.has_room(event_lines) ? shm::JournalHealth::Healthy : shm::JournalHealth::Full;
  // Exchanged, not stored: a failure that the writer reports in this moment must stay.
  if (is != was) board_.journal_health.compare_exchange_strong(was, is, std::memory_order_release);
}

// A lease that ran out while nothing was stopped: no latch, but it is counted and told.
void Loop::watch_lease() noexcept {
  const bool trading = permission_.current().trading();
  const bool valid = permission_.gate(permission_.current(), now_) != core::Gate::LeaseExpired;
  if (lease_held_ && !valid && trading && !permission_.lease_given_back() && journal_open()) {
    note(journal::RecordType::Lease, ++lease_lapses_);
  }
  lease_held_ = valid && trading;
}

bool Loop::anything_waits() const noexcept {
  if (permission_.changed() || calls_.waiting()) return true;
  for (const LaneSlot& slot : lanes_) {
    if (slot.unsaid != 0 || slot.server.waiting()) return true;
  }
  for (const Publisher& publisher : publishers_) {
    if (publisher.reader.waiting()) return true;
  }
  return false;
}

void Loop::sleep_if_idle() noexcept {
  // Sequentially consistent, as are the client's store of a request and its look at this word (shm/lane_server.h).
  board_.sleeping.store(1, std::memory_order_seq_cst);
  if (!anything_waits()) wait_for_wake(board_.sleeping);
  board_.sleeping.store(0, std::memory_order_relaxed);
  pass_begin_ns_ = 0;
}

}  // namespace bulwark::hot
