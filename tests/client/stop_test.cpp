// SPDX-License-Identifier: Apache-2.0
// Stops, leases, deaths and silence: what a client does when the rest of Bulwark does not do its part.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "shm/kill_page.h"
#include "tests/client/fixture.h"

using namespace bulwark;
using test::error_of;
using test::eventually;

namespace {

class StopTest : public test::InstanceTest {
protected:
  std::uint64_t word() { return instance().page().permission.load(); }
  std::uint64_t acknowledged(const std::string& client) {
    const auto* file = instance().read_client_file(client);
    return file == nullptr ? 0 : file->acknowledged.load();
  }
  bool acknowledges(const std::string& client) {
    return eventually([&] { return acknowledged(client) == word(); });
  }
  std::vector<shm::Request> done_requests() {
    std::vector<shm::Request> result;
    for (const shm::Request& request : instance().hot().requests()) {
      if (request.kind == shm::MessageKind::Done) result.push_back(request);
    }
    return result;
  }
};

}  // namespace

TEST_F(StopTest, AStopVoidsEveryVerdictAndIsAcknowledged) {
  Client client = attach("c1");
  ASSERT_TRUE(client.check(order("o1")).accepted());
  EXPECT_TRUE(client.clear_to_send("o1"));
  EXPECT_TRUE(client.clear_to_send());
  EXPECT_FALSE(client.clear_to_send("never-asked"));
  instance().stop();
  EXPECT_FALSE(client.clear_to_send("o1"));
  EXPECT_FALSE(client.clear_to_send());
  const std::size_t asked = instance().hot().requests().size();
  const Verdict verdict = client.check(order("o2"));
  EXPECT_EQ(verdict.decision, Decision::Rejected);
  EXPECT_EQ(verdict.reason, "halted");
  EXPECT_EQ(instance().hot().requests().size(), asked) << "the sidecar was not even asked";
  EXPECT_TRUE(acknowledges("c1"));
  client.fill({.id = "o1", .exec_id = "e1", .quantity = 10, .price = 189});  // what happened is reported all the same
  instance().resume();
  EXPECT_FALSE(client.clear_to_send("o1")) << "that verdict was given before the stop";
  EXPECT_TRUE(client.clear_to_send());
  ASSERT_TRUE(client.check(order("o3")).accepted());
  EXPECT_TRUE(client.clear_to_send("o3"));
  EXPECT_TRUE(acknowledges("c1")) << "a resume is a change as well";
}

TEST_F(StopTest, AScopedStopVoidsEveryOlderVerdict) {
  Client client = attach("c1");
  ASSERT_TRUE(client.check(order("o1")).accepted());
  instance().stop(true);
  EXPECT_FALSE(client.clear_to_send("o1")) << "it may be about the stopped scope: to be asked again";
  EXPECT_TRUE(client.clear_to_send()) << "the instance trades on";
  EXPECT_TRUE(acknowledges("c1"));
  ASSERT_TRUE(client.check(order("o2")).accepted());
  EXPECT_TRUE(client.clear_to_send("o2"));
}

TEST_F(StopTest, ALeaseThatRanOutIsNoLatch) {
  Client client = attach("c1");
  ASSERT_TRUE(client.check(order("o1")).accepted());
  instance().lease(0);
  EXPECT_FALSE(client.clear_to_send("o1"));
  EXPECT_FALSE(client.clear_to_send());
  EXPECT_EQ(client.check(order("o2")).reason, "lease_expired");
  instance().lease(3'600'000);
  EXPECT_TRUE(client.clear_to_send("o1")) << "permission returns with the renewal";
}

TEST_F(StopTest, IsAcknowledgedWhileAnotherThreadWaitsForItsVerdict) {
  Client client = attach("c1");
  ASSERT_TRUE(client.check(order("o1")).accepted());
  instance().hot().freeze(true);
  std::atomic<bool> answered{false};
  std::thread waiting([&] {
    EXPECT_EQ(client.check(order("o2")).reason, "lease_expired");
    answered = true;
  });
  shm::nap({20'000'000});  // it is inside check by now; if not, the test only shows less
  EXPECT_TRUE(client.clear_to_send("o1")) << "clear_to_send does not wait behind it";
  instance().stop();
  EXPECT_TRUE(acknowledges("c1"));
  EXPECT_FALSE(client.clear_to_send("o1"));
  EXPECT_FALSE(answered) << "the check must have been waiting all the while";
  waiting.join();
}

