// SPDX-License-Identifier: Apache-2.0
// Who is logged in. A browser shows the token of its session in a cookie; here stands only the token's SHA-256. Used by
// the server's thread alone.
#pragma once

#include <list>
#include <string>
#include <string_view>

#include "shm/units.h"
#include "sidecar/config/settings.h"

namespace bulwark::console {

struct Session {
  std::string digest;  // of its token
  std::string person;
  config::Role role = config::Role::None;
  std::string csrf;
  MonotonicNs used{0};
};

class Sessions {
public:
  static constexpr std::size_t count_max = 256, of_one_person_max = 16;
  static constexpr DurationNs idle_max{12LL * 3'600 * 1'000'000'000};

  // The token of a new one. Where there are too many, the one that was used the longest ago ends: of that person's,
  // and else of all.
  std::string begin(const std::string& person, config::Role role, MonotonicNs now);
  // Null: there is none, or it has ended. Whoever asks uses it.
  const Session* find(std::string_view token, MonotonicNs now);
  // The same by the digest, without using it.
  bool lives(std::string_view digest, MonotonicNs now) const;
  void end(std::string_view token);

private:
  void make_room(const std::string& person);

  std::list<Session> sessions_;  // the one used last at the end
};

}  // namespace bulwark::console
