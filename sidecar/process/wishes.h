// SPDX-License-Identifier: Apache-2.0
// What the door and the operator ask for, carried out by the hot loop between two events: this is the cold side of it,
// which looks names up, puts questions into words, reads the configuration, and keeps what waits for a second operator.
// Cold.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "shm/layout.h"
#include "sidecar/config/settings.h"
#include "sidecar/door/hot_side.h"
#include "sidecar/hot/loop.h"
#include "sidecar/process/four_eyes.h"

namespace bulwark::process {

// What came of a wish. Done: what happened, as lines of the contract's events, or in words. Else: why not.
struct Answer {
  bool done = false;
  std::uint64_t proposal = 0;  // not 0: not done yet, it waits for a second operator
  std::vector<std::string> lines;

  static Answer refused(std::string why) { return {false, 0, {std::move(why)}}; }
};

class Wishes final : public cold::HotSide {
public:
  Wishes(hot::Calls& calls, const shm::Board& board, std::string config_path, config::Settings settings)
      : calls_(calls),
        board_(board),
        config_path_(std::move(config_path)),
        four_eyes_(settings.four_eyes),
        settings_(std::move(settings)) {}

  ClientIndex client_index(const Name& name) override;
  bool admit(const shm::AttachReply& who, shm::Lane& lane) override;
  bool retire(ClientIndex client) override;
  bool admit_publisher(std::size_t place, shm::MarksTable& table, std::size_t quote_count) override;
  bool retire_publisher(std::size_t place) override;
  void control(const cold::Peer& peer, const shm::ControlRequest& request, shm::ControlReply& reply) override;

  // The configuration is read again and taken over as a whole, or not at all. On SIGHUP, without a name.
  Answer reload();
  // The model alone, by the model thread, as long as the settings are those that it was made by. Empty: done; none:
  // they have changed meanwhile; else why not.
  std::optional<std::string> take_over_model(const config::Settings& made_by, core::Model model, model::Facts facts);
  // Limits marked dynamic that no override holds for are that many times smaller until then: overrides in the name of
  // the back-test. False: nobody has done it, or not all.
  bool tighten(double times, TimeNs until);
  // Into the journal, as nobody's wish.
  void remark(const std::string& text);
  config::Settings settings();
  // Called whenever somebody has changed the settings, or had them looked at again; not for the model thread's own.
  void when_changed(std::function<void()> call) { changed_ = std::move(call); }
  // Proposals that nobody has confirmed in time lapse, and the journal says so. Now and then.
  void drop_expired();

private:
  Answer carry_out(const shm::ControlRequest& request);
  // `limits`: those on the state have to be kept, too.
  std::vector<std::string> failing_checks(bool limits);
  Answer preflight(const shm::ControlRequest& request);
  Answer resume(const shm::ControlRequest& request);
  Answer apply(const shm::ControlRequest& request, core::Command command, bool confirmed = false);
  Answer equity(const shm::ControlRequest& request);
  Answer adopt(const shm::ControlRequest& request);  // wishes_adopt.cpp

  // wishes_change.cpp
  Answer reload(const shm::ControlRequest& request);
  Answer take_over(const shm::ControlRequest& request, const config::Settings& settings);
  Answer put_into_force(const shm::ControlRequest& request, const config::Settings& settings);
  Answer propose(Proposal proposal);
  Answer confirm(const shm::ControlRequest& request);
  Answer carry_out(const Proposal& proposal);

  hot::Calls& calls_;
  const shm::Board& board_;
  const std::string config_path_;
  const bool four_eyes_;
  std::mutex one_at_a_time_;  // a wish from the door and a signal come one after the other
  config::Settings settings_;
  FourEyes waiting_;
  std::function<void()> changed_ = [] {};
};

}  // namespace bulwark::process
