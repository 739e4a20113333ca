// SPDX-License-Identifier: Apache-2.0
// A session that grows: no order of it is the first to touch a page of memory, because a cold thread was there before.
#include "sidecar/process/room_ahead.h"

#include <sys/resource.h>

#include "tests/core/desk.h"

namespace bulwark::process {
namespace {

constexpr std::size_t order_count = 3 * RoomAhead::orders_ahead;

long faults_of_thread() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_minflt;
}

// Page faults that the orders of a session met; between every thousand of them the thread that goes ahead has a round.
long faults_of_session(bool goes_ahead) {
  core::Desk desk;
  desk.engine.populate(RoomAhead::orders_ahead);
  shm::AtomicWord used{0};
  RoomAhead ahead(desk.engine, used);
  long faults = 0;
  for (std::size_t k = 0; k < order_count;) {
    const long before = faults_of_thread();
    for (const std::size_t end = k + 1'000; k < end; ++k) {
      const std::string id = "o" + std::to_string(k);
      if (desk.ask(id, Side::Buy, 1) != Decision::Accepted) ADD_FAILURE() << id;
      desk.done(id);
    }
    if (k > 1'000) faults += faults_of_thread() - before;  // the first ones come to places that are no orders
    used.store(desk.engine.orders().used());
    if (goes_ahead) ahead.work();
  }
  return faults;
}

TEST(RoomAhead, NoOrderIsTheFirstToTouchItsMemory) {
  EXPECT_GT(faults_of_session(false), 0);
  EXPECT_EQ(faults_of_session(true), 0);
}

TEST(RoomAhead, GoesNoFurtherThanTheRoomThatThereIs) {
  core::Desk desk({.orders = 100});
  shm::AtomicWord used{99};
  RoomAhead ahead(desk.engine, used);
  ahead.work();
  for (int k = 0; k < 100; ++k) {
    const std::string id = "o" + std::to_string(k);
    EXPECT_EQ(desk.ask(id, Side::Buy, 1), Decision::Accepted) << id;
    desk.done(id);
  }
}

}  // namespace
}  // namespace bulwark::process
