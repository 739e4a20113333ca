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
  ASSERT_EQ(found.size(), 6U);
  EXPECT_EQ(found.back(), "and 36 more");
}

}  // namespace

}  // namespace bulwark::model
