// SPDX-License-Identifier: Apache-2.0
// What the back-test asks for is not dropped because nobody took it the first time.
#include "sidecar/process/risk_desk.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "shm/clock.h"

namespace bulwark::process {

namespace {

TEST(RiskDesk, TighteningIsTriedUntilItIsDone) {
  char name[] = "/tmp/bulwark-desk-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  {
    std::ofstream sessions(folder + "/sessions.csv");
    for (int day = 0; day < 250; ++day) sessions << "2025-01-01,0.99,100," << (day % 50 == 0 ? "-101" : "5") << ",0\n";
    std::ofstream(folder + "/session.csv") << "1000,2000,0.99,100,0\n";
  }
  int tries = 0;
  std::vector<std::string> told;
  const auto source = [] {
    model::Source tightens;
    tightens.backtest_tightens = true;
    return tightens;
  };
  const auto tighten = [&](double times, TimeNs until) {
    EXPECT_NEAR(times, 3.4 / 3, 1e-12);
    EXPECT_EQ(until.ns, 2'000);
    return ++tries == 3;
  };
  const core::Engine engine{core::Rules{}};
  {
    RiskDesk desk({folder + "/risk", 1, folder, core::Session{}, source,
                   [&](const std::string& what) { told.push_back(what); }, tighten},
                  engine);
    desk.before({1'500}, engine);
    while (tries < 3) {
      desk.look(engine, 0);
      shm::nap(milliseconds(10));
    }
  }
  EXPECT_EQ(told.size(), 1U) << "not each time";
  std::filesystem::remove_all(folder);
}

}  // namespace

}  // namespace bulwark::process
