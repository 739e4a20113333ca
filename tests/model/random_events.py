# SPDX-License-Identifier: Apache-2.0
"""Random orders and what becomes of them, lines that are no events, and the mixture of all for random_test.py."""

import json

from book import position_of, rows_of
from decimals import SCALE
from random_config import ACCOUNTS, CLIENTS, STRATEGIES, SYMBOLS
from random_world import SECOND, World

HOSTILE = [
    "nonsense", "[]", "{}", '{"t": %d}', '{"t": %d, "type": "trade"}', '{"t": %d, "type": "ack"}', '{"t": %d, "type": "mark", "symbol": "AAA"}',
    '{"t": %d, "type": "mark", "symbol": "AAA", "bid": "1"}', '{"t": %d, "type": "mark", "symbol": "NOPE", "last": "1"}',
    '{"t": %d, "type": "mark", "symbol": "AAA", "last": "0"}', '{"t": %d, "type": "mark", "symbol": "AAA", "last": null}',
    '{"t": %d, "type": "mark", "symbol": "AAA", "last": "1e2"}', '{"t": %d, "type": "mark", "symbol": "AAA", "last": NaN}',
    '{"t": %d, "type": "mark", "symbol": "AAA", "last": "1.000000001"}', '{"t": "%d", "type": "clock"}', '{"t": %d.5, "type": "clock"}',
    '{"t": %d, "type": "size", "account": "A1", "strategy": "s1", "symbol": "AAA", "side": "buy", "payoff": 2}',
    '{"t": %d, "type": "size", "strategy": "s1", "symbol": "AAA", "side": "buy", "edge": 0.01, "confidence": 1.01}',
    '{"t": %d, "type": "control", "command": "sell", "operator": "ann", "reason": "x"}',
    '{"t": %d, "type": "control", "command": "halt", "on": {"account": "*"}, "operator": "ann", "reason": "x"}',
    '{"t": %d, "type": "control", "command": "resume", "operator": "", "reason": "x"}',
    '{"t": %d, "type": "control", "command": "resume", "operator": "ann"}',
    '{"t": %d, "type": "equity", "account": "NOPE", "amount": "1"}', '{"t": %d, "type": "equity", "account": "A1", "amount": "one"}',
    '{"t": %d, "type": "done", "id": "never", "why": "canceled"}', '{"t": %d, "type": "cancel", "id": "never"}',
    '{"t": %d, "type": "done", "id": "o1", "why": "gone"}',
    '{"t": %d, "type": "fill", "id": "never", "exec_id": "e", "quantity": "1", "price": "1"}',
    '{"t": %d, "type": "fill", "id": "o1", "exec_id": "e", "quantity": "0", "price": "1"}',
    '{"t": %d, "type": "intent", "client": "c1", "strategy": "s1", "id": "h", "symbol": "AAA", "side": "hold", "quantity": "1"}',
    '{"t": %d, "type": "intent", "client": "c1", "strategy": "s1", "id": "h", "symbol": "AAA", "side": "buy", "quantity": "1000000000000"}',
    '{"t": %d, "type": "intent", "client": "c1", "strategy": "s1", "id": "h", "symbol": "AAA", "side": "buy", "quantity": "1", "price": null}',
    '{"t": %d, "type": "intent", "client": "c1", "strategy": "s1", "id": "", "symbol": "AAA", "side": "buy", "quantity": "1"}', "", "  ",
]


