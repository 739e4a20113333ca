// SPDX-License-Identifier: Apache-2.0
// The attach matrix: who gets in, who does not, and what they are told. Against the real door.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "client/client.hpp"
#include "core/event.h"
#include "tests/client/echo.h"
#include "tests/client/fixture.h"

using namespace bulwark;
using test::error_of;
using test::eventually;

namespace {

using AttachTest = test::InstanceTest;

// A raw knock at the door, for what the library never says.
struct Raw {
  shm::Descriptor socket;
  shm::AttachRequest request{};

  explicit Raw(const std::string& folder) : socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)) {
    sockaddr_un address;
    shm::Descriptor held;
    EXPECT_TRUE(shm::door_address(folder, address, held));
    EXPECT_EQ(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    request.kind = shm::DoorKind::Client;
    request.version = shm::layout_version;
    request.fingerprint = shm::fingerprint;
    request.client = Name::from("raw");
  }
  // Waits for an answer; Unknown: the door closed the connection.
  shm::AttachReply ask() {
    EXPECT_TRUE(shm::send_packet(socket.get(), request));
    return hear();
  }
  shm::AttachReply hear() {
    shm::AttachReply reply{};
    return ::recv(socket.get(), &reply, sizeof reply, 0) == sizeof reply ? reply : shm::AttachReply{};
  }
};

}  // namespace

TEST_F(AttachTest, AClientIsAdmittedSeenAndGone) {
  {
    Client client = attach("c1");
    EXPECT_EQ(instance().hot().client_count(), 1U);
    const auto* file = instance().read_client_file("c1");
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(file->client.view(), "c1");
    EXPECT_EQ(file->pid, ::getpid());
    EXPECT_EQ(file->start_time, shm::process_stat(::getpid()).start_time);
    client.detach();
    EXPECT_TRUE(eventually([&] { return instance().hot().client_count() == 0; }));
    EXPECT_TRUE(eventually([&] { return instance().read_client_file("c1") == nullptr; }));
  }
  Client again = attach("c1");
  EXPECT_EQ(instance().board().clients.count.load(), 2U) << "the same name is the same client";
}

