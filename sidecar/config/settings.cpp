// SPDX-License-Identifier: Apache-2.0
// The sections of a configuration, one function each, into one plain struct.
#include "sidecar/config/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "shm/run_folder.h"
#include "sidecar/config/model_reading.h"
#include "sidecar/config/reading.h"
#include "sidecar/config/spelling.h"
#include "sidecar/config/zone.h"

namespace bulwark::config {
namespace {

constexpr DecimalRange any_money{-money_raw_max, money_raw_max, "an amount of money, at most 100000000000000000000"};
constexpr DecimalRange share_below_one{0, unit - 1, "a share of the price from 0 to below 1"};
constexpr DecimalRange share_of_var{0, unit, "a share of the portfolio's VaR limit from 0 to 1"};
constexpr DecimalRange units_range{0, decimal_raw_max, "a number from 0 to 10000000000"};
constexpr std::int64_t stale_ms_max = 1'000'000'000'000;
constexpr std::int64_t kill_ms_max = 3'600'000;
constexpr std::int64_t cpu_max = 1'023;

bool is_currency(const std::string& text) { return usable_name(text) && text.find('/') == std::string::npos; }

class SettingsReader {
public:
  SettingsReader(const Node& root, const Source& source, Report& report)
      : source_(source), report_(report), root_(report, &root, "", root.place) {}

  Settings read() {
    read_instance();
    read_marks();
    read_all_instruments();
    read_fx();
    read_accounts();
    read_strategies();
    read_restricted();
    read_locate();
    read_journal_and_control();
    read_sizing_and_model();
    read_limit_tables();
    Section ledger = section("ledger");
    settings_.ledger = read_ledger(ledger);
    Section console = section("console");
    settings_.console = read_console(console, source_.directory, report_);
    Section alerts = section("alerts");
    settings_.alerts = read_alerts(alerts, settings_.instance.timezone, source_.directory, report_);
    root_.finish();
    return std::move(settings_);
  }

private:
  Section section(std::string_view name) { return {report_, root_.table(name), std::string(name), root_.place()}; }

  void read_instance() {
    Section section = this->section("instance");
    Instance& instance = settings_.instance;
    constexpr std::string_view name_allowed = "1 to 64 letters, digits, `.`, `_` or `-`, not beginning with `.`";
    section.require("name", name_allowed);
    if (const auto name = section.text("name")) {
      instance.name = *name;
      if (!shm::valid_instance(*name))
        section.mistake("name", fmt::format("found {}; allowed are {}", shown(*name), name_allowed));
    }
    rules().base_currency = section.text("base_currency", rules().base_currency);
    if (!is_currency(rules().base_currency)) {
      section.mistake("base_currency",
                      fmt::format("found {}; allowed is a currency, like \"USD\"", shown(rules().base_currency)));
    }
    read_session(section);
    const std::string mode = section.text("mode", "adaptive");
    instance.mode = mode == "spin" ? Mode::Spin : Mode::Adaptive;
    if (mode != "spin" && mode != "adaptive") {
      section.mistake("mode", fmt::format("found {}; allowed are \"adaptive\" and \"spin\"{}", shown(mode),
                                          suggestion(mode, {"adaptive", "spin"})));
    }
    instance.lease_ms = section.integer("lease_ms", instance.lease_ms, 1, 80);
    instance.strict_jitter = section.boolean("strict_jitter", instance.strict_jitter);
    instance.cpu = static_cast<int>(section.integer("cpu", instance.cpu, -1, cpu_max));
    instance.kill_unacknowledged_ms =
        section.integer("kill_unacknowledged_ms", instance.kill_unacknowledged_ms, 0, kill_ms_max);
    section.finish();
  }

