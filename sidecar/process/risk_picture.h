// SPDX-License-Identifier: Apache-2.0
// One picture of the live risk, as the words of shm/risk_page.h: what a book has made and lost, what it is exposed to,
// and what it may lose. Cold.
#pragma once

#include <cstdint>
#include <vector>

#include "shm/risk_page.h"
#include "sidecar/process/live_book.h"

namespace bulwark::process {

// More words than any picture of this engine has.
std::uint64_t picture_words_max(const core::Engine& engine);

// `book` has followed the engine. The caller fills in when it was made, and how long that took: they stand in the first
// words, which are a shm::RiskFigures.
std::vector<std::uint64_t> picture_of(const core::Engine& engine, LiveBook& book, const shm::RiskBacktest& backtest);

// Which one something is held, or was traded, in that has no rate: "EUR has no rate". Empty: each has one.
std::string rate_lacking(const core::Engine& engine);

}  // namespace bulwark::process
