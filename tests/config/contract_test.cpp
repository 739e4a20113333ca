// SPDX-License-Identifier: Apache-2.0
// The example of the contract loads once what is not built yet is taken out, and names that until then; the shared
// scenario cases load when they are there.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "tests/config/support.h"

namespace bulwark::config {
namespace {

constexpr std::string_view contract_instruments =
    "symbol,sector,currency,multiplier,tick_size,lot_size,adv\n"
    "AAPL,Technology,USD,1,0.01,1,1000000\n"
    "XYZ,,,,,,\n";

constexpr std::string_view built = R"([instance]
name          = "desk"
base_currency = "USD"
session       = { timezone = "America/New_York", start = "18:00" }   # daily limits start anew here
mode          = "adaptive"
lease_ms      = 40
strict_jitter = false

[marks]
stale_after_ms  = 5000
market_slippage = 0.0

[instruments]
file = "instruments.csv"
[fx]
EUR = "1.08"

[account.ACC1]
equity = "1000000"
[account.ACC2]
equity = "500000"

[strategy.momo]
account     = "ACC1"

[restricted]
symbols = ["XYZ"]

[locate]
AAPL = "1000"

[limit.aapl-size]
on     = { symbol = "AAPL" }
metric = "order_notional"
max    = "250000"
warn   = 0.8
action = "reject"
)";

std::string shared_path(const std::string& path) { return std::string(BULWARK_SOURCE_DIR) + "/../shared/" + path; }

// The first block of TOML in a page.
std::string first_toml_of(const std::string& page) {
  const std::string fence = "```toml\n";
  const std::size_t begin = page.find(fence);
  if (begin == std::string::npos) return {};
  return page.substr(begin + fence.size(), page.find("```", begin + fence.size()) - begin - fence.size());
}

TEST(Contract, TheExampleOfTheManualLoads) {
  const std::string example = first_toml_of(read_text(std::string(BULWARK_SOURCE_DIR) + "/docs/configuration.md"));
  ASSERT_FALSE(example.empty());
  const Folder folder;
  const LoadResult result = folder.load(example);
  EXPECT_EQ(folder.mistakes_of(result), std::vector<std::string>{});
  EXPECT_EQ(result.settings.rules.limits.size(), 3U);
}

TEST(Contract, TheExampleWithoutWhatIsNotBuiltLoads) {
  const Folder folder;
  folder.write("instruments.csv", contract_instruments);
  const LoadResult result = folder.load(built, {{"BULWARK__LIMIT__AAPL_SIZE__MAX", "100000"}});
  ASSERT_EQ(folder.mistakes_of(result), std::vector<std::string>{});
  const core::Rules& rules = result.settings.rules;
  EXPECT_EQ(rules.session.start_of_day_s, 18 * 3600);
  EXPECT_GT(rules.session.zone.size(), 200U);
  ASSERT_EQ(rules.limits.size(), 1U);
  EXPECT_EQ(rules.limits[0].max, int128{100'000} * unit);
}

TEST(Contract, TheWholeExampleLoads) {
  const std::string example = first_toml_of(read_text(shared_path("contract.md")));
  if (example.empty()) GTEST_SKIP() << "../shared/contract.md is not here";
  const Folder folder;
  folder.write("instruments.csv", contract_instruments);
  folder.write("prices.csv", "date,AAPL,MSFT\n2024-01-02,100,50\n2024-01-03,101,51\n2024-01-04,99,50.5\n");
  folder.write("scenarios.toml", "[scenario.crash]\nshock = { AAPL = -0.2, \"*\" = -0.05 }\n");
  EXPECT_EQ(folder.mistakes_of(folder.load(example)), std::vector<std::string>{});
}

TEST(Contract, EveryMetricAndActionIsBuiltOrRefusedByName) {
  const std::string_view built_metrics[] = {"order_quantity",
                                            "order_notional",
                                            "adv_share",
                                            "price_collar",
                                            "self_trade",
                                            "order_rate",
                                            "message_rate",
                                            "turnover",
                                            "duplicate",
                                            "open_orders",
                                            "position",
                                            "long",
                                            "short",
                                            "gross",
                                            "net",
                                            "leverage",
                                            "concentration",
                                            "correlated_exposure",
                                            "var",
                                            "es",
                                            "volatility",
                                            "stress_loss",
                                            "daily_loss",
                                            "drawdown",
                                            "repeated_execution",
                                            "reject_rate",
                                            "loss_streak",
                                            "price_move",
                                            "volatility_spike",
                                            "stale_mark"};
  const Folder folder;
  folder.write("instruments.csv", contract_instruments);
  const auto load_with = [&](std::string_view metric, std::string_view action) {
    std::string text = std::string(built) + "[limit.x]\nmax = 1\nmetric = \"" + std::string(metric) + "\"\n";
    if (action == "scale") text += "factor = 0.5\n";
    for (const std::string_view counted :
         {"order_rate", "message_rate", "turnover", "duplicate", "repeated_execution", "reject_rate", "loss_streak",
          "price_move", "volatility_spike", "stale_mark"}) {
      if (metric == counted) text += "window = 1\n";
    }
    return folder.load(text + "action = \"" + std::string(action) + "\"\n");
  };
  for (const std::string_view metric : built_metrics) {
    for (const std::string_view action : {"alert", "reject", "resize", "reduce_only", "scale", "liquidate", "halt"}) {
      EXPECT_TRUE(load_with(metric, action).good()) << metric << " " << action;
    }
  }
}

TEST(Contract, TheSharedCasesLoad) {
  std::error_code error;
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(shared_path("cases"), error)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path().string());
  }
  if (files.empty()) GTEST_SKIP() << "../shared/cases is not here";
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) {
    const LoadResult result = load(file, {});
    for (const Mistake& mistake : result.mistakes) ADD_FAILURE() << format(mistake);
    EXPECT_TRUE(load_frozen(freeze(result.settings)).settings == result.settings) << file;
    EXPECT_FALSE(result.settings.rules.limits.empty()) << file;
  }
  std::cout << files.size() << " shared cases load\n";
}

}  // namespace
}  // namespace bulwark::config
