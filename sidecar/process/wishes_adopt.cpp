// SPDX-License-Identifier: Apache-2.0
// A position as the broker has it, taken over by a named person: the difference is booked as a fill at the mark, so
// that it goes the way of every other change, and costs or earns nothing at the moment when it is booked.
#include "shm/decimal.h"
#include "sidecar/process/wish_words.h"
#include "sidecar/process/wishes.h"

namespace bulwark::process {

namespace {

// Our position in a symbol of an account, and the strategy with the most of it; None: there is none.
struct Held {
  std::int64_t position = 0, largest = 0;
  StrategyIndex strategy{};
};

Held held(const core::Book& book, AccountIndex account, SymbolIndex symbol) {
  Held result;
  for (const std::uint32_t row : book.live_rows) {
    if (book.account_of(row) != account || book.symbol_of(row) != symbol) continue;
    const std::int64_t position = book.rows[row].position;
    result.position += position;
    if (magnitude(position) <= magnitude(result.largest)) continue;
    result.largest = position;
    result.strategy = book.strategy_of(row);
  }
  return result;
}

}  // namespace

// The fill that brings the position to what was asked for. Where it cannot be, `why_not` says why.
static core::Event adopting_fill(const core::Engine& engine, const shm::ControlRequest& request, std::string& why_not) {
  core::Event event{};
  event.type = core::EventType::Fill;
  core::FillEvent& fill = event.fill;
  fill.account = engine.names().accounts.find(request.account.view());
  fill.symbol = engine.names().symbols.find(request.symbol.view());
  if (at(fill.account) == 0 || at(fill.symbol) == 0) {
    why_not = "there is no such account or symbol";
    return event;
  }
  const Held ours = held(engine.book(), fill.account, fill.symbol);
  const int128 target = core::join(request.max_low, request.max_high), difference = target - ours.position;
  fill.price = engine.market().symbols[at(fill.symbol)].reference;
  if (static_cast<std::uint64_t>(ours.position) != request.seen) {
    why_not =
        "our position has changed since it was looked at, to " + to_text(Quantity{ours.position}) + "; reconcile again";
  } else if (magnitude(target) > decimal_raw_max) {
    why_not = "such a position is too large";
  } else if (difference == 0) {
    why_not = "that is our position already";
  } else if (fill.price.raw <= 0) {
    why_not = "it has never had a mark, by which it could be valued";
  }
  fill.strategy = ours.strategy;
  fill.side = difference > 0 ? Side::Buy : Side::Sell;
  fill.quantity = {static_cast<std::int64_t>(magnitude(difference))};
  return event;
}

Answer Wishes::adopt(const shm::ControlRequest& request) {
  if (!named(request)) return Answer::refused(words_for(core::EventError::NameNeeded));
  Answer answer;
  const auto work = [&](hot::Loop& loop) {
    const auto refuse = [&answer](std::string why) { answer.lines.push_back(std::move(why)); };
    if (!wanted(request)) return refuse(too_late);
    std::string why_not;
    const std::string what =
        "adopt " + std::string(request.account.view()) + " " + std::string(request.symbol.view()) + ": ";
    core::Event event = adopting_fill(loop.engine(), request, why_not);
    if (!why_not.empty()) return refuse(why_not);
    // The event has no place for a name and a reason: the remark before it has, and its number makes the id unique.
    const std::uint64_t number = loop.remark(request.operator_name.view(), what + std::string(request.reason.view()));
    if (number == 0) return refuse(no_room);
    event.fill.id = event.fill.exec_id = Id::from("reconcile-" + std::to_string(number));
    const core::EventError error = loop.apply_wish(event);
    if (error != core::EventError::None) return refuse(words_for(error));
    answer.done = true;
    answer.lines = lines_of(loop.engine());
  };
  return calls_.carry_out(work) ? answer : Answer::refused(no_answer);
}

}  // namespace bulwark::process
