# SPDX-License-Identifier: Apache-2.0
"""A liquidation after its stop: ask for cancels, wait until each order is done, send what reduces (section 2)."""

from dataclasses import dataclass

import book
from decimals import SCALE, divide, show
from orders import Order
from scopes import covers


@dataclass
class Liquidation:
    """A scope that is to be brought down to a share of its positions."""

    on: dict
    cause: str
    targets: dict  # row to the position that is to be left, as it stood at the stop
    orders: list | None = None  # its own; None: not sent yet

    @property
    def over(self):
        return self.orders is not None and all(order.remainder == 0 for order in self.orders)


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
    """After every event: liquidations whose orders are all done send theirs."""
    for running in desk.liquidations:
        if running.orders is None and not working_in(desk, running.on):
            _send(desk, outcome, running)
    desk.liquidations = [running for running in desk.liquidations if not running.over]


def _send(desk, outcome, running):
    running.orders = []
    for key in sorted(book.rows_of(desk), key=lambda key: tuple(part or "" for part in key)):
        rows = book.rows_of(desk)  # with the orders that stand already
        if not covers(running.on, book.row_keys(desk, key)):
            continue
        position, target = rows[key].position, running.targets.get(key, 0)
        side = "sell" if position > 0 else "buy"
        quantity = _quantity(desk, rows, key, side, target if target * position > 0 else 0)
        if quantity <= 0:
            continue
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


def _quantity(desk, rows, key, side, target):
    """In lots, rounded up as long as it does not pass the position; never more than reduces the account's (rule 3)."""
    account, symbol, _ = key
    lot = desk.settings.instruments[symbol].lot
    needed = max(abs(rows[key].position) - abs(target), 0)
    total = book.position_of(rows, account, symbol)
    against = (total if side == "sell" else -total) - book.working_of(rows, account, symbol, side)
    return min(-(-needed // lot), abs(rows[key].position) // lot, against // lot) * lot


def _price(desk, symbol, side):
    """The reference moved by the slippage, on the tick to its disadvantage; none without a mark."""
    if desk.reference(symbol) is None:
        return None
    tick, price = desk.settings.instruments[symbol].tick, desk.market_price(symbol, side)
    return -(-price // tick) * tick if side == "buy" else max(price // tick * tick, tick)
