// SPDX-License-Identifier: Apache-2.0
// What time a report is about: sessions by their dates, or from one moment to another.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "core/rules.h"
#include "shm/units.h"

namespace bulwark::report {

// A question that cannot be answered as it was put.
class Mistake : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

struct Span {
  TimeNs from, to;          // the first moment of it, and the first behind it
  std::string first, last;  // dates of the sessions in which it begins and ends
  bool over = false;        // as of now
  bool whole = false;       // these sessions from beginning to end; else a part, from one moment to another
};

struct Wanted {
  std::string from, to;  // a date, a moment in UTC, or nanoseconds; empty: not given
  bool ended = false;    // the last session that is over
};

// Without anything the session of the newest event, which may still run. A date stands for the whole session that has
// it, also as the end. Throws Mistake.
Span span_of(const Wanted& wanted, const core::Session& session, TimeNs newest, TimeNs now);

}  // namespace bulwark::report
