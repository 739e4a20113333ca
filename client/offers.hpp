// SPDX-License-Identifier: Apache-2.0
// Orders of liquidations that the sidecar offers to this client. One is handed to the program only after the sidecar
// has it in its journal that this client has it; and once to each process, whatever restarts beside it.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include "shm/command_message.h"

namespace bulwark::client {

class Offers {
public:
  void add(shm::Command offer) { offered_.push_back(std::move(offer)); }
  // The sidecar that made them has gone; the next one makes them anew.
  void clear() { offered_.clear(); }

  // `take` asks the sidecar for one: true, it is ours; false, it is not; nothing: no answer, to be asked again later.
  template <class Take, class HandOut>
  void settle(Take take, HandOut hand_out) {
    for (; !offered_.empty(); offered_.pop_front()) {
      const shm::Command& offer = offered_.front();
      if (!offer.again) {
        const std::optional<bool> taken = take(offer);
        if (!taken) return;
        if (!*taken) continue;
      }
      const bool is_new = handed_.emplace(offer.id.view()).second;
      if (is_new || !offer.again) hand_out(offer);
    }
  }

private:
  std::deque<shm::Command> offered_;
  std::unordered_set<std::string> handed_;  // ids
};

}  // namespace bulwark::client
