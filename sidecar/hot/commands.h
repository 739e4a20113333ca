// SPDX-License-Identifier: Apache-2.0
// Commands (cancel this order) whose client has not taken the earlier ones yet: they wait here, in order, without
// holding anybody else up. Hot: a fixed number of places, and a count of what found none.
#pragma once

#include <array>
#include <cstdint>

#include "shm/command_message.h"

namespace bulwark::hot {

class PendingCommands {
public:
  struct Entry {
    ClientIndex client;
    shm::Command command;
  };

  bool empty() const { return begin_ == end_; }
  std::size_t size() const { return end_ - begin_; }
  std::uint64_t lost_count() const { return lost_count_; }

  void push(const Entry& entry) {
    if (size() == entries_.size()) ++lost_count_;
    else entries_[end_++ % entries_.size()] = entry;
  }
  const Entry& front() const { return entries_[begin_ % entries_.size()]; }
  void pop() { ++begin_; }

private:
  std::array<Entry, 1'024> entries_{};
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t lost_count_ = 0;
};

}  // namespace bulwark::hot
