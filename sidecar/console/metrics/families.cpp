// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/metrics/families.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cmath>

#include "shm/latch.h"

namespace bulwark::metrics {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

std::optional<double> number(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return {};
  try {
    return std::stod(value.get_ref<const std::string&>());
  } catch (const std::exception&) {
    return {};
  }
}

std::optional<double> number(const Json& document, std::initializer_list<const char*> keys) {
  const Json* at = &document;
  for (const char* key : keys) {
    const auto found = at->find(key);  // the end, where it is no object
    if (found == at->end()) return {};
    at = &*found;
  }
  return number(*at);
}

ClientMetric* Families::row(std::string name, const char* help, MetricType type, Labels labels) {
  ClientMetric metric;
  for (const auto& [key, value] : labels) {
    metric.label.push_back({key, shm::printable(value.substr(0, label_bytes_max))});
  }
  auto family = std::ranges::find(families_, name, &MetricFamily::name);
  if (family == families_.end()) {
    families_.push_back({std::move(name), help, type, {}});
    family = std::prev(families_.end());
  }
  // A text with the same row twice would be refused as a whole.
  if (std::ranges::find(family->metric, metric.label, &ClientMetric::label) != family->metric.end()) return nullptr;
  if (family->metric.size() == rows_max) {
    ++left_out_;
    return nullptr;
  }
  return &family->metric.emplace_back(std::move(metric));
}

void Families::gauge(const char* name, const char* help, Value value, Labels labels) {
  if (!value || !std::isfinite(*value)) return;
  if (auto* metric = row(std::string(prefix) + name, help, MetricType::Gauge, labels)) metric->gauge.value = *value;
}

void Families::counter(const char* name, const char* help, Value value, Labels labels) {
  if (!value || !std::isfinite(*value)) return;
  if (auto* metric = row(std::string(prefix) + name, help, MetricType::Counter, labels)) metric->counter.value = *value;
}

void Families::states(const char* name, const char* help, const char* label, std::initializer_list<const char*> words,
                      std::string_view holds) {
  for (const char* word : words) gauge(name, help, word == holds ? 1 : 0, {{label, word}});
}

void Families::histogram(const char* name, const char* help, ClientMetric::Histogram value, Labels labels) {
  auto* metric = row(std::string(prefix) + name, help, MetricType::Histogram, labels);
  if (metric != nullptr) metric->histogram = std::move(value);
}

void Families::of_process(const char* name, const char* help, MetricType type, Value value) {
  if (!value) return;
  auto* metric = row(name, help, type, {});
  if (metric == nullptr) return;
  metric->counter.value = *value;
  metric->gauge.value = *value;
}

std::string Families::text() const { return prometheus::TextSerializer().Serialize(families_); }

}  // namespace bulwark::metrics
