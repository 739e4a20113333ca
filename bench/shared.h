// SPDX-License-Identifier: Apache-2.0
// The memory between the two processes of the harness, and how each waits for the other. The asking side orders chunk
// after chunk; the answering side serves one at a time.
#pragma once

#include <sched.h>
#include <sys/mman.h>

#include <atomic>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstdint>
#include <new>
#include <stdexcept>

#include "shm/clock.h"
#include "shm/layout.h"

namespace bulwark::bench {

enum class Transport : std::uint32_t { None, Raw, Boost, Lane, Check, Unjournaled, End };

struct Message {  // one cache line, as a user of a queue would have it
  std::uint64_t words[8];
};
static_assert(sizeof(Message) == shm::line_bytes);
using Queue = boost::lockfree::spsc_queue<Message, boost::lockfree::capacity<1024>>;

// Seven words and their number, stored last: the fastest way there is for two cores to hand a line over.
struct alignas(shm::writer_bytes) RawLine {
  shm::AtomicWord number;
  shm::AtomicWord words[7];
};

struct Chunk {
  Transport transport;
  std::uint64_t trips;  // of Raw, Boost and Lane: how many the answering side serves
};

struct Shared {
  RawLine request, reply;
  Queue to_server, to_client;
  alignas(shm::writer_bytes) shm::Lane lane;

  alignas(shm::writer_bytes) Chunk chunk;
  shm::AtomicWord ordered;   // SYNC POINT CHUNK: the number of the chunk that stands in `chunk`, stored last
  shm::AtomicWord finished;  // of the checks: the asking side has all its answers
  alignas(shm::writer_bytes) shm::AtomicWord ready;  // SYNC POINT READY CHUNK: the answering side serves that chunk
};

// Mapped before the fork, and unmapped by the end of both processes.
inline Shared& map_shared() {
  void* memory =
      ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("no shared memory can be mapped");
  return *new (memory) Shared{};
}

// Who has polled in vain for very long asks `gone` whether the other side still lives, and lets others run: two
// spinning processes on a busy machine would starve what they wait for. The PAUSE of each poll is the caller's.
class Patience {
public:
  template <class Gone>
  void count_poll(Gone gone) {
    if (++polls_ % 65'536 == 0) [[unlikely]]
      give_way(gone);
  }

private:
  template <class Gone>
  [[gnu::noinline]] static void give_way(Gone gone) {
    if (gone()) throw std::runtime_error("the other process of the harness has died");
    ::sched_yield();
  }
  std::uint32_t polls_ = 0;
};

}  // namespace bulwark::bench
