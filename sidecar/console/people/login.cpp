// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/people/login.h"

#include "shm/words.h"
#include "sidecar/console/people/tokens.h"

namespace bulwark::console {

std::int64_t WrongTokens::wait_s(const std::string& address, MonotonicNs now) {
  while (!last_.empty() && now - last_.front().when > window) last_.pop_front();
  std::size_t own = 0;
  const Wrong* earliest = nullptr;  // when it is forgotten, one more may be tried
  for (auto wrong = last_.rbegin(); wrong != last_.rend(); ++wrong) {
    if (wrong->address != address) continue;
    if (++own == of_one_address_max) earliest = &*wrong;
  }
  if (earliest == nullptr) return 0;
  return (earliest->when + window - now).ns / 1'000'000'000 + 1;
}

void WrongTokens::note(const std::string& address, MonotonicNs now) {
  if (last_.size() >= kept_max) last_.pop_front();
  last_.push_back({now, address});
}

std::optional<config::Person> People::who(const std::string& token, const std::string& name) const {
  const std::string digest = digest_of(token);
  if (!named()) {
    if (!same(digest, drawn_) || !valid_name(name)) return std::nullopt;
    return config::Person{name, config::Role::Configure, {}};
  }
  std::optional<config::Person> found;
  for (const config::Person& person : persons_) {
    if (same(digest, person.token_sha256) && (name.empty() || name == person.name)) found = person;
  }
  return found;
}

}  // namespace bulwark::console
