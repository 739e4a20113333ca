// SPDX-License-Identifier: Apache-2.0
// Tokens, sessions and the limit of wrong tokens, with the time given.
#include <gtest/gtest.h>

#include "sidecar/console/people/login.h"
#include "sidecar/console/people/sessions.h"
#include "sidecar/console/people/tokens.h"

namespace bulwark::console {
namespace {

using config::Role;

constexpr MonotonicNs start{1'000'000'000};
constexpr DurationNs second = milliseconds(1'000);

MonotonicNs after(std::int64_t seconds) { return start + milliseconds(1'000 * seconds); }

TEST(Tokens, AreAllDifferentAndKeptAsDigests) {
  const std::string one = draw_token(), two = draw_token();
  EXPECT_EQ(one.size(), 64U);
  EXPECT_NE(one, two);
  EXPECT_EQ(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_TRUE(same("abc", "abc"));
  EXPECT_FALSE(same("abc", "abd"));
  EXPECT_FALSE(same("abc", "ab"));
}

TEST(Sessions, EndWhenNobodyUsesThem) {
  Sessions sessions;
  const std::string token = sessions.begin("ada", Role::Operate, start);
  constexpr std::int64_t hour = 3'600;
  ASSERT_NE(sessions.find(token, after(11 * hour)), nullptr);
  EXPECT_EQ(sessions.find(token, after(11 * hour))->person, "ada");
  // Each use keeps it, a look at whether it lives does not.
  ASSERT_NE(sessions.find(token, after(22 * hour)), nullptr);
  EXPECT_TRUE(sessions.lives(digest_of(token), after(33 * hour)));
  EXPECT_FALSE(sessions.lives(digest_of(token), after(34 * hour + 1)));
  EXPECT_EQ(sessions.find(token, after(34 * hour + 1)), nullptr);
}

TEST(Sessions, AreKnownByTheWholeTokenAlone) {
  Sessions sessions;
  const std::string token = sessions.begin("ada", Role::View, start);
  for (const std::string& other : {std::string(), token.substr(1), token + "0", digest_of(token)})
    EXPECT_EQ(sessions.find(other, start), nullptr) << other;
  EXPECT_NE(sessions.find(token, start)->csrf, sessions.find(token, start)->digest);
  sessions.end(token);
  EXPECT_EQ(sessions.find(token, start), nullptr);
}

TEST(Sessions, OfOnePersonEndThatPersonsOwn) {
  Sessions sessions;
  const std::string bob = sessions.begin("bob", Role::View, start);
  const std::string first = sessions.begin("ada", Role::View, start),
                    second_one = sessions.begin("ada", Role::View, start);
  ASSERT_NE(sessions.find(first, start), nullptr);  // used since: the second one goes first
  for (std::size_t k = 2; k <= Sessions::of_one_person_max; ++k) sessions.begin("ada", Role::View, start);
  EXPECT_NE(sessions.find(first, start), nullptr);
  EXPECT_EQ(sessions.find(second_one, start), nullptr);
  EXPECT_NE(sessions.find(bob, start), nullptr);
}

TEST(Sessions, HaveAnEndInAll) {
  Sessions sessions;
  const std::string first = sessions.begin("first", Role::View, start);
  for (std::size_t k = 1; k < Sessions::count_max; ++k) sessions.begin(std::to_string(k), Role::View, start);
  EXPECT_TRUE(sessions.lives(digest_of(first), start));
  const std::string last = sessions.begin("last", Role::View, start);
  EXPECT_FALSE(sessions.lives(digest_of(first), start));
  EXPECT_TRUE(sessions.lives(digest_of(last), start));
}

TEST(WrongTokens, OfOneAddressAreForgottenAfterAMinute) {
  WrongTokens wrong;
  for (int k = 0; k < 4; ++k) wrong.note("one", after(k));
  EXPECT_EQ(wrong.wait_s("one", after(4)), 0);
  wrong.note("one", after(4));
  EXPECT_GT(wrong.wait_s("one", after(5)), 0);
  EXPECT_LE(wrong.wait_s("one", after(5)), 61);
  EXPECT_EQ(wrong.wait_s("two", after(5)), 0);
  EXPECT_GT(wrong.wait_s("one", after(60)), 0);
  EXPECT_EQ(wrong.wait_s("one", after(60) + second + second), 0);
}

TEST(WrongTokens, OfStrangersKeepNobodyElseOut) {
  WrongTokens wrong;
  for (std::size_t k = 0; k < WrongTokens::kept_max; ++k) wrong.note(std::to_string(k / 5), start);
  EXPECT_GT(wrong.wait_s("0", after(1)), 0);
  EXPECT_EQ(wrong.wait_s("another", after(1)), 0);
  wrong.note("another", after(1));  // the oldest is forgotten for it
  EXPECT_EQ(wrong.wait_s("0", after(1)), 0);
  EXPECT_GT(wrong.wait_s("1", after(1)), 0);
}

TEST(People, AreKnownByTheirTokens) {
  const People people({{"ada", Role::Configure, digest_of("a")}, {"eve", Role::View, digest_of("e")}}, "");
  EXPECT_EQ(people.who("e", "")->role, Role::View);
  EXPECT_EQ(people.who("a", "ada")->role, Role::Configure);
  EXPECT_FALSE(people.who("e", "ada"));
  EXPECT_FALSE(people.who("", "ada"));
  EXPECT_FALSE(people.who(digest_of("a"), "ada"));
}

TEST(People, WithOneTokenSayWhoTheyAre) {
  const People people({}, digest_of("drawn"));
  EXPECT_EQ(people.who("drawn", "Ada")->name, "Ada");
  EXPECT_FALSE(people.who("drawn", ""));
  EXPECT_FALSE(people.who("drawn", "A\nda"));
  EXPECT_FALSE(people.who("", "Ada"));
}

}  // namespace
}  // namespace bulwark::console
