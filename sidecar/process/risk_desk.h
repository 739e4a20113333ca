// SPDX-License-Identifier: Apache-2.0
// Live risk: looks over the shadow's shoulder, and shows what it finds on the risk page, twenty times a second. It is
// never asked anything by the hot loop; what goes wrong here is told, and stops nothing. Cold.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "shm/mapping.h"
#include "shm/risk_page.h"
#include "sidecar/process/live_book.h"
#include "sidecar/process/shadow.h"

namespace bulwark::process {

class RiskDesk final : public Onlooker {
public:
  // Makes the page. Throws std::system_error.
  RiskDesk(std::string path, std::uint64_t generation, const core::Engine& engine,
           std::function<void(const std::string&)> tell);
  ~RiskDesk() override;

  // What stands behind the model; by whoever makes models.
  void show_backing(std::shared_ptr<const model::Backing> backing);

  void before(TimeNs t, const core::Engine& engine) override;
  void look(const core::Engine& engine, std::uint64_t sequence) override;
  // As the shadow's thread does it, whatever the time.
  void show(const core::Engine& engine, std::uint64_t sequence);

private:
  const std::string path_;
  std::function<void(const std::string&)> tell_;
  shm::Mapping<shm::RiskPage> page_;
  LiveBook book_;
  std::mutex backing_lock_;
  std::shared_ptr<const model::Backing> backing_ = std::make_shared<model::Backing>();
  MonotonicNs shown_{};
  bool failed_ = false;  // told already
};

}  // namespace bulwark::process
