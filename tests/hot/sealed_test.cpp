// SPDX-License-Identifier: Apache-2.0
// The loop at work under an allocation trap and a filter that kills on every system call but the one sleep: 100,000
// requests through a lane, marks, fills, cancels, refusals. The trap and the filter are tried as well.
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <thread>

#include "sidecar/hot/sleeper.h"
#include "tests/hot/desk.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__) || !defined(__x86_64__)
#define BULWARK_CAN_SEAL 0
#else
#define BULWARK_CAN_SEAL 1
#endif

namespace {
thread_local bool sealed = false;  // this thread may not allocate any more
}  // namespace

#if BULWARK_CAN_SEAL
// The C library's own allocator, behind a look at the seal.
extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void __libc_free(void*);

void* malloc(size_t bytes) {
  if (sealed) __builtin_trap();
  return __libc_malloc(bytes);
}
void* calloc(size_t count, size_t bytes) {
  if (sealed) __builtin_trap();
  return __libc_calloc(count, bytes);
}
void* realloc(void* memory, size_t bytes) {
  if (sealed) __builtin_trap();
  return __libc_realloc(memory, bytes);
}
void free(void* memory) {
  if (sealed && memory != nullptr) __builtin_trap();
  __libc_free(memory);
}
}
#endif

namespace bulwark::hot {
namespace {

using namespace bulwark::test;
using shm::MessageKind;

// From here on this thread dies of any system call but futex.
void forbid_system_calls() {
  const sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_futex, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  const sock_fprog program{static_cast<unsigned short>(std::size(filter)), const_cast<sock_filter*>(filter)};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ::_exit(90);
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) ::_exit(91);
}

// How a child of this process ended: its exit code, or 1000 + the signal.
int in_child(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? 1'000 + WTERMSIG(status) : WEXITSTATUS(status);
}

// The loop's thread, sealed, until the process ends. With `with`: that is done once on the way.
void run_sealed(Desk& desk, bool adaptive, const std::function<void()>& with = {}) {
  std::thread([&desk, adaptive, with] {
    forbid_system_calls();
    sealed = true;
    if (with) with();
    std::int64_t worked = 0;
    while (true) {
      const std::int64_t now = shm::monotonic_now().ns;
      if (desk.loop.pass()) worked = now;
      else if (adaptive && now - worked > 50'000) desk.loop.sleep_if_idle();
    }
  }).detach();
}

void expect(bool holds, int code) {
  if (!holds) ::_exit(code);
}

// Requests that are on their way, and what is to come of them: many are sent before the first answer is waited for, so
// that the test does not hang on the scheduler of a busy machine.
class Pipeline {
public:
  Pipeline(Desk& desk, Desk::Party& party) : desk_(desk), party_(party) {}

  void send(const shm::Request& request, Decision expected, int code) {
    const auto ticket = party_.lane.send(request, true);
    expect(ticket.has_value(), 2);
    sent_.push_back({*ticket, expected, code});
  }
  void wait() {
    for (const Sent& sent : sent_) expect(answer(sent.ticket).decision == sent.expected, sent.code);
    sent_.clear();
  }

private:
  struct Sent {
    shm::LaneClient::Ticket ticket;
    Decision expected;
    int code;
  };
  shm::Answer answer(shm::LaneClient::Ticket ticket) const {
    for (int i = 0; i < 2'000'000; ++i) {
      if (const auto answer = party_.lane.poll(ticket)) return *answer;
      if (desk_.board.sleeping.load() != 0) wake(desk_.board.sleeping);
      if (i % 64 == 63) shm::nap({20'000});
    }
    ::_exit(3);
  }
  Desk& desk_;
  Desk::Party& party_;
  std::vector<Sent> sent_;
};

// One round of everything that a client may do: twelve requests.
void one_round(Pipeline& to, int i) {
  const std::string id = "o" + std::to_string(i), id2 = "p" + std::to_string(i);
  to.send(order(id, 100), Decision::Accepted, 10);
  to.send(report(MessageKind::Ack, id), Decision::Accepted, 11);
  shm::Request replace = report(MessageKind::Replace, id);
  replace.other = Id::from(id2);
  replace.quantity = {80 * unit};
  replace.no_price = true;
  to.send(replace, Decision::Accepted, 12);
  to.send(fill(id2, "e1", 40), Decision::Accepted, 13);
  to.send(report(MessageKind::Cancel, id2), Decision::Accepted, 14);
  to.send(report(MessageKind::Done, id2), Decision::Accepted, 15);
  to.send(order("big" + id, 1'000'000), Decision::Rejected, 16);
  to.send(order(id + "s", 40, Side::Sell), Decision::Accepted, 17);
  to.send(fill(id + "s", "e1", 40), Decision::Accepted, 18);
  to.send(report(MessageKind::Ack, "nobody's"), Decision::Rejected, 19);
  shm::Request size = order("", 0);
  size.kind = MessageKind::Size;
  size.prospect = {true, unit / 100, unit, unit};
  to.send(size, Decision::Accepted, 23);
  to.send(report(MessageKind::Take, "nobody's"), Decision::Rejected, 24);
}

void trade_sealed(bool adaptive) {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1");
  Zeroed<shm::MarksTable> table(shm::marks_bytes(desk.publisher.quotes().size()));
  shm::make_marks(&*table, desk.publisher.quotes().size(), 1);
  shm::MarksWriter marks(*table);
  desk.loop.admit_publisher(1, *table, desk.publisher.quotes().size());
  run_sealed(desk, adaptive);
  Pipeline pipeline(desk, c1);
  for (int i = 0; i < 10'000; ++i) {
    one_round(pipeline, i);
    if (i % 4 != 3) continue;
    marks.write(shm::QuoteIndex{2}, {{0}, {0}, {(10 + i % 2) * unit}}, shm::monotonic_now());
    pipeline.wait();
    desk.records();
    if (i % 1'000 == 3) shm::nap(milliseconds(5));  // long enough to fall asleep, or to keep house
  }
  shm::stop(*desk.page, {});
  pipeline.send(order("late", 1), Decision::Rejected, 20);
  pipeline.wait();
  expect(desk.board.marks_applied.load() > 1'000, 21);
  expect(desk.board.intents.load() > 29'000, 22);
  ::_exit(0);
}

// A liquidation from the wish to the last fill, and an order of it that nobody takes.
void liquidate_sealed() {
  Desk desk;
  Desk::Party& c1 = desk.attach("c1", AccountIndex{1}, StrategyIndex{1});
  desk.ask(c1, order("o1", 100));
  desk.ask(c1, fill("o1", "e1", 100));
  desk.ask(c1, order("o2", 5));
  run_sealed(desk, false, [&desk] {
    core::ControlEvent wish{};
    wish.command = core::Command::Liquidate;
    expect(desk.loop.control(wish) == core::EventError::None, 30);
  });
  const auto command = [&c1](shm::CommandKind kind, int code) {
    for (int i = 0; i < 5'000; ++i) {
      if (const auto next = c1.lane.next_command()) return expect(next->kind == kind, code);
      shm::nap(milliseconds(1));
    }
    ::_exit(code + 1);
  };
  command(shm::CommandKind::Cancel, 31);
  Pipeline pipeline(desk, c1);
  pipeline.send(report(MessageKind::Done, "o2"), Decision::Accepted, 33);
  pipeline.wait();
  command(shm::CommandKind::Liquidate, 34);
  pipeline.send(report(MessageKind::Take, "liquidation-1"), Decision::Accepted, 36);
  pipeline.send(fill("liquidation-1", "e1", 100), Decision::Accepted, 37);
  pipeline.wait();
  expect(core::Errands(desk.engine).count() == 0, 38);
  ::_exit(0);
}

class Sealed : public testing::Test {
protected:
  void SetUp() override {
    if (!BULWARK_CAN_SEAL) GTEST_SKIP() << "the sanitizers' allocators allocate and make system calls of their own";
  }
};

TEST_F(Sealed, TheTrapSeesAnAllocation) {
  EXPECT_EQ(in_child([] {
              Desk desk;
              run_sealed(desk, false, [] { static_cast<void>(*new volatile int); });
              ::sleep(5);
            }),
            1'000 + SIGILL);
}

TEST_F(Sealed, TheFilterSeesASystemCall) {
  EXPECT_EQ(in_child([] {
              Desk desk;
              run_sealed(desk, false, [] { ::syscall(SYS_getpid); });
              ::sleep(5);
            }),
            1'000 + SIGSYS);
}

TEST_F(Sealed, ALoopThatSpinsNeedsNeither) {
  EXPECT_EQ(in_child([] { trade_sealed(false); }), 0);
}

TEST_F(Sealed, ALiquidationNeedsNeither) {
  EXPECT_EQ(in_child([] { liquidate_sealed(); }), 0);
}

TEST_F(Sealed, ALoopThatSleepsNeedsTheFutexAlone) {
  EXPECT_EQ(in_child([] { trade_sealed(true); }), 0);
}

}  // namespace
}  // namespace bulwark::hot
