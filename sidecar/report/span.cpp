// SPDX-License-Identifier: Apache-2.0
#include "sidecar/report/span.h"

#include <charconv>
#include <chrono>

#include "core/session.h"
#include "sidecar/config/csv.h"
#include "sidecar/config/moment.h"
#include "sidecar/process/session_record.h"

namespace bulwark::report {

namespace {

struct Ends {
  TimeNs from, to;
};

class Sessions {
public:
  explicit Sessions(const core::Session& session) : session_(session), clock_(session) {}

  Ends at(TimeNs t) const {
    const TimeNs start = process::start_of_session(clock_, t);
    return {start, clock_.next_start_after(start)};
  }
  Ends of(std::string_view date) const {
    const auto number = [date](std::size_t begin, std::size_t count) {
      int value = 0;
      std::from_chars(date.data() + begin, date.data() + begin + count, value);
      return value;
    };
    const std::chrono::year_month_day day{std::chrono::year(number(0, 4)),
                                          std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                          std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    constexpr std::int64_t day_ns = 86'400'000'000'000;
    TimeNs end{(std::chrono::sys_days(day).time_since_epoch().count() - 2) * day_ns};
    do end = clock_.next_start_after(end);
    while (date_of(end) < date);
    return at({end.ns - 1});
  }
  // Of a session that ends then.
  std::string date_of(TimeNs end) const { return process::date_of_session(session_, end); }
  // Both bounds of what somebody wrote.
  Ends read(const std::string& text, const char* option) const {
    if (config::is_date(text) && text >= "1971-01-01" && text <= "2199-12-31") return of(text);
    std::int64_t ns = 0;
    const auto number = std::from_chars(text.data(), text.data() + text.size(), ns);
    if (number.ec == std::errc{} && number.ptr == text.data() + text.size()) return {{ns}, {ns}};
    const auto t = text.starts_with('+') ? std::nullopt : config::parse_moment(text, {});
    if (t) return {*t, *t};
    throw Mistake(std::string(option) + ": found \"" + text +
                  "\"; needed is a date (2026-11-22: the session of that day), a moment in UTC (2026-11-22T15:00:00Z), "
                  "or nanoseconds since the epoch");
  }

private:
  const core::Session session_;
  const core::SessionClock clock_;
};

}  // namespace

Span span_of(const Wanted& wanted, const core::Session& session, TimeNs newest, TimeNs now) {
  const Sessions sessions(session);
  Ends ends = sessions.at(newest);
  if (wanted.ended) ends = sessions.at({sessions.at(now).from.ns - 1});
  if (!wanted.to.empty()) {
    ends.to = sessions.read(wanted.to, "--to").to;
    ends.from = sessions.at({ends.to.ns - 1}).from;
  }
  if (!wanted.from.empty()) {
    const Ends first = sessions.read(wanted.from, "--from");
    ends.from = first.from;
    if (wanted.to.empty()) ends.to = std::max(ends.to, first.to);
  }
  if (!(ends.from < ends.to))
    throw Mistake("nothing lies between --from and --to: the first has to be the earlier one");
  const Ends first = sessions.at(ends.from), last = sessions.at({ends.to.ns - 1});
  return {ends.from,
          ends.to,
          sessions.date_of(first.to),
          sessions.date_of(last.to),
          ends.to <= now,
          ends.from == first.from && ends.to == last.to};
}

}  // namespace bulwark::report
