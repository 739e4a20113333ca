// SPDX-License-Identifier: Apache-2.0
// A model that cannot be one, or that changes wildly, is not taken over; the message names what a person has to look
// at.
#include "sidecar/model/validate.h"

#include <gtest/gtest.h>

#include <limits>

namespace bulwark::model {

namespace {

using Lines = std::vector<std::string>;

core::Model model_of(const std::vector<std::string>& symbols, double deviation) {
  core::Model model;
  model.symbols = symbols;
  model.factor_count = 1;
  model.loadings.assign(symbols.size(), 0.6 * deviation);
  model.residuals.assign(symbols.size(), 0.64 * deviation * deviation);
  return model;
}

// What holds the model alone against the other one.
Lines wild_changes(const core::Model& before, const core::Model& after, double change_max) {
  return why_not(before, {}, {after, {}, {}}, change_max);
}

TEST(Validate, AGoodModelHasNoFaults) { EXPECT_EQ(faults(model_of({"AAPL", "XOM"}, 0.01)), Lines{}); }

TEST(Validate, WhatIsNoVarianceIsRefused) {
  core::Model model = model_of({"AAPL", "XOM"}, 0.01);
  model.residuals[1] = -1e-9;
  EXPECT_EQ(faults(model), Lines{"the variance of XOM is no number, or below zero"});
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    model = model_of({"AAPL", "XOM"}, 0.01);
    model.loadings[0] = bad;
    EXPECT_EQ(faults(model), Lines{"the variance of AAPL is no number, or below zero"});
  }
  model.loadings.pop_back();
  EXPECT_EQ(faults(model), Lines{"it does not have a row of numbers for each of its symbols"});
}

TEST(Validate, AShareThatIsNoNumberIsRefused) {
  core::Model model = model_of({"AAPL"}, 0.01);
  model.scenarios.push_back({"crash", {{"AAPL", std::numeric_limits<double>::quiet_NaN()}}});
  EXPECT_EQ(faults(model), Lines{"a share of scenario crash is no number"});
}

TEST(Validate, AChangeUpToTheBoundIsNotWild) {
  EXPECT_EQ(wild_changes(model_of({"AAPL"}, 0.01), model_of({"AAPL"}, 0.0299), 3), Lines{});
  EXPECT_EQ(wild_changes(model_of({"AAPL"}, 0.0299), model_of({"AAPL"}, 0.01), 3), Lines{});
}

TEST(Validate, AVolatilityThatGrowsOrFallsTooMuchIsWild) {
  core::Model after = model_of({"AAPL", "XOM"}, 0.01);
  after.residuals[1] = 0.02;
  EXPECT_EQ(wild_changes(model_of({"AAPL", "XOM"}, 0.01), after, 3),
            (Lines{"the daily volatility of XOM goes from 1 % to 14.2 %",
                   "the daily volatility of all symbols in equal parts goes from 0.825 % to 7.11 %"}));
  EXPECT_EQ(wild_changes(model_of({"XOM"}, 0.05), model_of({"XOM"}, 0.01), 3).front(),
            "the daily volatility of XOM goes from 5 % to 1 %");
}

// Every symbol moves as it did, and all of them no longer together: a book's risk has changed all the same.
TEST(Validate, CorrelationsThatChangeShowInAllSymbolsTogether) {
  std::vector<std::string> symbols;
  for (int k = 0; k < 100; ++k) symbols.push_back("SYM" + std::to_string(k));
  core::Model before = model_of(symbols, 0.01), after = before;
  after.loadings.assign(symbols.size(), 0);
  after.residuals.assign(symbols.size(), 1e-4);
  const Lines found = wild_changes(before, after, 3);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].starts_with("the daily volatility of all symbols in equal parts")) << found[0];
}

TEST(Validate, ASymbolThatIsGoneIsToldAndOneThatIsNewIsNot) {
  EXPECT_EQ(wild_changes(model_of({"AAPL", "XOM"}, 0.01), model_of({"AAPL", "IBM"}, 0.01), 3),
            Lines{"XOM is no longer in it"});
}

