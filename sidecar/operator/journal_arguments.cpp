// SPDX-License-Identifier: Apache-2.0
// The command lines of `bulwark journal`, `verify` and `replay`, and which journal they mean.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "killswitch/refusal.h"
#include "sidecar/journal/file.h"
#include "sidecar/operator/command.h"
#include "sidecar/operator/journal.h"

namespace bulwark::command {

using Arguments = std::shared_ptr<JournalOptions>;

static CLI::App* add(CLI::App& app, const char* name, const char* help, const Arguments& options,
                     std::function<int()>& chosen, int (*carry_out)(const JournalOptions&)) {
  CLI::App* command = app.add_subcommand(name, help);
  command->add_option("--journal", options->journal, "the journal's folder; no instance has to run");
  command->add_option("--instance", options->instance, "the name of a running instance");
  command->add_flag("--json", options->json, "JSON");
  command->callback([&chosen, options, carry_out] { chosen = [options, carry_out] { return carry_out(*options); }; });
  return command;
}

void add_journal_commands(CLI::App& app, std::function<int()>& chosen) {
  const auto options = std::make_shared<JournalOptions>();
  CLI::App* show = add(app, "journal", "show the records of a journal", options, chosen, show_journal);
  show->add_flag("--csv", options->csv, "comma-separated values")->excludes("--json");
  show->add_flag("--follow", options->follow, "go on with what comes, until it is interrupted");
  show->add_option("--type", options->types, "only records of this type: intent, verdict, fill, ...; may be repeated")
      ->allow_extra_args(false);
  const auto filter = [show](const char* name, std::string& value, const char* help) {
    show->add_option(name, value, help);
  };
  filter("--client", options->client, "only what belongs to this client");
  filter("--account", options->account, "only what belongs to this account");
  filter("--strategy", options->strategy, "only what belongs to this strategy");
  filter("--symbol", options->symbol, "only what belongs to this symbol");
  filter("--id", options->id, "only what belongs to this order");
  filter("--reason", options->reason, "only verdicts with this reason");
  filter("--limit", options->limit, "only what this limit brought about");
  filter("--from", options->from, "from this moment on: 2026-11-22T15:00:00Z, or nanoseconds since the epoch");
  filter("--to", options->to, "before this moment");
  CLI::App* check = add(app, "verify", "prove that no byte of a journal was changed", options, chosen, verify);
  CLI::App* again = add(app, "replay", "prove that a journal's decisions follow from it", options, chosen, replay);
  for (CLI::App* command : {show, check}) {
    command->add_option("--config", options->config, "the configuration that names the journal")
        ->envname("BULWARK_CONFIG");
  }
  again->add_option("--config", options->config,
                    "the configuration that names the journal; with --journal or --instance: what would have been "
                    "decided under this one");
}

std::string journal_folder(const JournalOptions& options) {
  std::string folder = options.journal;
  if (folder.empty() && !options.instance.empty()) {
    const kill::Instance instance = kill::open_instance(kill::choose_instance(options.instance, ""));
    folder = std::string(shm::journal_directory(*instance.page));
  }
  if (folder.empty()) {
    const char* variable = std::getenv("BULWARK_CONFIG");
    const std::string config = !options.config.empty() ? options.config : variable != nullptr ? variable : "";
    if (config.empty())
      throw kill::Refusal(wrong_usage, "no journal: give --journal DIR, --instance NAME or --config FILE");
    Options of_config;
    of_config.config = config;
    const auto settings = load_but_model(of_config);
    if (!settings) throw kill::Refusal(wrong_usage, config + " is no good configuration");
    folder = settings->journal_directory;
  }
  if (journal::journal_files(folder).empty()) {
    throw kill::Refusal(wrong_usage, folder + ": there is no journal here (no file NNNNNN.journal)");
  }
  return folder;
}

}  // namespace bulwark::command
