// SPDX-License-Identifier: Apache-2.0
// What was measured, put together: histograms of all samples of a case, and ratios between chunks that were measured
// right after each other. On a machine whose cores change their distance, only the latter can be compared.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/cases.h"
#include "bench/histogram.h"
#include "bench/ticks.h"

namespace bulwark::bench {

// Of two cores that share their last cache, and of two that do not. Mixed: the chunks around it disagree.
enum class Regime : std::uint8_t { Near, Far, Mixed };
inline constexpr std::array<std::string_view, 3> regime_names{"near", "far", "mixed"};
inline constexpr double near_p50_ns_max = 250.0;  // of the raw ping-pong

struct Figures {
  double p50 = 0, p99 = 0;
};

// One chunk, and the mean of the raw ping-pongs right before and right after it.
struct Measured {
  Regime regime = Regime::Mixed;
  Figures own, raw;
};
using Round = std::array<Measured, case_count>;

struct Ratio {
  std::string name;               // as in the JSON document
  std::string sentence;           // what is divided by what
  std::optional<double> at_most;  // a bar of the project
  std::vector<double> near, far;  // one value for each chunk

  double median() const;  // of all chunks
  // What was not measured has not passed.
  bool measured() const { return !near.empty() || !far.empty(); }
  bool passes() const { return !at_most || (measured() && median() <= *at_most); }
};

class Results {
public:
  explicit Results(const TickScale& scale) : scale_(scale) {}

  // Takes a chunk's samples (ticks, each of `repeats` times the thing) into the histograms.
  Figures add(Case which, const std::vector<std::uint64_t>& samples, std::uint64_t repeats);
  void add_round(const Round& round) { rounds_.push_back(round); }

  const Histogram& histogram(Case which) const { return histograms_[at(which)]; }
  // The medians of the chunks of that regime, and how many there were.
  struct Typical {
    std::size_t chunks;
    Figures median;
  };
  Typical typical(Case which, Regime regime) const;
  std::vector<Ratio> ratios() const;

private:
  TickScale scale_;
  std::array<Histogram, case_count> histograms_;
  std::vector<Round> rounds_;
};

double median_of(std::vector<double> values);
Regime regime_of(const Figures& before, const Figures& after);

}  // namespace bulwark::bench
