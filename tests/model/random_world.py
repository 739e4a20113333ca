# SPDX-License-Identifier: Apache-2.0
"""Random marks, rates, moves of equity, controls and steps of time for random_test.py."""

from decimals import SCALE, show
from random_config import ACCOUNTS, KEY_VALUES, SYMBOLS
from sessions import session_start

SECOND = 10**9
# Beginnings near the changes of the clocks, and on an ordinary day.
BEGINNINGS = [1700000000, 1700000020, 1710053990, 1710054000 - 7200, 1730611700, 1730611800 + 3590, 1711846790, 1705359590]


class World:
    """Looks at the model's desk, so that what it makes meets orders, limits and states."""

    def __init__(self, rng, simulation):
        self.rng, self.simulation = rng, simulation
        self.t = rng.choice(BEGINNINGS) * SECOND + rng.choice([0, 1, 999_999_999])
        self.prices = {symbol: rng.choice([0.5, 20.0, 100.0, 100.0, 250.0]) for symbol in SYMBOLS}
        self.on_an_edge = False
        self.scoped = {limit.name: rng.random() < 0.5 for limit in simulation.desk.settings.limits}

    @property
    def desk(self):
        return self.simulation.desk

    def chance(self, share):
        return self.rng.random() < share

    def number(self, units):
        """A decimal as text, or now and then as a plain number."""
        text = show(units)
        if self.chance(0.1) and len(text) < 14:
            return float(text) if "." in text else int(text)
        return text

    # --- time

    def pass_time(self):
        draw = self.rng.random()
        if draw < 0.55:
            step = self.rng.choice([0, 0, 1, 1000, 100_000_000])
        elif draw < 0.9:
            step = self.rng.randrange(300_000_000)
        elif draw < 0.98:
            step = self.to_an_edge()
        elif draw < 0.995:
            step = self.rng.choice([1, 2, 5, 10]) * SECOND
        else:
            step = self.to_next_session() - self.rng.choice([1, 0, -1])
        self.t += max(step, 0)

    def to_an_edge(self):
        """To the very moment at which something leaves a window, turns stale or expires, or a nanosecond beside it."""
        settings = self.desk.settings
        windows = [limit.window_ns for limit in settings.limits if limit.window_ns]
        log = self.desk.accepted[-20:] + self.desk.messages[-10:]
        edges = [entry.t + window for entry in log for window in windows]
        if not edges or self.chance(0.2):
            edges = [mark.t + settings.stale_ns for mark in self.desk.marks.values()]
        if self.chance(0.3):
            edges = [override.until for override in self.desk.overrides] or edges
        edges = [edge - self.t for edge in edges if self.t <= edge <= self.t + 30 * SECOND]
        self.on_an_edge = bool(edges)
        return self.rng.choice(edges) + self.rng.choice([0, 0, 0, 1, -1]) if edges else 0

    def to_next_session(self):
        settings = self.desk.settings
        now = session_start(self.t, settings.start, settings.timezone)
        low, high = self.t, self.t + 26 * 3600 * SECOND
        while high - low > 1:
            middle = (low + high) // 2
            if session_start(middle, settings.start, settings.timezone) > now:
                high = middle
            else:
                low = middle
        return high - self.t

    # --- marks and money

    def mark(self, symbol=None):
        rng = self.rng
        if symbol is None:
            unmarked = [s for s in SYMBOLS if s not in self.desk.marks]
            stale = [s for s, mark in self.desk.marks.items() if self.t - mark.t > self.desk.settings.stale_ns // 2]
            symbol = rng.choice(stale if stale and self.chance(0.7) else unmarked if unmarked and self.chance(0.1) else SYMBOLS)
        calm, wild = [0, 0.0005, -0.0005, 0.002, -0.002], [0, 0.001, -0.001, 0.004, -0.004, 0.03, -0.03, 0.12, -0.1]
        move = rng.choice(wild if self.chance(0.3) else calm)
        self.prices[symbol] = min(max(self.prices[symbol] * (1 + move), 0.05), 5000)
        return {"type": "mark", "symbol": symbol} | self.quote(self.prices[symbol])

    def quote(self, price):
        units = int(price * SCALE)
        if self.chance(0.5):
            units = units // 10**6 * 10**6 or 1
        spread = self.rng.choice([0, 1, 10**6, 3 * 10**5])
        fields = {}
        if self.chance(0.6):
            fields = {"bid": self.number(max(units - spread, 1)), "ask": self.number(units + spread + self.rng.choice([0, 1]))}
            if self.chance(0.05):
                fields = {"bid": fields["ask"], "ask": fields["bid"]}
        if not fields or self.chance(0.2):
            fields["last"] = self.number(units)
        return fields

    def rate(self):
        currency, price = self.rng.choice([("EUR", 1.08), ("EUR", 1.08), ("JPY", 0.0067)])
        return {"type": "mark", "symbol": f"{currency}/USD"} | self.quote(price * self.rng.choice([1, 1.01, 0.99, 1.0003]))

    def clock(self):
        return {"type": "clock"}

    def equity(self):
        account = self.rng.choice(ACCOUNTS)
        amount = int(self.desk.settings.accounts[account] * self.rng.choice([0.1, 0.3, -0.1, -0.2, 1, -0.9])) or 5000 * SCALE
        return {"type": "equity", "account": account, "amount": self.number(amount)}

    # --- controls

    def some_scope(self):
        keys = self.rng.sample(list(KEY_VALUES), self.rng.choice([0, 1, 1, 1, 2]))
        return {key: self.rng.choice(KEY_VALUES[key]) for key in keys}

    def control(self):
        draw = self.rng.random()
        if draw < 0.45:
            return self.override()
        if draw < 0.75:
            event = {"type": "control", "command": self.rng.choice(["halt", "liquidate", "reduce_only", "reduce_only"]),
                     "reason": self.rng.choice(["drill", "calm down"])}
            if self.chance(0.2):
                del event["reason"]
            on = self.some_scope() if self.chance(0.97) else {"account": "nope"}
            return event | ({"on": on} if on else {})
        return self.resume()

    def resume(self):
        event = {"type": "control", "command": "resume", "operator": "ann", "reason": "go on"}
        if self.desk.latches and self.chance(0.7):
            on = dict(self.rng.choice(self.desk.latches).on)
        else:
            on = {} if self.chance(0.6) else self.some_scope()
        if self.chance(0.5):
            event["new_baseline"] = self.chance(0.9)
        if self.chance(0.25):
            event["stage"] = self.rng.choice(["reduce_only", "half", "half", "full"])
        return event | ({"on": on} if on else {})

    def override(self):
        limits = self.desk.settings.limits
        limit = self.rng.choice(limits) if limits else None
        event = {"type": "control", "command": "override", "operator": "ann", "reason": "why",
                 "limit": limit.name if limit and self.chance(0.97) else "nope",
                 "max": self.number(int(limit.max * self.rng.choice([0.5, 1.5, 2, 4])) if limit else SCALE),
                 "until": self.t + self.rng.choice([0, 1, SECOND, 5 * SECOND, 30 * SECOND, 30 * SECOND])}
        if limit and self.scoped[limit.name]:
            event["on"] = {key: self.rng.choice(KEY_VALUES[key]) if value == "*" else value for key, value in limit.on.items()}
            if self.chance(0.05):
                event["on"] = self.some_scope()
            if not event["on"]:
                del event["on"]
        return event
