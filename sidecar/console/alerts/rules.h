// SPDX-License-Identifier: Apache-2.0
// The rules: which happenings and which states people are to be told of. What stands in a state is judged at every look
// anew, so that nothing has to be remembered across a restart but what a look cannot show.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "shm/units.h"
#include "sidecar/config/alerts.h"
#include "sidecar/console/alerts/signal.h"

namespace bulwark::alerts {

// Began and Ended: it stands until it ends. Happened: it is over as soon as it is told.
enum class What { Began, Ended, Happened };
using Tell = std::function<void(What, const Signal&, TimeNs)>;

// What a look shows. A key is kept where nobody can say that it is over: it has only just gone, or was not to be seen.
struct Standing {
  std::vector<Signal> signals;
  std::set<std::string> kept;           // keys
  std::set<std::string> unknown_rules;  // nothing of these rules is over either
};

// Rules whose alerts come and go with what a look shows; the others begin and end with rows.
bool seen_by_looks(const std::string& rule);

class Rules {
public:
  Rules(const config::AlertRules& rules, std::string instance);

  void happened(const Json& row, const Tell& tell);
  Standing looked(const Json& state, TimeNs now);

  // What no look shows: starts of the sidecar, the configuration in force, stops that nobody has ended.
  Json save() const;
  void load(const Json& saved);

private:
  struct Seen {
    TimeNs since, last;
  };
  struct Found {
    Signal signal;
    DurationNs after;  // it is told when it has stood for so long
  };
  using Finds = std::vector<Found>;

  void limit_row(const Json& row, const std::string& type, const Tell& tell);
  void control_row(const Json& row, const Tell& tell);
  void equity_row(const Json& row, const Tell& tell) const;
  void stop_begins(const Signal& signal, TimeNs t, const Tell& tell);
  bool stops_end(const Json& on, TimeNs t, const Tell& tell);
  void stop_row(const Json& row, const Tell& tell);
  void other_row(const Json& row, const std::string& type, const Tell& tell);
  void refused(const Json& row, TimeNs t);

  void find_states(const Json& state, Finds& finds, Standing& standing) const;
  void find_processes(const Json& status, Finds& finds) const;
  void find_clients(const Json& status, TimeNs now, Finds& finds) const;
  void find_journal(const Json& status, Finds& finds, Standing& standing) const;
  void find_ledger(const Json& status, Finds& finds) const;
  void find_model(const Json& state, Finds& finds, Standing& standing) const;
  void find_marks(const Json& state, Finds& finds, Standing& standing) const;
  void find_counts(TimeNs now, Finds& finds);
  std::int64_t max_of(std::string_view rule) const;

  const config::AlertRules rules_;
  const std::string instance_;
  std::map<std::string, Seen> seen_;                        // by key
  std::deque<std::pair<std::int64_t, std::int64_t>> each_;  // second, refusals in it; of the last minute
  std::string last_refusal_;
  std::deque<TimeNs> starts_;
  std::string configuration_;
  Json before_;                                      // the row before, where it was a remark
  std::vector<std::pair<Json, std::string>> stops_;  // scope and detail of those that stand
};

}  // namespace bulwark::alerts