TEST_F(AttachTest, TheSocketIsForOwnerAndGroup) {
  struct stat info {};
  ASSERT_EQ(::stat((instance().folder() + "/attach.sock").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0660U);
}

TEST_F(AttachTest, AnAbsentInstanceIsNamed) {
  EXPECT_EQ(error_of([] { Client::attach({.instance = "nosuch", .client = "c1"}); }),
            "instance: \"nosuch\" is not running (looked for it in " + run() + ")");
  EXPECT_EQ(error_of([] { Client::attach({.instance = "../desk", .client = "c1"}); }),
            "instance: \"../desk\" is not running (looked for it in " + run() + ")");
  EXPECT_EQ(error_of([] { publish_marks("nosuch"); }),
            "instance: \"nosuch\" is not running (looked for it in " + run() + ")");
}

TEST_F(AttachTest, AnInstanceWithoutSidecarIsWaitedForOnlySoLong) {
  instance().end_sidecar();
  const std::string message = error_of([] { Client::attach({.instance = "desk", .client = "c1", .timeout_ms = 30}); });
  EXPECT_NE(message.find("the sidecar is not running"), std::string::npos) << message;
}

TEST_F(AttachTest, BadNamesAreRefusedByTheLibrary) {
  const std::string names = "; names are 1 to 32 printable ASCII characters";
  EXPECT_EQ(error_of([&] { attach(""); }), "client: is empty" + names);
  EXPECT_EQ(error_of([&] { attach("a\nb"); }), "client: \"a\nb\" is no name" + names);
  EXPECT_EQ(error_of([&] { attach(std::string(33, 'n')); }),
            "client: \"" + std::string(33, 'n') + "\" is no name" + names);
  EXPECT_EQ(error_of([&] { Client::attach({.instance = "desk", .client = "c", .account = "\x7f"}); }),
            "account: \"\x7f\" is no name" + names);
  EXPECT_EQ(error_of([&] { Client::attach({.instance = "desk", .client = "c", .timeout_ms = 0}); }),
            "timeout_ms: 0 is not allowed; 1 to 60000 are");
  EXPECT_EQ(error_of([&] { Client::attach({.instance = "desk", .client = "c", .spin_us = -1}); }),
            "spin_us: -1 is not allowed; 0 to 1000000 are");
}

TEST_F(AttachTest, EveryNameIsAFileOfItsOwn) {
  const std::string odd = "../we ird/%41 \"name\"";
  Client client = attach(odd), other = attach("A"), dots = attach("..");
  EXPECT_NE(instance().read_client_file(odd), nullptr);
  EXPECT_NE(instance().read_client_file(".."), nullptr);
  for (const auto& entry : std::filesystem::directory_iterator(instance().folder() + "/clients")) {
    EXPECT_TRUE(entry.is_regular_file());
  }
}

TEST_F(AttachTest, UnknownAccountsAndStrategiesAreRefused) {
  EXPECT_EQ(error_of([] { Client::attach({.instance = "desk", .client = "c", .account = "ACC9"}); }),
            "account: \"ACC9\" is not configured in instance \"desk\"");
  EXPECT_EQ(error_of([] { Client::attach({.instance = "desk", .client = "c", .strategy = "mono"}); }),
            "strategy: \"mono\" is not configured in instance \"desk\"");
}

TEST_F(AttachTest, ALivingClientKeepsItsNameAndADeadOneGivesItUp) {
  Client client = attach("c1");
  EXPECT_EQ(error_of([&] { attach("c1"); }),
            "client: \"c1\" is attached already, by a process that lives; each name is for one process at a time");
  const pid_t child = ::fork();
  if (child == 0) {
    const Client its = attach("c2");
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  Client second = attach("c2");
  EXPECT_EQ(instance().board().clients.count.load(), 3U) << "it takes the place of the dead one";
  EXPECT_EQ(instance().read_client_file("c2")->pid, ::getpid());
}

TEST_F(AttachTest, ANameOutlivesItsSidecarAsLongAsItsProcess) {
  const int ready = fork_attached("c1");
  instance().end_sidecar();
  EXPECT_NE(instance().read_client_file("c1"), nullptr) << "it lives, and still acknowledges stops there";
  instance().start_sidecar();
  EXPECT_NE(error_of([&] { attach("c1"); }).find("is attached already"), std::string::npos);
  end_forked(ready);
  Client client = attach("c1");
}

TEST_F(AttachTest, AnotherVersionIsToldBoth) {
  instance().board().header.version = 9;
  instance().board().header.fingerprint = 0xabc;
  char ours[32];
  std::snprintf(ours, sizeof ours, "%016llx", static_cast<unsigned long long>(shm::fingerprint));
  EXPECT_EQ(error_of([&] { attach("c1"); }),
            "instance: \"desk\" speaks layout version 9 (fingerprint 0000000000000abc), this program speaks layout "
            "version 3 (fingerprint " +
                std::string(ours) + "); both must come from the same build of Bulwark");
}

TEST_F(AttachTest, TheDoorRefusesWhatTheLibraryNeverSays) {
  struct Case {
    const char* what;
    std::function<void(shm::AttachRequest&)> change;
    shm::DoorOutcome outcome;
  };
  const std::vector<Case> cases{
      {"nothing wrong", [](auto&) {}, shm::DoorOutcome::Ready},
      {"another version", [](auto& r) { ++r.version; }, shm::DoorOutcome::WrongVersion},
      {"another fingerprint", [](auto& r) { ++r.fingerprint; }, shm::DoorOutcome::WrongVersion},
      {"no name", [](auto& r) { r.client = {}; }, shm::DoorOutcome::BadName},
      {"a size beyond the name", [](auto& r) { r.client.size = 255; }, shm::DoorOutcome::BadName},
      {"a name not to be printed", [](auto& r) { r.client.bytes[1] = '\n'; }, shm::DoorOutcome::BadName},
      {"an account not to be printed", [](auto& r) { r.account = Name::from("\x01"); }, shm::DoorOutcome::BadName},
      {"an unknown account", [](auto& r) { r.account = Name::from("x"); }, shm::DoorOutcome::UnknownAccount},
      {"an unknown strategy", [](auto& r) { r.strategy = Name::from("x"); }, shm::DoorOutcome::UnknownStrategy},
      {"no kind", [](auto& r) { r.kind = shm::DoorKind::None; }, shm::DoorOutcome::Unknown},
      {"a kind of the middle", [](auto& r) { r.kind = shm::DoorKind::Mapped; }, shm::DoorOutcome::Unknown},
      {"a wish too short", [](auto& r) { r.kind = shm::DoorKind::Control; }, shm::DoorOutcome::Unknown},
  };
  std::set<shm::DoorOutcome> seen;
  for (const Case& each : cases) {
    Raw raw(instance().folder());
    each.change(raw.request);
    const shm::AttachReply reply = raw.ask();
    EXPECT_EQ(reply.outcome, each.outcome) << each.what;
    if (each.outcome == shm::DoorOutcome::WrongVersion) {
      EXPECT_EQ(reply.version, shm::layout_version);
      EXPECT_EQ(reply.fingerprint, shm::fingerprint);
    }
    seen.insert(reply.outcome);
  }
  EXPECT_EQ(seen.size(), 6U);
  Raw mapped_twice(instance().folder());
  ASSERT_TRUE(shm::send_packet(mapped_twice.socket.get(), 'x')) << "a packet that is too short";
  EXPECT_EQ(mapped_twice.hear().outcome, shm::DoorOutcome::Unknown);
}

TEST_F(AttachTest, WhoDawdlesIsShownOutAndHoldsNobodyUp) {
  std::vector<Raw> silent;
  for (int i = 0; i < 20; ++i) silent.emplace_back(instance().folder());  // connects and says nothing
  Raw half(instance().folder());
  EXPECT_EQ(half.ask().outcome, shm::DoorOutcome::Ready);  // never says Mapped
  Client client = attach("c1");                            // while they all wait
  EXPECT_TRUE(client.check(order()).accepted());
  shm::DoorKind kind{};
  EXPECT_EQ(::recv(half.socket.get(), &kind, sizeof kind, 0), 0) << "the deadline ends it";
  EXPECT_EQ(::recv(silent[7].socket.get(), &kind, sizeof kind, 0), 0);
  EXPECT_EQ(instance().hot().client_count(), 1U) << "the one that never mapped its lane was never admitted";
  EXPECT_EQ(instance().read_client_file("raw"), nullptr);
  Client its_name = attach("raw");
}

TEST_F(AttachTest, ALaneIsAdmittedSealed) {
  Raw raw(instance().folder());
  ASSERT_TRUE(shm::send_packet(raw.socket.get(), raw.request));
  shm::AttachReply reply{};
  pollfd look{raw.socket.get(), POLLIN, 0};
  ASSERT_EQ(::poll(&look, 1, 2'000), 1);
  shm::Packet handed = shm::receive_packet(raw.socket.get(), &reply, sizeof reply);
  ASSERT_EQ(reply.outcome, shm::DoorOutcome::Ready);
  const int lane = handed.descriptors[0].get();
  shm::MappedBytes memory = shm::map_whole(lane, PROT_READ | PROT_WRITE, shm::lane_segment_bytes);
  ASSERT_TRUE(memory);
  EXPECT_EQ(::fallocate(lane, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, shm::lane_segment_bytes), 0);
  shm::DoorKind step = shm::DoorKind::Mapped;
  ASSERT_TRUE(shm::send_packet(raw.socket.get(), step));
  ASSERT_EQ(::recv(raw.socket.get(), &step, sizeof step, 0), static_cast<ssize_t>(sizeof step));
  EXPECT_EQ(step, shm::DoorKind::Admitted);
  const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_FUTURE_WRITE | F_SEAL_SEAL;
  EXPECT_EQ(::fcntl(lane, F_GET_SEALS) & seals, seals);
  EXPECT_NE(::fallocate(lane, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, shm::lane_segment_bytes), 0);
  struct stat info {};
  ::fstat(lane, &info);
  EXPECT_EQ(static_cast<std::size_t>(info.st_blocks) * 512, shm::lane_segment_bytes) << "the holes are filled again";
}

TEST_F(AttachTest, ALoopThatHasNoTimeIsAskedAgainToLetGo) {
  instance().hot().refuse_to_retire(2);
  attach("c1").detach();
  EXPECT_TRUE(eventually([&] { return instance().hot().client_count() == 0; })) << "nobody else attached";
  instance().hot().refuse_to_retire(1);
  attach("c1").detach();
  EXPECT_TRUE(eventually([&] { return error_of([&] { attach("c1"); }).empty(); }));
}

TEST_F(AttachTest, PublishersAreCountedAndTheirPlacesUsedAgain) {
  std::vector<MarkPublisher> publishers;
  for (std::size_t i = 0; i < shm::publisher_count_max; ++i) publishers.push_back(publish_marks("desk"));
  EXPECT_NE(error_of([] { publish_marks("desk"); }).find("has no room for another one"), std::string::npos);
  publishers.pop_back();
  bool attached = eventually([] { return error_of([] { publish_marks("desk"); }).empty(); });
  EXPECT_TRUE(attached);
}

TEST_F(AttachTest, AWishReachesWhoGrantsIt) {
  Raw raw(instance().folder());
  shm::ControlRequest wish{};
  wish.kind = shm::DoorKind::Control;
  wish.version = shm::layout_version;
  wish.fingerprint = shm::fingerprint;
  wish.reason = Sentence::from("because");
  shm::ControlReply reply{};
  ASSERT_TRUE(shm::send_packet(raw.socket.get(), wish));
  ASSERT_EQ(::recv(raw.socket.get(), &reply, sizeof reply, 0), static_cast<ssize_t>(sizeof reply));
  EXPECT_EQ(reply.outcome, shm::DoorOutcome::Ready);
  EXPECT_EQ(std::string(reply.text, reply.text_bytes), "because");
  wish.operator_name.size = 200;  // the second on the same connection, spoilt
  ASSERT_TRUE(shm::send_packet(raw.socket.get(), wish));
  ASSERT_EQ(::recv(raw.socket.get(), &reply, sizeof reply, 0), static_cast<ssize_t>(sizeof reply));
  EXPECT_EQ(reply.outcome, shm::DoorOutcome::BadName);
}

// Packets of any size and content, at any step: the door goes on serving, and nobody is let in by accident.
TEST_F(AttachTest, NonsenseAtTheDoor) {
  std::mt19937_64 random(20'261'122);
  for (int round = 0; round < 600; ++round) {
    Raw raw(instance().folder());
    std::vector<unsigned char> packet(random() % (sizeof(shm::ControlRequest) + 64) + 1);
    for (unsigned char& byte : packet) byte = static_cast<unsigned char>(random());
    if (random() % 4 != 0) {  // one that gets past the first look
      raw.request.kind = static_cast<shm::DoorKind>(random() % 6);
      packet.resize(random() % 2 == 0 ? sizeof(shm::AttachRequest) : sizeof(shm::ControlRequest));
      std::memcpy(packet.data(), &raw.request, offsetof(shm::AttachRequest, client));
    }
    for (int packets = 0; packets < 2; ++packets) {
      // The door may have closed the connection already.
      (void)::send(raw.socket.get(), packet.data(), packet.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
  }
  Client client = attach("c1");
  EXPECT_TRUE(client.check(order()).accepted());
  EXPECT_TRUE(eventually([&] { return instance().hot().client_count() == 1; }));
}

TEST_F(AttachTest, ACrowdThatSaysNothingPasses) {
  std::vector<Raw> crowd;
  for (int i = 0; i < 500; ++i) crowd.emplace_back(instance().folder());
  EXPECT_TRUE(eventually([&] {
    return error_of([&] { attach("c1").detach(); }).empty();  // refused with "no room" while they stand there
  }));
}

// The sentences for the sidecar's refusals stand in the order of the engine's list.
TEST(EventErrors, HaveASentenceEach) {
  EXPECT_EQ(client::event_error_sentences.size(), static_cast<std::size_t>(core::EventError::UnknownCommand) + 1);
  EXPECT_EQ(client::event_error_sentence(static_cast<std::size_t>(core::EventError::UnknownOrder)),
            "no order of this client has that id");
  EXPECT_EQ(client::event_error_sentence(static_cast<std::size_t>(core::EventError::UnknownCommand)),
            "the command is not known");
  EXPECT_EQ(client::event_error_sentence(999), "the sidecar refused it");
}
