// SPDX-License-Identifier: Apache-2.0
// The hot loop: one thread that answers every request. A pass looks at the permission, at wishes, at marks, and at each
// lane in turn, each with a budget of work; what nobody waits for is done when there is nothing else.
//
// The way of a request:  copy -> gate -> Engine::decide -> journal ring -> answer -> Engine::conclude.
//
// Once it runs it allocates nothing, takes no lock, throws nothing and makes no system call, but in wait_for_wake()
// (sleeper.h) and in the pieces of work that cold threads hand over (calls.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/engine.h"
#include "core/errands.h"
#include "shm/clock.h"
#include "shm/kill_page.h"
#include "shm/lane_server.h"
#include "shm/layout.h"
#include "shm/marks.h"
#include "sidecar/hot/board.h"
#include "sidecar/hot/calls.h"
#include "sidecar/hot/commands.h"
#include "sidecar/hot/permission.h"
#include "sidecar/hot/requests.h"
#include "sidecar/journal/ring.h"

namespace bulwark::hot {

struct LoopParts {
  core::Engine& engine;
  journal::RingProducer ring;
  const shm::KillPage& page;
  BoardPublisher& board;
  Calls& calls;
  bool spins = false;
  std::int64_t epoch_offset_ns = 0;  // t = this + CLOCK_MONOTONIC
  std::uint64_t lease_lapses = 0;    // counted in earlier lives
  shm::Permission taken_over{};      // as of the journal: what came later is taken over first
  bool strict = false;               // nothing is answered before it is durable
};

// Who has a lane, as the door knows: its name, and what it named when it attached.
struct Attached {
  ClientIndex client;
  AccountIndex account;  // of a strategy that was named alone its default account
  StrategyIndex strategy;
};

class Loop {
public:
  explicit Loop(const LoopParts& parts);

  // Until `stopping`; then an end is journaled.
  void run(const std::atomic<bool>& stopping);
  // One pass; true: it found something to do. run() is nothing but this and the sleep.
  bool pass() noexcept;
  void sleep_if_idle() noexcept;

  // Pieces of work for Calls, on the loop's thread between two events. Cold; loop_calls.cpp.
  ClientIndex client_index(const Name& name);
  bool admit(const Attached& who, shm::Lane& lane);
  void retire(ClientIndex client);
  bool admit_publisher(std::size_t place, shm::MarksTable& table, std::size_t quote_count);
  void retire_publisher(std::size_t place);
  // A wish of a person: applied as an event of now.
  core::EventError apply_wish(const core::Event& wish);
  core::EventError control(const core::ControlEvent& wish);
  // Who wishes what follows, and why. The number of its record; 0: the journal has no room.
  std::uint64_t remark(std::string_view operator_name, std::string_view text);
  bool adopt(core::Adoption& adoption, std::uint64_t configuration);
  void note(journal::RecordType type, std::uint64_t a, std::uint64_t b = 0);
  void note_snapshot(std::uint64_t sequence, std::uint64_t digest);
  void note_client_stop(std::uint64_t epoch, std::string_view client, std::uint64_t delay_ns);
  void finish();
  void carry_out(Call& call);

  core::Engine& engine() { return engine_; }
  shm::Permission permission() const { return permission_.taken_over(); }
  bool stopped() const { return !permission_.current().trading(); }
  // Asks the watchdog for a stop of everything; once under each epoch.
  void ask_for_stop(const Sentence& cause);
  // What was stopped while nobody looked, at start. Cold.
  void take_over_at_start();
  TimeNs now() {
    advance(shm::monotonic_now());
    return t_;
  }

private:
  static constexpr std::size_t lane_budget = 8, marks_budget = 64, rounds = 16, dirty_budget = 2, refresh_budget = 16;
  static constexpr std::int64_t beat_ns = 20'000, house_ns = 1'000'000, clock_ns = 100'000'000, awake_ns = 50'000,
                                lost_ns = 1'000'000'000;
  // Room that an event asks for: its record, its answer's, and what mostly comes of it.
  static constexpr std::uint64_t event_lines = 4 * journal::record_lines_max;

