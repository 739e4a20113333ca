// SPDX-License-Identifier: Apache-2.0
// A frozen configuration gives the same settings again; one that was changed or cut does not load.
#include <gtest/gtest.h>

#include "tests/config/random_toml.h"
#include "tests/config/support.h"

namespace bulwark::config {
namespace {

TEST(Frozen, GivesTheSameSettingsAgain) {
  const Folder folder;
  std::size_t limits = 0, instruments = 0;
  for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
    RandomToml random(seed);
    const RandomToml::Files files = random.next();
    folder.write("instruments.csv", files.instruments);
    const LoadResult loaded = folder.load(files.toml);
    ASSERT_EQ(folder.mistakes_of(loaded), std::vector<std::string>{}) << "seed " << seed << "\n" << files.toml;
    const std::string frozen = freeze(loaded.settings);
    const LoadResult again = load_frozen(frozen);
    ASSERT_EQ(folder.mistakes_of(again), std::vector<std::string>{}) << "seed " << seed << "\n" << frozen;
    ASSERT_TRUE(again.settings == loaded.settings) << "seed " << seed << "\n" << frozen;
    ASSERT_EQ(freeze(again.settings), frozen);
    limits += loaded.settings.rules.limits.size();
    instruments += loaded.settings.rules.instruments.size();
  }
  EXPECT_GT(limits, 2'000U);  // otherwise this has shown little
  EXPECT_GT(instruments, 1'500U);
}

TEST(Frozen, NeedsNoFileBesideIt) {
  std::string frozen;
  {
    const Folder folder;
    const LoadResult loaded = folder.load("[instance]\nname = \"d\"\n[instruments]\nfile = \"instruments.csv\"\n");
    ASSERT_TRUE(loaded.good());
    frozen = freeze(loaded.settings);
  }
  const LoadResult again = load_frozen(frozen);  // the folder is gone
  EXPECT_TRUE(again.good());
  EXPECT_EQ(again.settings.rules.instruments.size(), 4U);
}

// Two settings that differ in anything differ in their frozen text, and each comes back as itself.
TEST(Frozen, ForgetsNothing) {
  const Folder folder;
  const LoadResult loaded = folder.load(
      "[instance]\nname = \"d\"\n[instruments]\nfile = \"instruments.csv\"\n[account.A]\n[strategy.s]\n[fx]\nEUR = 1\n"
      "[restricted]\nsymbols = [\"AAPL\"]\n[locate]\nAAPL = 1\n[limit.a]\nmetric = \"turnover\"\nmax = 1\nwindow = "
      "1\n");
  ASSERT_TRUE(loaded.good());
  const Settings base = loaded.settings;
  std::vector<Settings> others(32, base);
  others[0].instance.name = "e";
  others[1].instance.timezone = "Asia/Tokyo";
  others[2].instance.mode = Mode::Spin;
  others[3].instance.lease_ms = 41;
  others[4].instance.strict_jitter = true;
  others[5].instance.cpu = 0;
  others[6].instance.kill_unacknowledged_ms = 1;
  others[7].journal_directory = "/x";
  others[8].rules.base_currency = "GBP";
  others[9].rules.session.start_of_day_s = 1;
  others[10].rules.session.zone.push_back({5, 60});
  others[11].rules.stale_after = milliseconds(1);
  others[12].rules.market_slippage = 1;
  others[13].rules.instruments[1].adv.raw = 1;
  others[14].rules.fx[0].rate = 1;
  others[15].rules.accounts[0].equity.raw = -1;
  others[16].rules.strategies[0].account = "A";
  others[17].rules.limits[0].on = {"AAPL", "Energy", "A", "s", "c"};
  others[18].rules.limits[0].window.ns = 10;
  others[19].rules.restricted.clear();
  others[20].rules.locates.clear();
  others[21].rules.locates.clear();
  others[21].rules.locate_required = false;
  others[22].four_eyes = true;
  others[23].rules.dynamic = core::Dynamic{};
  others[24].rules.dynamic = core::Dynamic{{}, unit / 3, 0, milliseconds(1)};
  others[25].rules.dynamic = core::Dynamic{};
  others[25].rules.dynamic->ladders[at(MarketInput::Spread)] = {{1, unit / 2}, {2, unit / 3}};
  others[26].rules.liquidation = core::LiquidationPlan{};
  others[27].rules.liquidation = core::LiquidationPlan{1, 0, milliseconds(1)};
  others[28].segment_mb = 65;
  others[29].snapshot_s = 61;
  others[30].strict_journal = true;
  others[31].retain_days = 1;
  for (std::size_t i = 0; i < others.size(); ++i) {
    EXPECT_NE(freeze(others[i]), freeze(base)) << i;
    const LoadResult again = load_frozen(freeze(others[i]));
    EXPECT_EQ(folder.mistakes_of(again), std::vector<std::string>{}) << i;
    EXPECT_TRUE(again.settings == others[i]) << i;
  }
}

TEST(Frozen, ATextThatIsNoneIsRefused) {
  EXPECT_FALSE(load_frozen("").good());
  EXPECT_FALSE(load_frozen("[instance]\nname = \"desk\"\n").good());
  const std::string good =
      "[frozen]\nversion = 1\ninstruments = \"symbol,sector,currency,multiplier,tick_size,lot_size,adv\"\n";
  const std::string rest = "[instance]\nname = \"desk\"\n";
  EXPECT_TRUE(load_frozen(good + "zone = [[0, 0]]\n" + rest).good());
  for (const char* zone :
       {"zone = []", "zone = 5", "zone = [[0]]", "zone = [[0, 0], [0, 1]]", "zone = [[0, 0.5]]", ""}) {
    EXPECT_FALSE(load_frozen(good + zone + "\n" + rest).good()) << zone;
  }
  EXPECT_FALSE(load_frozen("[frozen]\nversion = 2\n" + rest).good());
}

TEST(Frozen, IsNoTableOfAnOrdinaryFile) {
  const Folder folder;
  const LoadResult result =
      folder.load("[frozen]\nversion = 1\n[instance]\nname = \"d\"\n[instruments]\nfile = \"instruments.csv\"\n");
  ASSERT_EQ(result.mistakes.size(), 1U);
  EXPECT_EQ(result.mistakes[0].key, "frozen");
}

}  // namespace
}  // namespace bulwark::config
