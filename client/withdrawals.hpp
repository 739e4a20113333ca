// SPDX-License-Identifier: Apache-2.0
// Orders that got no answer in time: `done` goes behind each, so that nothing stays reserved whatever the answer will
// be, now or when there is a sidecar again.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>

#include "shm/lane.h"

namespace bulwark::client {

// What the order goes by from its verdict on.
inline const Id& order_id(const shm::Request& request) {
  return request.kind == shm::MessageKind::Replace ? request.other : request.id;
}

class Withdrawals {
public:
  bool empty() const { return waiting_.empty(); }
  bool full() const { return waiting_.size() >= 4096; }

  // Of a replace only the new id is withdrawn.
  void add(const shm::Request& order) {
    Withdrawal withdrawal;
    withdrawal.done.kind = shm::MessageKind::Done;
    withdrawal.done.why = order.kind == shm::MessageKind::Replace ? DoneWhy::Rejected : DoneWhy::Expired;
    withdrawal.done.id = order_id(order);
    waiting_.push_back(withdrawal);
  }
  // It has been accepted since: its id is in use.
  void forget(const Id& id) {
    if (!empty()) std::erase_if(waiting_, [&](const Withdrawal& old) { return old.done.id == id; });
  }

  // The lane is about to go: what was answered in it is over, the rest is said again in the next one.
  void change_lane(const shm::LaneClient& lane) {
    drop_answered(lane);
    for (Withdrawal& withdrawal : waiting_) withdrawal.ticket.reset();
  }
  template <class Send>
  void flush(const shm::LaneClient& lane, Send send) {
    drop_answered(lane);
    for (Withdrawal& withdrawal : waiting_) {
      if (!withdrawal.ticket) withdrawal.ticket = send(withdrawal.done);
      if (!withdrawal.ticket) return;
    }
  }

private:
  struct Withdrawal {
    shm::Request done;
    std::optional<shm::LaneClient::Ticket> ticket;  // none: not sent yet
  };

  void drop_answered(const shm::LaneClient& lane) {
    std::erase_if(waiting_, [&](const Withdrawal& each) { return each.ticket && lane.poll(*each.ticket); });
  }

  std::deque<Withdrawal> waiting_;
};

}  // namespace bulwark::client
