// SPDX-License-Identifier: Apache-2.0
// A console without an instance: alerts_driver CONFIG. Each line of standard input is a row of view::Happenings, a
// document of view::state_json ("type": "state"), {"type": "caught_up"}, or {"type": "acknowledge", "id": N, "person":
// NAME}; {"type": "list"} is answered by a line. What was handled is said first: {"handled": N}.
#include <iostream>

#include "sidecar/config/load.h"
#include "sidecar/console/alerts/alerts.h"

using bulwark::alerts::Alerts;
using bulwark::alerts::Json;

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const bulwark::config::LoadResult loaded = bulwark::config::load(argv[1], bulwark::config::read_environment(environ));
  for (const auto& mistake : loaded.mistakes) std::cerr << bulwark::config::format(mistake) << "\n";
  if (!loaded.good()) return 2;
  const bulwark::config::Settings& settings = loaded.settings;
  Alerts alerts(settings.alerts, settings.instance.name, settings.journal_directory + "/alerts");
  std::cout << Json{{"handled", alerts.handled()}} << std::endl;
  alerts.start();
  for (std::string line; std::getline(std::cin, line);) {
    const Json row = Json::parse(line);
    const std::string type = row.at("type").get<std::string>();
    const bulwark::TimeNs now = bulwark::shm::wall_now();
    if (type == "state") alerts.looked(row, now);
    else if (type == "caught_up") alerts.caught_up();
    else if (type == "list") std::cout << alerts.list() << std::endl;
    else if (type == "acknowledge")
      std::cout << alerts.acknowledge(row.at("id").get<std::uint64_t>(), row.at("person").get<std::string>(), now)
                << std::endl;
    else alerts.happened(row);
  }
  alerts.stop();
}
