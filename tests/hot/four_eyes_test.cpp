// SPDX-License-Identifier: Apache-2.0
// Proposals: confirmed by somebody else, once, and in time.
#include <gtest/gtest.h>

#include "sidecar/process/four_eyes.h"

namespace bulwark::process {
namespace {

constexpr MonotonicNs start{5};

Proposal proposal(std::uint64_t number, const char* operator_name) {
  Proposal result;
  result.number = number;
  result.request.operator_name = Name::from(operator_name);
  return result;
}

std::string refusal(FourEyes& waiting, std::uint64_t number, const char* operator_name, MonotonicNs now = start) {
  std::string why_not;
  EXPECT_FALSE(waiting.take(number, operator_name, now, why_not).has_value());
  return why_not;
}

TEST(FourEyes, AreConfirmedOnceByAnotherPerson) {
  FourEyes waiting;
  waiting.add(proposal(7, "Ada"), start);
  waiting.add(proposal(9, "Ben"), start);
  for (const char* same : {"Ada", "ada", "ADA", " Ada "}) {
    EXPECT_NE(refusal(waiting, 7, same).find("somebody else"), std::string::npos) << same;
  }
  std::string why_not;
  const auto taken = waiting.take(7, "Ben", start, why_not);
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(taken->number, 7U);
  EXPECT_NE(refusal(waiting, 7, "Ben").find("nothing waits under the number 7"), std::string::npos);
  EXPECT_NE(refusal(waiting, 8, "Ada").find("nothing waits"), std::string::npos);
  EXPECT_TRUE(waiting.take(9, "Ada", start, why_not).has_value());
}

TEST(FourEyes, LapseAfterTenMinutes) {
  FourEyes waiting;
  waiting.add(proposal(7, "Ada"), start);
  waiting.add(proposal(8, "Ada"), start + milliseconds(1));
  const MonotonicNs over = start + milliseconds(600'000);
  EXPECT_TRUE(waiting.take_expired({over.ns - 1}).empty());
  EXPECT_NE(refusal(waiting, 7, "Ben", over).find("10 minutes"), std::string::npos);
  const auto expired = waiting.take_expired(over);
  ASSERT_EQ(expired.size(), 1U);
  EXPECT_EQ(expired[0].number, 7U);
  std::string why_not;
  EXPECT_TRUE(waiting.take(8, "Ben", over, why_not).has_value());
}

TEST(FourEyes, HaveAnEnd) {
  FourEyes waiting;
  for (std::uint64_t i = 1; i <= FourEyes::waiting_max; ++i) {
    EXPECT_FALSE(waiting.full());
    waiting.add(proposal(i, "Ada"), start);
  }
  EXPECT_TRUE(waiting.full());
}

}  // namespace
}  // namespace bulwark::process
