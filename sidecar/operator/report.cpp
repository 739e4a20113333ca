// SPDX-License-Identifier: Apache-2.0
#include "sidecar/operator/report.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>

#include "killswitch/refusal.h"
#include "shm/whole_file.h"
#include "sidecar/config/beside.h"
#include "sidecar/journal/file.h"
#include "sidecar/operator/command.h"
#include "sidecar/operator/journal.h"
#include "sidecar/report/csv.h"
#include "sidecar/report/document.h"
#include "sidecar/report/html.h"
#include "sidecar/report/pdf.h"

namespace bulwark::command {

using Json = nlohmann::ordered_json;

namespace {

struct ReportOptions {
  std::string config, instance, journal, from, to, output, format = "html";
  bool ended = false;
};

// Where the files of the model are. A configuration says it; a journal keeps only what came of them.
std::optional<model::Source> source_of(const ReportOptions& options) {
  if (options.config.empty()) return std::nullopt;
  try {
    return config::settings_beside("", options.config).model_source;
  } catch (const config::NoSettings& error) {
    throw kill::Refusal(wrong_usage, error.what());
  }
}

// In a folder each report has a name of its own.
std::string output_path(const ReportOptions& options, const Json& document) {
  if (!std::filesystem::is_directory(options.output)) return options.output;
  const auto word = [&document](const char* key) { return document["span"][key].get<std::string>(); };
  const std::string first = word("first_session"), last = word("last_session");
  const std::string name = document["instance"].get<std::string>() + "-" + (first == last ? "" : first + "_") + last;
  return (std::filesystem::path(options.output) / (name + "." + options.format)).string();
}

std::string rendered(const std::string& format, const Json& document, const std::string& pdf_program) {
  if (format == "json") return document.dump() + "\n";
  if (format == "csv") return report::csv_of(document);
  const std::string html = report::html_of(document);
  return format == "pdf" ? report::pdf_of(html, pdf_program) : html;
}

int write_report(const ReportOptions& options) {
  const std::string pdf_program = options.format == "pdf" ? report::pdf_program() : "";
  if (options.format == "pdf" && pdf_program.empty()) throw kill::Refusal(answer_is_no, report::no_pdf_program);
  if (options.format == "pdf" && options.output.empty() && ::isatty(STDOUT_FILENO) != 0)
    throw kill::Refusal(wrong_usage, "a PDF is nothing for a terminal: give --output FILE");
  JournalOptions place;
  place.config = options.config;
  place.instance = options.instance;
  place.journal = options.journal;
  const report::Request request{journal_folder(place), {options.from, options.to, options.ended}, source_of(options)};
  const Json document = report::document_of(request);
  std::string text;
  try {
    text = rendered(options.format, document, pdf_program);
  } catch (const std::runtime_error& error) {
    throw kill::Refusal(answer_is_no, error.what());
  }
  if (options.output.empty()) {
    std::cout << text << std::flush;
    if (!std::cout.good()) return answer_is_no;
  } else {
    const std::string path = output_path(options, document);
    shm::write_whole(path, text);
    std::cout << path << std::endl;
  }
  if (document["damage"].is_null()) return done;
  std::cerr << "bulwark report: the journal is damaged: " << document["damage"].get<std::string>()
            << "; what stands behind that place is not in the report\n";
  return answer_is_no;
}

}  // namespace

void add_report_command(CLI::App& app, std::function<int()>& chosen) {
  const auto options = std::make_shared<ReportOptions>();
  CLI::App* command = app.add_subcommand("report", "the daily risk report, made of a journal");
  command->add_option("--journal", options->journal, "the journal's folder; no instance has to run");
  command->add_option("--instance", options->instance, "the name of a running instance");
  command
      ->add_option("--config", options->config,
                   "the configuration that names the journal, and the model's prices (with --journal: only these)")
      ->envname("BULWARK_CONFIG");
  CLI::Option* from = command->add_option("--from", options->from,
                                          "the first session (2026-11-22), or a moment (2026-11-22T15:00:00Z); "
                                          "default: the session of --to, else the newest");
  CLI::Option* to = command->add_option("--to", options->to, "the last session, or a moment; default: the newest");
  command->add_flag("--ended", options->ended, "the last session that is over")->excludes(from)->excludes(to);
  command->add_option("--format", options->format, "html, pdf, csv or json")
      ->check(CLI::IsMember({"html", "pdf", "csv", "json"}))
      ->capture_default_str();
  command->add_option("--output", options->output,
                      "where to; a folder: INSTANCE-DATE.FORMAT in it; default: standard output");
  command->callback([&chosen, options] {
    chosen = [options] {
      try {
        return write_report(*options);
      } catch (const report::Mistake& mistake) {
        throw kill::Refusal(wrong_usage, mistake.what());
      } catch (const report::NothingYet& nothing) {
        // Asked for by a timer on an instance's first day, that is no failure.
        if (!options->ended) throw kill::Refusal(answer_is_no, nothing.what());
        std::cerr << "bulwark report: no session is over yet: " << nothing.what() << "\n";
        return static_cast<int>(done);
      } catch (const journal::JournalError& error) {
        throw kill::Refusal(answer_is_no, error.what());
      }
    };
  });
}

}  // namespace bulwark::command
