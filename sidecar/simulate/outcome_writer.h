// SPDX-License-Identifier: Apache-2.0
// What the engine answered, as lines of the contract's output format (sections 3 and 7).
#pragma once

#include <string>
#include <string_view>

#include "core/engine.h"
#include "sidecar/simulate/output_json.h"

namespace bulwark::simulate {

class OutcomeWriter {
public:
  explicit OutcomeWriter(core::Engine& engine);

  // Appends the lines of the event that the engine has just applied, in the order of rule 32.
  void write_outcome(const core::Event& event, std::string& out) const;
  static void write_error(std::size_t line, std::string_view message, TimeNs t, std::string& out);
  void write_snapshot(std::string& out) const;

private:
  core::Engine& engine_;
  OutputJson json_;
};

}  // namespace bulwark::simulate
