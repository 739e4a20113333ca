// SPDX-License-Identifier: Apache-2.0
// killswitch resume: a named person lets an instance trade again, by compare-and-swap on the stop that was looked at,
// after checks that are all told when one fails. The sidecar checks marks and limits, for only it knows them.
#include <iostream>

#include "killswitch/beat.h"
#include "killswitch/board_view.h"
#include "killswitch/clients.h"
#include "killswitch/documents.h"
#include "killswitch/door.h"
#include "killswitch/refusal.h"
#include "killswitch/scope.h"
#include "shm/latch.h"

namespace bulwark::kill {

static constexpr int patience_ms = 100;

// Returns whether the sidecar can be asked.
static bool check_processes(const Instance& instance, std::vector<std::string>& failing) {
  bool beats = false;
  if (!instance.board) {
    failing.push_back("sidecar: it is not running (board: " + std::string(shm::explain(instance.board.status)) + ")");
  } else if (!instance.sidecar_alive()) {
    failing.push_back("sidecar: it is not running");
  } else if (const std::string why = why_not_beating(instance.board->beat_ns); !why.empty()) {
    failing.push_back("sidecar: " + why);
  } else {
    beats = true;
    const bool healthy = instance.board->journal_health.load() == shm::JournalHealth::Healthy;
    if (!healthy) failing.push_back("journal: it is not healthy");
  }
  if (!instance.watchdog_alive()) {
    failing.push_back("watchdog: it is not running, nobody would renew the lease");
  } else if (const std::string why = why_not_beating(instance.page->watchdog_beat_ns); !why.empty()) {
    failing.push_back("watchdog: " + why);
  }
  return beats;
}

// A client that was attached a moment ago may still be about to acknowledge.
static void check_clients(const Instance& instance, shm::Permission permission, std::vector<std::string>& failing) {
  std::vector<std::string> silent;
  for (int i = 0; i < patience_ms; ++i) {
    silent.clear();
    for (const ClientView& client : live_clients(instance.folder)) {
      if (!client.saw_stop(permission.epoch())) silent.push_back("client " + client.label());
    }
    if (silent.empty()) return;
    shm::nap(milliseconds(1));
  }
  for (const std::string& who : silent) failing.push_back(who + ": it has not acknowledged the stop");
}

static shm::ControlRequest request_of(const ResumeOptions& options, const StopScope& scope,
                                      shm::Permission permission) {
  shm::ControlRequest request = control_request(shm::Wish::Resume);
  request.new_baseline = options.new_baseline ? 1 : 0;
  request.stage = options.stage.value_or(ResumeStage::Full);
  request.seen = permission.word;
  put_scope(scope, request);
  request.operator_name = Name::from(shm::printable(options.operator_name));
  request.reason = Sentence::from(shm::printable(options.reason));
  return request;
}

static bool nothing_to_resume(const Instance& instance, const ResumeOptions& options, shm::Permission permission) {
  // A stage is no latch: whoever names one may mean the one that holds.
  if (!permission.trading() || !options.on.empty() || options.new_baseline || options.stage) return false;
  const auto latched = latched_states(instance.board);
  return latched && latched->empty();
}

static std::string wait_for_lease(const Instance& instance) {
  for (int i = 0; i < 200; ++i) {
    if (shm::lease_valid(*instance.page, shm::monotonic_now())) return ", the lease is running";
    shm::nap(milliseconds(1));
  }
  return ", but the lease is not renewed yet";
}

static std::string at_stage(const ResumeOptions& options) {
  switch (options.stage.value_or(ResumeStage::Full)) {
    case ResumeStage::Half: return " at half";
    case ResumeStage::ReduceOnly: return " to reduce_only";
    default: return "";
  }
}

// The sidecar has resumed; now the kill page, where it is everything that was stopped. Says what holds from now on.
static std::string let_go(const Instance& instance, const ResumeOptions& options, const StopScope& scope,
                          shm::Permission permission) {
  if (!scope.whole()) {
    return "resumed " + scope.text() + at_stage(options) +
           (permission.trading() ? "" : "; the instance itself is still stopped");
  }
  if (!permission.trading() && !shm::resume(*instance.page, permission)) {
    throw Refusal(exit_refused, "not resumed: a newer stop came while resuming; look again");
  }
  return "resumed" + at_stage(options) + wait_for_lease(instance);
}

namespace {

// What can be seen without the sidecar's help.
struct Looked {
  std::vector<std::string> failing;
  bool sidecar_beats = false;
  shm::Permission permission{};
};

}  // namespace

static Looked look(const Instance& instance) {
  Looked looked;
  looked.sidecar_beats = check_processes(instance, looked.failing);
  // Behind the processes: where one has died the stop may still be to come, and a watchdog that lives has made it.
  looked.permission = shm::permission_of(*instance.page);
  return looked;
}

static StopScope scope_of(const Instance& instance, const ResumeOptions& options) {
  const StopScope scope = parse_scope(options.on);
  if (!scope.whole()) check_scope(scope, instance.board);
  return scope;
}

std::vector<std::string> failing_checks(const Instance& instance, const ResumeOptions& options) {
  const StopScope scope = scope_of(instance, options);
  Looked looked = look(instance);
  check_clients(instance, looked.permission, looked.failing);
  if (!looked.sidecar_beats) return looked.failing;
  shm::ControlRequest request = request_of(options, scope, looked.permission);
  request.wish = shm::Wish::Preflight;
  const DoorAnswer answer = ask_sidecar(instance.folder, request);
  if (!answer.done) looked.failing.insert(looked.failing.end(), answer.lines.begin(), answer.lines.end());
  return looked.failing;
}

static std::string not_resumed(const std::vector<std::string>& failing) {
  std::string message = "not resumed:";
  for (const std::string& line : failing) message += "\n  " + line;
  return message;
}

NotResumed::NotResumed(std::vector<std::string> failing)
    : Refusal(exit_refused, not_resumed(failing)), failing_(std::move(failing)) {}

Resumed resume_trading(const Instance& instance, const ResumeOptions& options) {
  if (options.reason.empty() || options.operator_name.empty()) {
    throw Refusal(exit_usage, "a resume needs --reason and --operator: who lets it trade again, and why");
  }
  const StopScope scope = scope_of(instance, options);
  Looked looked = look(instance);
  if (looked.failing.empty() && nothing_to_resume(instance, options, looked.permission))
    return {"nothing to resume, it may trade", {}};
  check_clients(instance, looked.permission, looked.failing);
  // The sidecar resumes only when nothing fails here; else it is asked for its own checks, to tell all of them at once.
  shm::ControlRequest request = request_of(options, scope, looked.permission);
  if (!looked.failing.empty()) request.wish = shm::Wish::Preflight;
  DoorAnswer answer;
  if (looked.sidecar_beats) {
    answer = ask_sidecar(instance.folder, request);
    if (!answer.done) looked.failing.insert(looked.failing.end(), answer.lines.begin(), answer.lines.end());
  }
  if (!looked.failing.empty()) throw NotResumed(std::move(looked.failing));
  return {let_go(instance, options, scope, looked.permission), std::move(answer.lines)};
}

nlohmann::ordered_json resumed_json(const Instance& instance, const ResumeOptions& options, const Resumed& resumed) {
  return {{"schema", 1},
          {"instance", instance.name},
          {"resumed", true},
          {"stage", name_of(stage_names, options.stage.value_or(ResumeStage::Full))},
          {"on", parse_scope(options.on).json()},
          {"operator", shm::printable(options.operator_name)},
          {"reason", shm::printable(options.reason)},
          {"said", resumed.sentence}};
}

int resume_instance(const Instance& instance, const ResumeOptions& options) {
  const Resumed resumed = resume_trading(instance, options);
  if (options.json) std::cout << resumed_json(instance, options, resumed).dump() << std::endl;
  else std::cout << instance.name << ": " << resumed.sentence << std::endl;
  return exit_done;
}

}  // namespace bulwark::kill
