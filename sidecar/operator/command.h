// SPDX-License-Identifier: Apache-2.0
// What every command of `bulwark` shares: its options, how it loads the configuration, the meaning of its exit code.
#pragma once

#include <optional>
#include <string>

#include "killswitch/instance.h"
#include "sidecar/config/load.h"

namespace bulwark::command {

enum Exit : int { done = 0, answer_is_no = 1, wrong_usage = 2, not_running = 3, refused = 4 };

struct Options {
  std::string config;    // --config FILE, or BULWARK_CONFIG
  std::string instance;  // --instance NAME
  bool json = false;
  bool snapshot = false;
  std::string journal;                                // of `simulate`
  bool book = false, controls = false, risk = false;  // of `status`
  std::string operator_name, reason;                  // of `reload`
};

// Loads the configuration, or prints every mistake in it to standard error.
std::optional<config::Settings> load_settings(const Options& options);
// The same for commands that do not need the model: its files are not theirs to refuse.
std::optional<config::Settings> load_but_model(const Options& options);

// An instance that `up` runs counts as running from its `ready` line to its end. Throws kill::Refusal.
kill::Instance open_ready(const std::string& instance, const std::string& config);

int check_config(const Options& options);
int simulate(const Options& options);
int up(const Options& options);
int status(const Options& options);
int reload(const Options& options);

}  // namespace bulwark::command
