// SPDX-License-Identifier: Apache-2.0
// See the header. Every word of the board is the sidecar's, which may be broken: copied once, and only believed when it
// says "stop" or gives the least that a lease needs.
#include "killswitch/sidecar_watch.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "shm/latch.h"
#include "shm/process.h"

namespace bulwark::kill {

bool SidecarWatch::attach() {
  auto board = shm::attach<const shm::Board>(path_, shm::Access::ReadOnly);
  if (!board) return false;
  const std::int32_t pid = board->sidecar_pid;
  const int pidfd = pid > 0 ? static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)) : -1;
  if (pidfd < 0) return false;
  // Looked at after the pidfd was opened: if the start time fits now, the pidfd is of that process and no later one.
  if (!shm::process_alive(pid, board->sidecar_start_time)) {
    ::close(pidfd);
    return false;
  }
  board_ = std::move(board);
  generation_ = board_->header.generation;
  pidfd_ = pidfd;
  request_ = 0;
  return true;
}

bool SidecarWatch::gone() const {
  pollfd end{pidfd_, POLLIN, 0};
  if (::poll(&end, 1, 0) != 0) return true;
  return board_->header.ready.load(std::memory_order_acquire) != 1 || board_->header.generation != generation_;
}

void SidecarWatch::drop() {
  if (pidfd_ >= 0) ::close(pidfd_);
  pidfd_ = -1;
  board_ = {};
}

std::optional<Sentence> SidecarWatch::look() {
  if (!board_ && !attach()) return {};
  if (gone()) {
    drop();
    return Sentence::from("the sidecar died");
  }
  const std::uint64_t request = board_->stop_request.load(std::memory_order_acquire);
  if (request == request_) return {};
  request_ = request;
  const Sentence said = board_->stop_cause;
  const std::string cause = shm::printable(said.view());
  return Sentence::from(cause.empty() ? "the sidecar asked for a stop" : cause);
}

SidecarFacts SidecarWatch::facts() const {
  if (!board_) return {};
  return {true,
          board_->journal_health.load(std::memory_order_acquire) == shm::JournalHealth::Healthy,
          {board_->seen_permission.load(std::memory_order_acquire)},
          {board_->beat_ns.load(std::memory_order_acquire)}};
}

}  // namespace bulwark::kill
