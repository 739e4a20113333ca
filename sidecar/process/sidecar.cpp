// SPDX-License-Identifier: Apache-2.0
// Start and end of a sidecar, step by step.
#include "sidecar/process/sidecar.h"

#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <random>

#include "shm/assert.h"
#include "sidecar/config/load.h"
#include "sidecar/journal/configurations.h"
#include "sidecar/journal/packed.h"
#include "sidecar/process/last_model.h"
#include "sidecar/simulate/recorded_rules.h"

namespace bulwark::process {

namespace {

void tell(const std::string& message) { std::cerr << "bulwark-sidecar: " + message + "\n" << std::flush; }

std::uint64_t draw_id() {
  std::random_device random;
  return (static_cast<std::uint64_t>(random()) << 32U | random()) | 1U;
}

// Where a bug of our own is found, there may be nothing left but the board: it asks for the stop.
std::atomic<shm::Board*> board_of_process{nullptr};
void ask_for_stop_after_bug(const char* where) noexcept {
  shm::Board* board = board_of_process.load(std::memory_order_acquire);
  if (board == nullptr) return;
  board->journal_health.store(shm::JournalHealth::Failed, std::memory_order_release);
  board->stop_cause = Sentence::from(where);
  board->stop_request.fetch_add(1, std::memory_order_release);  // behind the cause
}

// Every page of the ring now, rather than one by one under somebody's order.
void touch_pages(journal::RingView ring) {
  constexpr std::uint64_t lines_per_page = 4'096 / sizeof(journal::RingLine);
  for (std::uint64_t line = 0; line < ring.line_count; line += lines_per_page) {
    ring.lines[line].mark.store(0, std::memory_order_relaxed);
  }
}

}  // namespace

Sidecar::Sidecar(std::string config_path, config::LoadResult loaded, std::string run_folder, KillPageMapping page)
    : config_path_(std::move(config_path)),
      run_folder_(std::move(run_folder)),
      settings_(loaded.settings),
      generation_(static_cast<std::uint64_t>(shm::monotonic_now().ns)),
      page_(std::move(page)) {
  journal::Recovered recovered =
      journal::recover({settings_.journal_directory, run_folder_ + "/ring", settings_.instance.name, draw_id(),
                        simulate::recorded_rules, static_cast<std::uint64_t>(settings_.segment_mb) << 20U});
  for (const std::string& remark : recovered.remarks) tell(remark);
  journal::Replay shadow = recovered.replay.copy();
  if (const std::string why = hold_model(recovered.replay.configuration, loaded, settings_); !why.empty())
    tell("THE MODEL OF THE LAST RUN STAYS IN FORCE: " + why);
  prepare_engine(recovered);
  make_segments(recovered);
  make_shadow(recovered.journal, std::move(shadow));
  make_retention();
  begin_journal(recovered);
}

Sidecar::~Sidecar() {
  if (started_) stop();
  board_of_process.store(nullptr, std::memory_order_release);
}

void Sidecar::prepare_engine(journal::Recovered& recovered) {
  configuration_ = journal::save_configuration(settings_.journal_directory, config::freeze(settings_));
  new_configuration_ = configuration_ != recovered.replay.configuration;
  engine_ = std::move(recovered.replay.engine);
  if (engine_ == nullptr) engine_ = std::make_unique<core::Engine>(settings_.rules);
  else if (new_configuration_) engine_->adopt(settings_.rules);
  engine_->populate(engine_->orders().used() + RoomAhead::orders_ahead);
}

void Sidecar::make_segments(journal::Recovered& recovered) {
  ring_ = journal::create_ring(run_folder_ + "/ring", recovered.journal, recovered.next_sequence, generation_);
  touch_pages(journal::view_of(ring_));
  const bool spins = settings_.instance.mode == config::Mode::Spin;
  board_ = std::make_unique<hot::BoardPublisher>(
      hot::BoardFacts{run_folder_ + "/board", settings_.instance.name, generation_, spins}, *engine_, settings_.rules);
  shm::Board& board = board_->board();
  writer_ = std::make_unique<journal::JournalWriter>(
      journal::JournalWriter::Wiring{journal::view_of(ring_), board.journal_health, board.journal_written,
                                     board.journal_disk, tell, settings_.strict_journal},
      std::move(recovered.appender));
  room_ahead_ = std::make_unique<RoomAhead>(*engine_, board.orders_used);
  calls_ = std::make_unique<hot::Calls>(board.sleeping);
  const MonotonicNs now = shm::monotonic_now();
  // Time goes on where the journal ended, even where the wall clock was set back since.
  const std::int64_t start = std::max(shm::wall_now().ns, recovered.replay.last_t.ns + 1);
  loop_ = std::make_unique<hot::Loop>(hot::LoopParts{
      *engine_,
      journal::RingProducer(journal::view_of(ring_), {recovered.next_sequence, 0}),
      *page_,
      *board_,
      *calls_,
      spins,
      start - now.ns,
      recovered.replay.lease_lapses,
      {recovered.replay.permission},
      settings_.strict_journal,
  });
  wishes_ = std::make_unique<Wishes>(*calls_, board, config_path_, settings_);
  const auto note = [this](std::uint64_t epoch, const std::string& client, std::uint64_t delay_ns) {
    calls_->carry_out([=](hot::Loop& loop) { loop.note_client_stop(epoch, client, delay_ns); });
  };
  client_stops_ = std::make_unique<ClientStops>(ClientStops::Wiring{*page_, run_folder_, note},
                                                shm::Permission{recovered.replay.permission}.epoch());
}

void Sidecar::make_model_builder() {
  model_builder_ = std::make_unique<ModelBuilder>(
      ModelBuilder::Wiring{[this] { return wishes_->settings(); },
                           [this](const config::Settings& made_by, core::Model model, model::Facts facts) {
                             return wishes_->take_over_model(made_by, std::move(model), std::move(facts));
                           },
                           [this](auto backing) { risk_desk_->show_backing(std::move(backing)); },
                           [this](const std::string& what) {
                             tell(what);
                             wishes_->remark(what);
                           }});
  wishes_->when_changed([this] { model_builder_->wake(); });
}

void Sidecar::make_shadow(std::uint64_t journal, journal::Replay replay) {
  shm::Board& board = board_->board();
  const auto note = [this](std::uint64_t sequence, std::uint64_t digest) {
    calls_->carry_out([=](hot::Loop& loop) { loop.note_snapshot(sequence, digest); });
  };
  // A bug of our own: the stop with its cause first, and then nothing is accepted from this process any more.
  const auto stop_trading = [this, &board] {
    calls_->carry_out([](hot::Loop& loop) {
      loop.ask_for_stop(Sentence::from("the journal's decisions come out otherwise when they are made again"));
    });
    board.journal_health.store(shm::JournalHealth::Failed, std::memory_order_release);
  };
  risk_desk_ = std::make_unique<RiskDesk>(
      RiskDesk::Wiring{run_folder_ + "/risk", generation_, settings_.journal_directory, settings_.rules.session,
                       [this] { return wishes_->settings().model_source; }, tell,
                       [this](double times, TimeNs until) { return wishes_->tighten(times, until); }},
      *engine_);
  if (settings_.rules.model) {  // its days follow as soon as the model thread has read them
    const model::Backing backing = model::backing_of(*settings_.rules.model, {}, settings_.model_source);
    risk_desk_->show_backing(std::make_shared<model::Backing>(backing));
  }
  risk_desk_->show(*engine_, replay.sequence);  // whoever looks first finds what was, not nothing
  make_model_builder();
  shadow_ = std::make_unique<Shadow>(
      Shadow::Wiring{settings_.journal_directory, journal, board.journal_written,
                     milliseconds(1'000 * settings_.snapshot_s), note, tell, stop_trading, risk_desk_.get()},
      std::move(replay));
}

void Sidecar::make_retention() {
  journal::RetentionPlan plan;
  plan.directory = settings_.journal_directory;
  plan.days = settings_.retain_days;
  plan.only_if_shipped = !settings_.ledger.postgres.empty();
  plan.load_rules = simulate::recorded_rules;
  plan.wall = shm::wall_now;
  plan.remark = [this](const std::string& text) {
    std::uint64_t sequence = 0;
    calls_->carry_out([&](hot::Loop& loop) { sequence = loop.remark(journal::retention_name, text); });
    return sequence;
  };
  plan.durable = [this] { return board_->board().journal_written.load(std::memory_order_acquire); };
  retention_ = std::make_unique<journal::Retention>(std::move(plan));
}

// Written by this thread, before the loop has one of its own.
void Sidecar::begin_journal(const journal::Recovered& recovered) {
  if (!recovered.replay.ended_clean)
    tell("the last run did not end in good order; everything acknowledged was replayed");
  loop_->note(journal::RecordType::Start, generation_);
  if (new_configuration_) loop_->note(journal::RecordType::Configuration, configuration_);
  loop_->take_over_at_start();
}

void Sidecar::start() {
  board_of_process.store(&board_->board(), std::memory_order_release);
  shm::answer_to_bug = ask_for_stop_after_bug;
  writer_->start();
  calls_->start();
  room_ahead_->start();
  hot_thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "bw-hot");
    if (!pin_to(settings_.instance.cpu)) {
      tell("the hot loop cannot be pinned to core " + std::to_string(settings_.instance.cpu) + "; it runs on any");
    }
    loop_->run(stopping_);
  });
  shadow_->start();
  model_builder_->start();
  board_->publish();
  door_ = std::make_unique<cold::Door>(run_folder_, board_->board(), *wishes_);
  door_thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "bw-door");
    door_->run();
  });
  started_ = true;
}