TEST(Validate, OfManyOnlyTheFirstAreNamed) {
  std::vector<std::string> symbols;
  for (int k = 0; k < 40; ++k) symbols.push_back("SYM" + std::to_string(k));
  const Lines found = wild_changes(model_of(symbols, 0.01), model_of(symbols, 0.1), 3);
  ASSERT_EQ(found.size(), 41U);
  EXPECT_TRUE(some_of(found).ends_with("; and 36 more"));
  EXPECT_EQ(some_of({"one", "two"}), "one; two");
}

TEST(Validate, AScenarioThatIsGoneIsTold) {
  core::Model before = model_of({"AAPL"}, 0.01);
  before.scenarios.push_back({"crash", {{"AAPL", -0.2}}});
  EXPECT_EQ(wild_changes(before, model_of({"AAPL"}, 0.01), 3), Lines{"scenario crash is no longer in it"});
  EXPECT_EQ(wild_changes(model_of({"AAPL"}, 0.01), before, 3), Lines{});
}

// A day a date, from 2024-01-01 on.
Closes closes_of(const std::vector<std::vector<double>>& days, const std::vector<std::string>& symbols) {
  Closes closes;
  closes.symbols = symbols;
  for (std::size_t k = 0; k < days.size(); ++k) {
    closes.dates.push_back("2024-01-" + std::string(k < 9 ? "0" : "") + std::to_string(k + 1));
    closes.prices.insert(closes.prices.end(), days[k].begin(), days[k].end());
  }
  return closes;
}

// With models alike, what the facts alone say.
Lines held(const Facts& before, const Facts& after, const Closes& closes = {}) {
  return why_not(model_of({"AAPL", "XOM"}, 0.01), before, {model_of({"AAPL", "XOM"}, 0.01), after, closes}, 3);
}

Facts facts_of(const Closes& closes) { return model::facts_of(model_of(closes.symbols, 0.01), closes, ""); }

TEST(Facts, TellWhatPricesSeldomDoTheNewestFirst) {
  const Facts facts = facts_of(closes_of({{100, 50}, {50, 51}, {100, 50}, {134, 50}, {134, 18}}, {"AAPL", "XOM"}));
  EXPECT_EQ(facts.dates, 5U);
  EXPECT_EQ(facts.last_date, "2024-01-05");
  EXPECT_EQ(facts.oddities, (Lines{"XOM x0.36 on 2024-01-05", "AAPL x2 on 2024-01-03", "AAPL x0.5 on 2024-01-02"}));
  EXPECT_EQ(facts_of({}), Facts{});
}

TEST(Facts, AFeedThatStandsStillIsOneOddityHoweverLongItDoes) {
  std::vector<std::vector<double>> days{{100}, {101}};
  days.resize(21, {102});
  EXPECT_EQ(facts_of(closes_of(days, {"AAPL"})).oddities, Lines{});
  for (const std::size_t count : {23U, 24U}) {
    days.resize(count, {102});
    EXPECT_EQ(facts_of(closes_of(days, {"AAPL"})).oddities, Lines{"AAPL has not moved since 2024-01-03"});
  }
  days.push_back({103});
  EXPECT_EQ(facts_of(closes_of(days, {"AAPL"})).oddities, Lines{});
}

TEST(Facts, WhatWasOddBeforeIsNoNews) {
  Facts before, after;
  before.dates = after.dates = 100;
  before.oddities = after.oddities = {"AAPL x0.5 on 2024-01-02"};
  EXPECT_EQ(held(before, after), Lines{});
  after.oddities.insert(after.oddities.begin(), "XOM x2 on 2024-05-02");
  EXPECT_EQ(held(before, after), Lines{"XOM x2 on 2024-05-02"});
  EXPECT_EQ(held({}, after), Lines{}) << "there was nothing to hold it against";
}

