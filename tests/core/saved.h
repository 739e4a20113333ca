// SPDX-License-Identifier: Apache-2.0
// Saved states in memory, and what two engines answered, compared bit for bit.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "core/engine.h"
#include "core/state/words.h"

namespace bulwark::core {

using Saved = std::vector<std::byte>;

inline Saved save(const Engine& engine) {
  Saved saved;
  StateWriter words(
      [&saved](std::span<const std::byte> bytes) { saved.insert(saved.end(), bytes.begin(), bytes.end()); });
  engine.save(words);
  return saved;
}
inline std::unique_ptr<Engine> load(const Rules& rules, Capacity capacity, std::span<const std::byte> saved) {
  StateReader words(saved);
  return std::make_unique<Engine>(rules, capacity, words);
}

inline void expect_equal(const Line& a, const Line& b) {
  ASSERT_EQ(a.type, b.type);
  ASSERT_EQ(a.state, b.state);
  ASSERT_EQ(a.client, b.client);
  ASSERT_EQ(a.limit, b.limit);
  ASSERT_EQ(a.on, b.on);
  ASSERT_TRUE(a.value == b.value && a.max == b.max);
  ASSERT_EQ(a.id, b.id);
  ASSERT_EQ(a.cause, b.cause);
  ASSERT_EQ(a.order.side, b.order.side);
  ASSERT_EQ(a.order.market, b.order.market);
  ASSERT_TRUE(a.order.quantity == b.order.quantity && a.order.price == b.order.price);
  ASSERT_EQ(a.scaling.cause, b.scaling.cause);
  ASSERT_TRUE(a.scaling.from == b.scaling.from && a.scaling.to == b.scaling.to && a.scaling.factor == b.scaling.factor);
}

inline void expect_equal(const Verdict& a, const Verdict& b) {
  ASSERT_EQ(a.decision, b.decision);
  ASSERT_EQ(a.reason, b.reason);
  ASSERT_EQ(a.has_on, b.has_on);
  ASSERT_EQ(a.limit, b.limit);
  ASSERT_EQ(a.on, b.on);
  ASSERT_EQ(a.quantity, b.quantity);
  ASSERT_TRUE(a.value == b.value && a.max == b.max);
}

inline void expect_equal_answers(const Engine& a, const Engine& b) {
  ASSERT_EQ(a.has_verdict(), b.has_verdict());
  if (a.has_verdict()) {
    ASSERT_NO_FATAL_FAILURE(expect_equal(a.verdict(), b.verdict()));
  }
  ASSERT_EQ(a.objections().size(), b.objections().size());
  for (std::size_t k = 0; k < a.objections().size(); ++k) {
    const Objection &x = a.objections()[k], &y = b.objections()[k];
    ASSERT_TRUE(x.limit == y.limit && x.on == y.on && x.value == y.value && x.max == y.max) << k;
  }
  ASSERT_EQ(a.has_sized(), b.has_sized());
  if (a.has_sized()) {
    ASSERT_EQ(a.sized(), b.sized());
  }
  ASSERT_EQ(a.lines().size(), b.lines().size());
  for (std::size_t k = 0; k < a.lines().size(); ++k) ASSERT_NO_FATAL_FAILURE(expect_equal(a.lines()[k], b.lines()[k]));
}

}  // namespace bulwark::core
