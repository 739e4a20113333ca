// SPDX-License-Identifier: Apache-2.0
// What the records of a journal say, as the ledger's rows: the one derivation that PostgreSQL, Redis and `bulwark
// audit` share. It follows a journal from its beginning, because an index has its name, and an order its verdict, from
// records before; rows of records that were told already are for whoever calls to drop.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/rules.h"
#include "sidecar/journal/names.h"
#include "sidecar/journal/record.h"
#include "sidecar/ledger/tables.h"

namespace bulwark::ledger {

class Rows {
public:
  // `directory` of the journal, which has its configurations.
  explicit Rows(std::string directory);
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  // The next record, and its rows. Throws journal::JournalError where a configuration cannot be read.
  void take(const journal::Record& record, RowSink& sink);

  const core::Rules& rules() const { return rules_; }
  // {"account":"ACC1"}: the keys that it has, by their names.
  std::string scope_json(const Scope& scope) const;

private:
  struct Override {
    Scope on;
    bool whole;
    TimeNs until;
    int128 max;
  };

  void take_event(const core::Event& event, RowSink& sink);
  void take_verdict(const journal::Record& record, RowSink& sink) const;
  void take_objection(const journal::Record& record, RowSink& sink) const;
  void take_error(const journal::Record& record, RowSink& sink);
  void take_line(const journal::Record& record, RowSink& sink) const;
  void take_note(const journal::Record& record, RowSink& sink);
  void take_client_stop(const journal::Record& record, RowSink& sink) const;
  void take_fill(const core::FillEvent& fill, RowSink& sink) const;
  void take_order_event(const core::Event& event, RowSink& sink) const;
  void take_control(const core::ControlEvent& control, RowSink& sink);
  void take_override(const core::ControlEvent& control, RowSink& sink);
  void take_configuration(const journal::Record& record, RowSink& sink);
  void take_model(RowSink& sink);
  void compare(RowSink& sink) const;
  void write_scope(const Scope& scope, RowSink& sink) const;
  std::string max_in_force(const core::ControlEvent& control) const;
  const core::Names& names() const { return names_.names(); }

  const std::string directory_;
  core::Rules rules_;   // in force
  core::Rules before_;  // before them
  journal::RecordNames names_;
  std::map<LimitIndex, std::vector<Override>> overrides_;
  std::string configuration_, model_;  // in force: hash, version; empty: none
  journal::Record record_{};           // the one that is being taken
  core::Event event_{};                // the one that outputs belong to
  std::uint64_t event_sequence_ = 0;
  std::string operator_, reason_;  // of a reload: the remark before it
  std::uint64_t remark_sequence_ = 0;
  std::uint64_t epoch_ = 0;  // of the stop that the next event takes over; 0: none
};

}  // namespace bulwark::ledger
