// SPDX-License-Identifier: Apache-2.0
// Time zones against the C library, which reads the same database by itself, up to the year 2100.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <random>

#include "sidecar/config/zone.h"

namespace bulwark::config {
namespace {

std::int64_t offset_at(const std::vector<core::ZoneOffset>& zone, std::int64_t at_s) {
  std::int64_t offset = zone.front().offset_s;
  for (const core::ZoneOffset& change : zone) {
    if (change.from_s <= at_s) offset = change.offset_s;
  }
  return offset;
}

std::int64_t offset_by_the_c_library(std::int64_t at_s) {
  const std::time_t at = at_s;
  std::tm local{};
  localtime_r(&at, &local);
  return local.tm_gmtoff;
}

TEST(Zone, AgreesWithTheCLibraryFrom1970To2100) {
  const char* const names[] = {"UTC",
                               "America/New_York",
                               "America/Chicago",
                               "Europe/London",
                               "Europe/Berlin",
                               "Europe/Dublin",
                               "Asia/Tokyo",
                               "Asia/Kolkata",
                               "Asia/Jerusalem",
                               "Australia/Lord_Howe",
                               "Australia/Sydney",
                               "America/Santiago",
                               "America/Nuuk",
                               "Pacific/Chatham",
                               "Pacific/Apia",
                               "Africa/Cairo"};
  std::mt19937_64 random(7);
  std::uniform_int_distribution<std::int64_t> any_time(0, 4'102'444'799);
  for (const char* name : names) {
    const auto zone = zone_offsets(name);
    ASSERT_TRUE(zone) << name;
    setenv("TZ", name, 1);
    tzset();
    std::vector<std::int64_t> times(500);
    std::generate(times.begin(), times.end(), [&] { return any_time(random); });
    for (std::size_t i = 1; i < zone->size(); ++i) {
      ASSERT_LT((*zone)[i - 1].from_s, (*zone)[i].from_s) << name;
      times.push_back((*zone)[i].from_s);
      times.push_back((*zone)[i].from_s - 1);
    }
    for (const std::int64_t at : times) {
      ASSERT_EQ(offset_at(*zone, at), offset_by_the_c_library(at)) << name << " at " << at;
    }
  }
  unsetenv("TZ");
  tzset();
}

TEST(Zone, SummerTimeGoesOnAfter2037) {
  const auto zone = zone_offsets("America/New_York");
  ASSERT_TRUE(zone);
  EXPECT_EQ(offset_at(*zone, 1'783'000'000), -4 * 3600);  // July 2026
  EXPECT_EQ(offset_at(*zone, 3'802'000'000), -4 * 3600);  // June 2090
  EXPECT_EQ(offset_at(*zone, 3'818'000'000), -5 * 3600);  // December 2090
  EXPECT_EQ(zone->size(), 1U + 2 * 130);                  // two changes a year
}

TEST(Zone, UnknownNamesAreNoZone) {
  for (const char* name : {"", "Nowhere", "America/", "../../etc/passwd", "/etc/localtime", "EST5EDT,M3.2.0,M11.1.0"}) {
    EXPECT_FALSE(zone_offsets(name)) << name;
  }
}

TEST(Zone, RulesThatAreNoneChangeNothing) {
  for (const char* rule : {"", "UTC0", "JST-9", "EST5EDT", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0",
                           "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,M11.1.0x", "<+03-3", "5"}) {
    EXPECT_TRUE(rule_changes(rule, 0).empty()) << rule;
  }
  EXPECT_EQ(rule_changes("EST5EDT,M3.2.0,M11.1.0", 0).size(), 2U * 130);
}

}  // namespace
}  // namespace bulwark::config
