// SPDX-License-Identifier: Apache-2.0
// What an error of the engine means, in words that say what to do.
#include "sidecar/simulate/event_reader.h"

namespace bulwark::simulate {

std::string_view describe(core::EventError error) {
  using core::EventError;
  switch (error) {
    case EventError::None: return "";
    case EventError::TimeGoesBack: return "t is before the event before it";
    case EventError::UnknownSymbol: return "symbol is unknown";
    case EventError::BadMark: return "a mark has positive prices: bid and ask, or last, or all three";
    case EventError::UnknownOrder: return "id names no order";
    case EventError::AmbiguousOrder: return "id names orders of several clients: say which client";
    case EventError::UnknownAccount: return "account is unknown";
    case EventError::BadFill: return "a fill has a positive quantity and a positive price";
    case EventError::FillNeedsMore:
      return "id names no order: a fill of an unknown order needs symbol, side and account";
    case EventError::TooLarge: return "the position, cost or equity after it is out of range";
    case EventError::NoRoom: return "there is no room for more: orders, fills or clients of this session";
    case EventError::NameNeeded: return "operator and reason are needed: a named person answers for this";
    case EventError::UnknownLimit: return "limit is unknown";
    case EventError::UnknownScope: return "on is no scope of that limit";
    case EventError::UntilPast: return "until is not in the future";
    case EventError::StillBreached:
      return "a limit on the state is still breached: resume with new_baseline, or override it first";
    case EventError::UnknownCommand: return "command is unknown";
  }
  return "unknown error";
}

}  // namespace bulwark::simulate
