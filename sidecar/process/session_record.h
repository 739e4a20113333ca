// SPDX-License-Identifier: Apache-2.0
// Each session's VaR against what the session then brought: of the book as it stood when the session began, left alone
// (what the VaR is about), and of the book as it was traded. Kept beside the journal, so that it outlives restarts:
//
//   sessions.csv: a line for each session that is over: date,confidence,var,frozen,actual (profits); missed: no numbers
//
//   session.csv: the one that runs: start,end,confidence,var,profit, then symbol,position,reference as the book stood
//
// A session that was not seen from its start is missed; one that ended while nobody watched is closed with the last
// marks that were seen; one with nothing at risk is no observation; one in which nothing was marked (a weekend) goes on
// until something was. Cold.
#pragma once

#include <string>
#include <vector>

#include "core/engine.h"
#include "core/session.h"
#include "sidecar/process/live_book.h"

namespace bulwark::process {

// Of the session that `t` lies in.
TimeNs start_of_session(const core::SessionClock& clock, TimeNs t);
// What a session is called that ends then: the local date of its last moment.
std::string date_of_session(const core::Session& session, TimeNs end);

class SessionRecord {
public:
  struct Observation {
    std::string date;
    double confidence = 0, var = 0, frozen = 0, actual = 0;  // the last two are profits; `var` 0: missed
  };

  // Reads what there is. Throws std::runtime_error, naming the file, where it is damaged.
  SessionRecord(std::string directory, core::Session session);

  // To be called before each event is applied: does it begin a new session? Where it does, roll() is to follow.
  bool rolls(TimeNs t, const core::Engine& engine);
  // Closes the session that ran and opens the next. The session's closes go to that file; empty: nowhere.
  void roll(TimeNs t, const core::Engine& engine, LiveBook& book, const std::string& own_closes);

  const std::vector<Observation>& observations() const { return observations_; }
  TimeNs end() const { return end_; }  // of the session that runs
  double var() const { return var_; }  // of the session that runs; 0: not known, or nothing is at risk

private:
  struct Frozen {
    std::string symbol;
    std::int64_t position, reference;
  };
  bool marked(const core::Symbol& symbol) const { return symbol.has_mark && symbol.marked >= start_; }
  void close(const core::Engine& engine);
  void open(TimeNs start, bool whole, const core::Engine& engine, LiveBook& book);
  void add_closes(const core::Engine& engine, const std::string& path) const;
  void add_observation(const Observation& observation);
  void read_open();
  void save_open() const;
  std::string date() const { return date_of_session(session_, end_); }  // of the session that runs

  const std::string directory_;
  const core::Session session_;
  const core::SessionClock clock_;
  std::vector<Observation> observations_;
  TimeNs start_{}, end_{};  // 0: none runs
  bool resumed_ = false;    // an event has come since the files were read
  double confidence_ = 0, var_ = 0, profit_ = 0;
  std::vector<Frozen> frozen_;
};

}  // namespace bulwark::process
