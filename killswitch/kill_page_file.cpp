// SPDX-License-Identifier: Apache-2.0
// See the header. A page that is there already is kept, for its clients have it mapped: its word is the newest truth.
#include "killswitch/kill_page_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "killswitch/refusal.h"
#include "shm/kill_page.h"
#include "shm/latch.h"

namespace bulwark::kill {

WatchdogLock::WatchdogLock(const std::string& run_folder) {
  const std::string path = run_folder + "/watchdog.lock";
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "cannot open " + path);
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    char holder[16] = {};
    const ssize_t size = ::pread(fd_, holder, sizeof holder - 1, 0);
    ::close(fd_);
    throw Refusal(exit_refused, "this instance has a watchdog already, pid " +
                                    (size > 0 ? std::string(holder, static_cast<std::size_t>(size)) : "unknown") +
                                    " (" + run_folder + ")");
  }
  const std::string pid = std::to_string(::getpid());
  if (::ftruncate(fd_, 0) != 0 || ::pwrite(fd_, pid.data(), pid.size(), 0) < 0) {
    ::close(fd_);
    throw std::system_error(errno, std::generic_category(), "cannot write " + path);
  }
}

WatchdogLock::~WatchdogLock() { ::close(fd_); }

static shm::StopDetails details_of(const shm::Latch& latch) {
  shm::StopDetails details;
  details.t = {latch.since_ns};
  details.operator_name = latch.operator_name;
  details.reason = latch.reason;
  details.cause = latch.cause;
  return details;
}

static shm::Mapping<shm::KillPage> make_page(const std::string& path, const WatchdogSettings& settings,
                                             const shm::Latch& start) {
  const auto generation = static_cast<std::uint64_t>(shm::monotonic_now().ns);
  auto page = shm::create_segment<shm::KillPage>(path, sizeof(shm::KillPage), generation, 0660);
  const shm::Permission permission{start.epoch << 1 | (start.trading ? 1U : 0U)};
  const shm::KillPageFacts facts{settings.instance, settings.journal_directory,
                                 static_cast<std::uint64_t>(settings.lease_ms)};
  if (!shm::fill_kill_page(*page, facts, permission)) {
    throw Refusal(exit_usage, "the path of the journal directory is too long: " + settings.journal_directory);
  }
  if (!start.trading) shm::write_entry(*page, start.epoch, details_of(start));
  return page.publish();
}

static void take_over(shm::KillPage& page, const shm::LatchFile& latch) {
  page.lease_until_ns.store(0, std::memory_order_release);
  const bool clean = latch.status == shm::LatchStatus::Read && latch.latch.clean && latch.latch.trading;
  if (!shm::permission_of(page).trading() || clean) return;
  shm::StopDetails details;
  details.t = shm::wall_now();
  details.reason = Sentence::from("the watchdog died");
  shm::stop(page, details);
}

shm::Mapping<shm::KillPage> open_kill_page(const WatchdogSettings& settings) {
  const std::string path = settings.run_folder + "/kill";
  std::filesystem::create_directories(settings.journal_directory);
  const shm::LatchFile latch = shm::read_latch(settings.journal_directory);
  auto page = shm::attach<shm::KillPage>(path, shm::Access::ReadWrite);
  switch (page.status) {
    case shm::AttachStatus::Ready: take_over(*page, latch); break;
    case shm::AttachStatus::Absent: {
      const bool empty = shm::journal_empty(settings.journal_directory);
      page = make_page(path, settings, shm::latch_at_start(latch, empty, shm::wall_now().ns));
      break;
    }
    default:
      throw Refusal(exit_no, "cannot use the kill page " + path + ": " + std::string(shm::explain(page.status)) +
                                 "; end everything of this instance and remove " + settings.run_folder);
  }
  page->watchdog_pid.store(::getpid(), std::memory_order_release);
  page->up_pid.store(settings.up_pid, std::memory_order_release);
  return page;
}

}  // namespace bulwark::kill
