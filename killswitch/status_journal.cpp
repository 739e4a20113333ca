// SPDX-License-Identifier: Apache-2.0
#include "killswitch/status_journal.h"

#include <array>
#include <iostream>
#include <string_view>

#include "shm/latch.h"

namespace bulwark::kill {

using Json = nlohmann::ordered_json;

// By shm::JournalHealth.
static constexpr std::array<std::string_view, 4> health_names{"unknown", "healthy", "full", "failed"};

// A writer that keeps up is a few commits behind, 5 ms each.
static constexpr std::uint64_t records_behind_many = 100'000;

Json journal_of(const Instance& instance) {
  if (!instance.board) return nullptr;
  const shm::Board& board = *instance.board;
  // Acquire: whoever sees the failure sees why.
  const auto health = static_cast<std::size_t>(board.journal_health.load(std::memory_order_acquire));
  const std::uint64_t written = board.journal_written.load(), appended = board.journal_appended.load();
  const bool failed = health == static_cast<std::size_t>(shm::JournalHealth::Failed);
  return {{"state", health < health_names.size() ? health_names[health] : "unknown"},
          {"seq", written},
          {"lag", appended > written ? appended - written : 0},
          {"files_left", board.journal_disk.files_left.load()},
          {"error", failed ? shm::printable(board.journal_disk.failure.view()) : ""}};
}

void print_journal(const Json& journal) {
  if (journal.is_null()) return;
  if (journal["state"] == "failed") {
    const auto error = journal["error"].get<std::string>();
    std::cout << "  JOURNAL FAILED, nothing is accepted until the sidecar is started again"
              << (error.empty() ? "" : ": " + error) << "\n";
    return;
  }
  if (journal["state"] == "full") std::cout << "  JOURNAL FULL, nothing is accepted until the disk has caught up\n";
  if (journal["state"] == "full" || journal["lag"] > records_behind_many) {
    std::cout << "  journal: " << journal["lag"] << " records wait for the disk\n";
  }
  if (journal["files_left"] < shm::journal_files_few) {
    std::cout << "  journal: the disk is nearly full, with room for " << journal["files_left"] << " more files\n";
  }
}

}  // namespace bulwark::kill
