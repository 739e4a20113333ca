// SPDX-License-Identifier: Apache-2.0
// The desk of alerts: what stands, who was told, what still waits to be told to whom. Signals come in, messages go out;
// it knows no clock, no file and no network, so that its policy can be held against given times.
//
// The same alert is told once in `repeat_s`; its end once it has stayed away for that long, so that nobody is told that
// something is over that comes and goes.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "shm/units.h"
#include "sidecar/config/alerts.h"
#include "sidecar/console/alerts/rules.h"
#include "sidecar/console/alerts/signal.h"

namespace bulwark::alerts {

struct Alert {
  enum class Stage { On, Happened, Over };
  std::uint64_t id = 0, count = 0;
  Signal signal;
  config::Severity severity = config::Severity::Info;
  Stage stage = Stage::On;
  TimeNs since{}, last{};   // of what happened; since it is over, `last` is when it ended
  TimeNs began{}, told{};   // by the clock of whoever tells; `told` 0: nobody was told yet
  bool again_owed = false;  // it came again, and that was not told yet
  bool end_owed = false;    // people think that it stands
  bool escalated = false;
  std::string acknowledged_by;
};

// One alert as it is told: raised, again, escalated, cleared.
struct Telling {
  std::uint64_t id = 0;
  std::string what;
  config::Severity severity = config::Severity::Info;
  TimeNs queued{};
  Json document;
};

// What goes to one destination in one piece.
struct Message {
  std::size_t target = 0;
  std::vector<Json> documents;
};

class Desk {
public:
  Desk(const config::Alerts& settings, std::string instance);

  void tell(What what, const Signal& signal, TimeNs t, TimeNs now);
  void hold(const Standing& standing, TimeNs now);
  bool acknowledge(std::uint64_t id, const std::string& person, TimeNs now);

  // What time brings: repetitions, ends, escalations; and what is to go out now. What was given out is on its way until
  // `delivered` says what became of it.
  std::vector<Message> due(TimeNs now);
  void delivered(std::size_t target, const std::string& error, TimeNs now);  // "": it was taken

  Json list(TimeNs now) const;
  Json save() const;
  void load(const Json& saved);  // throws where this is none

  std::uint64_t changes() const { return changes_; }  // of what has to outlive a restart
  std::vector<Json> take_history() { return std::exchange(history_, {}); }

private:
  struct Outbox {
    std::vector<Telling> waiting;  // the first `on_the_way` of them are
    std::size_t on_the_way = 0;
    int failures = 0;
    TimeNs failed{};
    std::deque<TimeNs> sent;  // of the last minute
    std::string error;
  };
  using ByKey = std::map<std::string, Alert>;

  Alert& make(const Signal& signal);
  void begin(What what, const Signal& signal, TimeNs t, TimeNs now);
  void pass_on(Alert& alert, const std::string& what, TimeNs now);
  void pass_to(std::size_t target, const Alert& alert, const std::string& what, TimeNs now);
  bool wants(std::size_t target, const Alert& alert, const std::string& what) const;
  void look_after(Alert& alert, TimeNs now);
  bool forgettable(const Alert& alert, TimeNs now) const;
  bool shown(const Alert& alert, TimeNs now) const;
  bool quiet(TimeNs now) const;
  bool ready(Outbox& box, TimeNs now) const;
  std::size_t choose(Outbox& box, TimeNs now) const;
  Json document(const Alert& alert, const std::string& what) const;
  void remember(const Alert& alert, const std::string& what, TimeNs now);

  const config::Alerts settings_;
  const std::string instance_;
  ByKey alerts_;
  std::vector<Outbox> boxes_;  // by destination
  std::vector<bool> last_;     // is it one that hears what nobody acknowledged?
  std::uint64_t next_id_ = 1, changes_ = 0;
  std::vector<Json> history_;
};

}  // namespace bulwark::alerts
