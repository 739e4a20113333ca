// SPDX-License-Identifier: Apache-2.0
// Which seeds to run, and what a failing one leaves behind: the command that shows it again, and the shortest history
// that still fails, one event a line.
#pragma once

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "core/event.h"
#include "shm/decimal.h"

namespace bulwark::test {

struct Seeds {
  std::uint64_t first, last;
};

// BULWARK_SEEDS=7 or 1-1000; else what the test runs by itself.
inline Seeds seeds_wanted(Seeds usual) {
  const char* text = std::getenv("BULWARK_SEEDS");
  if (text == nullptr) return usual;
  char* rest = nullptr;
  const std::uint64_t first = std::strtoull(text, &rest, 10);
  return {first, *rest == '-' ? std::strtoull(rest + 1, nullptr, 10) : first};
}

// A number from the environment, else the usual one.
inline std::int64_t wanted(const char* name, std::int64_t usual) {
  const char* text = std::getenv(name);
  return text == nullptr ? usual : std::strtoll(text, nullptr, 10);
}

inline std::string command_for(const char* program, const char* filter, std::uint64_t seed) {
  std::string text = "again: BULWARK_SEEDS=" + std::to_string(seed);
  if (const char* events = std::getenv("BULWARK_EVENTS")) text += std::string(" BULWARK_EVENTS=") + events;
  return text + " build/test/bin/" + program + " --gtest_filter=" + filter + "\n";
}

// Past every simulated clock.
inline std::int64_t real_seconds() {
  timespec now{};
  ::syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

// Leaves out whatever can be left out, in ever smaller pieces, for some seconds.
template <class Step, class Fails>
std::vector<Step> shortest(std::vector<Step> history, Fails fails) {
  const std::int64_t end = real_seconds() + 20;
  for (std::size_t piece = history.size() / 2; piece > 0; piece /= 2) {
    for (std::size_t at = 0; at < history.size() && real_seconds() < end;) {
      std::vector<Step> shorter(history.begin(), history.begin() + static_cast<std::ptrdiff_t>(at));
      const std::size_t after = std::min(at + piece, history.size());
      shorter.insert(shorter.end(), history.begin() + static_cast<std::ptrdiff_t>(after), history.end());
      if (fails(shorter)) history = std::move(shorter);
      else at += piece;
    }
  }
  return history;
}

inline std::string described(const core::Event& event) {
  static const char* const types[] = {"none",   "client", "mark", "rate",   "intent",  "replace", "ack",
                                      "cancel", "fill",   "done", "equity", "control", "clock",   "size"};
  std::ostringstream text;
  text << event.t.ns << " " << types[static_cast<std::size_t>(event.type)];
  switch (event.type) {
    case core::EventType::Mark:
    case core::EventType::Rate:
      text << " " << event.mark.symbol << " bid " << to_text(event.mark.bid) << " ask " << to_text(event.mark.ask)
           << " last " << to_text(event.mark.last);
      break;
    case core::EventType::Intent: {
      const core::IntentEvent& e = event.intent;
      text << " " << e.id.view() << " client " << at(e.client) << " account " << at(e.account) << " strategy "
           << at(e.strategy) << " symbol " << at(e.symbol) << " " << name_of(side_names, e.side) << " "
           << to_text(e.quantity) << (e.market ? " market" : " at " + to_text(e.price))
           << (e.reduce_only ? " reduce_only" : "") << " resize " << static_cast<int>(e.resize) << " gate "
           << static_cast<int>(e.gate);
      break;
    }
    case core::EventType::Replace:
      text << " " << event.replace.id.view() << " by " << event.replace.new_id.view() << " client "
           << at(event.replace.client) << " total " << to_text(event.replace.quantity)
           << (event.replace.keep_price ? " same price" : " at " + to_text(event.replace.price));
      break;
    case core::EventType::Ack:
    case core::EventType::Cancel:
    case core::EventType::Done:
      text << " " << event.order.id.view() << " client " << at(event.order.client) << " why "
           << name_of(done_why_names, event.order.why);
      break;
    case core::EventType::Fill:
      text << " " << event.fill.id.view() << " exec " << event.fill.exec_id.view() << " client "
           << at(event.fill.client) << " " << to_text(event.fill.quantity) << " at " << to_text(event.fill.price);
      break;
    case core::EventType::Control:
      text << " command " << static_cast<int>(event.control.command) << " limit " << at(event.control.limit)
           << (event.control.new_baseline ? " new_baseline" : "");
      break;
    default: break;
  }
  return text.str();
}

inline std::string described(const std::vector<core::Event>& history) {
  std::string text;
  for (const core::Event& event : history) text += "  " + described(event) + "\n";
  return text;
}

}  // namespace bulwark::test