  void read_session(Section& instance) {
    Section session(report_, instance.table("session"), "instance.session", instance.place());
    settings_.instance.timezone = session.text("timezone", settings_.instance.timezone);
    const std::string start = session.text("start", "00:00");
    const std::optional<std::int64_t> start_s = time_of_day_s(start);
    if (start_s) rules().session.start_of_day_s = *start_s;
    else
      session.mistake("start",
                      fmt::format("found {}; allowed is a time of day as \"HH:MM\" or \"HH:MM:SS\"", shown(start)));
    session.finish();
    if (source_.frozen) return;
    if (auto offsets = zone_offsets(settings_.instance.timezone)) {
      rules().session.zone = std::move(*offsets);
    } else {
      const std::string& name = settings_.instance.timezone;
      session.mistake("timezone", fmt::format("this machine's time zone database (package tzdata) has no {}{}",
                                              shown(name), suggestion(name, zone_names())));
    }
  }

  void read_marks() {
    Section section = this->section("marks");
    rules().stale_after = milliseconds(section.integer("stale_after_ms", 5'000, 1, stale_ms_max));
    rules().market_slippage = static_cast<std::int64_t>(section.decimal("market_slippage", share_below_one, 0));
    section.finish();
  }

  void read_all_instruments() {
    const std::size_t mistakes_before = report_.mistakes.size();
    if (source_.frozen) read_frozen();
    else read_instruments_file();
    instruments_good_ = report_.mistakes.size() == mistakes_before;
    for (const core::Instrument& instrument : rules().instruments) symbols_.push_back(instrument.symbol);
    std::sort(symbols_.begin(), symbols_.end());
  }

  void read_instruments_file() {
    Section section = this->section("instruments");
    section.require("file", "the path of a file with a line for each instrument");
    if (const auto file = section.text("file")) {
      const std::string path = absolute_path(*file, source_.directory);
      if (const auto text = read_file(path)) {
        rules().instruments = read_instruments(*text, path, rules().base_currency, report_);
      } else {
        section.mistake("file", fmt::format("found {}, but {} cannot be read", shown(*file), path));
      }
    }
    section.finish();
  }

  // What `freeze` wrote: instruments as text, the time zone as its offsets.
  void read_frozen() {
    Section section = this->section("frozen");
    section.require("version", "1");
    section.integer("version", 1, 1, 1);
    section.require("instruments", "the instruments");
    const std::string text = section.text("instruments").value_or("");
    rules().instruments = read_instruments(text, "frozen instruments", rules().base_currency, report_);
    section.require("zone", "the offsets of the time zone");
    if (const Node* zone = section.node("zone")) read_frozen_zone(section, *zone);
    rules().model = read_frozen_model(section, settings_.model_facts, report_);
    section.finish();
  }

  void read_frozen_zone(Section& section, const Node& zone) {
    std::vector<core::ZoneOffset> offsets;
    for (const Node& pair : zone.children) {
      std::int64_t numbers[2] = {0, 0};
      bool good = pair.kind == Kind::Array && pair.children.size() == 2;
      for (std::size_t i = 0; good && i < 2; ++i) {
        const std::string& digits = pair.children[i].text;
        good = pair.children[i].kind == Kind::Integer &&
               std::from_chars(digits.data(), digits.data() + digits.size(), numbers[i]).ec == std::errc{};
      }
      good = good && (offsets.empty() || numbers[0] > offsets.back().from_s);
      if (!good) return section.mistake("zone", "is no list of [from, offset] in rising order");
      offsets.push_back({numbers[0], numbers[1]});
    }
    if (offsets.empty()) section.mistake("zone", "is empty");
    else rules().session.zone = std::move(offsets);
  }

  void read_fx() {
    Section section = this->section("fx");
    for (const Node& child : section.children()) {
      const auto rate = section.decimal(child.key, above_zero);
      if (!is_currency(child.key)) section.mistake(child.key, "this is no name of a currency, like EUR");
      if (child.key == rules().base_currency)
        section.mistake(child.key, "the base currency has no rate: it is 1; take it out");
      if (rate) rules().fx.push_back({child.key, static_cast<std::int64_t>(*rate)});
    }
  }

  void read_accounts() {
    each_named("account", [&](Section& section, const std::string& name) {
      rules().accounts.push_back({name, {section.decimal("equity", any_money, 0)}});
      account_names_.push_back(name);
    });
  }

  void read_strategies() {
    each_named("strategy", [&](Section& section, const std::string& name) {
      const std::string account = section.text("account", "");  // empty: every order names its account
      const bool known = std::find(account_names_.begin(), account_names_.end(), account) != account_names_.end();
      if (!account.empty() && !known) {
        section.mistake("account",
                        fmt::format("no account is named {}{}", shown(account), suggestion(account, account_names_)));
      }
      const auto budget = section.decimal("risk_budget", share_of_var);
      rules().strategies.push_back({name, account, std::nullopt});
      if (budget) rules().strategies.back().risk_budget = static_cast<std::int64_t>(*budget);
    });
  }

  template <class Read>
  void each_named(std::string_view what, Read read) {
    Section tables = section(what);
    for (const Node& child : tables.children()) {
      if (!usable_name(child.key))
        tables.mistake(child.key, fmt::format("found {}; allowed is {}", shown(child.key), name_words));
      const Node* table = tables.table(child.key);
      if (table == nullptr) continue;
      Section one(report_, table, tables.path_of(child.key), table->place);
      read(one, child.key);
      one.finish();
    }
    check_count(tables, what);
  }

  void check_count(Section& tables, std::string_view what) {
    const std::size_t count = tables.children().size();
    if (count <= name_count_max) return;
    report_.mistake(tables.place(), std::string(what), fmt::format("found {}; allowed are {}", count, name_count_max));
  }

  void read_restricted() {
    Section section = this->section("restricted");
    rules().restricted = section.texts("symbols");
    for (const std::string& symbol : rules().restricted) check_symbol(section, "symbols", symbol);
    section.finish();
  }

  void read_locate() {
    Section section = this->section("locate");
    rules().locate_required = section.present();
    if (section.present() && section.children().empty()) note_value(report_, "locate", *root_.node("locate"));
    for (const Node& child : section.children()) {
      const auto units = section.decimal(child.key, units_range);
      check_symbol(section, child.key, child.key);
      if (units) rules().locates.push_back({child.key, {static_cast<std::int64_t>(*units)}});
    }
  }

  void check_symbol(Section& section, std::string_view key, const std::string& symbol) {
    if (!instruments_good_ || std::binary_search(symbols_.begin(), symbols_.end(), symbol)) return;
    section.mistake(key, fmt::format("no symbol is named {}{}", shown(symbol), suggestion(symbol, symbols_)));
  }

  void read_journal_and_control() {
    Section section = this->section("journal");
    const std::string directory = section.text("directory", "journal");
    if (directory.empty()) section.mistake("directory", "found \"\"; allowed is the path of a folder");
    settings_.journal_directory = absolute_path(directory, source_.directory);
    settings_.segment_mb = section.integer("segment_mb", 64, 1, 4'096);
    settings_.strict_journal = section.boolean("strict", false);
    settings_.snapshot_s = section.integer("snapshot_s", 60, 1, 86'400);
    settings_.retain_days = section.integer("retain_days", 0, 0, 36'500);
    section.finish();
    Section control = this->section("control");
    settings_.four_eyes = control.boolean("four_eyes", false);
    control.finish();
  }

  void read_sizing_and_model() {
    Section sizing = section("sizing"), model = section("model");
    Section dynamic = section("dynamic"), liquidation = section("liquidation");
    rules().sizing = read_sizing(sizing);
    if (!source_.frozen && instruments_good_) {
      const std::string closes = settings_.journal_directory + "/" + std::string(model::own_closes_name);
      rules().model =
          read_model(model, source_, rules(), closes, settings_.model_source, settings_.model_facts, report_);
    }
    rules().dynamic = read_dynamic(dynamic, rules(), report_);
    rules().liquidation = read_liquidation(liquidation);
  }

  void read_limit_tables() {
    Section section = this->section("limit");
    rules().limits = read_limits(section, rules(), instruments_good_, report_);
    check_count(section, "limit");
  }

  core::Rules& rules() { return settings_.rules; }
  const Source& source_;
  Report& report_;
  Section root_;
  Settings settings_;
  bool instruments_good_ = false;
  std::vector<std::string> symbols_, account_names_;  // symbols sorted
};

}  // namespace

Settings read_settings(const Node& root, const Source& source, Report& report) {
  return SettingsReader(root, source, report).read();
}

}  // namespace bulwark::config
