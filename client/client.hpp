// SPDX-License-Identifier: Apache-2.0
// Bulwark for a trading process in C++20: one header, nothing else at run time.
//
//   auto desk = bulwark::Client::attach({.instance = "desk", .client = "c1", .account = "ACC1", .strategy = "momo"});
//   const auto verdict = desk.check({.id = "o1", .symbol = "AAPL", .side = "buy", .quantity = "100", .price =
//   "189.50"}); if (verdict.accepted() && desk.clear_to_send("o1")) send(verdict.quantity);
//
// What cannot be put into a message throws bulwark::Error; what can be said but is refused is a rejected verdict. Calls
// of several threads are served one after the other; clear_to_send never waits for a check. No call waits longer than
// `timeout_ms`; a check without an answer in time is refused, and the order is withdrawn behind it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/arguments.hpp"
#include "client/error.hpp"
#include "client/mark_publisher.hpp"
#include "client/order_status.hpp"
#include "client/session.hpp"
#include "client/sizing.hpp"
#include "client/verdict.hpp"

namespace bulwark {

struct Options {
  std::string instance{};  // [instance] name
  std::string client{};    // your name, for one process at a time
  std::string account{};   // may be empty where the strategy has one
  std::string strategy{};
  int timeout_ms = 1000;  // 1 to 60,000
  int spin_us = 20;       // looks for the answer without a rest for so long, then each 50 us
};

struct Order {
  std::string_view id{};  // 1 to 64 printable ASCII characters, unique within the client
  std::string_view symbol{};
  SideWord side{};  // "buy" or "sell"
  Number quantity{};
  Number price{};                        // absent: a market order
  Resize resize = Resize::AsConfigured;  // Allowed, Forbidden
  bool reduce_only = false;
};

struct Replacement {
  std::string_view id{}, new_id{};
  Number quantity{};  // the new total
  Number price{};     // absent: as before
};

struct Fill {
  std::string_view id{}, exec_id{};
  Number quantity{}, price{};
  Number fee{};               // absent: none
  std::string_view symbol{};  // this and the side: only needed for an order that the sidecar may not know
  SideWord side{};
};

class Client {
public:
  static Client attach(const Options& options) {
    client::require_name("client", options.client);
    if (!options.account.empty()) client::require_name("account", options.account);
    if (!options.strategy.empty()) client::require_name("strategy", options.strategy);
    if (options.timeout_ms < 1 || options.timeout_ms > 60'000) {
      throw Error("timeout_ms: " + std::to_string(options.timeout_ms) + " is not allowed; 1 to 60000 are");
    }
    if (options.spin_us < 0 || options.spin_us > 1'000'000) {
      throw Error("spin_us: " + std::to_string(options.spin_us) + " is not allowed; 0 to 1000000 are");
    }
    return Client(std::make_unique<client::Session>(
        client::LinkRequest{shm::DoorKind::Client, options.instance, options.client, options.account, options.strategy},
        client::Session::Patience{options.timeout_ms * std::int64_t{1'000'000},
                                  options.spin_us * std::int64_t{1'000}}));
  }

  Client(Client&&) noexcept = default;
  Client& operator=(Client&& other) noexcept {
    std::swap(session_, other.session_);
    return *this;
  }
  // In a forked child nothing of the parent's is touched, not even to be let go of.
  ~Client() {
    if (session_ && session_->in_child()) session_.release();
  }

  // May this order be sent?
  Verdict check(const Order& order) {
    client::Session& session = usable();
    shm::Request request;
    request.kind = shm::MessageKind::Intent;
    request.id = client::id_argument("id", order.id);
    client::require_name("symbol", order.symbol);
    request.side = order.side.side();
    request.quantity = client::quantity_argument(order.quantity);
    request.no_price = order.price.absent();
    if (!request.no_price) request.price = client::price_argument("price", order.price);
    if (order.resize > Resize::Forbidden) throw Error("resize: is none of AsConfigured, Allowed, Forbidden");
    request.resize = order.resize;
    request.reduce_only = order.reduce_only;
    return session.check(request, order.symbol);
  }

  // May this order be changed so? It then goes by `new_id`.
  Verdict replace(const Replacement& change) {
    client::Session& session = usable();
    shm::Request request;
    request.kind = shm::MessageKind::Replace;
    request.id = client::id_argument("id", change.id);
    request.other = client::id_argument("new_id", change.new_id);
    request.quantity = client::quantity_argument(change.quantity);
    request.no_price = change.price.absent();
    if (!request.no_price) request.price = client::price_argument("price", change.price);
    return session.check(request, {});
  }

  // The last look before the wire: false when stopped since that order's verdict, its scope halted, the lease run out,
  // or no order of that id accepted. An order of a liquidation, which a stop does not concern, is clear while the
  // sidecar that gave it beats.
  bool clear_to_send(std::string_view id) {
    client::Session& session = usable();
    client::id_argument("id", id);
    return session.clear_to_send(&id);
  }
  // The instance alone: is it trading?
  bool clear_to_send() { return usable().clear_to_send(nullptr); }

  void fill(const Fill& fill) {
    client::Session& session = usable();
    shm::Request request;
    request.kind = shm::MessageKind::Fill;
    request.id = client::id_argument("id", fill.id);
    request.other = client::id_argument("exec_id", fill.exec_id);
    request.quantity = client::quantity_argument(fill.quantity);
    request.price = client::price_argument("price", fill.price);
    if (!fill.fee.absent()) request.fee.raw = fill.fee.raw("fee", money_raw_max);
    if (!fill.symbol.empty()) client::require_name("symbol", fill.symbol);
    if (!fill.side.absent()) request.side = fill.side.side();
    session.report(request, fill.symbol, "fill");
  }

  // The order is over: "canceled", "rejected" or "expired". What is left of it is released.
  void done(std::string_view id, std::string_view why) {
    client::Session& session = usable();
    shm::Request request;
    request.kind = shm::MessageKind::Done;
    request.id = client::id_argument("id", id);
    request.why = client::why_argument(why);
    session.report(request, {}, "done");
  }

  void ack(std::string_view id) { report(shm::MessageKind::Ack, id, "ack"); }           // the market has confirmed it
  void cancel(std::string_view id) { report(shm::MessageKind::Cancel, id, "cancel"); }  // a cancel is on its way

  // How much of this trade would pass, and what bounds it.
  Size size(const Trade& trade) {
    client::Session& session = usable();
    shm::Request request = client::request_of(trade);
    return session.size(request, trade.symbol);
  }

  // What became of the order that was asked for under this id? For whoever has no answer of its own: a check that was
  // cut off by a death, on either side, was accepted or it was not.
  OrderStatus order_status(std::string_view id) {
    client::Session& session = usable();
    shm::Request request;
    request.kind = shm::MessageKind::Status;
    request.id = client::id_argument("id", id);
    return session.order_status(request);
  }

  // What the sidecar asks for, since the last call. Whoever never calls it is never given an order of a liquidation.
  std::vector<Instruction> commands() { return usable().commands(); }

  // Leaves in good order. Working orders stay.
  void detach() { usable().detach(); }

private:
  explicit Client(std::unique_ptr<client::Session> session) : session_(std::move(session)) {}

  client::Session& usable() {
    if (!session_) throw Error("this client was moved from");
    session_->require_usable();
    return *session_;
  }

  void report(shm::MessageKind kind, std::string_view id, std::string_view what) {
    client::Session& session = usable();
    shm::Request request;
    request.kind = kind;
    request.id = client::id_argument("id", id);
    session.report(request, {}, what);
  }

  std::unique_ptr<client::Session> session_;
};

}  // namespace bulwark
