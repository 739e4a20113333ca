// SPDX-License-Identifier: Apache-2.0
// Whether what pages show is what is: looked at by the watch, told at /readyz.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "shm/units.h"

namespace bulwark::console {

struct Check {
  std::string name, why_not;  // empty: it is so
};

class Readiness {
public:
  static constexpr DurationNs age_max = milliseconds(3'000);

  void set(std::vector<Check> checks, MonotonicNs now) {
    const std::scoped_lock lock(mutex_);
    checks_ = std::move(checks);
    when_ = now;
  }
  std::vector<Check> checks(MonotonicNs now) const {
    const std::scoped_lock lock(mutex_);
    if (when_.ns == 0) return {{"watch", "it has not looked yet"}};
    std::vector<Check> all = checks_;
    all.push_back({"watch", now - when_ <= age_max ? "" : "it has not looked for more than 3 s"});
    return all;
  }

private:
  mutable std::mutex mutex_;
  std::vector<Check> checks_;
  MonotonicNs when_{0};
};

}  // namespace bulwark::console
