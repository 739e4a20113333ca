// SPDX-License-Identifier: Apache-2.0
// One number for the whole layout: two builds with the same one mean the same bytes.
#pragma once

#include "shm/layout.h"

namespace bulwark::shm {

// The fingerprint changes whenever a size or an offset of shm/layout.h does.
constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t value) { return (hash ^ value) * 0x100000001b3ULL; }
constexpr std::uint64_t compute_fingerprint() {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const std::uint64_t value : {sizeof(Header),
                                    sizeof(KillPage),
                                    offsetof(KillPage, permission),
                                    offsetof(KillPage, lease_until_ns),
                                    offsetof(KillPage, watchdog_pid),
                                    offsetof(KillPage, entries),
                                    sizeof(StopEntry),
                                    sizeof(ClientFile),
                                    offsetof(ClientFile, acknowledged),
                                    offsetof(ClientFile, drill_seen),
                                    offsetof(ClientFile, checks),
                                    offsetof(LatencyCounts, sum_ns),
                                    sizeof(LaneLine),
                                    sizeof(Lane),
                                    offsetof(Lane, lines),
                                    offsetof(Lane, commands),
                                    sizeof(CommandLine),
                                    sizeof(MarkSlot),
                                    sizeof(MarksTable),
                                    sizeof(NameRow),
                                    sizeof(PositionRow),
                                    sizeof(StateRow),
                                    sizeof(Board),
                                    offsetof(Board, symbols),
                                    offsetof(Board, beat_ns),
                                    sizeof(AttachRequest),
                                    sizeof(AttachReply),
                                    sizeof(ControlRequest),
                                    sizeof(ControlReply),
                                    metric_names.size(),
                                    reason_names.size()}) {
    hash = mix(hash, value);
  }
  return hash;
}
inline constexpr std::uint64_t fingerprint = compute_fingerprint();

}  // namespace bulwark::shm