  struct LaneSlot {
    Attached who{};
    bool holds = false;         // `request` was taken and waits for room in the journal, or for a stop to be taken over
    std::uint64_t unsaid = 0;   // the record that has to be durable before its answer is given; 0: no answer waits
    std::uint64_t offered = 0;  // the newest order of a liquidation that it was offered, or passed over for
    shm::LaneServer server;
    shm::Request request;
  };
  struct Publisher {
    std::size_t place = 0;
    shm::MarksReader reader;
  };

  void advance(MonotonicNs now) noexcept {
    now_ = now;
    if (t_.ns < now.ns + offset_ns_) t_.ns = now.ns + offset_ns_;
  }
  bool journal_open(std::uint64_t lines = event_lines) noexcept { return !journal_failed_ && ring_.has_room(lines); }
  bool serve_lanes() noexcept;
  bool serve(LaneSlot& slot) noexcept;
  bool serve_request(LaneSlot& slot, shm::Permission permission) noexcept;
  bool decide_and_append() noexcept;
  // Answers the request that was taken last. In strict mode once everything that is in the ring now is durable.
  template <class Said>
  void say(LaneSlot& slot, const Said& said) noexcept {
    if (!strict_) [[likely]]
      return slot.server.answer(said);
    slot.server.keep_answer(said);
    slot.unsaid = ring_.next_sequence() - 1;
  }
  bool wait_for_room(std::uint64_t lines) noexcept;
  void append_consequences() noexcept;
  void after_event() noexcept;
  void apply() noexcept {  // an event that nobody waits for
    decide_and_append();
    after_event();
  }
  void count_verdict() noexcept;
  bool take_marks() noexcept;
  void apply_mark(shm::QuoteIndex quote, const shm::Quote& mark) noexcept;
  bool idle() noexcept;
  void keep_house() noexcept;
  void watch_lease() noexcept;
  void watch_journal() noexcept;
  void tell_lines() noexcept;
  LaneSlot* lane_of(ClientIndex client) noexcept;
  bool anything_waits() const noexcept;

  // loop_errands.cpp: rare too.
  void answer_question(LaneSlot& slot) noexcept;
  bool take(const LaneSlot& slot) noexcept;
  void deliver_liquidations() noexcept;
  bool offer(LaneSlot& slot, const core::LiquidationOrder& order) noexcept;
  void deliver(const Id& id, ClientIndex client) noexcept;
  void ask_again_to_cancel(ClientIndex client);
  void ask_lost_again();
  void send_commands() noexcept;
  // A strategy that was named alone trades for its default account.
  void fill_in_account(AccountIndex& account, StrategyIndex strategy) const {
    if (account == AccountIndex::None && at(strategy) < engine_.names().strategies.size()) {
      account = engine_.default_account(strategy);
    }
  }

  // loop_stops.cpp: rare, and out of the way.
  bool take_over_stops() noexcept;
  bool take_over(std::uint64_t epoch, const shm::StopDetails& details);
  bool scope_of(const shm::StopDetails& details, Scope& on);
  void follow(shm::Permission permission) noexcept;

  core::Engine& engine_;
  journal::RingProducer ring_;
  PermissionWatch permission_;
  BoardPublisher& publisher_;
  shm::Board& board_;
  Calls& calls_;
  const bool spins_, strict_;
  const std::int64_t offset_ns_;

  MonotonicNs now_{};    // read once for each pass
  TimeNs t_{INT64_MIN};  // the same as the time of events; never goes back
  TimeNs last_event_t_{INT64_MIN};
  core::Event event_{};
  core::EventError error_{};  // of that event
  bool journal_failed_ = false, lanes_wait_ = false, lease_held_ = false;
  std::int64_t beaten_ns_ = 0, kept_house_ns_ = 0, worked_ns_ = 0, pass_begin_ns_ = 0, pass_ns_max_ = 0;
  std::uint64_t lease_lapses_;
  std::uint64_t asked_under_ = UINT64_MAX;
  std::uint64_t intents_ = 0, accepted_ = 0, refused_ = 0, events_ = 0, marks_ = 0;
  std::vector<LaneSlot> lanes_;        // room for client_count_max
  std::vector<Publisher> publishers_;  // room for publisher_count_max
  PendingCommands commands_;
  std::uint64_t lost_seen_ = 0;
  std::int64_t lost_due_ns_ = 0;
};

}  // namespace bulwark::hot
