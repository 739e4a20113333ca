# SPDX-License-Identifier: Apache-2.0
"""Everything that the model remembers between two events, and the look-ups that every rule needs."""

import copy
from dataclasses import dataclass

import book
import market
from decimals import SCALE, divide, round8
from orders import Order
from scopes import covers
from sessions import session_start


HALF = SCALE // 2


class Refused(Exception):
    """The event is an `error`: refused whole, nothing else changed."""


@dataclass
class Mark:
    price: int
    t: int | None  # None: from the configuration, never stale (rule 26)


@dataclass
class Latch:
    on: dict
    state: str
    cause: str


@dataclass
class Override:
    limit: str
    on: dict | None
    max: int
    until: int


@dataclass(frozen=True)
class Message:
    """One entry of the flow logs: when, by whom, and what it counts with (rule 18)."""

    t: int
    keys: dict
    notional: int = 0
    same: tuple | None = None  # what makes an order a duplicate of another


class Desk:
    def __init__(self, settings):
        self.settings = settings
        self.t = 0
        self.session = None
        self.marks = {}
        self.rates = {currency: Mark(rate, None) for currency, rate in settings.rates.items()}
        self.rates[settings.base_currency] = Mark(SCALE, None)
        self.orders: list[Order] = []  # in the order of acceptance
        self.fills = []
        self.touched = set()
        self.deposits = {account: 0 for account in settings.accounts}
        self.zeros = {}  # row to its profit at the session's start
        self.peaks = dict(settings.accounts) | {None: sum(settings.accounts.values())}
        self.locates = dict(settings.locate or {})
        self.latches: list[Latch] = []  # in the order of latching
        self.overrides: list[Override] = []
        self.messages: list[Message] = []
        self.accepted: list[Message] = []
        self.history = []  # (t, symbol, reference) of every mark
        self.refusals: list[Message] = []
        self.repeats = []  # breaches of `repeated_execution` that last
        self.count_starts = {}  # of their counts: the number of fills that there were at the resume
        self.scales = {}  # (limit, scope as text) to the factor and the scope that it shrinks
        self.halves = []  # scopes resumed at half
        self.quotes = {}  # symbol to bid and ask of its last mark, (0, 0) without
        self.steps = dict.fromkeys(market.INPUTS, 0)  # where each input of the market's state stands on its ladder
        self.liquidations = []
        self.brought_down = []  # (limit, scope) that have liquidated since the last resume
        self.liquidation_count = 0
        self.levels = {}  # (limit, scope) to 0 below warn, 1 at warn, 2 above max

    def light_copy(self):
        """A desk whose lists and tables may be changed; what stands in them is shared until an event is known to be good."""
        other = copy.copy(self)
        for name, value in vars(self).items():
            if isinstance(value, (list, dict, set)):
                setattr(other, name, copy.copy(value))
        return other

    # --- marks and rates

    def reference(self, symbol):
        mark = self.marks.get(symbol)
        return mark.price if mark else None

    def rate(self, currency):
        mark = self.rates.get(currency)
        return mark.price if mark else None

    def stale(self, mark):
        return mark.t is not None and self.t - mark.t > self.settings.stale_ns

    def market_price(self, symbol, side):
        """What a market order is valued at (rule 20)."""
        slip = self.settings.slippage
        return round8(self.reference(symbol), SCALE + slip if side == "buy" else SCALE - slip)

    def set_mark(self, event):
        price = divide(event["bid"] + event["ask"], 2) if "bid" in event else event["last"]
        symbol = event["symbol"]
        currency, slash, base = symbol.partition("/")
        is_pair = slash and base == self.settings.base_currency and currency not in ("", base)
        if symbol not in self.settings.instruments and not is_pair:
            raise Refused(f"symbol {symbol} is unknown")
        if symbol in self.settings.instruments:
            self.marks[symbol] = Mark(price, self.t)
            self.history.append((self.t, symbol, price))
            self.quotes[symbol] = (event.get("bid", 0), event.get("ask", 0))
        if is_pair:
            self.rates[currency] = Mark(price, self.t)

    # --- orders

    def find(self, order_id, client=None):
        """The order that answers to an id; without a client the id must belong to one only (rule 21)."""
        found = [o for o in self.orders if o.answers_to(order_id) and (client is None or o.client == client)]
        if len(found) > 1:
            raise Refused(f"id {order_id} belongs to several clients: name the client")
        return found[0] if found else None

    def keys_of(self, client, account, strategy, symbol):
        instrument = self.settings.instruments.get(symbol)
        return {"client": client, "account": account, "strategy": strategy, "symbol": symbol,
                "sector": (instrument.sector or None) if instrument else None}

    def order_keys(self, order):
        return self.keys_of(order.client, order.account, order.strategy, order.symbol)

    def latch_over(self, keys, state):
        """The scope latched first, of those in this state that apply (rule 29)."""
        return next((latch for latch in self.latches if latch.state == state and covers(latch.on, keys)), None)

    # --- limits

    def max_of(self, limit, scope):
        """The max in force: of the overrides that apply, the one given last (rule 30); a dynamic limit's shrinks."""
        found = limit.max
        for override in self.overrides:
            if override.limit == limit.name and override.on in (None, scope):
                found = override.max
        return round8(found, self.factor_over(scope)) if limit.dynamic and limit.action != "scale" else found

    def factor_over(self, keys):
        """The smallest factor of those that hold over the keys; 1 (in 1e-8) without any."""
        return self.shrinking(keys)[0]

    def shrinking(self, keys):
        """The smallest factor that holds over the keys, and why; of equal ones the first cause by its text."""
        if "symbol" in keys and "sector" not in keys and keys["symbol"] in self.settings.instruments:
            keys = keys | {"sector": self.settings.instruments[keys["symbol"]].sector or None}
        factors = [(factor, name) for (name, _), (factor, scope) in self.scales.items() if covers(scope, keys)]
        factors += [(HALF, "resumed at half") for scope in self.halves if covers(scope, keys)]
        factors += [(r.limit.factor, r.limit.name) for r in self.repeats
                    if r.limit.action == "scale" and covers(r.on, keys)]
        factors.append((market.factor(self), market.cause(self)))
        return min(factors)

    # --- time

    def pass_time(self, t):
        """What the passing of time does before an event; True where it did something (rules 27, 30)."""
        start = session_start(t, self.settings.start, self.settings.timezone)
        rolled = self.session is not None and start > self.session
        expired = any(override.until <= t for override in self.overrides)
        self.t, self.session = t, start
        self.overrides = [override for override in self.overrides if override.until > t]
        if rolled:
            self.zeros = book.profits(self, book.rows_of(self))
            self.locates = dict(self.settings.locate or {})
            self.orders = [order for order in self.orders if not order.done]
            for order in self.orders:
                order.located = 0  # not given back in the new session (rule 25)
        return rolled or expired

    def time_is_due(self, t):
        start = session_start(t, self.settings.start, self.settings.timezone)
        return (self.session is not None and start > self.session) or any(o.until <= t for o in self.overrides)
