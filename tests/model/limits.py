# SPDX-License-Identifier: Apache-2.0
"""Every limit's value: for an order that asks, and after an event (contract, table of metrics; rules 11, 15 to 20)."""

from dataclasses import dataclass, replace as changed

import book
import executions
import measures
from breakers import breaker_reading
from decimals import SCALE
from scopes import Missing, Reading, amount, base_money, covers, exposure, scope_of, units_by_symbol, with_order


@dataclass(frozen=True)
class Candidate:
    """An order that asks, or a replace: then `replaces` is the order, and `quantity` the new remainder (rule 22)."""

    keys: dict
    side: str
    quantity: int
    price: int | None
    asked: int
    replaces: object = None

    @property
    def symbol(self):
        return self.keys["symbol"]

    @property
    def account(self):
        return self.keys["account"]

    @property
    def added(self):
        """What it adds to the working quantity of its side: a replace counts with the larger remainder."""
        return max(self.quantity - self.replaces.remainder, 0) if self.replaces else self.quantity

    @property
    def same(self):
        return (self.keys["client"], self.account, self.symbol, self.side, self.asked, self.price)


@dataclass(frozen=True)
class Objection:
    limit: object
    scope: dict
    reason: str
    reading: Reading | None  # None: the limit cannot be evaluated
    max: int
    shrinking: tuple = (SCALE, "")  # of a dynamic limit: the factor in its max, and why


def reduces(rows, candidate):
    """Rule 3: against the account's position, and not larger than it less what already works on that side."""
    position = book.position_of(rows, candidate.account, candidate.symbol)
    working = book.working_of(rows, candidate.account, candidate.symbol, candidate.side)
    if candidate.replaces:
        working -= candidate.replaces.remainder
    against = position if candidate.side == "sell" else -position
    return candidate.quantity <= against - working


def order_notional(desk, candidate):
    """Quantity x the higher of price and reference; a market order's price is the reference moved by the slippage."""
    reference = desk.reference(candidate.symbol)
    if reference is None:
        raise Missing("no_mark")
    price = candidate.price or desk.market_price(candidate.symbol, candidate.side)
    return base_money(desk, candidate.symbol, candidate.quantity, max(price, reference))


def opposite_orders(desk, candidate):
    """Rule 20: the account's working opposite orders that this one would trade against."""
    count = 0
    for order in desk.orders:
        if order.remainder == 0 or (order.account, order.symbol) != (candidate.account, candidate.symbol):
            continue
        if order.side == candidate.side:
            continue
        for price in order.prices:
            meets = price is None or candidate.price is None or (
                price <= candidate.price if candidate.side == "buy" else price >= candidate.price)
            if meets:
                count += 1
                break
    return count


def _order_reading(desk, limit, candidate):
    """Limits of the kind order; None where an input is missing."""
    if limit.metric == "order_quantity":
        return amount(candidate.quantity)
    if limit.metric == "adv_share":
        adv = desk.settings.instruments[candidate.symbol].adv
        return Reading(candidate.quantity, adv) if adv else None
    if limit.metric == "self_trade":
        return Reading(opposite_orders(desk, candidate), 1)
    try:
        if limit.metric == "order_notional":
            return amount(order_notional(desk, candidate))
    except Missing:
        return None
    reference = desk.reference(candidate.symbol)
    if reference is None:
        return None
    price = candidate.price or desk.market_price(candidate.symbol, candidate.side)
    return Reading(price - reference if candidate.side == "buy" else reference - price, reference)


def _model_objection(desk, limit, scope, candidate, rows):
    """Of an order that does not reduce (rule 2); a volatility is compared as a share of equity (rule 15)."""
    limit_max = desk.max_of(limit, scope)
    try:
        value_before, value_after = measures.around_order(desk, limit, scope, rows, candidate)
    except Missing as missing:
        return Objection(limit, scope, str(missing), None, limit_max)
    except measures.Lacking:
        return Objection(limit, scope, limit.metric, None, limit_max)
    if value_after <= value_before:
        return None
    equity = denominator_of(desk, rows, scope) if limit.metric == "volatility" else None
    if limit.metric == "volatility" and equity is None:
        return Objection(limit, scope, limit.metric, None, limit_max)
    reading = measures.reading(value_after, equity)
    return Objection(limit, scope, limit.metric, reading, limit_max) if reading.above(limit_max) else None


def _flow_reading(desk, limit, scope, candidate):
    """Limits of the kind flow: the window is (t - window, t], this order included; None where it is not judged."""
    def inside(log):
        return [entry for entry in log if entry.t > desk.t - limit.window_ns and covers(scope, entry.keys)]

    if limit.metric == "repeated_execution":
        return None  # rule 19: judged by its latch
    if limit.metric == "message_rate":
        return Reading(len(inside(desk.messages)), 1)  # this message is in the log already
    if limit.metric == "order_rate":
        return Reading(len(inside(desk.accepted)) + 1, 1)
    if limit.metric == "turnover":
        return amount(sum(entry.notional for entry in inside(desk.accepted)) + order_notional(desk, candidate))
    if candidate.replaces:
        return None
    if limit.metric == "duplicate":
        return Reading(sum(entry.same == candidate.same for entry in inside(desk.accepted)) + 1, 1)
    working = [o for o in desk.orders if o.remainder > 0 and covers(scope, desk.order_keys(o))]
    return Reading(len(working) + 1, 1)


