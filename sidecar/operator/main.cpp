// SPDX-License-Identifier: Apache-2.0
// The operator's command line. Errors go to standard error, results to standard output.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>

#include "killswitch/refusal.h"
#include "sidecar/operator/alerts.h"
#include "sidecar/operator/audit.h"
#include "sidecar/operator/command.h"
#include "sidecar/operator/control.h"
#include "sidecar/operator/journal.h"
#include "sidecar/operator/reconcile.h"
#include "sidecar/operator/report.h"
#include "sidecar/operator/risk.h"
#include "sidecar/operator/top.h"

namespace bulwark::command {

static int run(int argc, char** argv) {
  CLI::App app{"Bulwark: pre-trade risk, position sizing and a kill switch for trading processes on one machine"};
  app.set_version_flag("--version", "bulwark " BULWARK_VERSION);
  app.require_subcommand(1);
  Options options;
  std::function<int()> chosen;
  const auto command = [&](const char* name, const char* help, int (*carry_out)(const Options&)) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->add_option("--config", options.config, "the configuration file")->envname("BULWARK_CONFIG");
    sub->callback([&chosen, &options, carry_out] { chosen = [&options, carry_out] { return carry_out(options); }; });
    return sub;
  };
  CLI::App* check = command("check-config", "print every value and where it came from, or every mistake", check_config);
  check->add_flag("--json", options.json, "one JSON document");
  CLI::App* simulation = command("simulate", "run the engine over events on standard input (JSON lines)", simulate);
  simulation->add_flag("--snapshot", options.snapshot, "append a line with positions, accounts, limits and states");
  simulation->add_option("--journal", options.journal, "write a journal into this folder, too");
  command("up", "run one instance in the foreground: watchdog, sidecar, ledger", up);
  CLI::App* state = command("status", "what a running instance is doing", status);
  state->add_option("--instance", options.instance, "the instance's name, instead of its configuration");
  state->add_flag("--json", options.json, "one JSON document");
  CLI::Option* book =
      state->add_flag("--book", options.book, "positions, accounts, values of the limits, latched states");
  CLI::Option* controls =
      state->add_flag("--controls", options.controls, "every limit: its value, maximum, the age of its inputs")
          ->excludes(book);
  state
      ->add_flag("--risk", options.risk,
                 "profit and loss, exposures, VaR, scenarios, the model and its back-test, live")
      ->excludes(book)
      ->excludes(controls);
  CLI::App* again = command("reload", "apply changed limits to a running instance, all or nothing", reload);
  again->add_option("--instance", options.instance, "the instance's name, instead of its configuration");
  again->add_option("--operator", options.operator_name, "who, for the journal");
  again->add_option("--reason", options.reason, "why, for the journal");
  add_top_command(app, chosen);
  add_control_commands(app, chosen);
  add_journal_commands(app, chosen);
  add_audit_commands(app, chosen);
  add_reconcile_command(app, chosen);
  add_report_command(app, chosen);
  add_risk_command(app, chosen);
  add_alerts_commands(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? done : wrong_usage;
  }
  return chosen();
}

}  // namespace bulwark::command

int main(int argc, char** argv) {
  try {
    return bulwark::command::run(argc, argv);
  } catch (const bulwark::kill::Refusal& refusal) {
    std::fprintf(stderr, "bulwark: %s\n", refusal.what());
    return refusal.code();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bulwark: %s\n", error.what());
    return bulwark::command::wrong_usage;
  }
}
