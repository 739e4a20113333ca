// SPDX-License-Identifier: Apache-2.0
// The whole system in one thread: the hot loop, its journal and recovery, the kill page, the lease and the latch are
// the real ones; clients, publisher, watchdog's tick and writer's rounds are played step by step, so that a crash may
// come between any two. Everything that the loop journals is judged again by the naive reference.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "killswitch/kill_page_file.h"
#include "killswitch/sidecar_watch.h"
#include "shm/lane.h"
#include "shm/latch.h"
#include "sidecar/hot/loop.h"
#include "sidecar/journal/recovery.h"
#include "sidecar/journal/ring_file.h"
#include "tests/hot/desk.h"
#include "tests/journal/folded.h"
#include "tests/simulation/machine.h"
#include "tests/simulation/naive.h"

namespace bulwark::test {

// One life of a sidecar, without its process.
struct Life {
  explicit Life(journal::Recovered&& recovered_) : recovered(std::move(recovered_)) {}

  journal::Recovered recovered;
  shm::Mapping<const shm::KillPage> page;
  journal::RingMapping ring;
  std::unique_ptr<hot::BoardPublisher> board;
  std::unique_ptr<hot::Calls> calls;
  std::unique_ptr<hot::Loop> loop;
  std::unique_ptr<journal::RingConsumer> writer, observer;  // the observer gives nothing back
  std::uint64_t written = 0;                                // the last record that the file's buffer has
  std::string file;                                         // being written
  std::uintmax_t durable_bytes = 0;
  core::Engine& engine() { return *recovered.replay.engine; }
};

class System {
public:
  static constexpr int client_count = 3;
  struct Client {
    Name name;
    ClientIndex index = ClientIndex::None;
    std::unique_ptr<Zeroed<shm::Lane>> memory;
    shm::LaneClient lane;
    std::deque<std::pair<shm::LaneClient::Ticket, Id>> orders;  // asked, and not yet answered
    bool confused = false;  // it has written garbage, and cannot tell any more what is answered
  };

  explicit System(const core::Rules& rules);

  // Throws Broken, with what is wrong, where something that must hold does not.
  struct Broken {
    std::string what;
  };

  bool sidecar_lives() const { return life_ != nullptr; }
  bool watchdog_lives() const { return watch_ != nullptr; }
  bool trading() const { return page_ && shm::permission_of(*page_).trading(); }
  TimeNs now() const { return {Machine::monotonic_ns + Machine::wall_ahead_ns}; }

  void start_sidecar();
  void start_watchdog();
  void pass();
  void tick();
  void write_round(int stages);  // 1: into the buffer; 2: into the file; 3: and its lines given back
  void fail_journal();
  void stop(const shm::StopDetails& details);
  void resume(const core::ControlEvent& wish);
  void wish(const core::Event& wish);
  void send(int client, const core::Event& event);
  void send_garbage(int client, std::uint64_t word);
  void reattach(int client);
  void poll(int client);
  void mark(const core::Event& event);
  // `torn`: how much of what was being written reached the file, in 1/1000.
  void crash_sidecar(std::int64_t torn);
  void crash_watchdog();
  void cut_power(std::int64_t torn);
  void end_cleanly();
  void check();          // the book, latches and limits are those of the reference
  void follow_ledger();  // what is in the files is what was decided

  // Of what was journaled since the last call: for the traffic to learn from.
  std::vector<Folded> take_news() { return std::exchange(news_, {}); }
  const std::vector<journal::Record>& history() const { return history_; }

private:
  void attach_all();
  void observe(bool may_accept);
  void judge_again(const Folded& record, bool may_accept);
  void begin_file();
  void keep_latch();
  void forget_after(std::uint64_t sequence);
  void hide_board();
  [[noreturn]] static void broken(const std::string& what) { throw Broken{what}; }

  const core::Rules& rules_;
  MemoryFolder disk_, run_;
  shm::Mapping<shm::KillPage> page_;
  std::unique_ptr<kill::SidecarWatch> watch_;
  std::unique_ptr<kill::Lease> lease_;
  std::unique_ptr<Life> life_;
  std::vector<Client> clients_;
  std::unique_ptr<Zeroed<shm::MarksTable>> marks_;
  shm::MarksWriter publisher_;
  std::unique_ptr<naive::Naive> naive_;
  std::vector<journal::Record> history_;  // record n stands at n - 1
  std::vector<Folded> news_;
  std::map<std::pair<ClientIndex, std::string>, std::deque<Decision>> decided_;  // and not yet told
  std::uint64_t durable_ = 0;   // the last record that is safe in the files
  std::uint64_t promised_ = 0;  // the last record that the next recovery must bring back
  shm::Latch latch_{};          // as it is on the disk
  bool journal_failed_ = false;
  bool may_trade_ = true;  // the next watchdog may begin with permission
};

}  // namespace bulwark::test
