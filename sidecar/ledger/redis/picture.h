// SPDX-License-Identifier: Apache-2.0
// What Redis is to show of an instance: hashes by key, and the last breaches and stops. docs/ledger.md has the keys.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "shm/layout.h"
#include "sidecar/ledger/cells.h"
#include "sidecar/ledger/follow.h"

namespace bulwark::ledger::redis {

using Hash = std::map<std::string, std::string>;

// An entry of the stream. Its id is its time in milliseconds and its record's sequence: the same whoever adds it.
struct Entry {
  TimeNs t;
  std::string id;
  Hash fields;
};

class Picture {
public:
  static constexpr std::size_t entries_max = 10'000;

  explicit Picture(const Source& source) : source_(source), prefix_("bulwark:{" + source.instance + "}:") {}

  std::string key(const std::string& name) const { return prefix_ + name; }

  // What a block of the journal adds. The entries that are new come last in `entries`.
  void take(Follower& follower);
  // Positions and states as they are now. False: there is no board; what was there stays.
  bool look_at_board();

  std::map<std::string, Hash> hashes;
  std::deque<Entry> entries;
  std::uint64_t entries_seen = 0;  // ever

private:
  void take_row(const CellRow& row);
  void show_limits(const Rows& rows, std::uint64_t sequence);
  void show_positions(const shm::Board& board, std::uint64_t sequence);
  void show_states(const shm::Board& board, std::uint64_t sequence);

  const Source& source_;
  const std::string prefix_;
};

}  // namespace bulwark::ledger::redis
