// SPDX-License-Identifier: Apache-2.0
// What the harness tells: a table for people, the JSON document of the contract, percentile tables for plotting.
#pragma once

#include <cstdint>
#include <string>

#include "bench/host.h"
#include "bench/results.h"

namespace bulwark::bench {

struct Run {
  HostFacts host;
  std::uint64_t chunk_trips = 0, open_loop_rate = 0;
};

std::string table(const Run& run, const Results& results);
std::string json(const Run& run, const Results& results);
// One file for each case: DIR/NAME.hgrm. Throws std::system_error.
void write_percentile_tables(const std::string& directory, const Results& results);
bool every_bar_passed(const Results& results);

}  // namespace bulwark::bench
