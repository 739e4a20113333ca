// SPDX-License-Identifier: Apache-2.0
// What stands behind a Client: one call at a time through the lane, the time limit of each, the way back after the
// sidecar has died, and `done` behind every order that got no answer in time.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "client/acknowledger.hpp"
#include "client/fork_guard.hpp"
#include "client/instruction.hpp"
#include "client/link.hpp"
#include "client/offers.hpp"
#include "client/order_status.hpp"
#include "client/sizing.hpp"
#include "client/verdict.hpp"
#include "client/withdrawals.hpp"
#include "shm/lane.h"
#include "shm/latency.h"

namespace bulwark::client {

class Session {
public:
  struct Patience {
    std::int64_t timeout_ns, spin_ns;
  };

  Session(LinkRequest wanted, Patience patience) : wanted_(std::move(wanted)), patience_(patience) {
    use(open_link_within(wanted_, shm::monotonic_now() + DurationNs{patience_.timeout_ns}));
    try {
      acknowledger_ = std::make_unique<Acknowledger>(link_, [this] { see_to_chores(); });
    } catch (const std::system_error& error) {
      throw Error("attach: no thread can be started: " + std::string(error.what()));
    }
  }
  ~Session() { detach(); }

  // Why a call cannot even be tried; empty: it can. To be asked before any lock is touched.
  void require_usable() const {
    if (guard_.in_child()) throw Error("this is a forked child; it must attach for itself, under another name");
    if (detached_.load(std::memory_order_relaxed)) throw Error("this client has been detached; attach again to go on");
  }
  bool in_child() const { return guard_.in_child(); }

  void detach() {
    // Relaxed: a flag; a call that waits for the lock looks at it again when it has it.
    if (detached_.exchange(true, std::memory_order_relaxed)) return;
    const std::lock_guard call(calls_);
    acknowledger_->end();  // the object stays: another thread may be looking just now
    link_->client_file().detached.store(1, std::memory_order_release);
    link_->socket = shm::Descriptor();  // by its end the door knows
  }

  bool clear_to_send(const std::string_view* id) { return acknowledger_->clear_to_send(id); }

  // An intent or a replace, whose symbol is looked up here.
  Verdict check(shm::Request& request, std::string_view symbol) {
    const std::lock_guard call(calls_);
    require_usable();
    const Moment moment = begin();
    if (!moment.linked) return refusal(Reason::LeaseExpired);
    const shm::KillPage& page = *link_->page;
    if (!shm::permission_of(page).trading()) return refusal(Reason::Halted);
    if (!shm::lease_valid(page, moment.now)) return refusal(Reason::LeaseExpired);
    if (!symbol.empty()) request.symbol = static_cast<SymbolIndex>(symbols_.find(symbol));
    address(request);
    const auto ticket = send(request);
    if (!ticket) return refusal(Reason::LeaseExpired);  // full: nobody has taken anything out for long
    acknowledger_->expect(order_id(request));
    const auto line = await(*ticket, moment);
    shm::record(link_->client_file().checks, shm::monotonic_now() - moment.begun);
    if (!line) {
      withdraw(request);
      return refusal(Reason::LeaseExpired);
    }
    const shm::Answer answer = shm::decode(*line);
    Verdict verdict = verdict_of(answer, *link_->board);
    if (verdict.accepted()) remember(request, answer);
    return verdict;
  }

  // A report: fill, done, ack or cancel. Returns when the sidecar has it.
  void report(shm::Request& request, std::string_view symbol, std::string_view what) {
    const std::lock_guard call(calls_);
    const shm::Answer answer = shm::decode(ask(request, symbol, what));
    if (answer.decision != Decision::Accepted) {
      throw Refused(std::string(what) + ": " +
                    std::string(event_error_sentence(static_cast<std::size_t>(answer.limit))) + " (id " +
                    in_quotes(request.id.view()) + ")");
    }
    if (request.kind == shm::MessageKind::Fill) {
      acknowledger_->with_memory([&](VerdictMemory& memory) { memory.fill(request.id.view(), request.quantity); });
    } else if (request.kind == shm::MessageKind::Done) {
      acknowledger_->with_memory([&](VerdictMemory& memory) { memory.forget(request.id.view()); });
    }
  }

