// SPDX-License-Identifier: Apache-2.0
// Each question reads the journal once, block by block, and keeps the rows that it is about.
#include "sidecar/operator/audit.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "killswitch/refusal.h"
#include "shm/latch.h"
#include "sidecar/config/moment.h"
#include "sidecar/ledger/cells.h"
#include "sidecar/ledger/follow.h"
#include "sidecar/ledger/stops.h"
#include "sidecar/ledger/words.h"
#include "sidecar/operator/command.h"

namespace bulwark::command {

namespace {

using Json = nlohmann::ordered_json;
using ledger::CellRow;
using ledger::Table;
using ledger::Wishes;

struct AuditOptions {
  std::string config, instance, journal;
  std::string id, client;
  bool by_day = false, json = false;
};

std::string directory_of(const AuditOptions& options) {
  if (!options.journal.empty()) {
    if (!journal::journal_files(options.journal).empty()) return options.journal;
    throw kill::Refusal(wrong_usage, options.journal + ": there is no journal in this folder");
  }
  const kill::Instance instance = open_ready(options.instance, options.config);
  return std::string(shm::journal_directory(*instance.page));
}

// For people: when, which record, and every word that is not empty.
std::string text_of(const Json& row) {
  std::string text;
  if (row.contains("t")) text += config::show_moment({row["t"].get<std::int64_t>()}) + "  ";
  if (row.contains("seq")) text += "record " + row["seq"].dump() + "  ";
  for (const auto& [key, value] : row.items()) {
    if (key == "t" || key == "seq" || value.is_null()) continue;
    text += key + "=" + (value.is_string() ? value.get<std::string>() : value.dump()) + " ";
  }
  text.pop_back();
  return text;
}

void say(const AuditOptions& options, const Json& row) {
  std::cout << (options.json ? row.dump() : text_of(row)) << "\n";
}

// Every row of these tables, with the block that it stands in.
int read_all(const AuditOptions& options, std::initializer_list<Table> tables,
             const std::function<void(const CellRow&, const journal::Block&)>& each) {
  const std::string directory = directory_of(options);
  const auto begin = ledger::first_file(directory);
  journal::BlockReader reader(directory, begin ? begin->first_sequence : 1);
  ledger::Rows rows(directory);
  ledger::CellRows cells(tables);
  while (reader.next()) {
    journal::BlockRecords records(reader.block());
    for (journal::Record record; records.next(record);) rows.take(record, cells);
    for (const CellRow& row : cells.rows) each(row, reader.block());
    cells.rows.clear();
  }
  if (reader.ending().kind != journal::EndKind::Damaged) return done;
  std::cout << std::flush;
  std::cerr << "bulwark audit: " << reader.ending().text() << "\n";
  return answer_is_no;
}

int audit_order(const AuditOptions& options) {
  std::string event;  // of the decision that objections belong to
  bool found = false;
  const int code =
      read_all(options, {Table::Verdict, Table::Objection, Table::Fill, Table::OrderEvent, Table::Error},
               [&](const CellRow& row, const journal::Block& block) {
                 const bool names_it = row.text("id") == options.id || row.text("orig_id") == options.id;
                 const bool of_client =
                     options.client.empty() || row.text("client").empty() || row.text("client") == options.client;
                 const bool belongs = row.table == Table::Objection && row.text("event_seq") == event;
                 if (!belongs && !(names_it && of_client)) return;
                 if (row.table == Table::Verdict) event = row.text("event_seq");
                 found = true;
                 Json json = json_of(row);
                 json["block"] = {{"first", block.first}, {"last", block.last}, {"hash", journal::to_hex(block.hash)}};
                 say(options, json);
               });
  if (found || code != done) return code;
  std::cerr << "bulwark audit: the journal knows no order \"" << options.id << "\"\n";
  return answer_is_no;
}

int audit_stops(const AuditOptions& options) {
  Wishes wishes;
  const int code = read_all(options, {Table::Stop, Table::State, Table::ClientStop, Table::Error},
                            [&](const CellRow& row, const journal::Block&) { wishes.take(row); });
  for (const Json& stop : ledger::stops_of(wishes)) say(options, stop);
  return code;
}

int audit_limits(const AuditOptions& options) {
  Wishes wishes;
  const int code = read_all(options, {Table::LimitChange, Table::Error},
                            [&](const CellRow& row, const journal::Block&) { wishes.take(row); });
  for (const CellRow& row : wishes.rows) {
    if (wishes.done(row)) say(options, json_of(row));
  }
  return code;
}

int audit_breaches(const AuditOptions& options) {
  std::map<std::pair<std::string, std::string>, std::map<std::string, std::uint64_t>> days;
  const int code = read_all(options, {Table::Breach, Table::Objection}, [&](const CellRow& row, const journal::Block&) {
    const bool objection = row.table == Table::Objection;
    if (!options.by_day && !objection) say(options, json_of(row));
    const std::string day = config::show_moment(row.t).substr(0, 10);
    ++days[{day, std::string(row.text("limit_name"))}][objection ? "objection" : std::string(row.text("type"))];
  });
  if (!options.by_day) return code;
  for (auto& [key, counts] : days) {
    say(options, {{"day", key.first},
                  {"limit_name", key.second},
                  {"warnings", counts["warning"]},
                  {"breaches", counts["breach"]},
                  {"objections", counts["objection"]}});
  }
  return code;
}

}  // namespace

void add_audit_commands(CLI::App& app, std::function<int()>& chosen) {
  const auto options = std::make_shared<AuditOptions>();
  CLI::App* audit = app.add_subcommand("audit", "who decided what, on which numbers; from the journal alone");
  audit->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, int (*answer)(const AuditOptions&)) {
    CLI::App* question = audit->add_subcommand(name, help);
    question->add_option("--config", options->config, "the configuration file that names the instance")
        ->envname("BULWARK_CONFIG");
    question->add_option("--instance", options->instance, "the instance's name, instead of its configuration");
    question->add_option("--journal", options->journal, "the folder of a journal, instead of a running instance");
    question->add_flag("--json", options->json, "JSON lines");
    question->callback([&chosen, options, answer] {
      chosen = [options, answer] {
        try {
          return answer(*options);
        } catch (const journal::JournalError& error) {
          throw kill::Refusal(answer_is_no, error.what());
        }
      };
    });
    return question;
  };
  CLI::App* order = add("order", "all decisions on an order, with the numbers behind them", audit_order);
  order->add_option("ID", options->id, "the order's id")->required();
  order->add_option("--client", options->client, "of this client alone");
  add("stops", "who stopped trading, when and why, how long each client took, and when it was resumed", audit_stops);
  add("limits", "all changes of limits, with both values and who wanted them", audit_limits);
  add("breaches", "warnings and breaches", audit_breaches)
      ->add_flag("--by-day", options->by_day, "counted by limit and day, with the orders that each limit objected to");
}

}  // namespace bulwark::command
