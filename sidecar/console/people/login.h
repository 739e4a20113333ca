// SPDX-License-Identifier: Apache-2.0
// Whose token this is, and how often somebody may be wrong about it. Used by the server's thread alone.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "shm/units.h"
#include "sidecar/config/settings.h"

namespace bulwark::console {

// Wrong tokens of the last minute. An address that has shown too many waits, with the right one too: else the limit
// would be none. There is no limit of all: strangers would keep everybody else from logging in.
class WrongTokens {
public:
  static constexpr std::size_t of_one_address_max = 5, kept_max = 4'096;
  static constexpr DurationNs window = milliseconds(60'000);

  // How many seconds an address has to wait; 0: none.
  std::int64_t wait_s(const std::string& address, MonotonicNs now);
  void note(const std::string& address, MonotonicNs now);

private:
  struct Wrong {
    MonotonicNs when;
    std::string address;
  };
  std::deque<Wrong> last_;  // no more than kept_max, the oldest are forgotten
};

class People {
public:
  // `drawn`: the SHA-256 of the one token, where no persons are configured.
  People(std::vector<config::Person> persons, std::string drawn)
      : persons_(std::move(persons)), drawn_(std::move(drawn)) {}

  bool named() const { return !persons_.empty(); }  // each person has a token
  // `name`: who they say they are; where each has a token it may be empty. Nothing: the token is not right.
  std::optional<config::Person> who(const std::string& token, const std::string& name) const;

private:
  const std::vector<config::Person> persons_;
  const std::string drawn_;
};

}  // namespace bulwark::console
