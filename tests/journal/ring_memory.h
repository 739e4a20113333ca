// SPDX-License-Identifier: Apache-2.0
// A small journal ring on a buffer of the test.
#pragma once

#include <cstdlib>
#include <memory>

#include "sidecar/journal/ring.h"

namespace bulwark::test {

class RingMemory {
public:
  explicit RingMemory(std::uint64_t line_count, std::uint64_t first_sequence = 1)
      : memory_(std::aligned_alloc(page, pages(line_count) * page)),
        view_(journal::RingView::over(memory_.get(), line_count)) {
    std::memset(memory_.get(), 0, pages(line_count) * page);
    view_.header->durable.store(journal::RingCursor{first_sequence, 0}.word());
  }
  const journal::RingView& view() const { return view_; }
  journal::RingProducer producer(std::uint64_t first_sequence = 1) const {
    return journal::RingProducer(view_, {first_sequence, 0});
  }

private:
  static constexpr std::size_t page = 4'096;
  static constexpr std::size_t pages(std::uint64_t line_count) {
    return (journal::RingView::bytes(line_count) + page - 1) / page;
  }
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::unique_ptr<void, Free> memory_;
  journal::RingView view_;
};

}  // namespace bulwark::test
