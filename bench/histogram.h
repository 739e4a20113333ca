// SPDX-License-Identifier: Apache-2.0
// A latency histogram in the layout of HdrHistogram with three significant digits: exact up to 2,047 ns, from there on
// within a thousandth. Percentiles are upper ends of buckets; `write_hgrm` prints the table that the usual tools plot.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "shm/latency.h"

namespace bulwark::bench {

class Histogram {
public:
  static constexpr unsigned bucket_count = 26;   // up to 2^36 ns, more than a minute
  using Places = shm::Places<10, bucket_count>;  // 2,048 in the first bucket, half as many more in each further one
  static constexpr std::uint64_t value_max = Places::value_max;

  void record(std::uint64_t value) {
    value = std::min(value, value_max);
    ++counts_[Places::place_of(value)];
    ++total_;
    max_ = std::max(max_, value);
  }
  void add(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
    max_ = std::max(max_, other.max_);
  }

  std::uint64_t count() const { return total_; }
  std::uint64_t max() const { return max_; }

  // The value below or at which `percentile` of 100 of all values lie; 0 of an empty histogram.
  std::uint64_t at_percentile(double percentile) const {
    return total_ == 0 ? 0 : Places::highest(shm::place_of_percentile(counts_, total_, percentile));
  }

  double mean() const {
    double sum = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) sum += static_cast<double>(counts_[i]) * middle_of(i);
    return total_ == 0 ? 0 : sum / static_cast<double>(total_);
  }
  double deviation() const {
    const double centre = mean();
    double sum = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      sum += static_cast<double>(counts_[i]) * (middle_of(i) - centre) * (middle_of(i) - centre);
    }
    return total_ == 0 ? 0 : std::sqrt(sum / static_cast<double>(total_));
  }

  // The percentile table of HdrHistogram: five steps for each halving of what is left to 100 %. Values in ns.
  void write_hgrm(std::FILE* file) const {
    std::fprintf(file, "%12s %14s %10s %14s\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
    double level = 0;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size() && seen < total_; ++i) {
      seen += counts_[i];
      if (counts_[i] == 0) continue;
      while (100.0 * static_cast<double>(seen) / static_cast<double>(total_) >= level && level < 100.0) {
        write_step(file, i, level, seen);
        level += next_step(level);
        if (seen == total_) break;
      }
      if (seen == total_) write_last(file, i);
    }
    std::fprintf(file, "#[Mean    = %12.3f, StdDeviation   = %12.3f]\n", mean(), deviation());
    std::fprintf(file, "#[Max     = %12.3f, Total count    = %12llu]\n", static_cast<double>(max()),
                 static_cast<unsigned long long>(total_));
    std::fprintf(file, "#[Buckets = %12u, SubBuckets     = %12llu]\n", bucket_count,
                 static_cast<unsigned long long>(2 * Places::half_count));
  }

private:
  static double middle_of(std::size_t place) { return static_cast<double>(Places::middle(place)); }

  static double next_step(double level) {
    const double halvings = std::floor(std::log2(100.0 / (100.0 - level))) + 1;
    return 100.0 / (5.0 * std::exp2(halvings));
  }
  static void write_step(std::FILE* file, std::size_t index, double level, std::uint64_t seen) {
    constexpr double halves_up = 1e-15;  // as the other implementations print them
    std::fprintf(file, "%12.3f %2.12f %10llu %14.2f\n", static_cast<double>(Places::highest(index)),
                 level / 100.0 + halves_up, static_cast<unsigned long long>(seen), 1 / (1 - level / 100.0));
  }
  void write_last(std::FILE* file, std::size_t index) const {
    std::fprintf(file, "%12.3f %2.12f %10llu\n", static_cast<double>(Places::highest(index)), 1.0,
                 static_cast<unsigned long long>(total_));
  }

  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(Places::count);
  std::uint64_t total_ = 0, max_ = 0;
};

}  // namespace bulwark::bench
