// SPDX-License-Identifier: Apache-2.0
// The one way through a journal that a report takes: every event through an engine up to the end of the span, and
// everything that stands in the journal past whoever counts it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sidecar/journal/replay.h"
#include "sidecar/ledger/rows.h"
#include "sidecar/report/doings.h"
#include "sidecar/report/profits.h"
#include "sidecar/report/uses.h"

namespace bulwark::report {

class Walk {
public:
  Walk(const std::string& journal_directory, const Span& span);

  // Reads as far as the journal is good; what is damaged, or does not come out the same again, is told in `trouble`.
  void run();

  core::Engine* engine() const { return replay_.engine.get(); }          // as the span ends; null: nothing is known
  std::uint64_t configuration() const { return replay_.configuration; }  // in force then
  const core::Rules& rules() const { return closing_rules_; }            // likewise
  const std::string& trouble() const { return trouble_; }
  std::uint64_t replayed() const { return replay_.sequence; }  // the last record of the span

  Profits profits;
  Uses uses;
  Doings doings;
  nlohmann::ordered_json breaches = nlohmann::ordered_json::array();  // in the words of `bulwark journal`, and who
  std::vector<std::int64_t> seal_delays;  // of each block: from its last record until it was sealed

private:
  void apply(const journal::Record& record);
  void take_line(const journal::Record& record);
  nlohmann::ordered_json who() const;
  void close();

  const Span span_;
  const std::string directory_;
  journal::Replay replay_;
  ledger::Rows rows_;
  journal::Record event_{};  // the last one
  core::Rules closing_rules_;
  std::string trouble_;
  bool begun_ = false, closed_ = false;
};

}  // namespace bulwark::report
