// SPDX-License-Identifier: Apache-2.0
// The processes that torture.py drives:
//   torture_client trade INSTANCE CLIENT FILE   asks, looks and withdraws for ever, and notes in FILE when it last
//   might torture_client publish INSTANCE             marks for its symbol torture_client reference does nothing, and
//   prints when it could not do even that for 50 ms torture_client burn                         a busy loop
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>

#include "client/client.hpp"

using namespace bulwark;

namespace {

// One page that torture.py reads.
struct Notes {
  std::atomic<std::uint64_t> loops;         // of the thread that looks: it never hangs
  std::atomic<std::uint64_t> permissions;   // clear_to_send was true
  std::atomic<std::int64_t> last_begun_ns;  // CLOCK_MONOTONIC: the latest beginning of a look that was true
  std::atomic<std::uint64_t> calls;         // of the thread that trades
  std::atomic<std::uint64_t> accepted;
  std::atomic<std::uint64_t> errors;
  char last_refusal[64];  // why it was refused, or the error: to find out what went wrong
};

Notes& map_notes(const char* path) {
  const int fd = ::open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  void* memory = MAP_FAILED;
  if (fd >= 0 && ::ftruncate(fd, 4096) == 0) {
    memory = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  if (memory == MAP_FAILED) {
    std::perror(path);
    std::exit(1);
  }
  return *static_cast<Notes*>(memory);
}

void note_permission(Notes& notes, std::int64_t begun_ns) {
  notes.permissions.fetch_add(1);
  std::int64_t last = notes.last_begun_ns.load();
  while (last < begun_ns && !notes.last_begun_ns.compare_exchange_weak(last, begun_ns)) {
  }
}

void note_refusal(Notes& notes, std::string_view why) {
  const std::size_t size = why.copy(notes.last_refusal, sizeof notes.last_refusal - 1);
  notes.last_refusal[size] = '\0';
}

void look_forever(Client& client, Notes& notes) {
  for (;;) {
    const std::int64_t begun_ns = shm::monotonic_now().ns;
    if (client.clear_to_send()) note_permission(notes, begun_ns);
    notes.loops.fetch_add(1);
    shm::nap({50'000});
  }
}

void trade_once(Client& client, Notes& notes, const std::string& id) {
  const Verdict verdict = client.check({.id = id, .symbol = "AAPL", .side = "buy", .quantity = "1", .price = "100"});
  if (!verdict.accepted()) return note_refusal(notes, verdict.reason);
  notes.accepted.fetch_add(1);
  const std::int64_t begun_ns = shm::monotonic_now().ns;
  if (client.clear_to_send(id)) note_permission(notes, begun_ns);
  client.done(id, "canceled");
}

// The machine may be busy with everything but the sidecar.
Client attach_patiently(const std::string& instance, const std::string& name) {
  for (int tries = 1;; ++tries) {
    try {
      return Client::attach({.instance = instance, .client = name, .strategy = "s1", .timeout_ms = 100});
    } catch (const Error&) {
      if (tries == 100) throw;
    }
  }
}

int trade(const std::string& instance, const std::string& name, const char* path) {
  Notes& notes = map_notes(path);
  Client client = attach_patiently(instance, name);
  std::puts("ready");
  std::fflush(stdout);
  std::thread looker([&] { look_forever(client, notes); });
  const std::string life = std::to_string(shm::monotonic_now().ns);
  for (std::uint64_t n = 0;; ++n) {
    try {
      trade_once(client, notes, name + "-" + life + "-" + std::to_string(n));
    } catch (const Error& error) {
      notes.errors.fetch_add(1);  // the sidecar is away; the order is withdrawn when it is back
      note_refusal(notes, error.what());
    }
    notes.calls.fetch_add(1);
    shm::nap({200'000});
  }
}

int publish(const std::string& instance) {
  std::puts("ready");
  std::fflush(stdout);
  for (;;) {
    try {
      MarkPublisher publisher = publish_marks(instance);
      for (;;) {
        publisher.mark("AAPL", "99.99", "100.01");
        shm::nap(milliseconds(20));
      }
    } catch (const Error&) {
      shm::nap(milliseconds(20));
    }
  }
}

int refer() {
  std::puts("ready");
  std::fflush(stdout);
  for (MonotonicNs before = shm::monotonic_now();;) {
    shm::nap(milliseconds(1));
    const MonotonicNs now = shm::monotonic_now();
    if (now - before > milliseconds(50)) {
      std::printf("%lld %lld\n", static_cast<long long>(before.ns), static_cast<long long>(now.ns));
      std::fflush(stdout);
    }
    before = now;
  }
}

int burn() {
  std::puts("ready");
  std::fflush(stdout);
  for (volatile unsigned n = 0;;) n = n + 1;
}

}  // namespace

int main(int argc, char** argv) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const std::string what = argc > 1 ? argv[1] : "";
  try {
    if (what == "trade" && argc == 5) return trade(argv[2], argv[3], argv[4]);
    if (what == "publish" && argc == 3) return publish(argv[2]);
    if (what == "reference") return refer();
    if (what == "burn") return burn();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "torture_client: %s\n", error.what());
    return 1;
  }
  std::fprintf(stderr, "usage: torture_client trade INSTANCE CLIENT FILE | publish INSTANCE | reference | burn\n");
  return 2;
}
