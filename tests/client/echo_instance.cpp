// SPDX-License-Identifier: Apache-2.0
// The stand-in instance as a program, for tests in other languages:  echo_instance NAME [RUN]
// Says "ready", then does what standard input says, a word a line, each answered by a line; ends with its input.
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>

#include "shm/decimal.h"
#include "shm/run_folder.h"
#include "tests/client/echo.h"

namespace {

std::string obey(bulwark::test::EchoInstance& instance, const std::string& line) {
  std::istringstream words(line);
  std::string word, client, id;
  words >> word >> client >> id;
  if (word == "stop") instance.stop();
  else if (word == "stop-scoped") instance.stop(true);
  else if (word == "resume") instance.resume();
  else if (word == "lapse") instance.lease(0);
  else if (word == "renew") instance.lease(3'600'000);
  else if (word == "freeze") instance.hot().freeze(true);
  else if (word == "thaw") instance.hot().freeze(false);
  else if (word == "end-sidecar") instance.end_sidecar();
  else if (word == "start-sidecar") instance.start_sidecar();
  else if (word == "cancel") return instance.hot().push_cancel(client, id, "reduce_only") ? "ok" : "no";
  else if (word == "liquidate") return instance.hot().push_liquidation(client, id) ? "ok" : "no";
  else if (word == "clients") return std::to_string(instance.hot().client_count());
  else if (word == "count") return std::to_string(instance.hot().requests().size());
  else if (word == "ask-price") return bulwark::to_text(instance.hot().quote(1).ask);
  else return "what?";
  return "ok";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::cerr << "usage: echo_instance NAME [RUN]\n", 2;
  const std::string run = argc > 2 ? argv[2] : bulwark::shm::run_folder_candidates().front();
  bulwark::test::EchoInstance instance(run, argv[1]);
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) std::cout << obey(instance, line) << std::endl;
  return 0;
}
