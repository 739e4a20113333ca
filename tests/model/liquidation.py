# SPDX-License-Identifier: Apache-2.0
"""A liquidation after its stop: ask for cancels, wait until each order is done, send what reduces (section 2)."""

from dataclasses import dataclass

import book
import measures
from decimals import SCALE, divide, round8, show
from orders import Order
from scopes import Missing, base_money, covers


@dataclass
class Liquidation:
    """A scope that is to be brought down to a share of its positions."""

    on: dict
    cause: str
    targets: dict  # row to the position that is to be left, as it stood at the stop
    orders: list | None = None  # its own; None: not sent yet
    next_round: int | None = None  # with a plan: when it looks again what is left

    @property
    def working(self):
        return any(order.remainder for order in self.orders)

    @property
    def over(self):
        return self.orders is not None and self.next_round is None and not self.working


def working_in(desk, scope):
    """Orders that must be done before anything is sent: all but those of liquidations."""
    return [o for o in desk.orders if o.remainder > 0 and not o.of_liquidation and covers(scope, desk.order_keys(o))]


def begin(desk, outcome, on, to, cause, by=None):
    """The scope is halted already. A second stop joins a first one that covers it and is not over; a limit's joins its
    own first one until a resume, over or not."""
    if (by, on) in desk.brought_down or any(covers(running.on, on) for running in desk.liquidations):
        return
    if by is not None:
        desk.brought_down.append((by, dict(on)))
    rows = book.rows_of(desk)
    inside = [key for key in rows if covers(on, book.row_keys(desk, key))]
    targets = {key: divide(rows[key].position * to, SCALE) for key in inside}
    desk.liquidations.append(Liquidation(dict(on), cause, targets))
    for order in working_in(desk, on):
        order.asked_to_cancel = True
        outcome.requests.append({"type": "cancel_request", "t": desk.t, "id": order.id, "cause": cause})


def end(desk, on):
    """A resume: what was not sent is not sent any more."""
    desk.liquidations = [running for running in desk.liquidations if not covers(on, running.on)]
    desk.brought_down = [done for done in desk.brought_down if not covers(on, done[1])]


def advance(desk, outcome):
    """After every event: liquidations whose orders are all done send theirs, with a plan round after round."""
    for running in desk.liquidations:
        first = running.orders is None and not working_in(desk, running.on)
        if first or (running.next_round is not None and desk.t >= running.next_round):
            _send(desk, outcome, running)
    desk.liquidations = [running for running in desk.liquidations if not running.over]


def _send(desk, outcome, running):
    plan = desk.settings.plan
    running.orders = [order for order in running.orders or [] if order.remainder]
    left = False
    for key in _in_order(desk, running):
        rows = book.rows_of(desk)  # with the orders that stand already
        position, target = rows[key].position, running.targets.get(key, 0)
        side = "sell" if position > 0 else "buy"
        quantity = _quantity(desk, rows, key, side, target if target * position > 0 else 0)
        if quantity <= 0:
            continue
        left = True
        if plan and plan.collar is not None and desk.reference(key[1]) is None:
            continue  # there is nothing that a collar could be measured from
        desk.liquidation_count += 1
        account, symbol, strategy = key
        order = Order(None, [f"liquidation-{desk.liquidation_count}"], account, strategy, symbol, side, quantity,
                      _price(desk, symbol, side), reduce_only=True, of_liquidation=True)
        running.orders.append(order)
        desk.orders.append(order)
        outcome.liquidations.append({
            "type": "liquidation", "t": desk.t, "id": order.id, "symbol": symbol, "side": side,
            "quantity": show(quantity), "price": None if order.price is None else show(order.price), "account": account,
            "cause": running.cause})
    running.next_round = desk.t + plan.interval_ns if plan and (left or running.working) else None


def _in_order(desk, running):
    """The rows of the scope by name; with a plan the largest contribution to their risk first, or notional."""
    rows = book.rows_of(desk)
    inside = {key: row.position for key, row in rows.items() if covers(running.on, book.row_keys(desk, key))}
    by_name = sorted(inside, key=lambda key: tuple(part or "" for part in key))
    if desk.settings.plan is None:
        return by_name
    money = {key: _money(desk, key[1], position) for key, position in inside.items() if position}
    model = desk.settings.model
    if model is None or not all(model.knows(symbol) for _, symbol, _ in money):
        return sorted(by_name, key=lambda key: -abs(money.get(key, 0)))
    held = {}
    for (_, symbol, _), amount in money.items():
        held[symbol] = held.get(symbol, 0) + amount
    deviation = measures.deviation(model, {symbol: amount / SCALE for symbol, amount in held.items()})

    def contribution(key):
        if key not in money:
            return 0
        slope = sum(model.covariance(key[1], other) * amount for other, amount in held.items()) / SCALE
        return round(money[key] * slope / deviation) if deviation else 0
    return sorted(by_name, key=lambda key: -contribution(key))


def _money(desk, symbol, units):
    """Signed; nothing without a mark or a rate."""
    try:
        return 0 if desk.reference(symbol) is None else base_money(desk, symbol, units, desk.reference(symbol))
    except Missing:
        return 0


def _quantity(desk, rows, key, side, target):
    """In lots, rounded up as long as it does not pass the position; never more than reduces the account's (rule 3)."""
    account, symbol, _ = key
    instrument = desk.settings.instruments[symbol]
    lot, needed = instrument.lot, max(abs(rows[key].position) - abs(target), 0)
    total = book.position_of(rows, account, symbol)
    against = (total if side == "sell" else -total) - book.working_of(rows, account, symbol, side)
    lots = min(-(-needed // lot), abs(rows[key].position) // lot, against // lot)
    plan = desk.settings.plan
    if plan and (rows[key].working_sell if side == "sell" else rows[key].working_buy):
        return 0  # a slice of it works
    if plan and plan.participation and instrument.adv:
        slice_units = instrument.adv * plan.participation // SCALE
        if slice_units:
            lots = min(lots, max(slice_units // lot, 1))
    return lots * lot


def _price(desk, symbol, side):
    """The reference moved by the slippage, on the tick to its disadvantage; none without a mark. With a collar its edge,
    on the tick inside it."""
    if desk.reference(symbol) is None:
        return None
    tick, plan = desk.settings.instruments[symbol].tick, desk.settings.plan
    if plan and plan.collar is not None:
        edge = round8(desk.reference(symbol), SCALE + plan.collar if side == "buy" else SCALE - plan.collar)
        return max(edge // tick, 1) * tick if side == "buy" else -(-edge // tick) * tick
    price = desk.market_price(symbol, side)
    return -(-price // tick) * tick if side == "buy" else max(price // tick * tick, tick)
