// SPDX-License-Identifier: Apache-2.0
// Which time a report is about: sessions across clock changes and midnights, and what is given by halves.
#include "sidecar/report/span.h"

#include <gtest/gtest.h>

#include "sidecar/config/moment.h"
#include "sidecar/config/zone.h"

namespace bulwark::report {
namespace {

core::Session session(const char* zone, std::int64_t start_of_day_s) {
  return {start_of_day_s, config::zone_offsets(zone).value()};
}

TimeNs at(const char* text) { return config::parse_moment(text, {}).value(); }

std::string words(const Span& span) {
  return config::show_moment(span.from) + " " + config::show_moment(span.to) + " " + span.first + " " + span.last;
}

constexpr std::int64_t hour_s = 3'600;

TEST(Span, OfADateIsTheSessionThatHasIt) {
  const core::Session utc = session("UTC", 0), new_york = session("America/New_York", 18 * hour_s);
  const TimeNs newest = at("2025-06-01T12:00:00Z"), now = at("2025-06-02T12:00:00Z");
  EXPECT_EQ(words(span_of({"2025-03-06", "2025-03-06"}, utc, newest, now)),
            "2025-03-06T00:00:00Z 2025-03-07T00:00:00Z 2025-03-06 2025-03-06");
  EXPECT_EQ(words(span_of({"2025-03-06", "2025-03-06"}, new_york, newest, now)),
            "2025-03-05T23:00:00Z 2025-03-06T23:00:00Z 2025-03-06 2025-03-06");
}

TEST(Span, OnDaysOfClockChangeIsShorterOrLonger) {
  const core::Session new_york = session("America/New_York", 18 * hour_s);
  const TimeNs newest = at("2025-12-01T12:00:00Z");
  EXPECT_EQ(words(span_of({"2025-03-09", "2025-03-09"}, new_york, newest, newest)),
            "2025-03-08T23:00:00Z 2025-03-09T22:00:00Z 2025-03-09 2025-03-09");
  EXPECT_EQ(words(span_of({"2025-11-02", "2025-11-02"}, new_york, newest, newest)),
            "2025-11-01T22:00:00Z 2025-11-02T23:00:00Z 2025-11-02 2025-11-02");
}

// A session is called after the day on which it ends, also where that is early in the morning.
TEST(Span, GivenByHalves) {
  const core::Session tokyo = session("Asia/Tokyo", 6 * hour_s);
  const TimeNs newest = at("2025-06-01T12:00:00Z"), now = at("2025-06-01T13:00:00Z");
  EXPECT_EQ(words(span_of({}, tokyo, newest, now)), "2025-05-31T21:00:00Z 2025-06-01T21:00:00Z 2025-06-02 2025-06-02");
  EXPECT_FALSE(span_of({}, tokyo, newest, now).over);
  EXPECT_EQ(words(span_of({"2025-05-30", ""}, tokyo, newest, now)),
            "2025-05-28T21:00:00Z 2025-06-01T21:00:00Z 2025-05-30 2025-06-02");
  EXPECT_EQ(words(span_of({"", "2025-05-30"}, tokyo, newest, now)),
            "2025-05-28T21:00:00Z 2025-05-29T21:00:00Z 2025-05-30 2025-05-30");
  EXPECT_TRUE(span_of({"", "2025-05-30"}, tokyo, newest, now).over);
  EXPECT_EQ(words(span_of({"2026-01-01", ""}, tokyo, newest, now)),
            "2025-12-30T21:00:00Z 2025-12-31T21:00:00Z 2026-01-01 2026-01-01");
}

TEST(Span, OfTheLastSessionThatIsOver) {
  const core::Session utc = session("UTC", 0);
  const TimeNs newest = at("2025-06-01T12:00:00Z");
  EXPECT_EQ(words(span_of({"", "", true}, utc, newest, at("2025-06-02T00:00:00Z"))),
            "2025-06-01T00:00:00Z 2025-06-02T00:00:00Z 2025-06-01 2025-06-01");
  EXPECT_EQ(words(span_of({"", "", true}, utc, newest, at("2025-06-01T23:59:59Z"))),
            "2025-05-31T00:00:00Z 2025-06-01T00:00:00Z 2025-05-31 2025-05-31");
}

TEST(Span, OfNothingIsRefused) {
  const core::Session utc = session("UTC", 0);
  const TimeNs t = at("2025-06-01T12:00:00Z");
  EXPECT_THROW(span_of({"2025-06-02", "2025-06-01"}, utc, t, t), Mistake);
  EXPECT_THROW(span_of({"2025-06-01T12:00:00Z", "2025-06-01T12:00:00Z"}, utc, t, t), Mistake);
  for (const char* wrong : {"2025-02-29", "today", "+1h", "2025-06-01T25:00:00Z", "12:00", "1969-01-01"})
    EXPECT_THROW(span_of({wrong, ""}, utc, t, t), Mistake) << wrong;
}

}  // namespace
}  // namespace bulwark::report
