// SPDX-License-Identifier: Apache-2.0
// The sidecar of one instance, put together: journal, engine, board, hot loop, door, and their threads. Cold.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "sidecar/config/load.h"
#include "sidecar/door/door.h"
#include "sidecar/hot/board.h"
#include "sidecar/hot/calls.h"
#include "sidecar/hot/loop.h"
#include "sidecar/journal/recovery.h"
#include "sidecar/journal/retention.h"
#include "sidecar/journal/ring_file.h"
#include "sidecar/journal/writer.h"
#include "sidecar/process/client_stops.h"
#include "sidecar/process/model_builder.h"
#include "sidecar/process/risk_desk.h"
#include "sidecar/process/room_ahead.h"
#include "sidecar/process/shadow.h"
#include "sidecar/process/startup.h"
#include "sidecar/process/wishes.h"

namespace bulwark::process {

class Sidecar {
public:
  // Recovers the journal and makes everything, but answers nobody yet. Throws Refusal, JournalError, system_error.
  Sidecar(std::string config_path, config::LoadResult loaded, std::string run_folder, KillPageMapping page);
  ~Sidecar();
  Sidecar(const Sidecar&) = delete;
  Sidecar& operator=(const Sidecar&) = delete;

  void start();
  // In good order: the door first, then the loop with its end in the journal, then the journal. False: it failed.
  bool stop();

  void reload();
  void look();        // ten times a second
  void keep_house();  // each second
  // What makes it useless to go on; empty: nothing does.
  std::string trouble() const;
  std::string describe() const;
  const shm::AtomicTime& beat() const { return board_->board().beat_ns; }

private:
  void prepare_engine(journal::Recovered& recovered);
  void make_segments(journal::Recovered& recovered);
  void make_model_builder();
  void make_retention();
  void make_shadow(std::uint64_t journal, journal::Replay replay);
  void begin_journal(const journal::Recovered& recovered);

  const std::string config_path_, run_folder_;
  config::Settings settings_;
  const std::uint64_t generation_;
  KillPageMapping page_;
  std::unique_ptr<core::Engine> engine_;
  std::uint64_t configuration_ = 0;
  bool new_configuration_ = false;
  journal::RingMapping ring_;
  std::unique_ptr<hot::BoardPublisher> board_;
  std::unique_ptr<hot::Calls> calls_;
  std::unique_ptr<hot::Loop> loop_;
  std::unique_ptr<journal::JournalWriter> writer_;
  std::unique_ptr<RoomAhead> room_ahead_;
  std::unique_ptr<RiskDesk> risk_desk_;
  std::unique_ptr<Shadow> shadow_;
  std::unique_ptr<Wishes> wishes_;
  std::unique_ptr<ModelBuilder> model_builder_;
  std::unique_ptr<ClientStops> client_stops_;
  std::unique_ptr<journal::Retention> retention_;
  std::unique_ptr<cold::Door> door_;
  std::atomic<bool> stopping_{false};
  std::thread hot_thread_, door_thread_;
  bool started_ = false;
  // Closed files of the journal, as long as that goes well.
  bool packs_ = true, retains_ = true;
};

}  // namespace bulwark::process
