// SPDX-License-Identifier: Apache-2.0
// Who is connected. Where there are too many, the one that came first goes, unless a worker is at its answer: strangers
// who hold connections open, silent or without reading what they are answered, keep nobody out.
#pragma once

#include <algorithm>
#include <functional>
#include <list>

#include "sidecar/console/server/site.h"

namespace bulwark::console {

class Guest {
public:
  virtual ~Guest() = default;
  virtual void leave() = 0;
  bool leaving = false;  // it is on its way out
  // Itself, while others make its answer: they know it weakly, so that it ends where it lives, on the server's thread.
  std::shared_ptr<Guest> answered{};
};

class Page {
public:
  virtual ~Page() = default;
  virtual void send(const Message& message) = 0;
  virtual void leave() = 0;
  virtual const std::string& pass() const = 0;
};

struct Crowd {
  static constexpr std::size_t page_count_max = 256;

  explicit Crowd(std::size_t most) : guest_count_max(most) {}
  const std::size_t guest_count_max;
  std::list<Guest*> guests;  // in the order in which they came
  std::list<Page*> pages;

  // False: all are busy.
  bool make_room() {
    if (guests.size() < guest_count_max) return true;
    const auto oldest = std::find_if(guests.begin(), guests.end(),
                                     [](const Guest* one) { return !one->leaving && one->answered == nullptr; });
    if (oldest == guests.end()) return false;
    (*oldest)->leaving = true;
    (*oldest)->leave();
    return guests.size() < guest_count_max + 64;
  }
  // Nobody will answer any more.
  void forget_answers() {
    std::list<std::shared_ptr<Guest>> last;
    for (Guest* guest : guests) last.push_back(std::move(guest->answered));
  }
  // A page may leave while it is told something.
  void each_page(const std::function<void(Page&)>& tell) {
    for (auto page = pages.begin(); page != pages.end();) tell(**page++);
  }
};

}  // namespace bulwark::console
