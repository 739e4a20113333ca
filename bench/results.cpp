// SPDX-License-Identifier: Apache-2.0
#include "bench/results.h"

#include <algorithm>
#include <functional>

namespace bulwark::bench {

namespace {

// The clock advances in steps, so that many samples are equal. Within their step they are taken as evenly spread:
// otherwise the ratio of two short times would jump by a tenth.
double percentile_of(const std::vector<double>& sorted, double share, double step) {
  if (sorted.empty()) return 0;
  const double rank = share * static_cast<double>(sorted.size());
  const double value = sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(rank))];
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), value);
  const auto below = static_cast<double>(first - sorted.begin()), equal = static_cast<double>(last - first);
  return std::max(0.0, value + step * ((rank - below) / equal - 0.5));
}

using Formula = std::function<double(const Round&)>;
struct Definition {
  const char* name;
  const char* sentence;
  std::optional<double> at_most;
  Case about;   // whose chunk decides the regime
  Case beside;  // must be of the same regime
  Formula formula;
};

const Measured& of(const Round& round, Case which) { return round[at(which)]; }

const std::vector<Definition>& definitions() {
  static const std::vector<Definition> all{
      {"check_p50", "full check p50 / (raw p50 + apply p50)", 1.1, Case::Check, Case::Check,
       [](const Round& r) {
         return of(r, Case::Check).own.p50 / (of(r, Case::Check).raw.p50 + of(r, Case::Apply).own.p50);
       }},
      {"check_p99", "full check p99 / (raw p99 + apply p99)", 2.0, Case::Check, Case::Check,
       [](const Round& r) {
         return of(r, Case::Check).own.p99 / (of(r, Case::Check).raw.p99 + of(r, Case::Apply).own.p99);
       }},
      {"check_p50_to_boost", "full check p50 / (boost echo p50 + apply p50)", 1.0, Case::Check, Case::BoostSpsc,
       [](const Round& r) {
         return of(r, Case::Check).own.p50 / (of(r, Case::BoostSpsc).own.p50 + of(r, Case::Apply).own.p50);
       }},
      {"journal_p50", "p50 added by the journal / max(15 ns, 10 %)", 1.0, Case::Check, Case::CheckUnjournaled,
       [](const Round& r) {
         const double without = of(r, Case::CheckUnjournaled).own.p50;
         return (of(r, Case::Check).own.p50 - without) / std::max(15.0, 0.1 * without);
       }},
      {"journal_p99", "full check p99 / p99 without a journal", 1.15, Case::Check, Case::CheckUnjournaled,
       [](const Round& r) { return of(r, Case::Check).own.p99 / of(r, Case::CheckUnjournaled).own.p99; }},
      {"lane_p50_to_raw", "lane echo p50 / raw p50", std::nullopt, Case::Lane, Case::Lane,
       [](const Round& r) { return of(r, Case::Lane).own.p50 / of(r, Case::Lane).raw.p50; }},
      {"boost_p50_to_raw", "boost echo p50 / raw p50", std::nullopt, Case::BoostSpsc, Case::BoostSpsc,
       [](const Round& r) { return of(r, Case::BoostSpsc).own.p50 / of(r, Case::BoostSpsc).raw.p50; }},
      {"apply_p50_ns", "apply p50 with its 20 limits, ns", 150.0, Case::Apply, Case::Apply,
       [](const Round& r) { return of(r, Case::Apply).own.p50; }},
      {"bare_20_limits_p50_ns", "20 bare comparisons p50, ns", std::nullopt, Case::BareTwentyLimits,
       Case::BareTwentyLimits, [](const Round& r) { return of(r, Case::BareTwentyLimits).own.p50; }},
  };
  return all;
}

}  // namespace

Regime regime_of(const Figures& before, const Figures& after) {
  const bool near_before = before.p50 <= near_p50_ns_max, near_after = after.p50 <= near_p50_ns_max;
  if (near_before != near_after) return Regime::Mixed;
  return near_before ? Regime::Near : Regime::Far;
}

double median_of(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double Ratio::median() const {
  std::vector<double> all = near;
  all.insert(all.end(), far.begin(), far.end());
  return median_of(std::move(all));
}

Figures Results::add(Case which, const std::vector<std::uint64_t>& samples, std::uint64_t repeats) {
  std::vector<double> sorted;
  sorted.reserve(samples.size());
  const auto times = static_cast<double>(repeats);
  for (const std::uint64_t ticks : samples) {
    const double ns = scale_.ns(ticks) / times;
    sorted.push_back(ns);
    histograms_[at(which)].record(static_cast<std::uint64_t>(ns + 0.5));
  }
  std::sort(sorted.begin(), sorted.end());
  const double step = scale_.step_ns / times;
  return {percentile_of(sorted, 0.50, step), percentile_of(sorted, 0.99, step)};
}

Results::Typical Results::typical(Case which, Regime regime) const {
  std::vector<double> p50, p99;
  for (const Round& round : rounds_) {
    const Measured& measured = of(round, which);
    if (measured.regime != regime) continue;
    p50.push_back(measured.own.p50);
    p99.push_back(measured.own.p99);
  }
  return {p50.size(), {median_of(p50), median_of(p99)}};
}

std::vector<Ratio> Results::ratios() const {
  std::vector<Ratio> ratios;
  for (const Definition& definition : definitions()) {
    Ratio ratio{definition.name, definition.sentence, definition.at_most, {}, {}};
    for (const Round& round : rounds_) {
      const Measured& about = of(round, definition.about);
      if (about.regime == Regime::Mixed || about.regime != of(round, definition.beside).regime) continue;
      (about.regime == Regime::Near ? ratio.near : ratio.far).push_back(definition.formula(round));
    }
    ratios.push_back(std::move(ratio));
  }
  return ratios;
}

}  // namespace bulwark::bench