  Size size(shm::Request& request, std::string_view symbol) {
    const std::lock_guard call(calls_);
    const shm::SizeAnswer answer = shm::decode_size(ask(request, symbol, "size"));
    if (answer.decision != Decision::Accepted)
      throw Refused("size: the journal is full or cannot be written, and what is not remembered is not said");
    return size_of(answer);
  }

  OrderStatus order_status(shm::Request& request) {
    const std::lock_guard call(calls_);
    return status_of(shm::decode(ask(request, {}, "order_status")));
  }

  // What the sidecar asks for; of the orders of liquidations those that it has given to this client.
  std::vector<Instruction> commands() {
    const std::lock_guard call(calls_);
    require_usable();
    std::vector<Instruction> result;
    const auto hand_out = [&](const auto& command) { result.push_back(instruction_of(command, *link_->board)); };
    const Moment moment = begin();
    // At most a ring of them: a sidecar that goes on pushing must not keep us here.
    for (std::size_t k = 0; k < shm::command_line_count; ++k) {
      auto command = lane_.next_command();
      if (!command) break;
      if (command->kind == shm::CommandKind::Cancel) hand_out(*command);
      if (command->kind != shm::CommandKind::Liquidate) continue;
      if (command->again) remember_liquidation(*command);
      offers_.add(*command);
    }
    if (moment.linked) offers_.settle([&](const shm::Command& offer) { return take(offer, moment); }, hand_out);
    return result;
  }

private:
  static constexpr std::int64_t nap_ns = 50'000, retry_ns = 5'000'000;

  void address(shm::Request& request) const {
    request.account = link_->reply.account;
    request.strategy = link_->reply.strategy;
  }

  void use(std::unique_ptr<Link> link) {
    link_ = std::move(link);
    lane_ = shm::LaneClient(link_->lane());
    symbols_ = shm::NameLookup(*link_->board, link_->board->symbols);
    offers_.clear();
    broken_.store(false, std::memory_order_relaxed);  // read again by the thread that stored it, or as a hint
  }

  // The beginning of a call: when it is, until when it may last, and whether there is a sidecar. After the death of one
  // there is one try to attach to the next, now and then.
  struct Moment {
    MonotonicNs begun, now, deadline;
    bool linked;
  };
  Moment begin() {
    const MonotonicNs now = shm::monotonic_now(), deadline = now + DurationNs{patience_.timeout_ns};
    if (broken_.load(std::memory_order_relaxed)) [[unlikely]] {
      const bool linked = link_again(deadline);
      return {now, shm::monotonic_now(), deadline, linked};
    }
    if (!withdrawals_.empty()) flush_withdrawals();
    return {now, now, deadline, true};
  }

  [[gnu::noinline]] bool link_again(MonotonicNs deadline) {
    const std::int64_t now_ns = shm::monotonic_now().ns;
    if (now_ns < retry_due_ns_) return false;
    retry_due_ns_ = now_ns + retry_ns;
    withdrawals_.change_lane(lane_);  // while it is still mapped
    try {
      use(open_link(wanted_, deadline));
    } catch (const Error&) {
      return false;
    }
    acknowledger_->adopt(link_);
    flush_withdrawals();
    return true;
  }

  std::optional<shm::LaneClient::Ticket> send(const shm::Request& request) {
    const bool sleeps = link_->board->mode_spins == 0;
    const auto ticket = lane_.send(request, sleeps);
    // SYNC POINT SLEEPING: sequentially consistent after the like store of the request, so that either we see that the
    // loop sleeps, or it sees the request before it does.
    if (sleeps && link_->board->sleeping.load(std::memory_order_seq_cst) != 0) wake();
    return ticket;
  }

