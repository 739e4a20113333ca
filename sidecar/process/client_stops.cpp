// SPDX-License-Identifier: Apache-2.0
#include "sidecar/process/client_stops.h"

#include <algorithm>

#include "shm/clock.h"
#include "sidecar/journal/record.h"

namespace bulwark::process {

namespace {

constexpr DurationNs silence = milliseconds(1'000);
constexpr std::size_t open_stops_max = shm::stop_entry_count;

}  // namespace

void ClientStops::look() {
  const MonotonicNs now = shm::monotonic_now();
  // Whoever was there a moment ago too: it may have been killed for its silence since.
  std::map<std::string, cold::ClientFiles::Acknowledgement> before = std::move(clients_);
  clients_ = cold::ClientFiles(wiring_.run_folder).acknowledgements();
  const std::uint64_t epoch = shm::permission_of(wiring_.page).epoch();
  for (; seen_ < epoch; ++seen_) {
    if (epoch - seen_ > open_stops_max) continue;  // nobody can say any more what those were
    Stop& stop = open_[seen_ + 1];
    stop.noticed = now;
    for (const auto* clients : {&before, &clients_}) {
      for (const auto& [name, file] : *clients) stop.clients.try_emplace(name, Told::Nothing);
    }
  }
  for (auto& [each, stop] : open_) follow(each, stop, now);
  std::erase_if(open_, [](const auto& each) {
    return std::ranges::all_of(each.second.clients, [](const auto& one) { return one.second == Told::Everything; });
  });
}

void ClientStops::follow(std::uint64_t epoch, Stop& stop, MonotonicNs now) {
  for (auto& [name, told] : stop.clients) {
    if (told == Told::Everything) continue;
    const auto client = clients_.find(name);
    if (client == clients_.end()) {
      wiring_.note(epoch, name, journal::ClientStop::gone);
      told = Told::Everything;
    } else if (client->second.permission.epoch() >= epoch) {
      const DurationNs delay = client->second.at - moment_of(epoch, stop.noticed);
      wiring_.note(epoch, name, static_cast<std::uint64_t>(std::max<std::int64_t>(0, delay.ns)));
      told = Told::Everything;
    } else if (told == Told::Nothing && now - stop.noticed >= silence) {
      wiring_.note(epoch, name, journal::ClientStop::silent);
      told = Told::Silent;
    }
  }
}

// Of the stop itself, on the clock of the acknowledgements. Where it left no word of itself, when it was noticed.
MonotonicNs ClientStops::moment_of(std::uint64_t epoch, MonotonicNs noticed) const {
  const auto entry = shm::stop_entry(wiring_.page, epoch);
  if (!entry) return noticed;
  return MonotonicNs{shm::monotonic_now().ns - (shm::wall_now().ns - entry->t.ns)};
}

}  // namespace bulwark::process
