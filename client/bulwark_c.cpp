// SPDX-License-Identifier: Apache-2.0
// The C library over the C++ client: copies structs in and out by their size, turns what is thrown into codes and text.
#include <cstddef>
#include <cstring>
#include <deque>
#include <mutex>
#include <new>
#include <string>

#include "client/bulwark.h"
#include "client/client.hpp"

struct bulwark_client {
  bulwark::Client client;
  std::mutex mutex;  // of the commands that were taken and not handed on yet
  std::deque<bulwark::Instruction> commands;
};

struct bulwark_publisher {
  bulwark::MarkPublisher publisher;
};

namespace {

using bulwark::Error;
using bulwark::Number;

static_assert(sizeof(bulwark_options) == 48 && offsetof(bulwark_options, instance) == 16);
static_assert(sizeof(bulwark_order) == 56 && offsetof(bulwark_order, id) == 16);
static_assert(sizeof(bulwark_replacement) == 40 && offsetof(bulwark_replacement, id) == 8);
static_assert(sizeof(bulwark_execution) == 64 && offsetof(bulwark_execution, id) == 8);
static_assert(sizeof(bulwark_verdict) == 208 && offsetof(bulwark_verdict, quantity) == 8);
static_assert(sizeof(bulwark_command) == 408 && offsetof(bulwark_command, symbol) == 208);
static_assert(sizeof(bulwark_trade) == 72 && offsetof(bulwark_trade, symbol) == 8);
static_assert(sizeof(bulwark_size_answer) == 248 && offsetof(bulwark_size_answer, kelly) == 56);
static_assert(sizeof(bulwark_order_state) == 104 && offsetof(bulwark_order_state, quantity) == 8);
static_assert(BULWARK_ACCEPTED == static_cast<int>(bulwark::Decision::Accepted) &&
              BULWARK_RESIZED == static_cast<int>(bulwark::Decision::Resized) &&
              BULWARK_REJECTED == static_cast<int>(bulwark::Decision::Rejected));

thread_local char last_error[512] = "";

int fail(int code, const char* text) noexcept {
  std::strncpy(last_error, text, sizeof last_error - 1);
  return code;
}

// Runs a call; nothing that it throws gets out.
template <class Call>
int guarded(Call&& call) noexcept {
  try {
    call();
    return BULWARK_OK;
  } catch (const bulwark::Unavailable& error) {
    return fail(BULWARK_UNAVAILABLE, error.what());
  } catch (const bulwark::Refused& error) {
    return fail(BULWARK_REFUSED, error.what());
  } catch (const Error& error) {
    return fail(BULWARK_WRONG, error.what());
  } catch (const std::bad_alloc&) {
    return fail(BULWARK_INTERNAL, "there is no memory left");
  } catch (const std::exception& error) {
    return fail(BULWARK_INTERNAL, error.what());
  } catch (...) {
    return fail(BULWARK_INTERNAL, "the library failed without a word");
  }
}

template <class Pointer>
auto& deref(Pointer* pointer, const char* argument) {
  if (pointer == nullptr) throw Error(std::string(argument) + ": is NULL");
  return *pointer;
}

std::string_view text(const char* from) { return from == nullptr ? std::string_view{} : std::string_view(from); }

// A copy of a struct of the caller's. So far there has been one size of each.
template <class Struct>
Struct taken(const Struct* from, const char* argument) {
  const std::uint32_t size = deref(from, argument).size;
  if (size != sizeof(Struct)) {
    throw Error(std::string(argument) + ": its size is " + std::to_string(size) + ", " +
                std::to_string(sizeof(Struct)) +
                " is allowed; set it with BULWARK_INIT, and build against the bulwark.h of this library");
  }
  return *from;
}

template <std::size_t N>
void put(char (&to)[N], std::string_view from) {
  const std::size_t size = from.size() < N ? from.size() : N - 1;
  std::memcpy(to, from.data(), size);
  std::memset(to + size, 0, N - size);
}

void put(bulwark_verdict& to, const bulwark::Verdict& from) {
  to.decision = static_cast<std::int32_t>(from.decision);
  put(to.quantity, bulwark::to_text(from.quantity));
  put(to.reason, from.reason);
  put(to.limit, from.limit);
  put(to.value, bulwark::text_of(from.value));
  put(to.max, bulwark::text_of(from.max));
}

void put(bulwark_command& to, const bulwark::Instruction& from) {
  const bool liquidates = from.kind == "liquidate";
  to.kind = from.kind.empty() ? BULWARK_NO_COMMAND : liquidates ? BULWARK_LIQUIDATE : BULWARK_CANCEL;
  put(to.id, from.id);
  put(to.cause, from.cause);
  put(to.symbol, from.symbol);
  put(to.side, bulwark::name_of(bulwark::side_names, from.side));
  put(to.quantity, liquidates ? bulwark::to_text(from.quantity) : std::string());
  put(to.price, from.price ? bulwark::to_text(*from.price) : std::string());
  put(to.account, from.account);
  put(to.strategy, from.strategy);
  to.again = from.again ? 1 : 0;
}

void put(bulwark_size_answer& to, const bulwark::Size& from) {
  put(to.quantity, bulwark::to_text(from.quantity));
  put(to.binding, from.binding);
  const auto text_of = [&from](bulwark::Constraint constraint) {
    const auto quantity = from.of(constraint);
    return quantity ? bulwark::to_text(*quantity) : std::string();
  };
  put(to.kelly, text_of(bulwark::Constraint::Kelly));
  put(to.volatility, text_of(bulwark::Constraint::Volatility));
  put(to.risk_budget, text_of(bulwark::Constraint::RiskBudget));
  put(to.balance, text_of(bulwark::Constraint::Balance));
  put(to.limits, text_of(bulwark::Constraint::Limits));
  put(to.max_fraction, text_of(bulwark::Constraint::MaxFraction));
}

void put(bulwark_order_state& to, const bulwark::OrderStatus& from) {
  to.state = !from.known() ? BULWARK_UNKNOWN : from.remaining.raw > 0 ? BULWARK_WORKING : BULWARK_DONE;
  put(to.quantity, bulwark::to_text(from.quantity));
  put(to.filled, bulwark::to_text(from.filled));
  put(to.remaining, bulwark::to_text(from.remaining));
}

// Whatever happens, what the caller finds in its verdict is a no.
bulwark_verdict& denied(bulwark_verdict* verdict) {
  taken(verdict, "verdict");
  put(*verdict, bulwark::Verdict{});
  return *verdict;
}

}  // namespace

