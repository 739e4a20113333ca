// SPDX-License-Identifier: Apache-2.0
// Live risk: looks over the shadow's shoulder, and shows what it finds on the risk page, twenty times a second or more.
// It is never asked anything by the hot loop; what goes wrong here is told, and stops nothing. Cold.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "shm/mapping.h"
#include "shm/risk_page.h"
#include "sidecar/process/live_book.h"
#include "sidecar/process/session_record.h"
#include "sidecar/process/shadow.h"

namespace bulwark::process {

class RiskDesk final : public Onlooker {
public:
  struct Wiring {
    std::string path;  // of the page
    std::uint64_t generation;
    std::string journal_directory;
    core::Session session;
    std::function<model::Source()> source;  // of the model, as configured now
    std::function<void(const std::string&)> tell;
    // Limits marked dynamic are to be so many times smaller until then. False: they are not, or not all.
    std::function<bool(double times, TimeNs until)> tighten;
  };
  // Makes the page. Throws std::system_error.
  RiskDesk(Wiring wiring, const core::Engine& engine);
  ~RiskDesk() override;

  // What stands behind the model; by whoever makes models.
  void show_backing(std::shared_ptr<const model::Backing> backing);

  void before(TimeNs t, const core::Engine& engine) override;
  void look(const core::Engine& engine, std::uint64_t sequence) override;
  // As the shadow's thread does it, whatever the time.
  void show(const core::Engine& engine, std::uint64_t sequence);

private:
  void forget_sessions(const std::exception& error);
  void tighten();

  const Wiring wiring_;
  shm::Mapping<shm::RiskPage> page_;
  LiveBook book_;
  std::mutex backing_lock_;
  std::shared_ptr<const model::Backing> backing_ = std::make_shared<model::Backing>();
  std::optional<SessionRecord> sessions_;  // none: they cannot be kept
  shm::RiskBacktest backtest_{};
  MonotonicNs shown_{}, tightened_{};    // tried last
  TimeNs session_end_{};                 // 0: no event has come yet
  TimeNs tightened_until_{};             // the limits are
  bool failed_ = false, loose_ = false;  // told already
};

}  // namespace bulwark::process
