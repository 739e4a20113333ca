// SPDX-License-Identifier: Apache-2.0
// The command lines of `bulwark control` and `bulwark equity`.
#include <CLI/CLI.hpp>
#include <memory>

#include "sidecar/operator/control.h"

namespace bulwark::command {

using Options = std::shared_ptr<ControlOptions>;

static CLI::App* add(CLI::App& to, const char* name, const char* help, const Options& options,
                     std::function<int()>& chosen, int (*carry_out)(const ControlOptions&)) {
  CLI::App* command = to.add_subcommand(name, help);
  command->add_option("--config", options->config, "the configuration file that names the instance")
      ->envname("BULWARK_CONFIG");
  command->add_option("--instance", options->instance, "the instance's name, instead of its configuration");
  command->add_flag("--json", options->json, "one JSON document");
  command->callback([&chosen, options, carry_out] { chosen = [options, carry_out] { return carry_out(*options); }; });
  return command;
}

static void add_scope(CLI::App* command, const Options& options) {
  command->add_option("--on", options->on, "only this: account=, strategy=, symbol=, sector= or client=; several meet")
      ->allow_extra_args(false)
      ->take_all();
}

static void add_person(CLI::App* command, const Options& options, bool required) {
  command->add_option("--operator", options->operator_name, "who")->required(required);
  command->add_option("--reason", options->reason, "why")->required(required);
}

static void add_control(CLI::App& app, const Options& options, std::function<int()>& chosen) {
  CLI::App* control = app.add_subcommand("control", "stop, resume, or move a limit for a time, while it runs");
  control->require_subcommand(1);
  CLI::App* halt = add(*control, "halt", "the kill switch, or a stop of one scope", options, chosen, control_halt);
  CLI::App* reduce =
      add(*control, "reduce_only", "from now on only reducing orders", options, chosen, control_reduce_only);
  CLI::App* resume = add(*control, "resume", "let it trade again, after checks", options, chosen, control_resume);
  CLI::App* override_max =
      add(*control, "override", "another max for one limit, until a moment", options, chosen, control_override);
  CLI::App* liquidate =
      add(*control, "liquidate", "stop it, and bring it down to nothing", options, chosen, control_liquidate);
  CLI::App* confirm =
      add(*control, "confirm", "agree, as a second operator, to what was proposed", options, chosen, control_confirm);
  for (CLI::App* command : {halt, reduce, resume, override_max, liquidate}) add_scope(command, options);
  for (CLI::App* command : {halt, reduce, liquidate}) add_person(command, options, false);
  for (CLI::App* command : {resume, override_max, confirm}) add_person(command, options, true);
  resume->add_flag("--new-baseline", options->new_baseline, "losses and peaks start anew");
  resume->add_option("--stage", options->stage, "reduce_only, half or full (the default)")
      ->check(CLI::IsMember({"reduce_only", "half", "full"}));
  override_max->add_option("--limit", options->limit, "the limit's name")->required();
  override_max->add_option("--max", options->max, "the max in force meanwhile")->required();
  override_max->add_option("--until", options->until, "+30m, +1h30m, +2d, or 2026-11-22T15:00:00Z")->required();
  confirm->add_option("ID", options->proposal, "the number of the proposal")->required()->check(CLI::PositiveNumber);
}

void add_control_commands(CLI::App& app, std::function<int()>& chosen) {
  const auto options = std::make_shared<ControlOptions>();
  add_control(app, options, chosen);
  CLI::App* deposit = add(app, "equity", "a deposit (+) or a withdrawal (-): moves no profit, loss or drawdown",
                          options, chosen, equity);
  deposit->add_option("--account", options->account, "the account")->required();
  deposit->add_option("--amount", options->amount, "in the base currency")->required();
  add_person(deposit, options, true);
}

}  // namespace bulwark::command
