// SPDX-License-Identifier: Apache-2.0
// When the next trading session starts: a time of day in a zone with its clock changes.
// A start that does not exist on the day of a change is the moment of the change; one that exists twice is the first.
#pragma once

#include <algorithm>

#include "core/rules.h"

namespace bulwark::core {

class SessionClock {
public:
  SessionClock() = default;
  explicit SessionClock(const Session& session) : session_(session) {}

  // The first start of a session after `t`.
  TimeNs next_start_after(TimeNs t) const {
    constexpr std::int64_t day_s = 86'400, second_ns = 1'000'000'000;
    const std::int64_t now_s = floor_divide(t.ns, second_ns);
    const std::int64_t local_day = floor_divide(now_s + offset_at(now_s), day_s);
    for (std::int64_t day = local_day - 1;; ++day) {
      const std::int64_t start_s = start_of(day * day_s + session_.start_of_day_s);
      if (start_s > now_s) return {start_s * second_ns};
    }
  }

private:
  static constexpr std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

  std::int64_t offset_at(std::int64_t utc_s) const { return session_.zone[interval_of(utc_s)].offset_s; }

  std::size_t interval_of(std::int64_t utc_s) const {
    const auto after = std::upper_bound(session_.zone.begin(), session_.zone.end(), utc_s,
                                        [](std::int64_t s, const ZoneOffset& zone) { return s < zone.from_s; });
    return after == session_.zone.begin() ? 0 : static_cast<std::size_t>(after - session_.zone.begin()) - 1;
  }

  // UTC seconds of a local time: the first interval of the zone in which, or before which, that local time comes.
  std::int64_t start_of(std::int64_t local_s) const {
    constexpr std::int64_t widest_offset_s = 26 * 3'600;
    for (std::size_t i = interval_of(local_s - widest_offset_s);; ++i) {
      const ZoneOffset& zone = session_.zone[i];
      const std::int64_t utc_s = std::max(local_s - zone.offset_s, zone.from_s);
      const bool last = i + 1 == session_.zone.size();
      if (last || utc_s < session_.zone[i + 1].from_s) return utc_s;
    }
  }

  Session session_;
};

}  // namespace bulwark::core
