// SPDX-License-Identifier: Apache-2.0
// The C++ trader of the demo: quotes a bid and an ask at the touch of a few symbols and lives from the spread. When it
// is stopped it cancels everything that it has in the market, which is always allowed.
//   demo_market_maker --instance NAME --venue SOCKET
#include <bulwark/client.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/examples/market/wire.h"

namespace demo {

constexpr std::size_t symbol_count_max = 8;
constexpr double order_notional = 4'000;
constexpr double inventory_notional_max = 40'000;
constexpr int think_every_ms = 100;
constexpr std::size_t quotes_a_turn_max = 3;  // far below the rate limit of the desk

using Clock = std::chrono::steady_clock;

std::int64_t now_ns() { return Clock::now().time_since_epoch().count(); }

// One side of one symbol: at most one order at a time.
struct Quote {
  std::string id, price;  // empty: none is working
  bool canceling = false;
};

struct Book {
  std::string bid, ask;
  double position = 0;
  Quote buy, sell;

  double mid() const { return (std::stod(bid) + std::stod(ask)) / 2; }
  Quote& quote(std::string_view side) { return side == "buy" ? buy : sell; }
};

class MarketMaker {
public:
  MarketMaker(const std::string& instance, const std::string& venue)
      : gate_(bulwark::Client::attach(
            {.instance = instance, .client = "maker", .account = "MAKER", .strategy = "quotes", .spin_us = 200})),
        wire_(venue) {}

  void run() {
    auto next_thought = Clock::now();
    for (;;) {
      const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(next_thought - Clock::now()).count();
      const bool open = wire_.turn(
          static_cast<int>(std::max<std::int64_t>(wait, 0)), [this](const Words& words) { hear(words); },
          [this](const Words& words) { obey(words); });
      if (!open) return;
      if (Clock::now() < next_thought) continue;
      think();
      next_thought = Clock::now() + std::chrono::milliseconds(think_every_ms);
    }
  }

private:
  void hear(const Words& words) {
    if (words[0] == "quote" && words.size() == 4) {
      const auto known = books_.find(words[1]);
      if (known == books_.end() && books_.size() == symbol_count_max) return;
      Book& book = books_[words[1]];
      book.bid = words[2];
      book.ask = words[3];
    } else if (words[0] == "ack") {
      gate_.ack(words[1]);
    } else if (words[0] == "fill" && words.size() == 5) {
      gate_.fill({.id = words[1], .exec_id = words[2], .quantity = words[3], .price = words[4]});
      const auto [symbol, side] = orders_.at(words[1]);
      books_[symbol].position += side == "buy" ? std::stod(words[3]) : -std::stod(words[3]);
      forget(words[1]);
    } else if (words[0] == "done" && words.size() == 3) {
      gate_.done(words[1], words[2]);
      forget(words[1]);
    }
  }

  void obey(const Words& words) {
    if (words.empty() || words[0] != "latency" || answer_ns_.empty()) return;
    const auto middle = answer_ns_.begin() + static_cast<std::ptrdiff_t>(answer_ns_.size() / 2);
    std::nth_element(answer_ns_.begin(), middle, answer_ns_.end());
    std::printf("{\"what\": \"latency\", \"client\": \"maker\", \"count\": %zu, \"p50_us\": %.3f}\n", answer_ns_.size(),
                static_cast<double>(*middle) / 1000.0);
    std::fflush(stdout);
  }

  // Every order that we no longer want is asked to be canceled; where a side has none, one is asked for.
  void think() {
    const bool may_trade = gate_.clear_to_send();
    std::size_t quotes = 0;
    for (auto& [symbol, book] : books_) {
      for (const std::string_view side : {"buy", "sell"}) {
        Quote& quote = book.quote(side);
        const std::string& touch = side == "buy" ? book.bid : book.ask;
        const bool full = (side == "buy" ? book.position : -book.position) * book.mid() > inventory_notional_max;
        if (!quote.id.empty()) {
          if (!quote.canceling && (!may_trade || full || quote.price != touch)) cancel(quote);
        } else if (may_trade && !full && quotes < quotes_a_turn_max) {
          ++quotes;
          offer(symbol, side, touch, quote);
        }
      }
    }
  }

  void cancel(Quote& quote) {
    quote.canceling = true;
    gate_.cancel(quote.id);
    wire_.say("cancel " + quote.id);
  }

  // Ask, look once more, and only then the wire.
  void offer(const std::string& symbol, std::string_view side, const std::string& price, Quote& quote) {
    const std::string id = "m" + std::to_string(++order_count_);
    const auto quantity = static_cast<std::int64_t>(std::max(1.0, std::floor(order_notional / std::stod(price))));
    const std::int64_t asked_ns = now_ns();
    const bulwark::Verdict verdict =
        gate_.check({.id = id, .symbol = symbol, .side = side, .quantity = quantity, .price = price});
    const std::int64_t looked_ns = now_ns();
    answer_ns_.push_back(looked_ns - asked_ns);
    if (!verdict.accepted()) return;
    if (!gate_.clear_to_send(id)) {
      gate_.done(id, "canceled");  // never sent
      return;
    }
    const std::string allowed = bulwark::format_decimal(verdict.quantity.raw);
    wire_.say("order " + id + " " + std::string(side) + " " + symbol + " " + allowed + " " + price + " " +
              std::to_string(looked_ns));
    quote = {id, price, false};
    orders_[id] = {symbol, std::string(side)};
    if (!told_) tell_first(symbol, side, allowed, price);
  }

  void tell_first(const std::string& symbol, std::string_view side, const std::string& quantity,
                  const std::string& price) {
    told_ = true;
    std::cout << R"({"what": "first", "client": "maker", "decision": "accepted", "reason": null, "limit": null, )"
              << R"("side": ")" << side << R"(", "symbol": ")" << symbol << R"(", "quantity": ")" << quantity
              << R"(", "price": ")" << price << "\"}" << std::endl;
  }

  void forget(const std::string& id) {
    const auto order = orders_.find(id);
    if (order == orders_.end()) return;
    books_[order->second.first].quote(order->second.second) = {};
    orders_.erase(order);
  }

  bulwark::Client gate_;
  Wire wire_;
  std::map<std::string, Book> books_;
  std::map<std::string, std::pair<std::string, std::string>> orders_;  // id -> symbol, side
  std::vector<std::int64_t> answer_ns_;
  std::uint64_t order_count_ = 0;
  bool told_ = false;
};

}  // namespace demo

int main(int argument_count, char** arguments) {
  std::map<std::string, std::string> options;
  for (int i = 1; i + 1 < argument_count; i += 2) options[arguments[i]] = arguments[i + 1];
  if (!options.contains("--instance") || !options.contains("--venue")) {
    std::cerr << "demo_market_maker --instance NAME --venue SOCKET" << std::endl;
    return 2;
  }
  try {
    demo::MarketMaker(options["--instance"], options["--venue"]).run();
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "demo_market_maker: " << error.what() << std::endl;
    return 1;
  }
}
