// SPDX-License-Identifier: Apache-2.0
// What a configuration comes to as plain data: exact numbers, the order of the file, defaults, paths, instruments.
#include <gtest/gtest.h>

#include "shm/decimal.h"
#include "tests/config/support.h"

namespace bulwark::config {
namespace {

constexpr std::string_view head =
    "[instance]\nname = \"desk\"\n[instruments]\nfile = \"instruments.csv\"\n[account.ACC1]\n[strategy.momo]\n";

Settings good(const Folder& folder, const std::string& text, const Environment& environment = {}) {
  const LoadResult result = folder.load(std::string(head) + text, environment);
  EXPECT_EQ(folder.mistakes_of(result), std::vector<std::string>{});
  return result.settings;
}

TEST(Settings, DefaultsAreThoseOfTheContract) {
  const Folder folder;
  const Settings settings = good(folder, "[limit.a]\nmetric = \"gross\"\nmax = 1\n");
  EXPECT_EQ(settings.instance.name, "desk");
  EXPECT_EQ(settings.instance.mode, Mode::Adaptive);
  EXPECT_EQ(settings.instance.timezone, "UTC");
  EXPECT_EQ(settings.instance.lease_ms, 40);
  EXPECT_FALSE(settings.instance.strict_jitter);
  EXPECT_EQ(settings.instance.cpu, -1);
  EXPECT_EQ(settings.instance.kill_unacknowledged_ms, 0);
  EXPECT_EQ(settings.journal_directory, folder.path("journal"));
  EXPECT_EQ(settings.segment_mb, 64);
  EXPECT_FALSE(settings.strict_journal);
  EXPECT_EQ(settings.snapshot_s, 60);
  EXPECT_EQ(settings.retain_days, 0);
  const core::Rules& rules = settings.rules;
  EXPECT_EQ(rules.base_currency, "USD");
  EXPECT_EQ(rules.session, core::Session{});
  EXPECT_EQ(rules.stale_after, milliseconds(5000));
  EXPECT_EQ(rules.market_slippage, 0);
  EXPECT_FALSE(rules.locate_required);
  EXPECT_EQ(rules.accounts.at(0).equity.raw, 0);
  EXPECT_EQ(rules.strategies.at(0).account, "");
  EXPECT_EQ(rules.limits.at(0), (core::Limit{.name = "a", .on = {}, .metric = Metric::Gross, .max = unit}));
}

TEST(Settings, EveryKeyArrives) {
  const Folder folder;
  const LoadResult result = folder.load(R"(
    [instance]
    name = "n"
    base_currency = "EUR"
    mode = "spin"
    lease_ms = 80
    strict_jitter = true
    cpu = 3
    kill_unacknowledged_ms = 250
    session = { timezone = "Asia/Tokyo", start = "18:30:01" }
    [marks]
    stale_after_ms = 7
    market_slippage = 0.01
    [instruments]
    file = "instruments.csv"
    [fx]
    USD = "0.9"
    [account.ACC1]
    equity = "-5.5"
    [strategy.momo]
    account = "ACC1"
    [restricted]
    symbols = ["XOM", "AAPL"]
    [locate]
    MSFT = 10
    [journal]
    directory = "../elsewhere/./j"
  )");
  ASSERT_EQ(folder.mistakes_of(result), std::vector<std::string>{});
  const Settings& settings = result.settings;
  EXPECT_EQ(settings.instance, (Instance{.name = "n",
                                         .timezone = "Asia/Tokyo",
                                         .mode = Mode::Spin,
                                         .lease_ms = 80,
                                         .strict_jitter = true,
                                         .cpu = 3,
                                         .kill_unacknowledged_ms = 250}));
  const core::Rules& rules = settings.rules;
  EXPECT_EQ(rules.base_currency, "EUR");
  EXPECT_EQ(rules.session.start_of_day_s, 18 * 3600 + 30 * 60 + 1);
  ASSERT_EQ(rules.session.zone.size(), 1U);
  EXPECT_EQ(rules.session.zone[0].offset_s, 9 * 3600);
  EXPECT_EQ(rules.stale_after, milliseconds(7));
  EXPECT_EQ(rules.market_slippage, unit / 100);
  EXPECT_EQ(rules.fx, (std::vector<core::FxRate>{{"USD", unit / 10 * 9}}));
  EXPECT_EQ(rules.accounts, (std::vector<core::Account>{{"ACC1", {-(5 * unit + unit / 2)}}}));
  EXPECT_EQ(rules.strategies, (std::vector<core::Strategy>{{"momo", "ACC1"}}));
  EXPECT_EQ(rules.restricted, (std::vector<std::string>{"XOM", "AAPL"}));
  EXPECT_TRUE(rules.locate_required);
  EXPECT_EQ(rules.locates, (std::vector<core::Locate>{{"MSFT", {10 * unit}}}));
  const std::string journal = std::filesystem::path(folder.path("")).parent_path().parent_path().string();
  EXPECT_EQ(settings.journal_directory, journal + "/elsewhere/j");
  EXPECT_EQ(rules.instruments.at(1).currency, "EUR");  // MSFT's is empty
}

TEST(Settings, EveryKeyOfALimitArrives) {
  const Folder folder;
  const Settings settings = good(folder, R"([limit.a]
    on = { symbol = "*", sector = "Energy", account = "ACC1", strategy = "momo", client = "c" }
    metric = "turnover"
    max = "12.5"
    warn = "0.5"
    action = "reduce_only"
    window = 1.00000001
  )");
  const core::Limit wanted{.name = "a",
                           .on = {"*", "Energy", "ACC1", "momo", "c"},
                           .metric = Metric::Turnover,
                           .max = 12 * unit + unit / 2,
                           .warn = unit / 2,
                           .action = Action::ReduceOnly,
                           .window = {1'000'000'010}};
  EXPECT_EQ(settings.rules.limits, std::vector{wanted});
}

TEST(Settings, TheOrderIsThatOfTheFile) {
  const Folder folder;
  const Settings settings = good(folder, R"([account.zeta]
    [limit.c.on]
    symbol = "AAPL"
    [limit.b]
    metric = "net"
    max = 1
    [account.alpha]
    [limit.c]
    metric = "gross"
    max = 1
    [strategy.beta]
    [limit.a]
    metric = "gross"
    max = 1
    [strategy.alpha]
  )");
  std::vector<std::string> limits, accounts, strategies;
  for (const auto& limit : settings.rules.limits) limits.push_back(limit.name);
  for (const auto& account : settings.rules.accounts) accounts.push_back(account.name);
  for (const auto& strategy : settings.rules.strategies) strategies.push_back(strategy.name);
  EXPECT_EQ(limits, (std::vector<std::string>{"c", "b", "a"}));  // c was spoken of first
  EXPECT_EQ(accounts, (std::vector<std::string>{"ACC1", "zeta", "alpha"}));
  EXPECT_EQ(strategies, (std::vector<std::string>{"momo", "beta", "alpha"}));
}

TEST(Settings, ADecimalIsExactHoweverItIsWritten) {
  const Folder folder;
  const std::pair<const char*, const char*> written_and_meant[] = {
      {"0.1", "0.1"},
      {"\"0.1\"", "0.1"},
      {"10000000000.12345678", "10000000000.12345678"},  // more digits than a double holds
      {"1_0.5e1", "105"},
      {"3e-06", "0.000003"},
      {"+7", "7"},
      {"-0.0", "0"},
      {"0x10", "16"},
      {"100000000000000", "100000000000000"},
      {"\"100000000000000000000\"", "100000000000000000000"},
      {"9223372036854775807", "9223372036854775807"}};
  for (const auto& [written, meant] : written_and_meant) {
    const std::string table = "[limit]\na = { \"metric\" = \"gross\", max = " + std::string(written) + " } # \n";
    EXPECT_EQ(format_decimal(good(folder, table).rules.limits.at(0).max), meant) << written;
  }
}

TEST(Settings, AWordOfSeveralBytesDoesNotShiftTheDigitsBehindIt) {
  const Folder folder;
  const LoadResult result =
      folder.load("account = { \"Zürich\" = { equity = 12.5 }, \"B\" = { equity = 0.12345678 } }\n");
  ASSERT_EQ(result.settings.rules.accounts.size(), 2U);
  EXPECT_EQ(result.settings.rules.accounts[0].equity.raw, 12 * unit + unit / 2);
  EXPECT_EQ(result.settings.rules.accounts[1].equity.raw, 12345678);
}

TEST(Settings, InstrumentsTakeDefaultsSpacesAndCarriageReturns) {
  const Folder folder;
  folder.write("instruments.csv",
               "\xEF\xBB\xBFsymbol, sector,currency,multiplier,tick_size,lot_size,adv\r\n"
               "  ESZ , Index , USD , 50 , 0.25 , 1 , 1000000 \r\n"
               "\r\n"
               "MSFT,,,,,,\r\n"
               "EUR/USD,,,0.33333333,0.00001,0.00000001,");
  const Settings settings = good(folder, "");
  const std::vector<core::Instrument> wanted{{"ESZ", "Index", "USD", 50 * unit, {unit / 4}, {unit}, {1'000'000 * unit}},
                                             {"MSFT", "", "USD", unit, {unit / 100}, {unit}, {0}},
                                             {"EUR/USD", "", "USD", 33'333'333, {1'000}, {1}, {0}}};
  EXPECT_EQ(settings.rules.instruments, wanted);
}

TEST(Settings, PathsAreRelativeToTheFile) {
  const Folder folder;
  std::filesystem::create_directory(folder.path("sub"));
  folder.write("sub/desk.toml", std::string("journal.directory = \"j\"\n") + std::string(head));
  folder.write("sub/instruments.csv", plain_instruments);
  const LoadResult result = load(folder.path("sub/desk.toml"), {});
  EXPECT_EQ(folder.mistakes_of(result), std::vector<std::string>{});
  EXPECT_EQ(result.settings.journal_directory, folder.path("sub/j"));
}

TEST(Settings, AConfigurationThatCannotBeReadSaysSo) {
  const Folder folder;
  const LoadResult result = load(folder.path("none.toml"), {});
  EXPECT_EQ(folder.mistakes_of(result), std::vector<std::string>{"none.toml: the configuration file cannot be read"});
  EXPECT_FALSE(load(folder.path(""), {}).good());  // a folder
  EXPECT_FALSE(load("", {}).good());
}

TEST(Settings, OnlyOurVariablesAreTakenFromTheEnvironment) {
  const char* const variables[] = {"PATH=/bin", "BULWARK__A__B=x=y", "BULWARK_CONFIG=z", "BULWARK__NOTHING", nullptr};
  const Environment environment = read_environment(variables);
  ASSERT_EQ(environment.size(), 1U);
  EXPECT_EQ(environment[0].name, "BULWARK__A__B");
  EXPECT_EQ(environment[0].value, "x=y");
}

TEST(Settings, AVariableThatIsNoTextIsAMistake) {
  const Folder folder;
  const LoadResult result = folder.load(head, {{"BULWARK__INSTANCE__NAME", "\xFF"}, {"BULWARK__\xFF", "1"}});
  EXPECT_EQ(folder.mistakes_of(result),
            (std::vector<std::string>{"environment BULWARK__INSTANCE__NAME: its value is no UTF-8 text",
                                      "environment \"BULWARK__?\": its name is no UTF-8 text"}));
}

TEST(Settings, NestingWithoutEndIsAMistakeAndNoCrash) {
  const Folder folder;
  std::string dots, brackets = "x = ";
  for (int i = 0; i < 200'000; ++i) dots += "a.", brackets += "[";
  EXPECT_EQ(folder.mistakes_of(folder.load(dots + "a = 1\n")),
            std::vector<std::string>{"bulwark.toml:1: syntax: nested too deeply"});
  EXPECT_EQ(folder.load(brackets).mistakes.size(), 1U);
  EXPECT_EQ(folder.load(head, {{"BULWARK__INSTANCE__NAME", dots}}).mistakes.size(), 1U);
}

// What check-config prints is TOML itself: read back it gives the same settings.
TEST(Settings, PrintedValuesAreAConfiguration) {
  const Folder folder;
  const LoadResult first = folder.load(std::string(head) + R"([limit."a.b"]
    on = { symbol = "EUR/USD" }
    metric = "turnover"
    max = 0.1
    window = 1e1
    [restricted]
    symbols = ["AAPL"]
    [fx]
    EUR = "1.08"
  )");
  ASSERT_TRUE(first.good());
  const LoadResult second = folder.load(print_values(first.values));
  EXPECT_EQ(folder.mistakes_of(second), std::vector<std::string>{});
  EXPECT_TRUE(first.settings == second.settings);
}

}  // namespace
}  // namespace bulwark::config
