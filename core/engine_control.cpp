// SPDX-License-Identifier: Apache-2.0
// Wishes of people: stops, resumes, overrides, deposits and withdrawals.
#include <algorithm>

#include "core/engine.h"

namespace bulwark::core {

void Engine::apply_control(const ControlEvent& control, TimeNs) {
  const std::string_view reason = control.reason.size != 0 ? control.reason.view() : "no reason given";
  switch (control.command) {
    case Command::None: break;
    case Command::Halt: latch(control.on, State::Halted, reason); break;
    case Command::ReduceOnly: latch(control.on, State::ReduceOnly, reason); break;
    case Command::Liquidate: liquidate(control.on, 0, reason, LimitIndex::None); break;
    case Command::Resume: resume(control); break;
    case Command::Override: set_override(control); break;
  }
}

// A stronger state replaces a weaker one with its own cause; an equal or weaker one changes nothing (rule 29).
void Engine::latch(const Scope& on, State state, std::string_view cause) {
  for (Latch& known : latches_) {
    if (!(known.on == on)) continue;
    if (known.state <= state) return;
    known.state = state;
    known.cause = Sentence::from(cause);
    return tell_state(on, state, cause);
  }
  if (latches_.size() + 1 >= capacity_.latches && !(on == Scope{}))
    return latch(Scope{}, State::Halted, "too many latches");
  latches_.push_back({on, state, Sentence::from(cause)});
  tell_state(on, state, cause);
}

void Engine::tell_state(const Scope& on, State state, std::string_view cause) {
  Line line{};
  line.type = LineType::State;
  line.on = on;
  line.state = state;
  line.cause = Sentence::from(cause);
  add_line(line);
}

void Engine::resume(const ControlEvent& control) {
  if (control.new_baseline) start_anew(control.on);
  call_off_liquidations(control.on);
  if (control.stage == Stage::ReduceOnly) return resume_to_reduce_only(control.on);
  restart_repetitions(control.on);
  set_stage(control.on, control.stage);
  const auto ended = [&](const Latch& latch) { return contains(control.on, latch.on); };
  for (const Latch& latch : latches_) {
    if (ended(latch)) tell_state(latch.on, State::Normal, control.reason.view());
  }
  latches_.erase(std::remove_if(latches_.begin(), latches_.end(), ended), latches_.end());
}

// What was halted may reduce from now on, for the same cause; nothing else ends.
void Engine::resume_to_reduce_only(const Scope& on) {
  for (Latch& latch : latches_) {
    if (latch.state != State::Halted || !contains(on, latch.on)) continue;
    latch.state = State::ReduceOnly;
    tell_state(latch.on, latch.state, latch.cause.view());
  }
}

// The daily loss of every row inside the scope starts anew, and the peaks: all of them for everything, an account's
// where the scope is exactly that account (rule 16).
void Engine::start_anew(const Scope& on) {
  for (const std::uint32_t row : book_.live_rows) {
    const SymbolIndex symbol = book_.symbol_of(row);
    const Party party{symbol, market_.symbols[at(symbol)].sector, book_.account_of(row), book_.strategy_of(row),
                      ClientIndex::None};
    if (within(on, party)) book_.start_session(row, market_);
  }
  Scope account_only{};
  account_only.account = on.account;
  if (on == Scope{}) {
    for (AccountState& account : book_.accounts) account.peak = account.equity();
  } else if (on == account_only) {
    book_.accounts[at(on.account)].peak = book_.accounts[at(on.account)].equity();
  }
  touch_everything();
}

void Engine::set_override(const ControlEvent& control) {
  const int128 max = join(control.max_low, control.max_high);
  const auto set = [&](const CompiledLimit& limit, std::size_t place) {
    Slot& slot = limits_.slots[place];
    slot.base_max = max;
    limits_.set_max(limit, place, scaled(limit, slot));
    slot.override_until_ns = control.until.ns;
  };
  for (const CompiledLimit& limit : limits_.all) {
    if (limit.index != control.limit) continue;
    if (!control.whole_limit) {
      set(limit, limits_.find_slot(limit, control.on));
    } else {
      for (std::uint32_t k = 0; k < limit.slot_count; ++k) set(limit, limit.slot_base + k);
    }
  }
  find_next_override_end();
  touch_everything();
}

void Engine::apply_equity(const EquityEvent& equity) {
  const int128 amount = join(equity.amount_low, equity.amount_high);
  for (AccountState* account : {&book_.accounts[at(equity.account)], &book_.accounts[0]}) {
    const int128 before = account->equity(), after = before + amount;
    account->deposits += amount;
    // A deposit heals nothing, and a withdrawal is no loss: the drawdown stays what it was.
    account->peak = before > 0 && after > 0 ? multiply_divide(account->peak, after, before) : account->peak + amount;
  }
  touch_everything();
}

}  // namespace bulwark::core
