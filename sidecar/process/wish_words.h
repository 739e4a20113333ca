// SPDX-License-Identifier: Apache-2.0
// Between a wish as it comes through the door and what the engine understands and says: names, events, sentences. Cold.
#pragma once

#include <string>
#include <vector>

#include "core/engine.h"
#include "shm/layout.h"

namespace bulwark::process {

inline const char* const no_answer = "the sidecar's hot loop does not answer";
inline const char* const no_room = "the journal is full or cannot be written; nothing was changed";
inline const char* const too_late = "it came too late: nobody waits for it any more; nothing was changed";

std::string words_for(core::EventError error);

// A sidecar that was frozen finds old wishes at its door, from people who were told that it does not answer.
bool wanted(const shm::ControlRequest& request);

// It says who asks, and why.
bool named(const shm::ControlRequest& request);

// The wish as an event; a name that nobody has is added to `unknown`.
core::ControlEvent control_event(const core::Names& names, const shm::ControlRequest& request, core::Command command,
                                 std::vector<std::string>& unknown);

// "limit gross on account=ACC1: max 3000000 until 2026-11-22T15:00:00Z"
std::string describe_override(const shm::ControlRequest& request);

// What the engine's last event brought about, a line of the contract's format each.
std::vector<std::string> lines_of(core::Engine& engine);

// Why trading should not go on: marks, and (`limits`) limits on the state.
std::vector<std::string> reasons_not_to_resume(core::Engine& engine, TimeNs now, bool limits);

// As many of the lines as there is room for, and how many there was none for.
void write_text(shm::ControlReply& reply, const std::vector<std::string>& lines);

}  // namespace bulwark::process