TEST(Facts, AFileThatWasCutOffIsTold) {
  Facts before, after;
  before.dates = 100;
  before.last_date = after.last_date = "2024-05-01";
  after.dates = 49;
  EXPECT_EQ(held(before, after), Lines{"the prices have 49 dates, the last ones 100"});
  after.dates = 50;
  after.last_date = "2024-04-30";
  EXPECT_EQ(held(before, after), Lines{"the prices end on 2024-04-30, the last ones on 2024-05-01"});
}

TEST(Facts, AHistoryThatIsAnotherOneIsTold) {
  const std::vector<std::string> symbols{"AAPL", "XOM"};
  std::vector<std::vector<double>> days;
  for (int day = 0; day < 12; ++day) days.push_back({100.0 + day, 50.0 + day});
  const Closes closes = closes_of(days, symbols);
  const Facts facts = facts_of(closes);
  EXPECT_EQ(facts.closes.dates, (Lines{"2024-01-05", "2024-01-09", "2024-01-11", "2024-01-12"}));
  const auto against = [&](const Closes& now) { return held(facts, facts_of(now), now); };
  EXPECT_EQ(against(closes), Lines{});
  EXPECT_EQ(against(closes_of(days, {"XOM", "AAPL"})),
            (Lines{"AAPL closed at 61 on 2024-01-12, and at 111 in the last prices",
                   "XOM closed at 111 on 2024-01-12, and at 61 in the last prices"}))
      << "exchanged whole";
  auto other = days;
  for (auto& day : other) day[1] *= 1.05;
  EXPECT_EQ(against(closes_of(other, symbols)), Lines{}) << "a dividend was taken out of it";
  for (auto& day : other) day[1] /= 2;
  EXPECT_EQ(against(closes_of(other, symbols)),
            Lines{"XOM closed at 32.025 on 2024-01-12, and at 61 in the last prices"})
      << "a split was";
  other = days;
  other[4][0] *= 2;
  EXPECT_EQ(against(closes_of(other, symbols)).back(),
            "AAPL closed at 208 on 2024-01-05, and at 104 in the last prices");
  Closes later = closes_of(days, symbols);
  for (std::string& date : later.dates) date.replace(0, 4, "2025");
  EXPECT_EQ(against(later).back(), "the prices have none of the dates on which the last ones could be compared");
}

TEST(Facts, ScenariosThatSaySomethingElseAreTold) {
  const core::Model model = model_of({"AAPL", "XOM"}, 0.01);
  const Facts before = model::facts_of(model, {}, "[scenario.a]\nshock = { AAPL = -0.2 }\n");
  EXPECT_EQ(held(before, before), Lines{});
  EXPECT_EQ(held(before, model::facts_of(model, {}, "[scenario.a]\nshock = { AAPL = -0.1 }\n")),
            Lines{"the file of scenarios is another text"});
  EXPECT_EQ(held(before, {}), Lines{"the file of scenarios is another text"});
  EXPECT_EQ(held({}, before), Lines{}) << "nothing is known of the last ones, or there were none";
}

TEST(Facts, SmallStepsThatLeadFarAwayAreTold) {
  const std::vector<std::string> symbols{"AAPL", "XOM"};
  const Facts first = model::facts_of(model_of(symbols, 0.01), {}, "");
  Facts second = model::facts_of(model_of(symbols, 0.025), {}, "");
  const auto against = [&](const Facts& before, double old, double now) {
    return why_not(model_of(symbols, old), before, {model_of(symbols, now), {}, {}}, 3);
  };
  EXPECT_EQ(against(first, 0.01, 0.025), Lines{});
  EXPECT_EQ(against(second, 0.025, 0.04), Lines{}) << "a person let the second one in";
  keep_accepted(first, second);
  EXPECT_EQ(against(second, 0.025, 0.04).front(),
            "the daily volatility of AAPL has gone in steps from 1 %, which was let in last, to 4 %");
  EXPECT_EQ(against(second, 0.025, 0.029), Lines{});
  keep_accepted({}, second);
  EXPECT_EQ(second.accepted, first.accepted) << "nothing was known of what was let in";
}

}  // namespace

}  // namespace bulwark::model
