// SPDX-License-Identifier: Apache-2.0
// killswitch: stop, resume, status, drill. Needs nothing but the kill page: no sidecar, no watchdog, no configuration.
#include <CLI/CLI.hpp>
#include <iostream>

#include "killswitch/commands.h"
#include "killswitch/priority.h"
#include "killswitch/refusal.h"

namespace bulwark::kill {

static constexpr const char* version = "killswitch " BULWARK_VERSION;

namespace {

struct Arguments {
  std::string instance, config_file;
  StopOptions stop;
  ResumeOptions resume;
  DrillOptions drill;
  bool status_json = false;
  std::string stage;
};

}  // namespace

static constexpr const char* on_help =
    "only this scope: account=, strategy=, symbol= or client= (resume: sector= too); several meet";

static void add_stop(CLI::App& app, Arguments& arguments) {
  CLI::App* stop = app.add_subcommand("stop", "stop trading now; returns when every client has acknowledged");
  stop->add_option("--reason", arguments.stop.reason, "why");
  stop->add_option("--operator", arguments.stop.operator_name, "who");
  stop->add_option("--on", arguments.stop.on, on_help)->take_all();
  stop->add_option("--timeout", arguments.stop.timeout_ms, "milliseconds to wait for the clients")
      ->capture_default_str()
      ->check(CLI::Range(0, 3'600'000));
  stop->add_flag("--json", arguments.stop.json, "one JSON document");
  stop->add_flag("--liquidate", arguments.stop.liquidate,
                 "then bring it down to nothing: cancels first, then reducing orders (needs the sidecar)");
}

static void add_resume(CLI::App& app, Arguments& arguments) {
  CLI::App* resume = app.add_subcommand("resume", "let it trade again, after checks");
  resume->add_option("--reason", arguments.resume.reason, "why");
  resume->add_option("--operator", arguments.resume.operator_name, "who");
  resume->add_option("--on", arguments.resume.on, on_help)->take_all();
  resume->add_flag("--new-baseline", arguments.resume.new_baseline, "losses and peaks start anew");
  resume
      ->add_option("--stage", arguments.stage,
                   "reduce_only (not asked whether a limit is breached), half (of what is dynamic and of sizes), full")
      ->check(CLI::IsMember({"reduce_only", "half", "full"}));
  resume->add_flag("--json", arguments.resume.json, "one JSON document");
}

static void add_others(CLI::App& app, Arguments& arguments) {
  CLI::App* status = app.add_subcommand("status", "may it trade, who runs, who is attached");
  status->add_flag("--json", arguments.status_json, "one JSON document");
  CLI::App* drill = app.add_subcommand("drill", "measure the real path of a stop without stopping anything");
  drill->add_option("--trials", arguments.drill.trials, "how often")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  drill->add_option("--timeout", arguments.drill.timeout_ms, "milliseconds to wait for the clients")
      ->capture_default_str()
      ->check(CLI::Range(0, 3'600'000));
  drill->add_flag("--json", arguments.drill.json, "one JSON document");
}

static int run(const CLI::App& app, Arguments& arguments) {
  if (!arguments.stage.empty()) arguments.resume.stage = from_name(stage_names, arguments.stage, ResumeStage::Full);
  const Instance instance = open_instance(choose_instance(arguments.instance, arguments.config_file));
  if (app.got_subcommand("stop")) return stop_instance(instance, arguments.stop);
  if (app.got_subcommand("resume")) return resume_instance(instance, arguments.resume);
  if (app.got_subcommand("drill")) return drill_instance(instance, arguments.drill);
  return show_status(instance, arguments.status_json);
}

static int main_of(int argc, char** argv) {
  CLI::App app{"Stops and resumes the trading of a Bulwark instance."};
  Arguments arguments;
  app.set_version_flag("--version", version);
  app.add_option("--instance", arguments.instance, "the instance; needs no configuration file");
  app.add_option("--config", arguments.config_file, "the configuration file that names it")->envname("BULWARK_CONFIG");
  app.fallthrough();
  app.require_subcommand(1);
  add_stop(app, arguments);
  add_resume(app, arguments);
  add_others(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_done : exit_usage;
  }
  return run(app, arguments);
}

}  // namespace bulwark::kill

int main(int argc, char** argv) {
  using namespace bulwark::kill;
  ask_for_priority();
  try {
    return main_of(argc, argv);
  } catch (const Refusal& refusal) {
    std::cerr << "killswitch: " << refusal.what() << std::endl;
    return refusal.code();
  } catch (const std::exception& error) {
    std::cerr << "killswitch: " << error.what() << std::endl;
    return exit_no;
  }
}
