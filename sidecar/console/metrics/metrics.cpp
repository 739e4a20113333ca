// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/metrics/metrics.h"

#include "shm/clock.h"
#include "sidecar/console/metrics/parts.h"

namespace bulwark::metrics {

static double seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }

void add_board(Families& to, const kill::Instance& instance) {
  to.counter("lease_lapses_total", "How often the lease ran out without a stop.",
             static_cast<double>(instance.page->lease_lapses.load()));
  if (!instance.board) return;
  const shm::Board& board = *instance.board;
  const auto count = [](const shm::AtomicWord& word) { return static_cast<double>(word.load()); };
  to.counter("checks_total", "Verdicts since the sidecar began; accepted: also those for a smaller quantity.",
             count(board.accepted), {{"verdict", "accepted"}});
  to.counter("checks_total", "", count(board.refused), {{"verdict", "rejected"}});
  to.counter("events_total", "Events since the sidecar began.", count(board.events));
  to.counter("marks_applied_total", "Prices that were taken over since the sidecar began.", count(board.marks_applied));
  to.gauge("loop_max_seconds", "The longest pass of the hot loop since the sidecar began.",
           count(board.loop_ns_max) / 1e9);
  if (const std::int64_t beat_ns = board.beat_ns.load(); beat_ns != 0) {
    const std::int64_t age_ns = shm::monotonic_now().ns - beat_ns;
    to.gauge("sidecar_heartbeat_timestamp_seconds", "When the hot loop was last seen to work.",
             seconds(shm::wall_now().ns - age_ns));
  }
  to.counter("journal_records_appended_total", "Records of the journal, of all its lives.",
             count(board.journal_appended));
  to.counter("journal_records_written_total", "Those of them that are durable.", count(board.journal_written));
}

static void add_counts(Families& to, const char* name, const char* help, const char* label,
                       const Tally::Counts& counts) {
  for (const auto& [word, count] : counts) to.counter(name, help, static_cast<double>(count), {{label, word}});
}

static void add_facts(Families& to, const ConsoleFacts& facts) {
  const Tally& happened = facts.happened;
  add_counts(to, "rejects_total", "Orders that were refused since the console began, by the reason.", "rule",
             happened.rejects());
  add_counts(to, "resizes_total", "Orders that were made smaller since the console began, by the reason.", "rule",
             happened.resizes());
  add_counts(to, "breaches_total", "Breaches since the console began, by the limit.", "limit", happened.breaches());
  add_counts(to, "warnings_total", "Warnings since the console began, by the limit.", "limit", happened.warnings());
  for (const auto& [key, count] : facts.alerts) {
    to.counter("alerts_total", "Deliveries of alerts since the console began.", static_cast<double>(count),
               {{"sink", key.first}, {"outcome", key.second}});
  }
}

std::string metrics_text(const kill::Instance* instance, const nlohmann::ordered_json& state,
                         const ConsoleFacts& facts) {
  Families families;
  const bool known = !state.is_null() && !state["status"].is_null();
  if (known) add_state(families, state);
  if (instance == nullptr) add_nothing_runs(families);
  if (instance != nullptr) add_board(families, *instance);
  if (instance != nullptr) add_checks(families, *instance);
  if (known) add_risk(families, state);
  families.gauge("state_age_seconds", "How long ago the console has looked at the instance.", facts.state_age_s);
  add_facts(families, facts);
  add_process(families);
  families.gauge("rows_left_out", "Rows that these metrics have no room for, of all of them.",
                 static_cast<double>(families.left_out()));
  return families.text();
}

}  // namespace bulwark::metrics
