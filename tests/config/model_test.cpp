// SPDX-License-Identifier: Apache-2.0
// [model]: what prices and scenarios come to, what is wrong with them, and that a journal keeps their numbers.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/config/support.h"

namespace bulwark::config {
namespace {

constexpr std::string_view head = "[instance]\nname = \"d\"\n[instruments]\nfile = \"instruments.csv\"\n";
constexpr std::string_view prices =
    "date,AAPL,other,MSFT\n2024-01-02,100,7,200\n2024-01-03,101,,204\n2024-01-04,,7,203\n2024-01-05,99.99,,200\n"
    "2024-01-08,101,7,199\n";

class ModelTest : public testing::Test {
protected:
  LoadResult load(std::string_view keys, std::string_view price_file = prices) const {
    folder.write("prices.csv", price_file);
    return folder.load(std::string(head) + "[model]\nprices = \"prices.csv\"\n" + std::string(keys));
  }
  // The model's covariance of two of its symbols.
  static double covariance(const core::Model& model, std::size_t i, std::size_t j) {
    double sum = i == j ? model.residuals[i] : 0;
    for (std::size_t k = 0; k < model.factor_count; ++k) {
      sum += model.loadings[i * model.factor_count + k] * model.loadings[j * model.factor_count + k];
    }
    return sum;
  }
  std::vector<std::string> mistakes(std::string_view keys, std::string_view price_file = prices) const {
    return folder.mistakes_of(load(keys, price_file));
  }
  const Folder folder;
};

TEST_F(ModelTest, EstimatorsAreThoseOfTheBooks) {
  const double a[] = {0.01, 99.99 / 101 - 1, 101 / 99.99 - 1}, b[] = {0.02, 200.0 / 204 - 1, 199.0 / 200 - 1};
  const auto mean = [](const double* of) { return (of[0] + of[1] + of[2]) / 3; };
  double sample = 0, ewma = a[0] * b[0];
  for (int k = 0; k < 3; ++k) sample += (a[k] - mean(a)) * (b[k] - mean(b)) / 2;
  for (int k = 1; k < 3; ++k) ewma = 0.9 * ewma + 0.1 * a[k] * b[k];
  const LoadResult by_sample = load("estimator = \"sample\"\n"), by_ewma = load("lambda = 0.9\n");
  ASSERT_EQ(folder.mistakes_of(by_sample), std::vector<std::string>{});
  ASSERT_TRUE(by_ewma.good());
  const core::Model& model = *by_sample.settings.rules.model;
  EXPECT_EQ(model.symbols, (std::vector<std::string>{"AAPL", "MSFT"}));
  EXPECT_EQ(model.factor_count, 2U);
  EXPECT_NEAR(covariance(model, 0, 1), sample, std::abs(sample) * 1e-12);
  EXPECT_NEAR(covariance(*by_ewma.settings.rules.model, 0, 1), ewma, std::abs(ewma) * 1e-12);
}

// scikit-learn's example of Ledoit and Wolf would do as well; here the shrunken variances keep their trace.
TEST_F(ModelTest, ShrinkingKeepsTheTrace) {
  const LoadResult plain = load("estimator = \"sample\"\n"), shrunken = load("estimator = \"ledoit-wolf\"\n");
  const core::Model &a = *plain.settings.rules.model, &b = *shrunken.settings.rules.model;
  const double trace = (covariance(a, 0, 0) + covariance(a, 1, 1)) * 2 / 3;  // over n, not n - 1
  EXPECT_NEAR(covariance(b, 0, 0) + covariance(b, 1, 1), trace, trace * 1e-12);
  EXPECT_LT(std::abs(covariance(b, 0, 1)), std::abs(covariance(a, 0, 1)));
}

TEST_F(ModelTest, ScenariosNameWhatTheyMove) {
  folder.write("scenarios.toml",
               "[scenario.crash]\nshock = { AAPL = -0.2, \"sector.Energy\" = -0.1, \"*\" = -0.05 }\n"
               "[scenario.day]\nfrom = 2024-01-02\nto = \"2024-01-03\"\n[scenario.fall]\nmarket = -0.1\n");
  const LoadResult result = load("scenarios = \"scenarios.toml\"\n");
  ASSERT_EQ(folder.mistakes_of(result), std::vector<std::string>{});
  const std::vector<core::Scenario>& scenarios = result.settings.rules.model->scenarios;
  ASSERT_EQ(scenarios.size(), 3U);
  const std::vector<core::Scenario::Move> crash{{"AAPL", -0.2}, {"MSFT", -0.05}, {"XOM", -0.1}, {"EUR/USD", -0.05}};
  EXPECT_EQ(scenarios[0].moves, crash);
  ASSERT_EQ(scenarios[1].moves.size(), 2U);
  EXPECT_NEAR(scenarios[1].moves[1].share, 0.02, 1e-15);
  EXPECT_NEAR(scenarios[2].moves[0].share + scenarios[2].moves[1].share, -0.2, 1e-12);  // betas are 1 on average
}

TEST_F(ModelTest, AFrozenModelKeepsEveryBit) {
  folder.write("scenarios.toml", "[scenario.\"a b\"]\nmarket = -0.1\n[scenario.crash]\nshock = { AAPL = -0.2 }\n");
  const LoadResult loaded = load(
      "scenarios = \"scenarios.toml\"\nconfidence = 0.95\n[sizing]\nmax_fraction = 0.2\n"
      "[dynamic]\nfloor = 0.3\nwindow = 1.5\n[dynamic.volatility]\nabove = [1.5, 2]\nfactor = [\"0.75\", 0.5]\n"
      "[dynamic.drawdown]\nabove = [0.1]\nfactor = [0.5]\n[liquidation]\nparticipation = 0.1\ncollar = 0\n"
      "[limit.v]\nmetric = \"var\"\nmax = 1\nconfidence = 0.975\n");
  ASSERT_EQ(folder.mistakes_of(loaded), std::vector<std::string>{});
  std::string frozen = freeze(loaded.settings);
  const LoadResult again = load_frozen(frozen);
  ASSERT_TRUE(again.good()) << format(again.mistakes.front());
  Settings kept = loaded.settings;
  kept.model_source = {};  // the numbers are kept, not where they came from
  EXPECT_EQ(again.settings, kept);
  EXPECT_EQ(again.settings.model_facts.closes.dates,
            (std::vector<std::string>{"2024-01-02", "2024-01-05", "2024-01-08"}));
  EXPECT_EQ(again.settings.model_facts.scenarios.size(), 64U);
  EXPECT_EQ(again.settings.model_facts.accepted.size(), 3U);
  const std::size_t digit = frozen.find("AAPL,-0.2");
  ASSERT_NE(digit, std::string::npos);
  frozen[digit + 8] = '3';
  EXPECT_FALSE(load_frozen(frozen).good());
}

// As builds wrote it that knew of none.
TEST_F(ModelTest, AFrozenModelWithoutFactsIsRead) {
  const LoadResult loaded = load("");
  const std::string frozen = freeze(loaded.settings);
  const std::size_t start = frozen.find("[frozen.model.facts]");
  ASSERT_NE(start, std::string::npos);
  ASSERT_EQ(frozen.find("\n[", start), std::string::npos) << "they are the last";
  const LoadResult again = load_frozen(frozen.substr(0, start));
  ASSERT_TRUE(again.good()) << format(again.mistakes.front());
  EXPECT_EQ(again.settings.rules, loaded.settings.rules);
  EXPECT_EQ(again.settings.model_facts, model::Facts{});
}

TEST_F(ModelTest, FactsThatWereDamagedAreNotRead) {
  folder.write("scenarios.toml", "[scenario.crash]\nshock = { AAPL = -0.2 }\n");
  const std::string frozen = freeze(load("scenarios = \"scenarios.toml\"\n").settings);
  ASSERT_TRUE(load_frozen(frozen).good());
  for (const std::string_view wanted : {"2024-01-08,101,199", "AAPL,0.0", "dates = 4"}) {
    std::string damaged = frozen;
    const std::size_t place = damaged.rfind(wanted);
    ASSERT_NE(place, std::string::npos) << wanted;
    damaged[place + wanted.size() - 1] = 'x';
    EXPECT_FALSE(load_frozen(damaged).good()) << wanted;
  }
}

TEST_F(ModelTest, WhereOnlyItsFilesAreWrongTheRestMayServe) {
  EXPECT_FALSE(load("").model_files_only);
  EXPECT_TRUE(load("").good_but_model());
  for (const std::string_view file : {"", "day,AAPL\n", "date,AAPL\n2024-01-02,x\n"}) {
    const LoadResult result = load("[dynamic]\nfloor = 0.3\n[dynamic.volatility]\nabove = [2]\nfactor = [0.5]\n", file);
    EXPECT_FALSE(result.good());
    EXPECT_TRUE(result.good_but_model()) << file;
  }
  EXPECT_TRUE(load("scenarios = \"none.toml\"\n").good_but_model());
  EXPECT_FALSE(load("lambda = 2\n").good_but_model());
  EXPECT_FALSE(load("lambda = 2\n", "day,AAPL\n").good_but_model());
  EXPECT_FALSE(load("[limit.v]\nmetric = \"vary\"\nmax = 1\n", "day,AAPL\n").good_but_model());
}

TEST_F(ModelTest, MistakesInPricesAreToldWithTheirLine) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(mistakes("", "day,AAPL\n"),
            Lines{"prices.csv:1: header: found \"day\"; the first column has to be \"date\""});
  EXPECT_EQ(mistakes("", "date,AAPL,AAPL\n"), Lines{"prices.csv:1: header: \"AAPL\" stands in it more than once"});
  EXPECT_EQ(mistakes("", "date,IBM\n"), Lines{"prices.csv:1: header: no column is named like an instrument"});
  EXPECT_EQ(mistakes("", "date,AAPL\n2024-01-02,1\n2024-01-02,1\n2024-1-3,1\n2024-01-04,0\n2024-01-05,1,2\n"),
            (Lines{"prices.csv:3: date: \"2024-01-02\" does not come after 2024-01-02",
                   "prices.csv:4: date: found \"2024-1-3\"; allowed is a date, like \"2024-01-31\"",
                   "prices.csv:5: price: found \"0\"; allowed is a price from 1e-12 to 1e15",
                   "prices.csv:6: line: found 3 field(s); the header has 2"}));
  EXPECT_EQ(mistakes("", "date,AAPL\n2024-01-02,1\n2024-01-03,1\n2024-01-04,1\n2500-01-04,1e-310\n"),
            Lines{"prices.csv:5: date: \"2500-01-04\" has not come yet"});
  EXPECT_EQ(
      mistakes("", "date,AAPL,MSFT\n2024-01-02,1,\n2024-01-03,1,2\n2024-01-04,1,2\n"),
      Lines{"prices.csv:4: line: found 2 date(s) on which every instrument of the file has a price; needed are 3"});
}

TEST_F(ModelTest, MistakesInScenariosAreToldWithTheirLine) {
  folder.write("scenarios.toml",
               "[scenario.a]\nshock = { APPL = -0.2, AAPL = -2 }\n[scenario.b]\nmarket = -0.1\nfrom = \"2024-01-02\"\n"
               "[scenario.c]\nfrom = \"2024-01-04\"\nto = \"2024-01-03\"\n[scenario.d]\nshoc = {}\n"
               "[scenario.e]\nfactors = { OIL = -0.1 }\n[scenario.f]\nshock = {}\n");
  EXPECT_EQ(
      mistakes("scenarios = \"scenarios.toml\"\n"),
      (std::vector<std::string>{
          "scenarios.toml:2: scenario.a.shock.APPL: names no symbol, no sector (as \"sector.NAME\") and not "
          "\"*\"; did you mean \"AAPL\"?",
          "scenarios.toml:2: scenario.a.shock.AAPL: found -2; allowed is a share of the price from -1 to 100",
          "scenarios.toml:3: scenario.b.shock: needed is one of `shock`, `from` with `to`, `market` and `factors`",
          "scenarios.toml:7: scenario.c.from: found \"2024-01-04\"; needed is a date of the price file on which "
          "every instrument in it has a price: they are from 2024-01-02 to 2024-01-08",
          "scenarios.toml:9: scenario.d.shock: needed is one of `shock`, `from` with `to`, `market` and `factors`",
          "scenarios.toml:10: scenario.d.shoc: unknown table; did you mean \"shock\"?",
          "scenarios.toml:12: scenario.e.factors: needs prices of factors: `bulwark risk stress --factors FILE` reads "
          "them, a configuration has none",
          "scenarios.toml:14: scenario.f.shock: names nothing that would move"}));
}

}  // namespace
}  // namespace bulwark::config
