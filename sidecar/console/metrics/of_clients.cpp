// SPDX-License-Identifier: Apache-2.0
// How long the clients have waited for their verdicts, as each has counted it in its file. By client, because a sum
// over those who are attached would fall when one leaves, and no counter may.
#include <array>

#include "killswitch/clients.h"
#include "sidecar/console/metrics/parts.h"

namespace bulwark::metrics {

using prometheus::ClientMetric;

static constexpr std::array<std::uint64_t, 14> bounds_ns{50,     100,    200,    500,     1'000,   2'000,   5'000,
                                                         10'000, 20'000, 50'000, 100'000, 200'000, 500'000, 1'000'000};

static ClientMetric::Histogram histogram_of(const shm::Latency& checks) {
  ClientMetric::Histogram histogram;
  std::size_t place = 0;
  for (const std::uint64_t bound_ns : bounds_ns) {
    for (; place < checks.counts.size() && shm::LatencyPlaces::middle(place) <= bound_ns; ++place)
      histogram.sample_count += checks.counts[place];
    histogram.bucket.push_back({histogram.sample_count, static_cast<double>(bound_ns) / 1e9});
  }
  for (; place < checks.counts.size(); ++place) histogram.sample_count += checks.counts[place];
  histogram.sample_sum = static_cast<double>(checks.sum_ns) / 1e9;
  return histogram;
}

void add_checks(Families& to, const kill::Instance& instance) {
  for (const kill::ClientView& client : kill::live_clients(instance.folder)) {
    to.histogram("check_duration_seconds", "How long a client waited for its verdicts.", histogram_of(client.checks),
                 {{"client", client.client}});
  }
}

}  // namespace bulwark::metrics
