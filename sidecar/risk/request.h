// SPDX-License-Identifier: Apache-2.0
// What is asked of `bulwark risk`: contract, sections 4 and 8.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bulwark::risk {

enum class Method { Parametric, Student, CornishFisher, Historical, Filtered, MonteCarlo, AgeWeighted };
inline constexpr std::array method_names{"parametric", "student",    "cornish-fisher", "historical",
                                         "filtered",   "montecarlo", "age-weighted"};
enum class Estimator { Sample, Ewma, LedoitWolf };
inline constexpr std::array estimator_names{"sample", "ewma", "ledoit-wolf"};

// Conventions that exclude each other; the first is taken where none is named.
using Family = std::vector<std::string>;
inline const Family quantile_family{"type1", "type7"};
inline const Family tail_family{"acerbi_tasche", "tail_mean_ge", "tail_mean_gt"};
inline const Family mean_family{"zero_mean", "with_mean"};
inline const Family shrinkage_family{"identity", "constant_correlation"};
inline const Family filter_family{"portfolio", "multi_asset"};
inline const Family coverage_family{"sum", "joint"};
inline const Family kelly_family{"mean_variance", "log_optimal", "joint"};

// What a limit of a configuration allows the whole book to lose: money, or a share of the equity behind the book.
struct LossLimit {
  std::string name;
  double max;
  bool is_share;
  double equity;  // 0: none is known
};

struct Request {
  std::string what;
  std::string prices, positions, sectors, factors, benchmark, scenarios;  // files; empty: not given
  std::string from, to, as_of;                                            // dates; empty: not given
  Method method = Method::Parametric;
  Estimator estimator = Estimator::Sample;
  std::optional<double> lambda;
  std::vector<double> confidences;
  std::vector<std::string> conventions;
  double horizon_days = 1, risk_free = 0;
  double degrees = 6;        // of Student's t
  bool fit_degrees = false;  // --degrees fit: as the book's returns have them
  std::size_t window = 0;    // returns; 0: all
  std::size_t overlap = 0;   // returns that each pair has in common at least; 0: only dates on which all have a price
  std::size_t draws = 100'000;
  std::uint64_t seed = 1;
  std::optional<double> equity;
  std::string fit, model;  // of regimes: the file that a trained model is written to, or read from
  int states = 2;
  bool history = false;
  bool long_only = false, shrink_means = false;            // of Kelly, joint
  std::optional<double> largest_fraction, gross_fraction;  // the same: bounds of one fraction, of all their sizes
  std::optional<double> correlation_share, volatility_times, reverse_loss;  // of stress
  std::optional<LossLimit> reverse_limit;                                   // likewise, instead of reverse_loss
  std::string plot;
  bool json = false;

  // Those of the family that were named, or its first.
  std::vector<std::string> named(const Family& family) const;
  const char* method_name() const { return method_names[static_cast<std::size_t>(method)]; }
  const char* estimator_name() const { return estimator_names[static_cast<std::size_t>(estimator)]; }
  double decay() const { return lambda.value_or(0.94); }
};

// Throws Mistake where a value is out of range, or a convention is unknown.
void check(const Request& request);

}  // namespace bulwark::risk
