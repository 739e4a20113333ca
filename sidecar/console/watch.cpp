// SPDX-License-Identifier: Apache-2.0
#include "sidecar/console/watch.h"

#include <algorithm>

#include "killswitch/refusal.h"
#include "shm/board_reader.h"
#include "shm/clock.h"
#include "shm/latch.h"
#include "sidecar/console/session_rows.h"
#include "sidecar/view/state.h"

namespace bulwark::console {

using Json = nlohmann::ordered_json;

namespace {

constexpr DurationNs between_looks = milliseconds(100), beat_age_max = milliseconds(500);
constexpr std::size_t alerts_shown = 200;
constexpr std::uint64_t looks_a_state = 5, looks_a_point = 10;

std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// Where nothing is known each part is there all the same.
Json unknown_state(TimeNs now, const std::string& why) {
  Json state{{"type", "state"}, {"t", now.ns}};
  for (const char* part : {"status", "accounts", "positions", "states", "cancels", "liquidations", "controls", "ladder",
                           "orders", "orders_count", "risk"})
    state[part] = nullptr;
  state["build"] = {{"version", BULWARK_VERSION}, {"configuration", nullptr}, {"mode", nullptr}, {"lease_ms", nullptr}};
  state["why_not"] = why;
  return state;
}

LimitUse use_by_symbol(const Json& controls) {
  LimitUse nearest;
  if (!controls.is_array()) return nearest;
  for (const Json& row : controls) {
    if (!row["on"].contains("symbol") || !row["use"].is_number()) continue;
    const auto [place, first] = nearest.try_emplace(row["on"]["symbol"].get<std::string>(), row["use"].get<double>());
    if (!first) place->second = std::max(place->second, row["use"].get<double>());
  }
  return nearest;
}

Json newest(Json alerts) {
  if (alerts.size() > alerts_shown) alerts.erase(alerts.begin() + alerts_shown, alerts.end());
  return alerts;
}

}  // namespace

Watch::Watch(const config::Settings& settings, const Listener& listener, Series& series, Readiness& readiness,
             Tell tell)
    : settings_(settings),
      listener_(listener),
      series_(series),
      readiness_(readiness),
      tell_(std::move(tell)),
      watcher_(settings.journal_directory) {}

void Watch::run(const std::atomic<bool>& ending, shm::AtomicTime& beat) {
  while (!ending.load(std::memory_order_relaxed)) {
    const MonotonicNs now = shm::monotonic_now();
    beat.store(now.ns, std::memory_order_relaxed);
    look(now);
    shm::nap(std::max(now + between_looks - shm::monotonic_now(), milliseconds(10)));
  }
}

void Watch::look(MonotonicNs now) {
  std::optional<kill::Instance> instance;
  try {
    instance.emplace(kill::open_instance(settings_.instance.name));
    why_no_instance_.clear();
  } catch (const std::exception& error) {
    why_no_instance_ = error.what();
  }
  follow(now);
  if (instance) {
    learn_names(*instance);
    show_frame(*instance);
  }
  if (looks_ % looks_a_state == 0 || instance.has_value() != was_there_) show_state(instance);
  was_there_ = instance.has_value();
  check(instance, now);
  ++looks_;
}

// What cannot be followed is begun anew, but not ten times a second: that may mean a long replay.
void Watch::follow(MonotonicNs now) {
  if (now < follow_again_) return;
  followed_ = watcher_.follow();
  if (!followed_) follow_again_ = now + milliseconds(2'000);
}

// The board's names, told to the pages where there are new ones.
void Watch::learn_names(const kill::Instance& instance) {
  if (!instance.board || !shm::tables_fit(*instance.board)) return;
  const shm::Board& board = *instance.board;
  const std::array<std::uint64_t, 3> known{board.header.generation, shm::row_count(board.symbols),
                                           shm::row_count(board.sectors)};
  if (known == names_known_) return;
  names_known_ = known;
  const auto names = [&board](const shm::NameTable& table) {
    std::vector<std::string> all;
    for (std::uint32_t k = 1; k < shm::row_count(table); ++k)
      all.push_back(shm::printable(shm::name_at(board, table, k)));
    return all;
  };
  symbols_ = names(board.symbols);
  std::vector<std::int64_t> sectors_of;
  for (std::uint32_t k = 1; k < shm::row_count(board.symbols); ++k)
    sectors_of.push_back(static_cast<std::int64_t>(shm::row(board, board.symbols, k).parent) - 1);
  const Json hello{{"type", "hello"},
                   {"schema", 1},
                   {"instance", settings_.instance.name},
                   {"version", BULWARK_VERSION},
                   {"base_currency", settings_.rules.base_currency},
                   {"symbols", symbols_},
                   {"sectors_of", sectors_of},
                   {"sectors", names(board.sectors)},
                   {"scalars", scalar_names},
                   {"columns", column_names}};
  tell_({MessageKind::Hello, std::make_shared<const std::string>(text_of(hello)), nullptr});
}

void Watch::show_frame(const kill::Instance& instance) {
  auto frame = std::make_shared<Frame>(frame_of(instance, symbols_, use_));
  frame->number = static_cast<double>(++frames_);
  if (looks_ % looks_a_point == 0) series_.add(*frame, shm::wall_now());
  auto bytes = std::make_shared<const std::string>(frame_bytes(*frame));
  tell_({MessageKind::Frame, std::move(bytes), std::move(frame)});
}

void Watch::show_state(const std::optional<kill::Instance>& instance) {
  const TimeNs now = shm::wall_now();
  Json state = instance ? view::state_json(*instance, watcher_, now) : unknown_state(now, why_no_instance_);
  use_ = use_by_symbol(state["controls"]);
  state["sessions"] = session_rows(settings_.journal_directory);
  state["alerts"] = newest(listener_.alerts());
  listener_.state(state);
  tell_({MessageKind::State, std::make_shared<const std::string>(text_of(state)), nullptr});
}

void Watch::check(const std::optional<kill::Instance>& instance, MonotonicNs now) {
  Check board{"board", ""}, sidecar{"sidecar", ""}, journal{"journal", followed_ ? "" : watcher_.why_not()};
  if (!instance) {
    board.why_not = sidecar.why_not = why_no_instance_;
  } else if (!instance->board) {
    board.why_not = sidecar.why_not = std::string(shm::explain(instance->board.status));
  } else {
    if (!shm::tables_fit(*instance->board)) board.why_not = "its tables do not fit";
    const std::int64_t beat_ns = instance->board->beat_ns.load(std::memory_order_relaxed);
    if (!instance->sidecar_alive()) sidecar.why_not = "it is not running";
    else if (now - MonotonicNs{beat_ns} > beat_age_max) sidecar.why_not = "its last beat is more than 500 ms old";
  }
  if (followed_ && watcher_.engine() == nullptr) journal.why_not = "it holds nothing yet";
  readiness_.set({board, sidecar, journal}, now);
}

}  // namespace bulwark::console
