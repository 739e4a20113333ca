// SPDX-License-Identifier: Apache-2.0
// killswitch resume: a named person lets an instance trade again, by compare-and-swap on the stop that was looked at,
// after checks that are all told when one fails. The sidecar checks marks and limits, for only it knows them.
#include <iostream>

#include "killswitch/board_view.h"
#include "killswitch/clients.h"
#include "killswitch/commands.h"
#include "killswitch/door.h"
#include "killswitch/refusal.h"
#include "killswitch/scope.h"
#include "shm/latch.h"

namespace bulwark::kill {

static constexpr DurationNs beat_age_max = milliseconds(500);
static constexpr int patience_ms = 100;

// A process that has just begun may be about to beat. Empty: it beats.
static std::string not_beating(const shm::AtomicTime& beat) {
  for (int i = 0; i < patience_ms; ++i) {
    if (shm::monotonic_now() - MonotonicNs{beat.load()} <= beat_age_max) return {};
    shm::nap(milliseconds(1));
  }
  const std::int64_t last = beat.load();
  if (last == 0) return "it does not beat yet";
  return "its last beat is " + std::to_string((shm::monotonic_now().ns - last) / 1'000'000) + " ms old";
}

// Returns whether the sidecar can be asked: one that does not beat would only keep us waiting.
static bool check_processes(const Instance& instance, std::vector<std::string>& failing) {
  bool beats = false;
  if (!instance.board) {
    failing.push_back("sidecar: it is not running (board: " + std::string(shm::explain(instance.board.status)) + ")");
  } else if (!instance.sidecar_alive()) {
    failing.push_back("sidecar: it is not running");
  } else if (const std::string why = not_beating(instance.board->beat_ns); !why.empty()) {
    failing.push_back("sidecar: " + why);
  } else {
    beats = true;
    const bool healthy = instance.board->journal_health.load() == shm::JournalHealth::Healthy;
    if (!healthy) failing.push_back("journal: it is not healthy");
  }
  if (!instance.watchdog_alive()) {
    failing.push_back("watchdog: it is not running, nobody would renew the lease");
  } else if (const std::string why = not_beating(instance.page->watchdog_beat_ns); !why.empty()) {
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
  request.permission = permission.word;
  put_scope(scope, request);
  request.operator_name = Name::from(shm::printable(options.operator_name));
  request.reason = Sentence::from(shm::printable(options.reason));
  return request;
}

static bool nothing_to_resume(const Instance& instance, const ResumeOptions& options, shm::Permission permission) {
  if (!permission.trading() || !options.on.empty() || options.new_baseline) return false;
  const auto latched = latched_states(instance.board);
  return latched && latched->empty();
}

static std::string wait_for_lease(const Instance& instance) {
  for (int i = 0; i < 200; ++i) {
    if (shm::lease_valid(*instance.page, shm::monotonic_now())) return "resumed, the lease is running";
    shm::nap(milliseconds(1));
  }
  return "resumed, but the lease is not renewed yet";
}

Resumed resume_trading(const Instance& instance, const ResumeOptions& options) {
  const StopScope scope = parse_scope(options.on);
  if (options.reason.empty() || options.operator_name.empty()) {
    throw Refusal(exit_usage, "a resume needs --reason and --operator: who lets it trade again, and why");
  }
  if (!scope.whole()) check_scope(scope, instance.board);
  const shm::Permission permission = shm::permission_of(*instance.page);
  if (nothing_to_resume(instance, options, permission)) return {"nothing to resume, it may trade", {}};
  std::vector<std::string> failing;
  const bool sidecar_beats = check_processes(instance, failing);
  check_clients(instance, permission, failing);
  // The sidecar resumes only when nothing fails here; else it is asked for its own checks, to tell all of them at once.
  shm::ControlRequest request = request_of(options, scope, permission);
  if (!failing.empty()) request.wish = shm::Wish::Preflight;
  DoorAnswer answer;
  if (sidecar_beats) {
    answer = ask_sidecar(instance.folder, request);
    if (!answer.done) failing.insert(failing.end(), answer.lines.begin(), answer.lines.end());
  }
  if (!failing.empty()) {
    std::string message = "not resumed:";
    for (const std::string& line : failing) message += "\n  " + line;
    throw Refusal(exit_refused, message);
  }
  if (!scope.whole()) {
    return {"resumed " + scope.text() + (permission.trading() ? "" : "; the instance itself is still stopped"),
            std::move(answer.lines)};
  }
  if (!permission.trading() && !shm::resume(*instance.page, permission)) {
    throw Refusal(exit_refused, "not resumed: a newer stop came while resuming; look again");
  }
  return {wait_for_lease(instance), std::move(answer.lines)};
}

int resume_instance(const Instance& instance, const ResumeOptions& options) {
  std::cout << instance.name << ": " << resume_trading(instance, options).sentence << std::endl;
  return exit_done;
}

}  // namespace bulwark::kill
