// SPDX-License-Identifier: Apache-2.0
// What alerts keep in JOURNAL/alerts: alerts.json (what stands, and what waits to be told; replaced whole),
// history.jsonl (a line for all that became of each), and acknowledge/ID, by which a command line acknowledges.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "shm/units.h"
#include "sidecar/console/alerts/signal.h"

namespace bulwark::alerts {

struct Acknowledgement {
  std::uint64_t id = 0;
  std::string person;
};

class Store {
public:
  explicit Store(std::string directory);

  // Nothing: there is none. One that cannot be read is put aside, and `problem` says so.
  std::optional<Json> read(std::string& problem) const;
  // Both: why it failed, or "".
  std::string write(const Json& document) const;
  std::string append(const std::vector<Json>& history) const;

  std::vector<Acknowledgement> take_acknowledgements() const;

private:
  const std::string directory_;
};

// What whoever looks from outside sees: alerts.json of that folder; null where there is none.
Json kept_alerts(const std::string& directory);
// Leaves an acknowledgement for the console; the file's name. Throws std::system_error.
std::string leave_acknowledgement(const std::string& directory, const Acknowledgement& acknowledgement);

}  // namespace bulwark::alerts