def denominator_of(desk, rows, scope):
    """The equity that leverage and concentration divide by; None where it is not above zero or unknown (rule 15)."""
    account = scope.get("account")
    equity = book.equity(desk, rows, account)
    return equity if equity > 0 and book.equity_known(desk, rows, account) else None


def _exposure_objection(desk, limit, scope, candidate, rows, reducing):
    limit_max = desk.max_of(limit, scope)
    before = units_by_symbol(desk, rows, scope)
    after = with_order(before, candidate.symbol, candidate.side, candidate.added)
    try:
        value_before = exposure(desk, limit.metric, scope, before)
        value_after = exposure(desk, limit.metric, scope, after)
    except Missing as missing:
        return None if reducing else Objection(limit, scope, str(missing), None, limit_max)
    if value_after <= value_before:
        return None
    reading = amount(value_after)
    if limit.metric in ("leverage", "concentration"):
        equity = denominator_of(desk, rows, scope)
        if equity is None:
            return None if reducing else Objection(limit, scope, limit.metric, None, limit_max)
        reading = Reading(value_after, equity)
    return Objection(limit, scope, limit.metric, reading, limit_max) if reading.above(limit_max) else None


def state_reading(desk, limit, scope, rows):
    """`daily_loss` and `drawdown` as they stand (rule 16); None where there is no peak above zero or no known equity."""
    if limit.metric == "daily_loss":
        today = sum(profit - desk.zeros.get(key, 0) for key, profit in book.profits(desk, rows).items()
                    if covers(scope, book.row_keys(desk, key)))
        return amount(max(0, -today))
    account = scope.get("account")
    peak = desk.peaks[account]
    if peak <= 0 or not book.equity_known(desk, rows, account):
        return None
    return Reading(peak - book.equity(desk, rows, account), peak)


def model_reading(desk, limit, scope, rows):
    """An estimate as it stands, no order pending; None where it cannot be evaluated."""
    try:
        value = measures.standing(desk, limit, scope, rows)
    except (Missing, measures.Lacking):
        return None
    if limit.metric != "volatility":
        return measures.reading(value)
    equity = denominator_of(desk, rows, scope)
    return measures.reading(value, equity) if equity else None


def exposure_reading(desk, limit, scope, rows):
    """An exposure as it stands, no order pending; None where it cannot be evaluated."""
    try:
        value = exposure(desk, limit.metric, scope, units_by_symbol(desk, rows, scope))
    except Missing:
        return None
    if limit.metric not in ("leverage", "concentration"):
        return amount(value)
    equity = denominator_of(desk, rows, scope)
    return Reading(value, equity) if equity else None


def standing_reading(desk, limit, scope, rows):
    """Of the kinds exposure, model, state and breaker: the value as it stands."""
    readings = {"exposure": exposure_reading, "model": model_reading, "state": state_reading,
                "breaker": breaker_reading}
    return readings[limit.kind](desk, limit, scope, rows)


def objection_of(desk, limit, candidate, rows, reducing):
    """What this limit has against the order, with what has made it smaller."""
    found = _objection(desk, limit, candidate, rows, reducing)
    if found is None or not limit.dynamic or limit.action == "scale":
        return found
    scope = {key: found.scope[key] for key in limit.on}
    return changed(found, shrinking=desk.shrinking(scope))


def _objection(desk, limit, candidate, rows, reducing):
    """What this limit has against the order, if anything (rules 2, 5, 18, 28)."""
    scope = scope_of(limit.on, candidate.keys)
    if scope is None or limit.action == "alert":
        return None
    if limit.kind == "exposure":
        return _exposure_objection(desk, limit, scope, candidate, rows, reducing)
    if reducing and limit.kind != "order":
        return None
    if limit.kind == "model":
        return _model_objection(desk, limit, scope, candidate, rows)
    limit_max = desk.max_of(limit, scope)
    repeat = limit.metric == "repeated_execution" and executions.over(desk, limit, scope, candidate)
    if repeat:
        return Objection(limit, repeat.on, limit.metric, Reading(repeat.value, 1), limit_max)
    if limit.kind == "flow":
        reading = _flow_reading(desk, limit, scope, candidate)
        return Objection(limit, scope, limit.metric, reading, limit_max) if reading and reading.above(limit_max) else None
    if limit.kind == "order":
        reading = _order_reading(desk, limit, candidate)
        if reading is None and reducing:
            return None
    else:
        reading = standing_reading(desk, limit, scope, rows)
        if reading is not None and limit.action == "scale":
            return None  # it shrinks, and refuses nothing
    if reading is None or reading.above(limit_max):
        return Objection(limit, scope, limit.metric, reading, limit_max)
    return None
