// SPDX-License-Identifier: Apache-2.0
// `bulwark alerts test` speaks to destinations itself; `list` and `acknowledge` go by the folder that the console keeps
// its alerts in, so that they work without a log-in, and a person's word is not lost where no console runs.
#include "sidecar/operator/alerts.h"

#include <fmt/format.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "killswitch/refusal.h"
#include "shm/clock.h"
#include "shm/kill_page.h"
#include "sidecar/config/beside.h"
#include "sidecar/config/moment.h"
#include "sidecar/console/alerts/courier.h"
#include "sidecar/console/alerts/store.h"
#include "sidecar/console/alerts/words.h"
#include "sidecar/operator/command.h"

namespace bulwark::command {

using Json = nlohmann::ordered_json;
using kill::Refusal;

namespace {

constexpr DurationNs taken_within = milliseconds(3'000);

struct AlertsOptions {
  std::string config, instance, to, operator_name;
  std::uint64_t id = 0;
  bool json = false;
};

config::Settings settings_of(const AlertsOptions& options) {
  try {
    return config::settings_beside("", options.config);
  } catch (const config::NoSettings& error) {
    throw Refusal(wrong_usage, error.what());
  }
}

// --instance before --config, which the environment may name.
std::string folder_of(const AlertsOptions& options) {
  if (options.instance.empty()) return settings_of(options).journal_directory + "/alerts";
  const kill::Instance instance = kill::open_instance(kill::choose_instance(options.instance, ""));
  return std::string(shm::journal_directory(*instance.page)) + "/alerts";
}

Json kept_in(const std::string& folder) {
  Json kept = alerts::kept_alerts(folder);
  if (!kept.is_object() || !kept.contains("list"))
    throw Refusal(answer_is_no, folder + ": no console has kept alerts here");
  return kept["list"];
}

int test(const AlertsOptions& options) {
  ::signal(SIGPIPE, SIG_IGN);
  const config::Settings settings = settings_of(options);
  const std::vector<config::AlertTarget>& targets = settings.alerts.targets;
  const Json document{
      {"id", 0},
      {"what", "test"},
      {"severity", "info"},
      {"rule", "test"},
      {"instance", settings.instance.name},
      {"t", shm::wall_now().ns},
      {"text", "This is a test: alerts of " + settings.instance.name + " arrive here. Nothing is wrong"},
      {"on", Json::object()},
      {"limit", nullptr},
      {"value", nullptr},
      {"max", nullptr},
      {"count", 1}};
  alerts::Courier courier(targets, shm::wall_now);
  bool all = true, any = false;
  const alerts::Done done = [&](std::size_t target, const std::string& error) {
    std::cout << targets[target].name << ": " << (error.empty() ? "taken" : error) << std::endl;
    all = all && error.empty();
  };
  for (std::size_t k = 0; k < targets.size(); ++k) {
    if (!options.to.empty() && targets[k].name != options.to) continue;
    any = true;
    courier.send({k, {document}}, done);
  }
  if (!any) {
    throw Refusal(wrong_usage, options.to.empty() ? "no destination is configured: [alerts.to.NAME]"
                                                  : "no destination is named \"" + options.to + "\"");
  }
  while (courier.busy()) courier.work(100, done);
  return all ? Exit::done : answer_is_no;
}

int list(const AlertsOptions& options) {
  const Json rows = kept_in(folder_of(options));
  if (options.json) {
    std::cout << Json{{"schema", 1}, {"alerts", rows}}.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
    return done;
  }
  for (const Json& row : rows) {
    const std::string person = alerts::text_of(row, "acknowledged_by");
    std::cout << fmt::format("{} {} {} {}{}{}\n", row.at("id").get<std::uint64_t>(),
                             config::show_moment({row.at("t").get<std::int64_t>()}), alerts::text_of(row, "severity"),
                             alerts::text_of(row, "text"), person.empty() ? "" : " [acknowledged by " + person + "]",
                             row.at("escalated") == true ? " [escalated]" : "");
  }
  if (rows.empty()) std::cout << "nothing stands\n";
  return done;
}

int acknowledge(const AlertsOptions& options) {
  if (!valid_name(options.operator_name))
    throw Refusal(wrong_usage, "--operator has 1 to 32 printable ASCII characters");
  const std::string folder = folder_of(options);
  const Json rows = kept_in(folder);
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Json& one) { return one.at("id") == options.id; });
  if (row == rows.end())
    throw Refusal(answer_is_no, fmt::format("no alert {} stands: bulwark alerts list", options.id));
  const std::string file = alerts::leave_acknowledgement(folder, {options.id, options.operator_name});
  const MonotonicNs until = shm::monotonic_now() + taken_within;
  while (std::filesystem::exists(file) && shm::monotonic_now() < until) shm::nap(milliseconds(20));
  if (std::filesystem::exists(file)) {
    std::cerr << "no console has taken it yet; it counts as soon as one runs\n";
    return answer_is_no;
  }
  std::cout << fmt::format("{} is acknowledged: {}\n", options.id, alerts::text_of(*row, "text"));
  return done;
}

}  // namespace

void add_alerts_commands(CLI::App& app, std::function<int()>& chosen) {
  const auto options = std::make_shared<AlertsOptions>();
  CLI::App* whole = app.add_subcommand("alerts", "what people are told: test destinations, list, acknowledge");
  whole->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, int (*carry_out)(const AlertsOptions&)) {
    CLI::App* command = whole->add_subcommand(name, help);
    command->add_option("--config", options->config, "the configuration file")->envname("BULWARK_CONFIG");
    command->callback([&chosen, options, carry_out] { chosen = [options, carry_out] { return carry_out(*options); }; });
    return command;
  };
  const auto add_instance = [&](CLI::App* command) {
    command->add_option("--instance", options->instance, "the instance's name, instead of its configuration");
  };
  add("test", "send a test alert to each destination, and say which of them took it", test)
      ->add_option("--to", options->to, "only to this one");
  CLI::App* listed = add("list", "what stands, and what nobody has acknowledged", list);
  listed->add_flag("--json", options->json, "one JSON document");
  add_instance(listed);
  CLI::App* seen = add("acknowledge", "a person has seen it: it is not escalated, and not told again", acknowledge);
  seen->add_option("id", options->id, "the number of the alert")->required();
  seen->add_option("--operator", options->operator_name, "who")->required();
  add_instance(seen);
}

}  // namespace bulwark::command
