// SPDX-License-Identifier: Apache-2.0
// A hot loop over a journal and a ring in files, as a sidecar has them, for a process that is traced instruction by
// instruction: its client's lane is memory that another process looks into.
#pragma once

#include <string>

#include "sidecar/journal/configurations.h"
#include "sidecar/journal/recovery.h"
#include "sidecar/journal/ring_file.h"
#include "tests/hot/desk.h"

namespace bulwark::test {

// The third line from the end of the ring: a record wraps around.
inline constexpr std::uint64_t first_line = journal::ring_line_count - 3;

inline journal::RecoveryPlan recovery_in(const std::string& root) {
  return {root + "/journal", root + "/ring", "test", 4711, [](const std::string&) { return desk_rules(); }, 1U << 20U};
}

class SteppedDesk {
public:
  explicit SteppedDesk(const std::string& root)
      : recovered_(journal::recover(recovery_in(root))),
        begins_(recovered_.replay.engine == nullptr),
        engine_(engine()),
        ring_(journal::create_ring(root + "/ring", recovered_.journal, recovered_.next_sequence, 1)),
        publisher_({root + "/board", "test", 1, false}, engine_, desk_rules()),
        calls_(publisher_.board().sleeping),
        loop_({engine_, producer(), *page_, publisher_, calls_, false, start_ns(), 0, {recovered_.replay.permission}}) {
    page_->permission.store(recovered_.replay.permission | 1);
    page_->lease_until_ns.store(shm::monotonic_now().ns + 3'600'000'000'000);
    publisher_.board().journal_health.store(shm::JournalHealth::Healthy);
    loop_.note(journal::RecordType::Start, 1);
    if (begins_) begin(root);
    loop_.take_over_at_start();
  }

  void admit(shm::Lane& lane) { EXPECT_TRUE(loop_.admit({loop_.client_index(Name::from("c1")), {}, {}}, lane)); }
  void pass() { loop_.pass(); }

private:
  core::Engine& engine() {
    auto& engine = recovered_.replay.engine;
    if (engine == nullptr) engine = std::make_unique<core::Engine>(desk_rules());
    return *engine;
  }
  journal::RingProducer producer() {
    const journal::RingCursor start{recovered_.next_sequence, first_line};
    ring_->durable.store(start.word());
    return {journal::view_of(ring_), start};
  }
  std::int64_t start_ns() const {
    return std::max<std::int64_t>(recovered_.replay.last_t.ns, 0) + 1 - shm::monotonic_now().ns;
  }
  void begin(const std::string& root) {
    loop_.note(journal::RecordType::Configuration, journal::save_configuration(root + "/journal", "the desk's"));
    loop_.client_index(Name::from("c1"));
    core::Event mark{};
    mark.type = core::EventType::Mark;
    for (const std::uint32_t symbol : {1U, 2U}) {
      mark.mark = {symbol, 0, {}, {}, {10 * unit}};
      loop_.apply_wish(mark);
    }
  }

  journal::Recovered recovered_;
  const bool begins_;
  core::Engine& engine_;
  journal::RingMapping ring_;
  Zeroed<shm::KillPage> page_;
  hot::BoardPublisher publisher_;
  hot::Calls calls_;
  hot::Loop loop_;
};

}  // namespace bulwark::test
