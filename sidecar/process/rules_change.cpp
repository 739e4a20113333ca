// SPDX-License-Identifier: Apache-2.0
// What differs between two settings, key by key.
#include "sidecar/process/rules_change.h"

#include <algorithm>

namespace bulwark::process {

namespace {

const core::Limit* find(const std::vector<core::Limit>& limits, const std::string& name) {
  const auto found = std::find_if(limits.begin(), limits.end(), [&](const core::Limit& l) { return l.name == name; });
  return found == limits.end() ? nullptr : &*found;
}

void compare_fixed(const config::Settings& before, const config::Settings& after, std::vector<std::string>& keys) {
  const auto look = [&keys](const char* key, const auto& a, const auto& b) {
    if (!(a == b)) keys.emplace_back(key);
  };
  look("instance.name", before.instance.name, after.instance.name);
  look("instance.mode", before.instance.mode, after.instance.mode);
  look("instance.lease_ms", before.instance.lease_ms, after.instance.lease_ms);
  look("instance.strict_jitter", before.instance.strict_jitter, after.instance.strict_jitter);
  look("instance.cpu", before.instance.cpu, after.instance.cpu);
  look("instance.kill_unacknowledged_ms", before.instance.kill_unacknowledged_ms,
       after.instance.kill_unacknowledged_ms);
  look("instance.base_currency", before.rules.base_currency, after.rules.base_currency);
  look("instance.session", before.rules.session, after.rules.session);
  look("journal.directory", before.journal_directory, after.journal_directory);
  look("instruments", before.rules.instruments, after.rules.instruments);
  look("account", before.rules.accounts, after.rules.accounts);
  look("strategy", before.rules.strategies, after.rules.strategies);
}

}  // namespace

RulesChange compare(const config::Settings& before, const config::Settings& after) {
  RulesChange change;
  compare_fixed(before, after, change.needs_restart);
  for (const core::Limit& limit : after.rules.limits) {
    const core::Limit* old = find(before.rules.limits, limit.name);
    if (old == nullptr) ++change.added;
    else if (!(*old == limit)) ++change.changed;
  }
  for (const core::Limit& limit : before.rules.limits) {
    if (find(after.rules.limits, limit.name) == nullptr) ++change.removed;
  }
  change.others = change.added + change.removed + change.changed == 0 && !(before.rules == after.rules);
  return change;
}

std::string describe(const RulesChange& change) {
  std::string text;
  const auto say = [&text](std::size_t count, const char* what) {
    if (count == 0) return;
    if (!text.empty()) text += ", ";
    text += std::to_string(count) + (count == 1 ? " limit " : " limits ") + what;
  };
  say(change.changed, "changed");
  say(change.added, "added");
  say(change.removed, "removed");
  if (text.empty()) text = change.others ? "no limit changed, other settings did" : "nothing changed";
  return text;
}

}  // namespace bulwark::process
