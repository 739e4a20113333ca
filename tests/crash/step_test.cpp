// SPDX-License-Identifier: Apache-2.0
// Death at every instruction between a client's request and the end of the pass that serves it: decide, append to the
// ring, answer, take into the book. A process is traced through it one instruction at a time. What it shares with
// others is what a SIGKILL there would leave; wherever that has changed, a copy of it is recovered and held against the
// rest.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <iostream>

#include "sidecar/journal/reader.h"
#include "sidecar/journal/snapshot.h"
#include "tests/crash/stepped_desk.h"

namespace bulwark::test {
namespace {

namespace fs = std::filesystem;
using shm::MessageKind;

constexpr std::size_t tail_bytes = 3 * sizeof(journal::RingLine), head_bytes = 256 * sizeof(journal::RingLine);

shm::Request sized(shm::Request request, Resize resize) {
  request.resize = resize;
  return request;
}

shm::Request replace(const std::string& id, const std::string& new_id, std::int64_t units) {
  shm::Request request = report(MessageKind::Replace, id);
  request.other = Id::from(new_id);
  request.quantity = {units * unit};
  request.price = {10 * unit};
  return request;
}

// Accepted, refused by a limit, cut to size, filled, replaced, ended; a fill that halts everything; what comes after.
std::vector<shm::Request> requests() {
  return {order("o1", 5),
          order("big", 200'000),
          sized(order("o2", 200'000), Resize::Allowed),
          fill("o1", "e1", 3),
          replace("o1", "o1b", 7),
          report(MessageKind::Done, "o2"),
          report(MessageKind::Done, "nobody"),
          fill("o1", "e2", 2, 1'000),
          order("o3", 1),
          order("an-id-that-is-too-long-for-one-line-of-the-lane", 1, Side::Sell)};
}

// What both processes see: the lane, and the number of the request that waits in it.
struct Shared {
  shm::Lane lane;
  shm::LaneClient::Ticket ticket;
};

[[noreturn]] void serve_each(const Folder& folder, Shared& shared) {
  { const SteppedDesk before(folder.path()); }  // what it leaves, the next one recovers
  SteppedDesk desk(folder.path());
  desk.admit(shared.lane);
  shm::LaneClient client(shared.lane);
  if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(3);
  for (const shm::Request& request : requests()) {
    shared.ticket = *client.send(request, true);
    ::raise(SIGSTOP);  // from here on every instruction
    desk.pass();
    ::raise(SIGSTOP);  // until here
  }
  ::_exit(0);
}

// What a death leaves behind: the lines of the ring that are in use, and what the client has been told.
struct Left {
  std::uint64_t instruction = 0;
  std::vector<char> tail, head;
  std::optional<shm::Answer> answer;
};

// What a recovery made of it.
struct Found {
  std::vector<journal::Record> records;
  std::vector<journal::Encoded> encoded;
};

Found read_journal(const std::string& directory) {
  Found found;
  journal::JournalReader reader(directory);
  journal::EncodedRecords encoded;
  for (journal::Record record; reader.next(record);) {
    found.records.push_back(record);
    if (is_output(record.type)) encoded.append_output(record);
    else if (is_event(record.type)) encoded.append(record.event);
    else encoded.append(record.type, record.note);
  }
  EXPECT_EQ(reader.ending().kind, journal::EndKind::Whole);
  found.encoded = std::move(encoded.records);
  return found;
}

class Steps : public testing::Test {
protected:
  void SetUp() override {
    void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(memory, MAP_FAILED);
    shared_ = static_cast<Shared*>(memory);
    child_ = ::fork();
    if (child_ == 0) serve_each(folder_, *shared_);
    ASSERT_TRUE(stops()) << "it ended before its first request; may this process trace its child?";
    ::ptrace(PTRACE_SETOPTIONS, child_, nullptr, PTRACE_O_EXITKILL);
    ring_ = journal::open_ring(folder_ / "ring");
    fs::create_directories(copy_);
    fs::copy_file(folder_ / "ring", copy_ + "/ring");
    copied_ring_ = journal::open_ring(copy_ + "/ring");
    ASSERT_TRUE(ring_ && copied_ring_);
  }
  void TearDown() override {
    if (child_ > 0) ::kill(child_, SIGKILL);
    while (child_ > 0 && stops()) {
    }
    ::munmap(shared_, sizeof(Shared));
  }

  // Waits until it stops at one of its marks, or behind an instruction (`behind_one`). False: it has ended.
  bool stops(bool* behind_one = nullptr) {
    int status = 0;
    if (::waitpid(child_, &status, 0) != child_ || !WIFSTOPPED(status)) {
      child_ = 0;
      return false;
    }
    if (behind_one != nullptr) *behind_one = WSTOPSIG(status) == SIGTRAP;
    return true;
  }

  static char* lines_of(const journal::RingMapping& ring, std::uint64_t from) {
    return reinterpret_cast<char*>(&journal::view_of(ring).lines[from]);
  }
  Left look(std::uint64_t instruction) const {
    const char *tail = lines_of(ring_, first_line), *head = lines_of(ring_, 0);
    const shm::LaneClient client(shared_->lane);
    return {instruction, {tail, tail + tail_bytes}, {head, head + head_bytes}, client.poll(shared_->ticket)};
  }
  bool differs(const Left& left) const {
    return std::memcmp(lines_of(ring_, first_line), left.tail.data(), tail_bytes) != 0 ||
           std::memcmp(lines_of(ring_, 0), left.head.data(), head_bytes) != 0 ||
           shm::LaneClient(shared_->lane).look(shared_->ticket).has_value() != left.answer.has_value();
  }

  // From one mark to the next: everything that a death in between could leave.
  std::vector<Left> step_through() {
    std::vector<Left> all{look(0)};
    for (bool steps = true;; ++instructions_) {
      if (::ptrace(PTRACE_SINGLESTEP, child_, nullptr, nullptr) != 0 || !stops(&steps)) break;
      if (!steps) return all;
      if (differs(all.back())) all.push_back(look(instructions_));
    }
    ADD_FAILURE() << "the traced process ended";
    return all;
  }

  // Recovers a copy of it, has the next life go on, and reads it all once more.
  Found recover(const Left& left) {
    fs::remove_all(copy_ + "/journal");
    fs::copy(folder_ / "journal", copy_ + "/journal", fs::copy_options::recursive);
    std::memcpy(lines_of(copied_ring_, first_line), left.tail.data(), tail_bytes);
    std::memcpy(lines_of(copied_ring_, 0), left.head.data(), head_bytes);
    copied_ring_->durable.store(ring_->durable.load());
    journal::Recovered life = journal::recover(recovery_in(copy_));
    Found found = read_journal(copy_ + "/journal");
    go_on(life);
    const journal::Recovered next = journal::recover(recovery_in(copy_));
    EXPECT_TRUE(journal::state_digest(*next.replay.engine) == journal::state_digest(*life.replay.engine));
    return found;
  }

  static void go_on(journal::Recovered& life) {
    core::Event event{};
    event.t = {life.replay.last_t.ns + 1};
    event.type = core::EventType::Clock;
    journal::EncodedRecords records;
    const core::EventError error = life.replay.engine->apply(event);
    records.append(event);
    records.append_outputs(event.t, error, *life.replay.engine);
    for (const journal::Encoded& each : records.records)
      life.appender->append({life.next_sequence++, each.count, each.type}, each.words());
    life.appender->finish();
  }

  // An event and what came of it, or neither; and whatever the client has heard.
  static void judge(const Left& left, const Found& found, const Found& before, const Found& whole) {
    const std::size_t count = found.encoded.size();
    ASSERT_LE(count, whole.encoded.size());
    for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(found.encoded[i] == whole.encoded[i]) << "record " << i + 1;
    ASSERT_TRUE(count == whole.encoded.size() || !is_output(whole.encoded[count].type))
        << "of record " << count << " not everything is there that came of it";
    if (!left.answer) return;
    ASSERT_GT(count, before.encoded.size()) << "the client was answered, and the journal knows nothing of it";
    const Folded event = fold(found.records)[fold(before.records).size()];
    const Outcome& outcome = event.outcome;
    ASSERT_NE(event.type, journal::record_type(core::EventType::Clock)) << "the request itself is in no journal";
    if (outcome.has_verdict) {
      EXPECT_EQ(left.answer->decision, outcome.verdict.decision);
      EXPECT_EQ(left.answer->reason, outcome.verdict.reason);
      EXPECT_EQ(left.answer->quantity.raw, outcome.verdict.quantity.raw);
    } else {
      EXPECT_EQ(left.answer->decision == Decision::Accepted, outcome.error == core::EventError::None);
    }
  }

  const Folder folder_;
  const std::string copy_ = folder_ / "copy";
  Shared* shared_ = nullptr;
  pid_t child_ = 0;
  journal::RingMapping ring_, copied_ring_;
  std::uint64_t instructions_ = 0;
};

TEST_F(Steps, WhateverWasAnsweredIsRecoveredWholeAndOnce) {
  std::uint64_t recoveries = 0;
  const std::size_t count = requests().size();
  for (std::size_t request = 0; request < count; ++request) {
    const std::vector<Left> all = step_through();
    const Found before = recover(all.front()), whole = recover(all.back());
    ASSERT_GT(whole.encoded.size(), before.encoded.size()) << "request " << request;
    ASSERT_TRUE(all.back().answer) << "request " << request;
    for (const Left& left : all) {
      SCOPED_TRACE("request " + std::to_string(request) + ", instruction " + std::to_string(left.instruction));
      judge(left, recover(left), before, whole);
      if (HasFatalFailure()) return;
      ++recoveries;
    }
    ASSERT_EQ(::ptrace(PTRACE_CONT, child_, nullptr, nullptr), 0);  // to the next request's first mark, or its end
    ASSERT_EQ(stops(), request + 1 < count);
  }
  std::cout << count << " requests, " << instructions_ << " instructions, " << recoveries << " recoveries\n";
}

// That what was looked at is what a real death leaves: killed behind the very instruction that shows the answer.
TEST_F(Steps, ADeathAtTheAnswersOwnInstructionLosesNothing) {
  const Found before = recover(look(0));
  for (bool steps = true; steps && !look(0).answer;) {
    ASSERT_EQ(::ptrace(PTRACE_SINGLESTEP, child_, nullptr, nullptr), 0);
    ASSERT_TRUE(stops(&steps));
  }
  ASSERT_EQ(::kill(child_, SIGKILL), 0);
  const Left left = look(0);
  while (stops()) {
  }
  const Found found = recover(left);
  const journal::Recovered life = journal::recover(recovery_in(folder_.path()));
  EXPECT_TRUE(read_journal(folder_ / "journal").encoded == found.encoded);
  judge(left, found, before, found);
}

}  // namespace
}  // namespace bulwark::test