class Generator(World):
    def __init__(self, rng, simulation):
        super().__init__(rng, simulation)
        self.orders = self.executions = 0
        self.last_intent = None
        self.makers = [(self.intent, 34), (self.mark, 20), (self.fill, 12), (self.done, 4), (self.ack, 4), (self.replace, 6),
                       (self.cancel, 3), (self.equity, 2), (self.control, 4), (self.rate, 3), (self.clock, 1), (self.stray, 2),
                       (self.size, 3), (self.hostile, 3)]

    def lines(self, count):
        for symbol in SYMBOLS:
            if self.chance(0.85):
                yield self.encode(self.mark(symbol))
        for _ in range(count):
            self.pass_time()
            latches = self.desk.latches
            if latches and self.chance(0.1 * len(latches) + 0.3 * any(not latch.on for latch in latches)):
                maker = self.resume
            elif self.on_an_edge and self.chance(0.8):
                maker = self.intent
            else:
                maker = self.rng.choices([m for m, _ in self.makers], [w for _, w in self.makers])[0]
            self.on_an_edge = False
            yield self.encode(maker())

    def encode(self, event):
        if isinstance(event, str):
            return event.encode()
        return json.dumps({"t": self.t} | event).encode()

    # --- orders

    def price_near(self, symbol, aligned=True):
        tick = self.desk.settings.instruments[symbol].tick
        units = int(self.prices[symbol] * self.rng.choice([1, 1, 1, 1.001, 0.999, 1.001, 0.999, 1.01, 0.99, 1.05, 0.95, 1.3]) * SCALE)
        return max(units // tick * tick, tick) + (0 if aligned else 1)

    def quantity(self, symbol):
        lot = self.desk.settings.instruments[symbol].lot
        draw = self.rng.random()
        if draw < 0.02:
            return self.rng.choice([0, -lot, 10**10 * SCALE])
        if draw < 0.03:
            return lot + 1 if lot > 1 else 3
        units = self.rng.choice([1, 5, 10, 25, 50, 100, 150, 200, 400]) * SCALE
        return max(units // lot * lot, lot)

    def intent(self):
        if self.last_intent and self.chance(0.06):
            return self.last_intent | {"id": self.new_id()}
        self.last_intent = self.new_intent()
        return self.last_intent

    def new_intent(self):
        rng = self.rng
        fresh = [s for s, mark in self.desk.marks.items() if self.t - mark.t <= self.desk.settings.stale_ns]
        symbol = rng.choice(fresh if fresh and self.chance(0.9) else SYMBOLS)
        account, side, quantity = rng.choice(ACCOUNTS), rng.choice(["buy", "sell"]), self.quantity(symbol)
        position = position_of(rows_of(self.desk), account, symbol)
        if position and self.chance(0.4):
            side = "sell" if position > 0 else "buy"
            lot = self.desk.settings.instruments[symbol].lot
            whole = max(abs(position) // lot * lot, lot)
            half, third = (max(whole // part // lot * lot, lot) for part in (2, 3))
            quantity = rng.choice([whole, whole, half, third, third, whole + lot, whole * 3])
            quantity = min(quantity, 10**10 * SCALE)
        event = {"type": "intent", "client": rng.choice(CLIENTS), "account": account, "strategy": rng.choice(STRATEGIES),
                 "id": self.new_id(), "symbol": symbol, "side": side, "quantity": self.number(quantity)}
        if self.chance(0.85):
            event["price"] = self.number(self.price_near(symbol, not self.chance(0.02)) if self.chance(0.98) else rng.choice([0, -SCALE]))
        if self.chance(0.05):
            del event["account"]
        for key in ("account", "strategy", "symbol"):
            if self.chance(0.01):
                event[key] = "nope"
        if self.chance(0.4 if (position > 0) == (side == "sell") and position else 0.03):
            event["reduce_only"] = self.chance(0.9)
        if self.chance(0.25):
            event["resize"] = self.chance(0.75)
        return event

    def size(self):
        rng, symbol = self.rng, self.rng.choice(SYMBOLS)
        event = {"type": "size", "account": rng.choice(ACCOUNTS), "strategy": rng.choice(STRATEGIES), "symbol": symbol,
                 "side": rng.choice(["buy", "sell"])}
        if self.chance(0.5):
            event |= {"edge": rng.choice([0.0001, 0.002, 0.01, -0.001]), "horizon_days": rng.choice([1, 2, 5])}
        else:
            event |= {"win_probability": rng.choice([0.51, 0.55, 0.6, 0.3]), "payoff": rng.choice([1, 1.5, 2])}
        for key, value, share in (("confidence", rng.choice([0, 0.3, 0.7, 1]), 0.5),
                                  ("price", self.number(self.price_near(symbol)), 0.5)):
            if self.chance(share):
                event[key] = value
        for key in ("account", "strategy", "symbol"):
            if self.chance(0.02):
                event[key] = "nope"
        if self.chance(0.1):
            del event["account"]
        return event

    def new_id(self):
        if self.orders and self.chance(0.06):
            return f"o{self.rng.randint(max(1, self.orders - 30), self.orders)}"
        self.orders += 1
        return f"o{self.orders}"

    def some_order(self, live=0.85):
        """A known order and one of its ids."""
        orders = [o for o in self.desk.orders if o.remainder > 0] if self.chance(live) else self.desk.orders
        if not orders:
            return None, "never"
        order = self.rng.choice(orders[-12:] if self.chance(0.7) else orders)
        ids = order.ids + sorted(order.withdrawn) + ([order.waiting.new_id] * 2 if order.waiting else [])
        return order, self.rng.choice([order.id, self.rng.choice(ids)])

    def about(self, kind, **fields):
        order, order_id = self.some_order()
        event = {"type": kind, "id": order_id} | fields
        if order and order.client and self.chance(0.5):
            event["client"] = order.client
        return event

    def replace(self):
        order, order_id = self.some_order(0.95)
        if order and order.waiting and self.chance(0.6):
            return self.ack()
        symbol = order.symbol if order else SYMBOLS[0]
        lot = self.desk.settings.instruments[symbol].lot
        quantity = self.quantity(symbol)
        if order and self.chance(0.6):
            quantity = order.filled // lot * lot + lot * self.rng.randint(0, 100)
        event = {"type": "replace", "id": order_id, "new_id": self.new_id(), "quantity": self.number(quantity)}
        if self.chance(0.6):
            event["price"] = self.number(self.price_near(symbol, not self.chance(0.02)))
        if order and order.client and self.chance(0.5):
            event["client"] = order.client
        return event

    def waiting_id(self):
        waiting = [o for o in self.desk.orders if o.waiting and o.remainder > 0]
        return self.rng.choice(waiting).waiting.new_id if waiting and self.chance(0.7) else None

    def ack(self):
        new_id = self.waiting_id()
        return {"type": "ack", "id": new_id} if new_id else self.about("ack")

    def cancel(self):
        return self.about("cancel")

    def done(self):
        new_id = self.waiting_id()
        if new_id and self.chance(0.6):
            return {"type": "done", "id": new_id, "why": "rejected"}
        return self.about("done", why=self.rng.choice(["canceled", "rejected", "expired"]))

    def execution(self):
        if self.executions and self.chance(0.08):
            return f"e{self.rng.randint(max(1, self.executions - 10), self.executions)}"
        self.executions += 1
        return f"e{self.executions}"

    def fill(self):
        order, order_id = self.some_order(0.93)
        if order is None:
            return self.stray()
        left = order.remainder or 10 * SCALE
        quantity = self.rng.choice([left, left, max(left // 2, 1), max(left // 3, 1), left + SCALE if self.chance(0.3) else left])
        event = {"type": "fill", "id": order_id, "exec_id": self.execution(), "quantity": self.number(quantity),
                 "price": self.number(self.price_near(order.symbol, self.chance(0.8)))}
        if order.executions and self.chance(0.08):
            event["exec_id"] = self.rng.choice(list(order.executions))
        if self.chance(0.3):
            event["fee"] = self.number(self.rng.choice([0, 1, 100_000_000, 12_345_678, -5_000_000, 2_000_000_000]))
        if order.client and self.chance(0.5):
            event["client"] = order.client
        return event

    def stray(self):
        symbol = self.rng.choice(SYMBOLS)
        event = {"type": "fill", "id": f"g{self.rng.randint(1, 40)}", "exec_id": self.execution(),
                 "quantity": self.number(self.rng.choice([1, 7, 30, 90]) * SCALE),
                 "price": self.number(self.price_near(symbol)), "symbol": symbol, "side": self.rng.choice(["buy", "sell"]),
                 "account": self.rng.choice(ACCOUNTS + ["nope"] * self.chance(0.1)), "strategy": self.rng.choice(STRATEGIES)}
        for key, share in (("strategy", 0.2), ("side", 0.03), ("account", 0.03)):
            if self.chance(share):
                del event[key]
        if self.chance(0.3):
            event["client"] = self.rng.choice(CLIENTS)
        return event

    def hostile(self):
        line = self.rng.choice(HOSTILE)
        if self.chance(0.15):
            return '{"t": %d, "type": "clock"}' % (self.t - SECOND)
        return line % self.t if "%d" in line else line
