// SPDX-License-Identifier: Apache-2.0
// A trading process in twenty lines:  g++ -std=c++20 -I build/release/include trader.cpp -o trader -pthread
#include <bulwark/client.hpp>
#include <iostream>

int main() try {
  auto desk = bulwark::Client::attach({.instance = "desk", .client = "trader", .account = "ACC1", .strategy = "momo"});
  const auto verdict = desk.check({.id = "o1", .symbol = "AAPL", .side = "buy", .quantity = "100", .price = "189.50"});
  if (!verdict.accepted()) {
    std::cout << "refused: " << verdict.reason << " " << verdict.limit << "\n";
    return 1;
  }
  if (desk.clear_to_send("o1")) {  // the last look; here the order goes to the market, which answers:
    desk.ack("o1");
    desk.fill({.id = "o1", .exec_id = "e1", .quantity = verdict.quantity, .price = "189.50", .fee = "0.10"});
    std::cout << "filled: " << bulwark::to_text(verdict.quantity) << "\n";
  }
  desk.done("o1", "expired");
} catch (const bulwark::Error& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
