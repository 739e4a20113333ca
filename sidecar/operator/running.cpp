// SPDX-License-Identifier: Apache-2.0
// The commands about a running instance: `bulwark status` and `bulwark reload`.
#include <filesystem>
#include <iostream>

#include "killswitch/commands.h"
#include "killswitch/door.h"
#include "killswitch/refusal.h"
#include "shm/clock.h"
#include "sidecar/journal/file.h"
#include "sidecar/operator/command.h"
#include "sidecar/operator/control.h"
#include "sidecar/operator/status_text.h"
#include "sidecar/view/book.h"
#include "sidecar/view/risk.h"

namespace bulwark::command {

kill::Instance open_ready(const std::string& name, const std::string& config) {
  kill::Instance instance = kill::open_instance(kill::choose_instance(name, config));
  if (instance.up_alive() && !std::filesystem::exists(instance.folder + "/ready")) {
    throw kill::Refusal(not_running, "\"" + instance.name + "\" is starting or ending");
  }
  return instance;
}

// What the journal knows of the instance, which the running processes need not be asked for.
static int show_book(const kill::Instance& instance, const Options& options) {
  try {
    const auto engine = view::book_of(std::string(shm::journal_directory(*instance.page)));
    nlohmann::ordered_json document{{"schema", 1}, {"instance", instance.name}};
    if (options.controls) document["controls"] = view::controls_json(*engine, shm::wall_now());
    else document.update(view::book_json(*engine));
    if (options.json) std::cout << document.dump() << std::endl;
    else std::cout << (options.controls ? controls_text(document["controls"]) : book_text(document)) << std::flush;
    return done;
  } catch (const journal::JournalError& error) {
    std::cerr << "bulwark status: " << error.what() << std::endl;
    return answer_is_no;
  }
}

static int show_risk(const kill::Instance& instance, const Options& options) {
  const nlohmann::ordered_json risk = view::risk_json(instance);
  if (options.json) std::cout << nlohmann::ordered_json{{"schema", 1}, {"instance", instance.name}, {"risk", risk}};
  else std::cout << risk_text(risk);
  std::cout << (options.json ? "\n" : "") << std::flush;
  return done;
}

int status(const Options& options) {
  const kill::Instance instance = open_ready(options.instance, options.config);
  if (options.risk) return show_risk(instance, options);
  if (options.book || options.controls) return show_book(instance, options);
  return kill::show_status(instance, options.json);
}

int reload(const Options& options) {
  const bool named = !options.operator_name.empty() || !options.reason.empty();
  if (named && (!valid_name(options.operator_name) || options.reason.empty() || options.reason.size() > 127 ||
                !printable_ascii(options.reason))) {
    throw kill::Refusal(wrong_usage, "--operator has 1 to 32 and --reason 1 to 127 printable ASCII characters");
  }
  const kill::Instance instance = open_ready(options.instance, options.config);
  shm::ControlRequest request = kill::control_request(shm::Wish::Reload);
  request.operator_name = Name::from(options.operator_name);
  request.reason = Sentence::from(options.reason);
  const kill::DoorAnswer answer = kill::ask_sidecar(instance.folder, request);
  if (!answer.heard) {
    std::cerr << "bulwark reload: the sidecar of \"" << instance.name << "\" does not answer; nothing has changed\n";
    return answer_is_no;
  }
  for (const std::string& line : answer.lines) (answer.done ? std::cout : std::cerr) << line << "\n";
  if (answer.proposal == 0) return answer.done ? done : wrong_usage;
  std::cerr << how_to_confirm(answer, instance.name) << "\n";
  return answer_is_no;
}

}  // namespace bulwark::command