  [[gnu::noinline]] void wake() const {
    auto* word = const_cast<std::uint32_t*>(reinterpret_cast<const std::uint32_t*>(&link_->board->sleeping));
    ::syscall(SYS_futex, word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }

  // A request that is no order, and its answer. Throws where there is none.
  shm::AnswerLine ask(shm::Request& request, std::string_view symbol, std::string_view what) {
    require_usable();
    const Moment moment = begin();
    const std::string failed = std::string(what) + ": ";
    if (!moment.linked) {
      throw Unavailable(failed + "the sidecar of instance " + in_quotes(wanted_.instance) +
                        " is not running; say it again later");
    }
    if (!symbol.empty()) request.symbol = static_cast<SymbolIndex>(symbols_.find(symbol));
    address(request);
    const auto ticket = send(request);
    if (!ticket)
      throw Unavailable(failed + "the lane is full, because the sidecar does not answer; say it again later");
    const auto line = await(*ticket, moment);
    if (line) return *line;
    throw Unavailable(failed + "the sidecar did not answer within " + std::to_string(patience_.timeout_ns / 1'000'000) +
                      " ms; say it again: what it has heard already changes nothing");
  }

  // May this client have that order of a liquidation? Nothing: no answer yet.
  std::optional<bool> take(const shm::Command& offer, const Moment& moment) {
    shm::Request request;
    request.kind = shm::MessageKind::Take;
    request.id = offer.id;
    const auto ticket = send(request);
    const auto line = ticket ? await(*ticket, moment) : std::nullopt;
    if (!line) return {};
    const bool taken = shm::decode(*line).decision == Decision::Accepted;
    if (taken) remember_liquidation(offer);
    return taken;
  }

  std::optional<shm::AnswerLine> await(shm::LaneClient::Ticket ticket, const Moment& moment) {
    for (unsigned look = 1;; ++look) {
      if (auto answer = lane_.look(ticket)) return answer;
      // The clock costs as much as a look: it is read now and then.
      if (look % 16 == 0 && shm::monotonic_now() - moment.now >= DurationNs{patience_.spin_ns}) break;
    }
    return await_napping(ticket, moment.deadline);
  }

  [[gnu::noinline]] std::optional<shm::AnswerLine> await_napping(shm::LaneClient::Ticket ticket, MonotonicNs deadline) {
    for (;;) {
      shm::nap({nap_ns});
      if (link_->hung_up()) broken_.store(true, std::memory_order_relaxed);
      if (auto answer = lane_.look(ticket)) return answer;  // after the look at its life: a last word counts
      if (broken_.load(std::memory_order_relaxed) || shm::monotonic_now() >= deadline) return {};
    }
  }

  void remember(const shm::Request& request, const shm::Answer& answer) {
    const Id& id = order_id(request);
    acknowledger_->with_memory([&](VerdictMemory& memory) { memory.remember(id, answer.epoch, answer.quantity); });
    withdrawals_.forget(id);
  }

  void remember_liquidation(const shm::Command& order) {
    acknowledger_->with_memory([&](VerdictMemory& memory) { memory.remember_liquidation(order.id, order.quantity); });
  }

  // The order got no answer in time. An id that was accepted before (the caller used it twice) is left alone: its order
  // may be working.
  [[gnu::noinline]] void withdraw(const shm::Request& request) {
    const Id& id = order_id(request);
    const bool known =
        acknowledger_->with_memory([&](VerdictMemory& memory) { return memory.find(id.view()) != nullptr; });
    if (known || withdrawals_.full()) return;
    withdrawals_.add(request);
    if (!broken_.load(std::memory_order_relaxed)) flush_withdrawals();
  }

  void flush_withdrawals() {
    withdrawals_.flush(lane_, [this](const shm::Request& done) { return send(done); });
  }

  // Each millisecond, on the thread of the acknowledger.
  void see_to_chores() {
    const std::unique_lock call(calls_, std::try_to_lock);
    if (!call.owns_lock()) return;
    if (!broken_.load(std::memory_order_relaxed) && link_->hung_up()) broken_.store(true, std::memory_order_relaxed);
    if (!withdrawals_.empty()) begin();
  }

  const LinkRequest wanted_;
  const Patience patience_;
  ForkGuard guard_;
  std::atomic<bool> detached_{false};
  std::mutex calls_;  // one call at a time; taken before any lock of the acknowledger
  std::shared_ptr<Link> link_;
  shm::LaneClient lane_;
  shm::NameLookup symbols_;
  std::atomic<bool> broken_{false};
  std::int64_t retry_due_ns_ = 0;
  Withdrawals withdrawals_;
  Offers offers_;
  std::unique_ptr<Acknowledger> acknowledger_;
};

}  // namespace bulwark::client
