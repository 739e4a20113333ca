// SPDX-License-Identifier: Apache-2.0
// `bulwark reconcile`: reads the broker's positions from a file or from what a command prints, lists what differs, and,
// with --adopt and a person's name, has the sidecar take each difference over.
#include <fmt/format.h>
#include <sys/wait.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "killswitch/door.h"
#include "killswitch/refusal.h"
#include "shm/decimal.h"
#include "shm/latch.h"
#include "sidecar/operator/command.h"
#include "sidecar/operator/reconcile.h"
#include "sidecar/view/book.h"

namespace bulwark::command {

using Json = nlohmann::ordered_json;
using kill::Refusal;

namespace {

struct ReconcileOptions {
  std::string config, instance, file, command, operator_name, reason;
  bool adopt = false, json = false;
};

std::string read_positions_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file) throw Refusal(wrong_usage, path + ": cannot be read");
  return text.str();
}

// What the command prints, if it ends well: half of a broker's answer would look like closed positions.
std::string output_of(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "re");
  if (pipe == nullptr) throw Refusal(answer_is_no, "the command cannot be started: " + command);
  std::string text;
  char part[4'096];
  for (std::size_t size; (size = std::fread(part, 1, sizeof part, pipe)) > 0;) text.append(part, size);
  const int status = ::pclose(pipe);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return text;
  throw Refusal(answer_is_no, "the command failed, and what it printed is not believed: " + command);
}

std::vector<BrokerPosition> read_positions(const ReconcileOptions& options) {
  std::vector<std::string> mistakes;
  const std::string name = options.file.empty() ? "--command" : options.file;
  const std::string text = options.file.empty() ? output_of(options.command) : read_positions_file(options.file);
  std::vector<BrokerPosition> rows = parse_positions(text, name, mistakes);
  std::string message = "the broker's positions cannot be read";
  for (const std::string& mistake : mistakes) message += "\n" + mistake;
  if (!mistakes.empty()) throw Refusal(wrong_usage, message);
  return rows;
}

// What came of one difference. `said`: in words, where it was not adopted.
struct Adopted {
  bool done = false;
  std::vector<std::string> said;
};

Adopted adopt(const kill::Instance& instance, const Difference& difference, const ReconcileOptions& options) {
  if (!difference.why_not.empty()) return {false, {difference.why_not}};
  shm::ControlRequest request = kill::control_request(shm::Wish::Adopt);
  request.account = Name::from(difference.account);
  request.symbol = Name::from(difference.symbol);
  request.operator_name = Name::from(options.operator_name);
  request.reason = Sentence::from(options.reason);
  request.max_low = static_cast<std::uint64_t>(difference.broker);
  request.max_high = static_cast<std::uint64_t>(static_cast<uint128>(int128{difference.broker}) >> 64);
  request.seen = static_cast<std::uint64_t>(difference.ours);
  const kill::DoorAnswer answer = kill::ask_sidecar(instance.folder, request);
  if (!answer.heard) return {false, {"the sidecar does not answer; nothing was changed"}};
  return {answer.done, answer.done ? std::vector<std::string>{} : answer.lines};
}

Json json_of(const Difference& difference) {
  return {{"account", shm::printable(difference.account)},
          {"symbol", shm::printable(difference.symbol)},
          {"broker", format_decimal(difference.broker)},
          {"bulwark", format_decimal(difference.ours)},
          {"working_buy", format_decimal(difference.working_buy)},
          {"working_sell", format_decimal(difference.working_sell)}};
}

std::string text_of(const Json& row) {
  const auto word = [&row](const char* key) { return row[key].get<std::string>(); };
  std::string text =
      fmt::format("{} {}: broker {}, here {}", word("account"), word("symbol"), word("broker"), word("bulwark"));
  if (word("working_buy") != "0" || word("working_sell") != "0")
    text += fmt::format(" (working: buy {}, sell {})", word("working_buy"), word("working_sell"));
  if (row.contains("adopted")) text += row["adopted"].get<bool>() ? "; adopted" : "; not adopted";
  for (const Json& said : row.value("said", Json::array())) text += ": " + said.get<std::string>();
  return text + "\n";
}

int reconcile(const ReconcileOptions& options) {
  if (options.file.empty() == options.command.empty())
    throw Refusal(wrong_usage, "name the broker's positions: a FILE, or --command COMMAND that prints one");
  if (options.adopt && (!valid_name(options.operator_name) || options.reason.empty() || options.reason.size() > 127 ||
                        !printable_ascii(options.reason))) {
    throw Refusal(wrong_usage,
                  "--adopt needs a person: --operator (1 to 32) and --reason (1 to 127 printable ASCII "
                  "characters)");
  }
  const std::vector<BrokerPosition> broker = read_positions(options);
  const kill::Instance instance = open_ready(options.instance, options.config);
  const auto engine = view::book_of(std::string(shm::journal_directory(*instance.page)));
  Json rows = Json::array();
  bool agree = true;
  for (const Difference& difference : compare(*engine, broker)) {
    Json row = json_of(difference);
    if (options.adopt) {
      const Adopted adopted = adopt(instance, difference, options);
      row["adopted"] = adopted.done;
      if (!adopted.done) row["said"] = adopted.said;
      agree = agree && adopted.done;
    } else {
      if (!difference.why_not.empty()) row["said"] = Json::array({difference.why_not});
      agree = false;
    }
    rows.push_back(std::move(row));
  }
  if (options.json) {
    std::cout << Json{{"schema", 1}, {"instance", instance.name}, {"agree", agree}, {"differences", rows}}.dump()
              << "\n";
  } else {
    for (const Json& row : rows) std::cout << text_of(row);
    if (rows.empty()) std::cout << "no difference in " << broker.size() << " positions\n";
  }
  return agree ? done : answer_is_no;
}

}  // namespace

void add_reconcile_command(CLI::App& app, std::function<int()>& chosen) {
  const auto options = std::make_shared<ReconcileOptions>();
  CLI::App* command = app.add_subcommand("reconcile", "compare the positions of a running instance with the broker's");
  command->add_option("FILE", options->file,
                      "account,symbol,position with a header line: every position of each account");
  command->add_option("--command", options->command, "a command that prints such a file");
  command->add_flag("--adopt", options->adopt, "take the broker's positions over, at the mark");
  command->add_option("--operator", options->operator_name, "who adopts them");
  command->add_option("--reason", options->reason, "why");
  command->add_option("--config", options->config, "the configuration file that names the instance")
      ->envname("BULWARK_CONFIG");
  command->add_option("--instance", options->instance, "the instance's name, instead of its configuration");
  command->add_flag("--json", options->json, "one JSON document");
  command->callback([&chosen, options] { chosen = [options] { return reconcile(*options); }; });
}

}  // namespace bulwark::command