// Threads that do nothing but look: none says yes after the acknowledgement, and they cannot keep it from coming.
TEST_F(StopTest, NoLookSaysYesAfterTheAcknowledgement) {
  Client client = attach("c1");
  std::atomic<bool> ending{false};
  std::atomic<std::uint64_t> looks{0}, yes{0}, late{0}, last_acknowledged{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (!ending) {
        // The instance as it is now: is it stopped, and has the client acknowledged exactly that?
        const std::uint64_t before = word();
        const bool acknowledged_stop = !shm::Permission{before}.trading() && last_acknowledged == before;
        const bool clear = client.clear_to_send();
        if (clear && acknowledged_stop && word() == before) ++late;
        ++looks;
        if (clear) ++yes;
      }
    });
  }
  for (int round = 0; round < 100; ++round) {
    const std::uint64_t yes_before = yes;
    EXPECT_TRUE(eventually([&] { return yes > yes_before; }));
    instance().stop();
    EXPECT_TRUE(acknowledges("c1"));
    last_acknowledged = word();
    const std::uint64_t looks_before = looks;
    EXPECT_TRUE(eventually([&] { return looks > looks_before + 6; }));
    instance().resume();
  }
  ending = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(late, 0U);
}

// The look that is under way when the stop comes: its answer is out before the acknowledgement is.
TEST_F(StopTest, IsNotAcknowledgedWhileALookIsUnderWay) {
  const auto deadline = shm::monotonic_now() + milliseconds(1000);
  std::shared_ptr<client::Link> link =
      client::open_link_within({shm::DoorKind::Client, "desk", "c1", "ACC1", "momo"}, deadline);
  std::atomic<int> ticks{0};
  client::Acknowledger acknowledger(link, [&] { ++ticks; });
  ASSERT_TRUE(acknowledges("c1"));
  acknowledger.with_memory([&](client::VerdictMemory&) {  // holds what a look holds
    const int before = ticks;
    instance().stop();
    shm::nap({20'000'000});
    EXPECT_LE(ticks - before, 1) << "its thread waits for us";
    EXPECT_NE(acknowledged("c1"), word());
  });
  EXPECT_TRUE(acknowledges("c1"));
}

TEST_F(StopTest, ADrillIsAnsweredWithoutAStop) {
  Client client = attach("c1");
  instance().page().drill.store(7);
  EXPECT_TRUE(eventually([&] { return instance().read_client_file("c1")->drill_seen.load() == 7; }));
  EXPECT_GT(instance().read_client_file("c1")->drill_seen_ns.load(), 0);
  EXPECT_TRUE(client.clear_to_send());
}

TEST_F(StopTest, NoAnswerInTimeIsARefusalAndTheOrderIsWithdrawn) {
  Client client = attach_impatient("c1", 100);
  instance().hot().freeze(true);
  const Verdict verdict = client.check(order("o1"));
  EXPECT_EQ(verdict.decision, Decision::Rejected);
  EXPECT_EQ(verdict.reason, "lease_expired");
  EXPECT_GE(instance().read_client_file("c1")->checks.max_ns.load(), 100'000'000U) << "it waited all that time";
  EXPECT_EQ(error_of([&] { client.ack("o1"); }),
            "ack: the sidecar did not answer within 100 ms; say it again: what it has heard already changes nothing");
  instance().hot().freeze(false);  // now it accepts o1, and then hears that it is done
  EXPECT_TRUE(eventually([&] { return done_requests().size() == 1; }));
  EXPECT_EQ(done_requests()[0].id.view(), "o1");
  EXPECT_EQ(done_requests()[0].why, DoneWhy::Expired);
  EXPECT_FALSE(client.clear_to_send("o1")) << "the late answer is void";
  EXPECT_TRUE(client.check(order("o2")).accepted()) << "and is not taken for another's";
}

TEST_F(StopTest, AReplaceWithoutAnswerIsWithdrawnAlone) {
  Client client = attach_impatient("c1", 100);
  ASSERT_TRUE(client.check(order("o1")).accepted());
  instance().hot().freeze(true);
  EXPECT_EQ(client.replace({.id = "o1", .new_id = "o2", .quantity = 50}).reason, "lease_expired");
  instance().hot().freeze(false);
  EXPECT_TRUE(eventually([&] { return done_requests().size() == 1; }));
  EXPECT_EQ(done_requests()[0].id.view(), "o2");
  EXPECT_EQ(done_requests()[0].why, DoneWhy::Rejected) << "any other word would end the order itself";
  EXPECT_TRUE(client.clear_to_send("o1"));
}

TEST_F(StopTest, AnIdUsedTwiceIsNotWithdrawnFromUnderItsOrder) {
  Client client = attach_impatient("c1", 100);
  ASSERT_TRUE(client.check(order("o1")).accepted());
  instance().hot().freeze(true);
  EXPECT_EQ(client.check(order("o1")).reason, "lease_expired");
  instance().hot().freeze(false);
  ASSERT_TRUE(client.check(order("o2")).accepted());
  EXPECT_TRUE(done_requests().empty()) << "the first o1 may be working in the market";
}

