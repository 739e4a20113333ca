// SPDX-License-Identifier: Apache-2.0
#include "sidecar/simulate/simulate.h"

#include <istream>
#include <ostream>
#include <string>

#include "sidecar/simulate/event_reader.h"
#include "sidecar/simulate/outcome_writer.h"
#include "sidecar/simulate/simulated_journal.h"

namespace bulwark::simulate {

void simulate(const core::Rules& rules, bool snapshot, std::istream& in, std::ostream& out, SimulatedJournal* journal) {
  core::Engine engine(rules);
  EventReader reader(engine);
  const OutcomeWriter writer(engine);
  std::string line, text;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    text.clear();
    const auto& events = reader.read(line);
    if (events.empty()) writer.write_error(number, reader.error(), reader.t(), text);
    for (const core::Event& event : events) {
      const core::EventError error = engine.apply(event);
      if (journal != nullptr) journal->add(event, error, engine);
      if (error == core::EventError::None) {
        writer.write_outcome(event, text);
        continue;
      }
      writer.write_error(number, describe(error), reader.t(), text);
      break;
    }
    out << text;
  }
  if (journal != nullptr) journal->finish();
  if (!snapshot) return;
  text.clear();
  writer.write_snapshot(text);
  out << text;
}

}  // namespace bulwark::simulate
