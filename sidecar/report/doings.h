// SPDX-License-Identifier: Apache-2.0
// What people and programs did in a span, out of the ledger's rows: orders and refusals counted, stops, changes of
// limits, models, remarks, alerts.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sidecar/ledger/stops.h"
#include "sidecar/report/span.h"

namespace bulwark::report {

class Doings {
public:
  explicit Doings(const Span& span) : span_(span) {}

  // Every row of the journal, also from before and behind the span: what ended a stop may have come later.
  void take(ledger::CellRow row);
  // The configuration that a journal begins with changes nothing, though every limit in it is new.
  void begin_with(std::uint64_t sequence) { first_configuration_ = sequence; }

  nlohmann::ordered_json orders() const;
  nlohmann::ordered_json refusals() const;  // by reason and limit, the most frequent first
  // Those that were in force in the span, with who resumed.
  nlohmann::ordered_json stops() const;
  nlohmann::ordered_json changes() const;  // of limits; what was refused is none
  nlohmann::ordered_json notes() const;    // {configurations, models, remarks, alerts, sidecar: {starts, ends, lapses}}
  // Of the stops in the span: how long clients took to acknowledge.
  nlohmann::ordered_json acknowledgements() const;

private:
  struct Count {
    std::uint64_t asked = 0, accepted = 0, resized = 0, rejected = 0;
  };
  struct Refused {
    std::uint64_t orders = 0;
    std::map<std::string, std::uint64_t> clients;
  };
  bool inside(const ledger::CellRow& row) const { return row.t >= span_.from && row.t < span_.to; }
  void count(const ledger::CellRow& verdict);
  static nlohmann::ordered_json row_of(const ledger::CellRow& row);

  const Span span_;
  std::uint64_t first_configuration_ = 0, fills_ = 0;
  std::map<std::string, Count> clients_;
  std::map<std::pair<std::string, std::string>, Refused> refused_;
  ledger::Wishes wishes_;  // stops, states, client stops, errors: of the whole journal
  std::vector<ledger::CellRow> changes_;
  nlohmann::ordered_json configurations_ = nlohmann::ordered_json::array(), models_ = configurations_,
                         remarks_ = configurations_, alerts_ = configurations_;
  std::map<std::string, std::uint64_t> lives_;  // of the sidecar, and lapses of the lease
};

}  // namespace bulwark::report
