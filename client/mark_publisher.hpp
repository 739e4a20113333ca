// SPDX-License-Identifier: Apache-2.0
// Publishing marks: the latest bid, ask and last of each symbol, straight into memory that the sidecar reads.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "client/arguments.hpp"
#include "client/fork_guard.hpp"
#include "client/link.hpp"
#include "shm/marks.h"

namespace bulwark {

class MarkPublisher {
public:
  explicit MarkPublisher(std::string_view instance, int timeout_ms = 1000) : state_(std::make_unique<State>()) {
    if (timeout_ms < 1 || timeout_ms > 60'000) {
      throw Error("timeout_ms: " + std::to_string(timeout_ms) + " is not allowed; 1 to 60000 are");
    }
    state_->wanted.kind = shm::DoorKind::Publisher;
    state_->wanted.instance = instance;
    state_->timeout_ns = timeout_ms * std::int64_t{1'000'000};
    state_->use(client::open_link_within(state_->wanted, shm::monotonic_now() + DurationNs{state_->timeout_ns}));
  }
  MarkPublisher(MarkPublisher&&) noexcept = default;
  MarkPublisher& operator=(MarkPublisher&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~MarkPublisher() {
    if (state_ && state_->guard.in_child()) state_.release();
  }

  // The newest mark of a symbol, or of a pair like "EUR/USD": bid and ask, or last, or all three. Replaces the one
  // before.
  void mark(std::string_view symbol, const Number& bid, const Number& ask, const Number& last = {}) {
    State& state = usable();
    client::require_name("symbol", symbol);
    shm::Quote quote;
    if (bid.absent() != ask.absent()) throw Error("bid: bid and ask are given together, or neither");
    if (bid.absent() && last.absent()) throw Error("last: a mark needs bid and ask, or last");
    if (!bid.absent()) quote.bid = positive("bid", bid);
    if (!ask.absent()) quote.ask = positive("ask", ask);
    if (!last.absent()) quote.last = positive("last", last);
    const std::lock_guard call(state.calls);
    if (!state.link) throw Error(ended);
    const MonotonicNs now = shm::monotonic_now();
    state.ensure_link(now);
    const std::uint32_t row = state.quotes.find(symbol);
    if (row == 0 || !state.writer.write(static_cast<shm::QuoteIndex>(row), quote, now)) {
      throw Error("symbol: " + client::in_quotes(symbol) + " is not known to instance " +
                  client::in_quotes(state.wanted.instance));
    }
  }

  void close() {
    State& state = usable();
    const std::lock_guard call(state.calls);
    state.link.reset();
  }

private:
  static constexpr const char* ended = "this publisher has been closed; publish_marks again to go on";
  static constexpr std::int64_t look_ns = 10'000'000;  // how often the life of the sidecar is looked at

  struct State {
    client::ForkGuard guard;
    client::LinkRequest wanted;
    std::int64_t timeout_ns = 0;
    std::mutex calls;
    std::unique_ptr<client::Link> link;
    shm::NameLookup quotes;
    shm::MarksWriter writer;
    std::int64_t look_due_ns = 0;

    void use(std::unique_ptr<client::Link> next) {
      link = std::move(next);
      quotes = shm::NameLookup(*link->board, link->board->quotes);
      // As many as the table has room for, whatever the board says by now.
      writer = shm::MarksWriter(*static_cast<shm::MarksTable*>(link->memory.get()));
    }

    // After the death of the sidecar attaches to the next one, or throws.
    void ensure_link(MonotonicNs now) {
      if (now.ns < look_due_ns) return;
      if (link->hung_up()) use(client::open_link(wanted, now + DurationNs{timeout_ns}));
      look_due_ns = now.ns + look_ns;
    }
  };

  static Price positive(std::string_view argument, const Number& number) {
    const Price price = client::price_argument(argument, number);
    if (price.raw <= 0) throw Error(std::string(argument) + ": " + to_text(price) + " is not positive");
    return price;
  }

  State& usable() {
    if (!state_) throw Error("this publisher was moved from");
    if (state_->guard.in_child()) throw Error("this is a forked child; it must publish for itself");
    return *state_;
  }

  std::unique_ptr<State> state_;
};

inline MarkPublisher publish_marks(std::string_view instance) { return MarkPublisher(instance); }

}  // namespace bulwark