bool Sidecar::stop() {
  if (!started_) return true;
  started_ = false;
  door_->stop();
  door_thread_.join();
  model_builder_->stop();
  shadow_->stop();
  stopping_.store(true, std::memory_order_relaxed);
  hot_thread_.join();
  room_ahead_->stop();
  calls_->stop();
  const bool whole = writer_->stop();
  shadow_->finish();
  // What it holds is in the files. After any other end it stays: it may be the only place where that stands.
  if (whole) ::unlink((run_folder_ + "/ring").c_str());
  // Nobody is to take the board of a sidecar that has ended for one that answers.
  ::unlink((run_folder_ + "/board").c_str());
  board_->board().header.ready.store(0, std::memory_order_release);
  return whole;
}

void Sidecar::reload() {
  const Answer reloaded = wishes_->reload();
  for (const std::string& line : reloaded.lines) tell((reloaded.done ? "reloaded: " : "not reloaded: ") + line);
}

void Sidecar::look() { client_stops_->look(); }

void Sidecar::keep_house() {
  wishes_->drop_expired();
  const std::uint64_t durable = board_->board().journal_written.load(std::memory_order_acquire);
  try {
    if (packs_) journal::pack_oldest(settings_.journal_directory, durable);
  } catch (const std::exception& error) {
    packs_ = false;
    tell(std::string(error.what()) + "; closed files of the journal stay as they are until the next start");
  }
  try {
    if (retains_) retention_->step();
  } catch (const std::exception& error) {
    retains_ = false;
    tell(std::string(error.what()) + "; no file of the journal is deleted until the next start");
  }
}

std::string Sidecar::trouble() const {
  if (board_->board().journal_health.load(std::memory_order_acquire) == shm::JournalHealth::Failed) {
    return {};  // told already; it stays, so that what the ring holds stays within reach
  }
  const auto page = shm::attach<const shm::KillPage>(run_folder_ + "/kill", shm::Access::ReadOnly);
  if (page && page->header.generation == page_->header.generation) return {};
  return "the kill page was taken away or replaced; the sidecar ends, because it can see no stop any more";
}

std::string Sidecar::describe() const {
  const shm::Board& board = board_->board();
  if (board.journal_health.load(std::memory_order_acquire) == shm::JournalHealth::Failed) {
    return "the journal has failed: nothing is accepted that cannot be remembered";
  }
  return "clients attach at " + run_folder_ + "; orders accepted " +
         std::to_string(board.accepted.load(std::memory_order_relaxed)) + ", refused " +
         std::to_string(board.refused.load(std::memory_order_relaxed));
}

}  // namespace bulwark::process
