// SPDX-License-Identifier: Apache-2.0
// The live risk of an instance, RUN/NAME/risk: written by a cold thread of the sidecar ten times a second or more, read
// by everyone. One picture at a time, whole: the words behind RiskPage are
//
//   | RiskFigures | RiskRow x symbols | x sectors | x accounts | x strategies | RiskScenario x scenarios |
//   | symbol index x correlated | correlation, correlated x correlated doubles |
//
// under one sequence lock, as atomic words; read_risk() takes a copy that nobody writes any more. Numbers are doubles,
// money in the base currency, losses positive: estimates for people, never what an order is judged by.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "shm/clock.h"
#include "shm/layout.h"

namespace bulwark::shm {

inline constexpr std::uint32_t risk_layout = 2;  // of what follows; another number is another layout
inline constexpr std::uint32_t correlated_max = 32;

// What is known; what is not stands as zero, and `why_not` says why.
namespace risk_known {
inline constexpr std::uint64_t exposure = 1, parametric = 2, historical = 4, stress = 8;
inline constexpr std::uint64_t profit = 16;  // and equity, which is made of it
}  // namespace risk_known

enum class RiskZone : std::uint32_t { Unknown, Green, Yellow, Red };

// The back-test of the VaR that the gate judges by, one observation a session: losses of the book as it stood when the
// session began, and of the book as it was traded.
struct RiskBacktest {
  std::uint32_t sessions, frozen_exceptions, actual_exceptions, missed;  // missed: sessions that nothing is known of
  double kupiec, kupiec_p, independence, independence_p, coverage, coverage_p;  // of the frozen book
  double multiplier;                                                            // 0: not defined
  RiskZone zone;
  std::uint32_t spare;
  double var;         // of the session that runs
  Text<247> why_not;  // there is none until the next start; empty: there is one
};
static_assert(sizeof(RiskBacktest) == 336);

struct RiskModelFacts {
  std::uint64_t version;  // 0: there is none
  std::int64_t built_ns;  // UTC; 0: none was made from files yet
  std::uint64_t built, refused;
  std::uint32_t days, lacking;  // of returns; instruments that it knows nothing of
  double regime_probability;    // of the wildest learned state at the last close
  std::int64_t regime_seen_ns;  // the end of that day, UTC; 0: no regime was learned
  Text<10> first_date, last_date;
  Sentence refusal;  // of the last one that was refused; empty: the last one was not
};
static_assert(sizeof(RiskModelFacts) == 216);

struct RiskFigures {
  std::uint32_t layout, figures_words;
  std::int64_t t_ns;         // of the last event in it
  std::int64_t computed_ns;  // CLOCK_MONOTONIC
  std::uint64_t took_ns, sequence, known;
  std::uint32_t symbols, sectors, accounts, strategies, scenarios, correlated;  // rows of each table
  double equity, peak, drawdown, profit_today, realised, unrealised, fees;
  double long_value, short_value, gross, net;
  double confidence, deviation;
  double parametric_var, parametric_es, historical_var, historical_es, filtered_var, filtered_es;
  double worst_loss;
  std::uint64_t worst_scenario;  // its row, from 1; 0: none loses anything
  double market_factor;          // what sizes and dynamic limits are left by the state of the market; 0: not followed
  std::uint64_t market_inputs;   // as on the board
  Sentence why_not;
  RiskModelFacts model;
  RiskBacktest backtest;
};
static_assert(std::is_trivially_copyable_v<RiskFigures> && sizeof(RiskFigures) % 8 == 0);

struct RiskRow {
  std::uint64_t index;  // in the name table of its kind
  double profit_today, realised, unrealised;
  double gross, net;
  double component_var;  // what it adds to the parametric VaR: the rows of a table add up to it, of sectors where all
                         // have one
  double spare;
};
static_assert(sizeof(RiskRow) == 64);

struct RiskScenario {
  Name name;
  double loss;
};
static_assert(sizeof(RiskScenario) == 48);

struct RiskPage {
  Header header;
  std::uint64_t capacity;  // words behind this struct
  std::uint8_t spare[56];
  alignas(writer_bytes) AtomicWord sequence;  // SYNC POINT RISK: odd while being written
  AtomicWord count;                           // words that hold something
};
static_assert(sizeof(RiskPage) == 256 && std::is_standard_layout_v<RiskPage>);

inline AtomicWord* words_of(RiskPage& page) { return reinterpret_cast<AtomicWord*>(&page + 1); }
inline const AtomicWord* words_of(const RiskPage& page) { return reinterpret_cast<const AtomicWord*>(&page + 1); }

// Each store is a release: it keeps the odd number before its datum. What does not fit is not shown at all.
inline bool show_risk(RiskPage& page, std::span<const std::uint64_t> words) {
  if (words.size() > page.capacity) return false;
  const std::uint64_t sequence = page.sequence.load(std::memory_order_relaxed) | 1U;
  page.sequence.store(sequence, std::memory_order_relaxed);
  for (std::size_t k = 0; k < words.size(); ++k) words_of(page)[k].store(words[k], std::memory_order_release);
  page.count.store(words.size(), std::memory_order_release);
  page.sequence.store(sequence + 1, std::memory_order_release);  // SYNC POINT RISK
  return true;
}

// A copy of the picture, in parts.
struct RiskPicture {
  RiskFigures figures;
  std::vector<RiskRow> symbols, sectors, accounts, strategies;
  std::vector<RiskScenario> scenarios;
  std::vector<std::uint64_t> correlated;
  std::vector<double> correlations;
};

namespace detail {
template <class Part>
void take(std::span<const std::uint64_t>& words, std::vector<Part>& to, std::size_t count) {
  static_assert(sizeof(Part) % 8 == 0);
  to.resize(count);
  if (count != 0) std::memcpy(to.data(), words.data(), count * sizeof(Part));
  words = words.subspan(count * sizeof(Part) / 8);
}
}  // namespace detail

// Nothing: it holds no picture, one of another layout, or one that is being written for ever by a process that died.
inline std::optional<RiskPicture> picture_of(std::span<const std::uint64_t> words) {
  constexpr std::size_t head = sizeof(RiskFigures) / 8;
  if (words.size() < head) return {};
  RiskPicture picture;
  RiskFigures& figures = picture.figures;
  std::memcpy(&figures, words.data(), sizeof figures);
  if (figures.layout != risk_layout || figures.figures_words != head) return {};
  words = words.subspan(head);
  const std::uint64_t rows = std::uint64_t{figures.symbols} + figures.sectors + figures.accounts + figures.strategies;
  const std::uint64_t correlated = figures.correlated;
  if (correlated > correlated_max) return {};
  const std::uint64_t wanted = rows * sizeof(RiskRow) / 8 +
                               std::uint64_t{figures.scenarios} * sizeof(RiskScenario) / 8 +
                               correlated * (correlated + 1);
  if (wanted != words.size() || figures.worst_scenario > figures.scenarios) return {};
  detail::take(words, picture.symbols, figures.symbols);
  detail::take(words, picture.sectors, figures.sectors);
  detail::take(words, picture.accounts, figures.accounts);
  detail::take(words, picture.strategies, figures.strategies);
  detail::take(words, picture.scenarios, figures.scenarios);
  detail::take(words, picture.correlated, correlated);
  detail::take(words, picture.correlations, correlated * correlated);
  return picture;
}

// The writer gives way to all others, also in the middle of a picture: that is waited for, up to half a second or so.
inline std::optional<RiskPicture> read_risk(const RiskPage& page) {
  const std::uint64_t room = std::min(page.capacity, (page.header.bytes - sizeof(RiskPage)) / 8);
  std::vector<std::uint64_t> words;
  for (int attempt = 0; attempt < 500; ++attempt) {
    if (attempt > 10) nap(milliseconds(1));
    const std::uint64_t before = page.sequence.load(std::memory_order_acquire);  // SYNC POINT RISK
    words.resize(std::min(page.count.load(std::memory_order_acquire), room));
    // Acquire on each word keeps the second look at the sequence behind all of them.
    for (std::size_t k = 0; k < words.size(); ++k) words[k] = words_of(page)[k].load(std::memory_order_acquire);
    if (before % 2 == 0 && page.sequence.load(std::memory_order_relaxed) == before) return picture_of(words);
  }
  return {};
}

}  // namespace bulwark::shm
