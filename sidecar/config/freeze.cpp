// SPDX-License-Identifier: Apache-2.0
// Settings as one TOML document that needs nothing beside it: no instruments file, no time zone database, no default
// that a later version may change.
#include <fmt/format.h>

#include "shm/decimal.h"
#include "sidecar/config/load.h"
#include "sidecar/config/model_reading.h"
#include "sidecar/config/spelling.h"

namespace bulwark::config {
namespace {

std::string decimal(int128 raw) { return quoted(format_decimal(raw)); }

std::string zone_text(const std::vector<core::ZoneOffset>& zone) {
  std::string result = "zone = [\n";
  for (const core::ZoneOffset& offset : zone) result += fmt::format("  [{}, {}],\n", offset.from_s, offset.offset_s);
  return result + "]\n";
}

std::string instruments_text(const std::vector<core::Instrument>& instruments) {
  std::string lines = "symbol,sector,currency,multiplier,tick_size,lot_size,adv\n";
  for (const core::Instrument& one : instruments) {
    lines += fmt::format("{},{},{},{},{},{},{}\n", one.symbol, one.sector, one.currency, format_decimal(one.multiplier),
                         to_text(one.tick_size), to_text(one.lot_size), one.adv.raw == 0 ? "" : to_text(one.adv));
  }
  std::string escaped;
  for (const char c : lines) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return "instruments = \"\"\"\n" + escaped + "\"\"\"\n";
}

std::string instance_text(const Settings& settings) {
  const Instance& instance = settings.instance;
  const core::Rules& rules = settings.rules;
  const std::int64_t start_s = rules.session.start_of_day_s;
  std::string result =
      fmt::format("\n[instance]\nname = {}\nbase_currency = {}\n", quoted(instance.name), quoted(rules.base_currency));
  result += fmt::format("session = {{ timezone = {}, start = \"{:02}:{:02}:{:02}\" }}\n", quoted(instance.timezone),
                        start_s / 3'600, start_s / 60 % 60, start_s % 60);
  result += fmt::format("mode = {}\n", quoted(instance.mode == Mode::Spin ? "spin" : "adaptive"));
  result += fmt::format("lease_ms = {}\nstrict_jitter = {}\ncpu = {}\nkill_unacknowledged_ms = {}\n", instance.lease_ms,
                        instance.strict_jitter, instance.cpu, instance.kill_unacknowledged_ms);
  result += fmt::format("\n[marks]\nstale_after_ms = {}\nmarket_slippage = {}\n", rules.stale_after.ns / 1'000'000,
                        decimal(rules.market_slippage));
  return result +
         fmt::format("\n[journal]\ndirectory = {}\nsegment_mb = {}\nstrict = {}\nsnapshot_s = {}\nretain_days = {}\n",
                     quoted(settings.journal_directory), settings.segment_mb, settings.strict_journal,
                     settings.snapshot_s, settings.retain_days) +
         fmt::format("\n[control]\nfour_eyes = {}\n", settings.four_eyes);
}

std::string names_text(const core::Rules& rules) {
  std::string result = "\n[fx]\n";
  for (const core::FxRate& rate : rules.fx)
    result += fmt::format("{} = {}\n", key_text(rate.currency), decimal(rate.rate));
  for (const core::Account& account : rules.accounts) {
    result += fmt::format("\n[account.{}]\nequity = {}\n", key_text(account.name), decimal(account.equity.raw));
  }
  for (const core::Strategy& strategy : rules.strategies) {
    result += fmt::format("\n[strategy.{}]\n", key_text(strategy.name));
    if (!strategy.account.empty()) result += fmt::format("account = {}\n", quoted(strategy.account));
    if (strategy.risk_budget) result += fmt::format("risk_budget = {}\n", decimal(*strategy.risk_budget));
  }
  result += "\n[restricted]\nsymbols = [";
  for (const std::string& symbol : rules.restricted) result += quoted(symbol) + ", ";
  result += "]\n";
  if (rules.locate_required) result += "\n[locate]\n";
  for (const core::Locate& locate : rules.locates) {
    result += fmt::format("{} = {}\n", key_text(locate.symbol), decimal(locate.units.raw));
  }
  return result;
}

std::string sizing_text(const core::Sizing& sizing) {
  std::string result = "\n[sizing]\n";
  if (sizing.kelly_fraction) result += fmt::format("kelly_fraction = {}\n", decimal(*sizing.kelly_fraction));
  if (sizing.volatility_target) result += fmt::format("volatility_target = {}\n", decimal(*sizing.volatility_target));
  if (sizing.max_fraction) result += fmt::format("max_fraction = {}\n", decimal(*sizing.max_fraction));
  return result;
}

std::string limit_text(const core::Limit& limit) {
  std::string result = fmt::format("\n[limit.{}]\n", key_text(limit.name));
  const std::pair<std::string_view, const std::string&> keys[] = {{"symbol", limit.on.symbol},
                                                                  {"sector", limit.on.sector},
                                                                  {"account", limit.on.account},
                                                                  {"strategy", limit.on.strategy},
                                                                  {"client", limit.on.client}};
  for (const auto& [key, value] : keys) {
    if (!value.empty()) result += fmt::format("on.{} = {}\n", key, quoted(value));
  }
  result += fmt::format("metric = {}\nmax = {}\nwarn = {}\naction = {}\n", quoted(name_of(metric_names, limit.metric)),
                        decimal(limit.max), decimal(limit.warn), quoted(name_of(action_names, limit.action)));
  if (limit.window.ns != 0) result += fmt::format("window = {}\n", decimal(limit.window.ns / (1'000'000'000 / unit)));
  if (limit.dynamic) result += "dynamic = true\n";
  if (limit.action == Action::Scale) result += fmt::format("factor = {}\n", decimal(limit.factor));
  if (limit.action == Action::Liquidate) result += fmt::format("to = {}\n", decimal(limit.to));
  if (limit.confidence != 0) result += fmt::format("confidence = {}\n", decimal(limit.confidence));
  return result;
}

}  // namespace

std::string freeze(const Settings& settings) {
  std::string result = "[frozen]\nversion = 1\n" + instruments_text(settings.rules.instruments);
  result += zone_text(settings.rules.session.zone);
  result += instance_text(settings) + names_text(settings.rules) + sizing_text(settings.rules.sizing);
  if (settings.rules.model) result += frozen_model(*settings.rules.model, settings.model_facts);
  result += frozen_dynamic(settings.rules);
  for (const core::Limit& limit : settings.rules.limits) result += limit_text(limit);
  return result;
}

}  // namespace bulwark::config
