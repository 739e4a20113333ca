// SPDX-License-Identifier: Apache-2.0
// Metrics as Prometheus takes them, collected row by row: families of one name, bounded, without repetitions.
#pragma once

#include <prometheus/metric_family.h>

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bulwark::metrics {

using Json = nlohmann::ordered_json;
using Labels = std::initializer_list<std::pair<const char*, std::string_view>>;

inline constexpr std::size_t rows_max = 200;        // of one family; rows that come later are left out, and counted
inline constexpr std::size_t label_bytes_max = 64;  // of a label's value; the rest is cut off
inline constexpr std::string_view prefix = "bulwark_";

// Money and quantities are text in a document. Nothing: it is not known.
std::optional<double> number(const Json& value);
// The number at the end of these keys.
std::optional<double> number(const Json& document, std::initializer_list<const char*> keys);

class Families {
public:
  using Value = std::optional<double>;  // nothing, or no finite number: not known, and no row

  // Names are without the prefix.
  void gauge(const char* name, const char* help, Value value, Labels labels = {});
  void counter(const char* name, const char* help, Value value, Labels labels = {});
  // One row for each of `words`: 1 for the one that holds, 0 for the others.
  void states(const char* name, const char* help, const char* label, std::initializer_list<const char*> words,
              std::string_view holds);
  void histogram(const char* name, const char* help, prometheus::ClientMetric::Histogram value, Labels labels);
  // A name that does not begin with the prefix: what Prometheus knows of every process.
  void of_process(const char* name, const char* help, prometheus::MetricType type, Value value);

  std::string text() const;
  std::size_t left_out() const { return left_out_; }

private:
  // Null: there is no room for it, or it is there already.
  prometheus::ClientMetric* row(std::string name, const char* help, prometheus::MetricType type, Labels labels);

  std::vector<prometheus::MetricFamily> families_;
  std::size_t left_out_ = 0;
};

}  // namespace bulwark::metrics
