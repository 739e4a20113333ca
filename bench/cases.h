// SPDX-License-Identifier: Apache-2.0
// What is measured, by name, as in the JSON document.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace bulwark::bench {

enum class Case : std::uint8_t {
  RawPingPong,
  BoostSpsc,
  Lane,
  Check,
  CheckUnjournaled,
  CheckOpenLoop,
  Apply,
  BareTwentyLimits
};
inline constexpr std::size_t case_count = 8;
inline constexpr std::array<std::string_view, case_count> case_names{
    "raw-ping-pong", "boost-spsc", "lane", "check", "check-unjournaled", "check-open-loop", "apply", "bare-20-limits"};
inline constexpr std::array<std::string_view, case_count> case_sentences{
    "two cache lines, polled as the lane is",
    "bare echo, a pair of boost::lockfree::spsc_queue",
    "bare echo, the answer in the request's own line",
    "lane, gate, engine with 20 limits, journal to its files",
    "the same without a journal",
    "the same at a fixed rate, from the time intended",
    "the engine alone, no round trip",
    "20 comparisons of 128 bits, no round trip"};

constexpr std::size_t at(Case which) { return static_cast<std::size_t>(which); }
constexpr bool is_round_trip(Case which) { return which < Case::Apply; }

}  // namespace bulwark::bench
