// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/people/sessions.h"

#include <algorithm>

#include "sidecar/console/people/tokens.h"

namespace bulwark::console {

static bool ended(const Session& session, MonotonicNs now) { return now - session.used > Sessions::idle_max; }

void Sessions::make_room(const std::string& person) {
  const auto is_of = [&](const Session& session) { return session.person == person; };
  const auto own = static_cast<std::size_t>(std::count_if(sessions_.begin(), sessions_.end(), is_of));
  if (own >= of_one_person_max) sessions_.erase(std::find_if(sessions_.begin(), sessions_.end(), is_of));
  else if (sessions_.size() >= count_max) sessions_.pop_front();
}

std::string Sessions::begin(const std::string& person, config::Role role, MonotonicNs now) {
  std::erase_if(sessions_, [&](const Session& session) { return ended(session, now); });
  make_room(person);
  std::string token = draw_token();
  sessions_.push_back({digest_of(token), person, role, draw_token(), now});
  return token;
}

const Session* Sessions::find(std::string_view token, MonotonicNs now) {
  if (token.empty()) return nullptr;
  const std::string digest = digest_of(token);
  const auto found =
      std::find_if(sessions_.begin(), sessions_.end(), [&](const Session& one) { return same(one.digest, digest); });
  if (found == sessions_.end() || ended(*found, now)) return nullptr;
  found->used = now;
  sessions_.splice(sessions_.end(), sessions_, found);
  return &sessions_.back();
}

bool Sessions::lives(std::string_view digest, MonotonicNs now) const {
  return std::any_of(sessions_.begin(), sessions_.end(),
                     [&](const Session& one) { return same(one.digest, digest) && !ended(one, now); });
}

void Sessions::end(std::string_view token) {
  const std::string digest = digest_of(token);
  std::erase_if(sessions_, [&](const Session& one) { return same(one.digest, digest); });
}

}  // namespace bulwark::console
