// SPDX-License-Identifier: Apache-2.0
// What happens becomes alerts, and alerts reach people: rules over happenings and states, one telling each, again and
// to others where nobody answers, by a thread of its own. What was not delivered outlives a kill -9. Cold.
//
//   Alerts alerts(settings.alerts, settings.instance.name, settings.journal_directory + "/alerts");
//   view::Happenings happenings(journal_directory, alerts.handled() + 1);
//   alerts.start();
//   ... happenings.follow([&](const Json& row) { alerts.happened(row); });   // each row, in order
//   ... alerts.caught_up();                                                  // after each follow() that went to the
//   end
//   ... alerts.looked(view::state_json(...), shm::wall_now());               // twice a second, by any thread
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "shm/clock.h"
#include "sidecar/config/alerts.h"

namespace bulwark::alerts {

using Json = nlohmann::ordered_json;

class Alerts {
public:
  // `directory` is made where it is not there. Throws nothing: what is wrong with it is an alert itself.
  Alerts(const config::Alerts& settings, std::string instance, std::string directory,
         std::function<TimeNs()> clock = shm::wall_now);
  ~Alerts();
  Alerts(const Alerts&) = delete;
  Alerts& operator=(const Alerts&) = delete;

  void start();
  void stop();  // what is on its way is given up, and told again after the next start

  // All of these may be called by any thread, and none waits for a disk or a destination.
  void happened(const Json& row);              // of view::Happenings
  void caught_up();                            // all that the journal holds has happened: what comes now is news
  void looked(const Json& state, TimeNs now);  // of view::state_json

  // What stands, and what nobody has acknowledged: id, severity, rule, t, text, count, acknowledged_by, escalated, and
  // the numbers. The newest first.
  Json list() const;
  bool acknowledge(std::uint64_t id, const std::string& person, TimeNs now);  // false: there is no such alert

  // How often each destination took one (`delivered`) or did not (`failed`), since this was made.
  using Deliveries = std::map<std::pair<std::string, std::string>, std::uint64_t>;
  Deliveries deliveries() const;

  // The last record of the journal that was taken care of: Happenings go on behind it after a restart.
  std::uint64_t handled() const;

private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace bulwark::alerts
