// SPDX-License-Identifier: Apache-2.0
// A sidecar that has a board, a beat and a door, and judges nothing: fake_sidecar RUN/NAME [REFUSAL]
// SIGUSR1: it asks for a stop. SIGUSR2: its journal fails. REFUSAL: what it answers to a resume.
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <thread>

#include "shm/clock.h"
#include "shm/kill_page.h"
#include "shm/mapping.h"
#include "shm/process.h"

using namespace bulwark;

static volatile sig_atomic_t stop_wanted = 0, journal_fails = 0;

namespace {

constexpr std::size_t name_rows = 4, state_rows = 4;
constexpr std::size_t bytes_of_board =
    sizeof(shm::Board) + 7 * name_rows * sizeof(shm::NameRow) + state_rows * sizeof(shm::StateRow);

void fill(shm::Board& board, const std::string& instance) {
  board.sidecar_pid = ::getpid();
  board.sidecar_start_time = shm::process_stat(::getpid()).start_time;
  board.instance = Id::from(instance);
  board.states_offset = sizeof(shm::Board);
  board.states_capacity = state_rows;
  std::uint64_t offset = sizeof(shm::Board) + state_rows * sizeof(shm::StateRow);
  for (auto* table : {&board.symbols, &board.sectors, &board.accounts, &board.strategies, &board.limits, &board.clients,
                      &board.quotes}) {
    table->offset = offset;
    table->capacity = name_rows;
    table->count.store(1);
    offset += name_rows * sizeof(shm::NameRow);
  }
  auto* accounts = reinterpret_cast<shm::NameRow*>(reinterpret_cast<std::byte*>(&board) + board.accounts.offset);
  accounts[1].name = Name::from("ACC1");
  board.accounts.count.store(2);
  board.journal_health.store(shm::JournalHealth::Healthy);
}

int open_door(const std::string& path) {
  const int door = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  ::unlink(path.c_str());
  if (::bind(door, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || ::listen(door, 4) != 0) {
    std::perror("fake_sidecar: attach.sock");
    ::_exit(1);
  }
  return door;
}

void answer_door(int door, const std::string& refusal) {
  const auto request = std::make_unique<shm::ControlRequest>();
  const auto reply = std::make_unique<shm::ControlReply>();
  for (;;) {
    const int peer = ::accept(door, nullptr, nullptr);
    if (::recv(peer, request.get(), sizeof *request, 0) == static_cast<ssize_t>(sizeof *request)) {
      std::memset(static_cast<void*>(reply.get()), 0, sizeof *reply);
      reply->outcome = refusal.empty() ? shm::DoorOutcome::Ready : shm::DoorOutcome::NotPermitted;
      reply->text_bytes = static_cast<std::uint32_t>(refusal.size());
      std::memcpy(reply->text, refusal.data(), refusal.size());
      ::send(peer, reply.get(), sizeof *reply, MSG_NOSIGNAL);
    }
    ::close(peer);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string folder = argv[1];
  ::signal(SIGUSR1, [](int) { stop_wanted = 1; });
  ::signal(SIGUSR2, [](int) { journal_fails = 1; });
  const auto page = shm::attach<const shm::KillPage>(folder + "/kill", shm::Access::ReadOnly);
  if (!page) return 3;
  const auto generation = static_cast<std::uint64_t>(shm::monotonic_now().ns);
  auto made = shm::create_segment<shm::Board>(folder + "/board", bytes_of_board, generation);
  fill(*made, std::string(page->instance.view()));
  std::thread(answer_door, open_door(folder + "/attach.sock"), std::string(argc > 2 ? argv[2] : "")).detach();
  const auto board = made.publish();
  std::puts("ready");
  std::fflush(stdout);
  for (;;) {
    board->beat_ns.store(shm::monotonic_now().ns, std::memory_order_release);
    board->seen_permission.store(shm::permission_of(*page).word, std::memory_order_release);
    if (journal_fails != 0) {
      board->journal_disk.failure = Text<255>::from("desk/000001.journal: the disk is gone");
      board->journal_health.store(shm::JournalHealth::Failed);
    }
    if (stop_wanted != 0) {
      stop_wanted = 0;
      board->stop_cause = Sentence::from("the loop found a fault in itself");
      board->stop_request.fetch_add(1, std::memory_order_release);
    }
    shm::nap({500'000});
  }
}