extern "C" {

uint32_t bulwark_abi_version(void) { return BULWARK_ABI_VERSION; }
const char* bulwark_version(void) { return BULWARK_VERSION; }
const char* bulwark_last_error(void) { return last_error; }

int bulwark_attach(const bulwark_options* options, bulwark_client** client) {
  return guarded([&] {
    deref(client, "client") = nullptr;
    const bulwark_options wanted = taken(options, "options");
    bulwark::Options plain;
    plain.instance = text(wanted.instance);
    plain.client = text(wanted.client);
    plain.account = text(wanted.account);
    plain.strategy = text(wanted.strategy);
    if (wanted.timeout_ms != 0) plain.timeout_ms = wanted.timeout_ms;
    if (wanted.spin_us != 0) plain.spin_us = wanted.spin_us;
    *client = new bulwark_client{bulwark::Client::attach(plain), {}, {}};
  });
}

int bulwark_detach(bulwark_client* client) {
  return guarded([&] { deref(client, "client").client.detach(); });
}

void bulwark_free(bulwark_client* client) { delete client; }

int bulwark_check(bulwark_client* client, const bulwark_order* order, bulwark_verdict* verdict) {
  return guarded([&] {
    bulwark_verdict& answer = denied(verdict);
    const bulwark_order wanted = taken(order, "order");
    if (wanted.resize < 0 || wanted.resize > BULWARK_RESIZE_FORBIDDEN) {
      throw Error("resize: " + std::to_string(wanted.resize) + " is not allowed; 0, 1 and 2 are");
    }
    put(answer, deref(client, "client")
                    .client.check({.id = text(wanted.id),
                                   .symbol = text(wanted.symbol),
                                   .side = wanted.side,
                                   .quantity = wanted.quantity,
                                   .price = wanted.price,
                                   .resize = static_cast<bulwark::Resize>(wanted.resize),
                                   .reduce_only = wanted.reduce_only != 0}));
  });
}

int bulwark_replace(bulwark_client* client, const bulwark_replacement* change, bulwark_verdict* verdict) {
  return guarded([&] {
    bulwark_verdict& answer = denied(verdict);
    const bulwark_replacement wanted = taken(change, "change");
    put(answer, deref(client, "client")
                    .client.replace({.id = text(wanted.id),
                                     .new_id = text(wanted.new_id),
                                     .quantity = wanted.quantity,
                                     .price = wanted.price}));
  });
}

int bulwark_clear_to_send(bulwark_client* client, const char* id, int* clear) {
  return guarded([&] {
    deref(clear, "clear") = 0;
    bulwark::Client& ours = deref(client, "client").client;
    *clear = (id == nullptr ? ours.clear_to_send() : ours.clear_to_send(id)) ? 1 : 0;
  });
}

int bulwark_fill(bulwark_client* client, const bulwark_execution* execution) {
  return guarded([&] {
    const bulwark_execution done = taken(execution, "execution");
    deref(client, "client")
        .client.fill({.id = text(done.id),
                      .exec_id = text(done.exec_id),
                      .quantity = done.quantity,
                      .price = done.price,
                      .fee = done.fee,
                      .symbol = text(done.symbol),
                      .side = done.side});
  });
}

int bulwark_done(bulwark_client* client, const char* id, const char* why) {
  return guarded([&] { deref(client, "client").client.done(text(id), text(why)); });
}

int bulwark_ack(bulwark_client* client, const char* id) {
  return guarded([&] { deref(client, "client").client.ack(text(id)); });
}

int bulwark_cancel(bulwark_client* client, const char* id) {
  return guarded([&] { deref(client, "client").client.cancel(text(id)); });
}

int bulwark_next_command(bulwark_client* client, bulwark_command* command) {
  return guarded([&] {
    taken(command, "command");
    put(*command, bulwark::Instruction{});
    bulwark_client& ours = deref(client, "client");
    auto fresh = ours.client.commands();  // also says whether the client may be used at all
    const std::lock_guard lock(ours.mutex);
    for (auto& each : fresh) ours.commands.push_back(std::move(each));
    if (ours.commands.empty()) return;
    put(*command, ours.commands.front());
    ours.commands.pop_front();
  });
}

int bulwark_order_status(bulwark_client* client, const char* id, bulwark_order_state* answer) {
  return guarded([&] {
    taken(answer, "answer");
    put(*answer, bulwark::OrderStatus{});
    put(*answer, deref(client, "client").client.order_status(text(id)));
  });
}

int bulwark_size(bulwark_client* client, const bulwark_trade* trade, bulwark_size_answer* answer) {
  return guarded([&] {
    taken(answer, "answer");
    put(*answer, bulwark::Size{});
    const bulwark_trade wanted = taken(trade, "trade");
    put(*answer, deref(client, "client")
                     .client.size({.symbol = text(wanted.symbol),
                                   .side = wanted.side,
                                   .price = wanted.price,
                                   .edge = wanted.edge,
                                   .horizon_days = wanted.horizon_days,
                                   .win_probability = wanted.win_probability,
                                   .payoff = wanted.payoff,
                                   .confidence = wanted.confidence}));
  });
}

int bulwark_publish_marks(const char* instance, bulwark_publisher** publisher) {
  return guarded([&] {
    deref(publisher, "publisher") = nullptr;
    *publisher = new bulwark_publisher{bulwark::publish_marks(text(instance))};
  });
}

int bulwark_mark(bulwark_publisher* publisher, const char* symbol, const char* bid, const char* ask, const char* last) {
  return guarded([&] { deref(publisher, "publisher").publisher.mark(text(symbol), bid, ask, last); });
}

int bulwark_publisher_close(bulwark_publisher* publisher) {
  return guarded([&] { deref(publisher, "publisher").publisher.close(); });
}

void bulwark_publisher_free(bulwark_publisher* publisher) { delete publisher; }

}  // extern "C"
