// SPDX-License-Identifier: Apache-2.0
// `bulwark check-config`: every value and where it came from, or every mistake. `bulwark simulate` starts here too.
#include <unistd.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "sidecar/operator/command.h"
#include "sidecar/simulate/simulate.h"
#include "sidecar/simulate/simulated_journal.h"

namespace bulwark::command {

static config::LoadResult load(const Options& options) {
  return config::load(options.config, config::read_environment(environ));
}

static void print_mistakes(const config::LoadResult& result) {
  for (const config::Mistake& mistake : result.mistakes) std::cerr << config::format(mistake) << "\n";
}

static std::optional<config::Settings> settings_of(const Options& options, bool (config::LoadResult::*usable)() const) {
  if (options.config.empty()) {
    std::cerr << "no configuration: give --config FILE, or set BULWARK_CONFIG\n";
    return std::nullopt;
  }
  config::LoadResult result = load(options);
  if ((result.*usable)()) return std::move(result.settings);
  print_mistakes(result);
  return std::nullopt;
}

std::optional<config::Settings> load_settings(const Options& options) {
  return settings_of(options, &config::LoadResult::good);
}

std::optional<config::Settings> load_but_model(const Options& options) {
  return settings_of(options, &config::LoadResult::good_but_model);
}

static nlohmann::ordered_json value_json(const config::Origin& origin) {
  nlohmann::ordered_json json;
  json["key"] = origin.key;
  const bool text = origin.kind == config::Kind::String || origin.kind == config::Kind::Time;
  json["value"] = text ? nlohmann::ordered_json(origin.value_text) : nlohmann::ordered_json::parse(origin.value_text);
  constexpr const char* origins[] = {"default", "file", "environment"};
  json["origin"] = origins[static_cast<std::size_t>(origin.from)];
  if (origin.from == config::From::File) json["file"] = origin.place.file, json["line"] = origin.place.line;
  if (origin.from == config::From::Environment) json["variable"] = origin.place.variable;
  return json;
}

static void print_json(const config::LoadResult& result) {
  nlohmann::ordered_json json{{"schema", 1}};
  json["values"] = nlohmann::ordered_json::array();
  json["errors"] = nlohmann::ordered_json::array();
  for (const config::Origin& origin : result.values) json["values"].push_back(value_json(origin));
  for (const config::Mistake& mistake : result.mistakes) {
    nlohmann::ordered_json error{{"file", mistake.place.file}, {"line", mistake.place.line}};
    if (!mistake.place.variable.empty()) error["variable"] = mistake.place.variable;
    error["key"] = mistake.key;
    error["message"] = mistake.message;
    json["errors"].push_back(error);
  }
  std::cout << json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
}

int check_config(const Options& options) {
  if (options.config.empty()) {
    std::cerr << "no configuration: give --config FILE, or set BULWARK_CONFIG\n";
    return wrong_usage;
  }
  const config::LoadResult result = load(options);
  if (options.json) print_json(result);
  else if (result.good()) std::cout << config::print_values(result.values);
  print_mistakes(result);
  return result.good() ? done : wrong_usage;
}

int simulate(const Options& options) {
  const auto settings = load_settings(options);
  if (!settings) return wrong_usage;
  std::ios::sync_with_stdio(false);
  std::optional<simulate::SimulatedJournal> journal;
  if (!options.journal.empty()) journal.emplace(options.journal, config::freeze(*settings));
  simulate::simulate(settings->rules, options.snapshot, std::cin, std::cout, journal ? &*journal : nullptr);
  std::cout.flush();
  return std::cout.good() ? done : answer_is_no;
}

}  // namespace bulwark::command
