// SPDX-License-Identifier: Apache-2.0
// What everybody can read of the clients of an instance, however they got there: only those that live and speak our
// layout, each with its own counts of how long its checks took.
#include "killswitch/clients.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "shm/mapping.h"

namespace bulwark::kill {
namespace {

struct ClientsTest : testing::Test {
  std::string folder;

  void SetUp() override {
    char made[] = "/tmp/bulwark-test-XXXXXX";
    folder = ::mkdtemp(made);
    std::filesystem::create_directory(folder + "/clients");
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string path(const std::string& name) const { return folder + "/clients/" + name; }
  shm::Mapping<shm::ClientFile> add(const std::string& name) const {
    auto made = shm::create_segment<shm::ClientFile>(path(name), sizeof(shm::ClientFile), 1);
    made->client = Name::from(name);
    made->pid = ::getpid();
    made->start_time = shm::process_stat(::getpid()).start_time;
    return made.publish();
  }
};

TEST_F(ClientsTest, EachHasItsOwnCountsAndTheyAddUp) {
  const auto first = add("c1"), second = add("c2");
  for (int i = 0; i < 99; ++i) shm::record(first->checks, {1'000});
  shm::record(second->checks, {50'000});
  const std::vector<ClientView> clients = live_clients(folder);
  ASSERT_EQ(clients.size(), 2U);
  EXPECT_EQ(clients[0].checks.count(), 99U);
  EXPECT_EQ(clients[0].checks.max_ns, 1'000U);
  EXPECT_EQ(clients[1].checks.count(), 1U);
  const shm::Latency all = checks_of(clients);
  EXPECT_EQ(all.count(), 100U);
  EXPECT_EQ(all.sum_ns, 149'000U);
  EXPECT_LT(all.percentile_ns(99), 1'024U);
  EXPECT_GT(all.percentile_ns(99.5), 40'000U);
  EXPECT_EQ(checks_of({}).count(), 0U);
}

TEST_F(ClientsTest, WhoHasLeftOrSpeaksAnotherLayoutIsNotShown) {
  const auto stays = add("stays"), leaves = add("leaves"), old = add("old"), damaged = add("short");
  leaves->detached.store(1);
  old->header.fingerprint ^= 1;
  std::filesystem::resize_file(path("short"), offsetof(shm::ClientFile, checks));
  const std::vector<ClientView> clients = live_clients(folder);
  ASSERT_EQ(clients.size(), 1U);
  EXPECT_EQ(clients[0].client, "stays");
}

}  // namespace
}  // namespace bulwark::kill