TEST_F(StopTest, AFullLaneRefusesAtOnceAndRecovers) {
  Client client = attach_impatient("c1", 20);
  instance().hot().freeze(true);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(client.check(order("o" + std::to_string(i))).reason, "lease_expired");
  EXPECT_NE(error_of([&] { client.ack("o1"); }).find("the lane is full"), std::string::npos);
  instance().hot().freeze(false);
  // Each order that got into the lane is withdrawn behind, also those whose withdrawal found no room at first.
  EXPECT_TRUE(eventually([&] {
    std::size_t intents = 0;
    for (const shm::Request& request : instance().hot().requests()) {
      if (request.kind == shm::MessageKind::Intent) ++intents;
    }
    return intents >= 32 && done_requests().size() == intents;
  }));
  EXPECT_TRUE(eventually([&] { return client.check(order("later")).accepted(); }));
}

TEST_F(StopTest, TheSidecarDiesAndTheClientFindsTheNextOne) {
  Client client = attach("c1");
  ASSERT_TRUE(client.check(order("o1")).accepted());
  instance().end_sidecar();
  ASSERT_TRUE(eventually([&] { return client.check(order("o2")).reason == "lease_expired"; }));
  EXPECT_EQ(error_of([&] { client.fill({.id = "o1", .exec_id = "e", .quantity = 1, .price = 1}); }),
            "fill: the sidecar of instance \"desk\" is not running; say it again later");
  instance().stop();
  EXPECT_TRUE(acknowledges("c1")) << "a stop is acknowledged with the sidecar dead";
  instance().resume();
  instance().start_sidecar();
  EXPECT_TRUE(eventually([&] { return client.check(order("o3")).accepted(); }));
  EXPECT_EQ(instance().hot().client_count(), 1U);
  EXPECT_TRUE(acknowledges("c1")) << "in the new file";
  EXPECT_GT(shm::Latency::copy_of(instance().read_client_file("c1")->checks).count(), 0U) << "in the new file";
  instance().stop();
  EXPECT_TRUE(acknowledges("c1"));
}

TEST_F(StopTest, AnOrderCutOffByADeathIsWithdrawnAtTheNextSidecar) {
  Client client = attach("c1", 5'000);
  instance().hot().freeze(true);
  std::thread asking([&] { EXPECT_EQ(client.check(order("o1")).reason, "lease_expired"); });
  shm::nap({20'000'000});
  instance().end_sidecar();
  asking.join();
  instance().start_sidecar();
  EXPECT_TRUE(eventually([&] { return done_requests().size() == 1; })) << "without another call of the client";
  EXPECT_EQ(done_requests()[0].id.view(), "o1");
}

TEST_F(StopTest, APublisherFindsTheNextSidecar) {
  MarkPublisher marks = publish_marks("desk");
  marks.mark("AAPL", 1, 2);
  instance().end_sidecar();
  EXPECT_TRUE(eventually([&] { return !error_of([&] { marks.mark("AAPL", 1, 2); }).empty(); }));
  instance().start_sidecar();
  EXPECT_TRUE(eventually([&] {
    return error_of([&] { marks.mark("AAPL", 3, 4); }).empty() && instance().hot().quote(1).ask.raw == 4 * unit;
  }));
}

TEST_F(StopTest, AForkedChildIsToldAndTheParentTradesOn) {
  Client client = attach("c1");
  MarkPublisher marks = publish_marks("desk");
  ASSERT_TRUE(client.check(order("o1")).accepted());
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    std::string said = error_of([&] { client.check(order("o2")); }) + "\n" +
                       error_of([&] { client.clear_to_send("o1"); }) + "\n" + error_of([&] { client.detach(); }) +
                       "\n" + error_of([&] { marks.mark("AAPL", 1, 2); });
    { const Client gone = std::move(client); }
    { const MarkPublisher gone = std::move(marks); }
    const bool written = ::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
    ::_exit(written ? 0 : 1);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  char text[512] = {};
  EXPECT_GT(::read(ends[0], text, sizeof text - 1), 0);
  const std::string child = "this is a forked child; it must attach for itself, under another name";
  EXPECT_EQ(text, child + "\n" + child + "\n" + child + "\nthis is a forked child; it must publish for itself");
  EXPECT_TRUE(client.check(order("o3")).accepted());
  EXPECT_TRUE(client.clear_to_send("o1"));
  marks.mark("AAPL", 1, 2);
  instance().stop();
  EXPECT_TRUE(acknowledges("c1"));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(StopTest, AClientKilledInTheMiddleHurtsNobody) {
  Client client = attach("c1");
  for (int round = 0; round < 25; ++round) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      Client doomed = attach("doomed");
      for (int i = 0;; ++i) doomed.check(order("d" + std::to_string(round) + "-" + std::to_string(i)));
    }
    ASSERT_TRUE(client.check(order("a" + std::to_string(round))).accepted());
    shm::nap({static_cast<std::int64_t>(1'000'000 * (round % 7))});
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    ASSERT_TRUE(client.check(order("b" + std::to_string(round))).accepted());
  }
  EXPECT_TRUE(eventually([&] { return instance().hot().client_count() == 1; }));
  EXPECT_EQ(instance().hot().malformed_count(), 0U);
}
