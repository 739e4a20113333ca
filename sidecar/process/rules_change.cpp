// SPDX-License-Identifier: Apache-2.0
// What differs between two settings, key by key.
#include "sidecar/process/rules_change.h"

#include <algorithm>

#include "core/metric.h"
#include "shm/decimal.h"

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
  look("control.four_eyes", before.four_eyes, after.four_eyes);
  look("journal.directory", before.journal_directory, after.journal_directory);
  look("journal.strict", before.strict_journal, after.strict_journal);
  look("journal.segment_mb", before.segment_mb, after.segment_mb);
  look("journal.snapshot_s", before.snapshot_s, after.snapshot_s);
  look("journal.retain_days", before.retain_days, after.retain_days);
  look("instruments", before.rules.instruments, after.rules.instruments);
  look("account", before.rules.accounts, after.rules.accounts);
  look("strategy", before.rules.strategies, after.rules.strategies);
}

// What is not plainly stricter counts as looser.
void find_loosened(const core::Rules& before, const core::Rules& after, std::vector<std::string>& loosened) {
  for (const core::Limit& old : before.limits) {
    const core::Limit* now = find(after.limits, old.name);
    if (now == nullptr) {
      loosened.push_back("limit " + old.name + " is removed");
      continue;
    }
    core::Limit with_its_level = old;
    with_its_level.max = now->max;
    with_its_level.warn = now->warn;
    if (!(with_its_level == *now)) loosened.push_back("limit " + old.name + " changes in more than max and warn");
    else if (now->max > old.max)
      loosened.push_back("limit " + old.name + " from " + format_decimal(old.max) + " to " + format_decimal(now->max));
  }
  for (const core::Limit& limit : after.limits) {
    const bool covers = core::kind_of(limit.metric) == core::Kind::Exposure && limit.action != Action::Alert;
    if (covers && find(before.limits, limit.name) == nullptr)
      loosened.push_back("limit " + limit.name + " covers what nothing may have covered");
  }
  core::Rules others = after;
  others.limits = before.limits;
  if (!(others == before)) loosened.emplace_back("fx, marks, restricted or locate change");
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
  find_loosened(before.rules, after.rules, change.loosened);
  change.others = change.added + change.removed + change.changed == 0 &&
                  !(before.rules == after.rules && before.model_facts == after.model_facts);
  return change;
}

bool loosens(const core::Limits& limits, const core::ControlEvent& wish) {
  const int128 max = core::join(wish.max_low, wish.max_high);
  const auto looser = [&](const core::CompiledLimit& limit, const core::Slot& slot) {
    const bool ends_a_stricter_one = slot.max < limit.configured_max && wish.until.ns < slot.override_until_ns;
    return max > slot.max || max > limit.configured_max || ends_a_stricter_one;
  };
  for (const core::CompiledLimit& limit : limits.all) {
    if (limit.index != wish.limit) continue;
    for (std::size_t k = limit.slot_base; k < limit.slot_base + limit.slot_count; ++k) {
      const core::Slot& slot = limits.slots[k];
      if ((wish.whole_limit || slot.on == wish.on) && looser(limit, slot)) return true;
    }
  }
  return false;
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
