# SPDX-License-Identifier: Apache-2.0
"""The configuration as the model sees it: TOML and the instruments' CSV (contract, section 2; rules 14, 16, 35)."""

import csv
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from decimals import SCALE, NotANumber, parse
from estimates import Model, load_model

KINDS = {
    "order_quantity": "order", "order_notional": "order", "adv_share": "order", "price_collar": "order", "self_trade": "order",
    "order_rate": "flow", "message_rate": "flow", "turnover": "flow", "duplicate": "flow", "repeated_execution": "flow",
    "open_orders": "flow",
    "position": "exposure", "long": "exposure", "short": "exposure", "gross": "exposure", "net": "exposure",
    "leverage": "exposure", "concentration": "exposure",
    "correlated_exposure": "model", "var": "model", "es": "model", "volatility": "model", "stress_loss": "model",
    "daily_loss": "state", "drawdown": "state",
    "reject_rate": "breaker", "loss_streak": "breaker", "price_move": "breaker", "volatility_spike": "breaker",
    "stale_mark": "breaker",
}
KIND_ORDER = ["order", "flow", "exposure", "model", "state", "breaker"]
BREAKERS = {metric for metric, kind in KINDS.items() if kind == "breaker"}
COUNTS = {"self_trade", "order_rate", "message_rate", "duplicate", "repeated_execution", "open_orders", "reject_rate",
          "loss_streak", "stale_mark"}
FRACTIONS = {"adv_share", "price_collar", "leverage", "concentration", "volatility", "drawdown", "price_move",
             "volatility_spike"}
WINDOWED = {"order_rate", "message_rate", "turnover", "duplicate", "repeated_execution"} | BREAKERS
ACTIONS = {"alert", "reject", "resize", "reduce_only", "scale", "liquidate", "halt"}
KEYS = {"symbol", "sector", "account", "strategy", "client"}


class WrongConfiguration(Exception):
    pass


@dataclass(frozen=True)
class Instrument:
    symbol: str
    sector: str
    currency: str
    multiplier: int
    tick: int
    lot: int
    adv: int | None


@dataclass(frozen=True)
class Limit:
    name: str
    on: dict
    metric: str
    max: int
    warn: int
    action: str
    window_ns: int
    dynamic: bool = False
    factor: int = SCALE  # of the action `scale`
    to: int = 0  # of the action `liquidate`
    confidence: float | None = None  # of `var` and `es`; None: the model's

    @property
    def kind(self):
        return KINDS[self.metric]


@dataclass(frozen=True)
class Plan:
    """`[liquidation]`: how its orders are sent; without it all at once."""

    participation: int | None
    collar: int | None
    interval_ns: int


@dataclass(frozen=True)
class Dynamic:
    """`[dynamic]`: a ladder of (above, factor) for each input of the market's state."""

    floor: int
    hysteresis: int
    window_ns: int
    regime_stale_ns: int
    ladders: dict


@dataclass
class Settings:
    base_currency: str = "USD"
    timezone: str = "UTC"
    start: tuple = (0, 0)
    stale_ns: int = 5000 * 10**6
    slippage: int = 0
    instruments: dict = field(default_factory=dict)
    rates: dict = field(default_factory=dict)
    accounts: dict = field(default_factory=dict)
    strategies: dict = field(default_factory=dict)
    budgets: dict = field(default_factory=dict)  # strategy to its share of the portfolio's VaR limit
    sizing: dict = field(default_factory=dict)
    model: Model | None = None
    plan: Plan | None = None
    dynamic: Dynamic | None = None
    restricted: set = field(default_factory=set)
    locate: dict | None = None
    limits: list = field(default_factory=list)

    def __deepcopy__(self, memo):
        return self  # never changes, so that a copy of the desk may share it

    @property
    def sectors(self):
        return {i.sector for i in self.instruments.values() if i.sector}


def load(path):
    path = Path(path)
    try:
        table = tomllib.loads(path.read_text(), parse_float=Decimal)
        return _settings(table, path.parent)
    except (OSError, tomllib.TOMLDecodeError, NotANumber, KeyError, ValueError) as problem:
        raise WrongConfiguration(f"{path}: {problem!r}") from problem


def _settings(table, folder):
    s = Settings()
    instance = table.get("instance", {})
    s.base_currency = instance.get("base_currency", "USD")
    session = instance.get("session", {})
    s.timezone = session.get("timezone", "UTC")
    s.start = tuple(int(part) for part in session.get("start", "00:00").split(":"))
    marks = table.get("marks", {})
    s.stale_ns = marks.get("stale_after_ms", 5000) * 10**6
    s.slippage = parse(marks.get("market_slippage", 0))
    s.instruments = _instruments(folder / table["instruments"]["file"], s.base_currency)
    s.rates = {currency: parse(rate) for currency, rate in table.get("fx", {}).items()}
    s.accounts = {name: parse(account.get("equity", 0), 2**127) for name, account in table.get("account", {}).items()}
    s.strategies = {name: strategy.get("account") for name, strategy in table.get("strategy", {}).items()}
    s.budgets = {name: parse(strategy["risk_budget"]) for name, strategy in table.get("strategy", {}).items()
                 if "risk_budget" in strategy}
    s.sizing = {key: parse(value) for key, value in table.get("sizing", {}).items()}
    if "model" in table:
        s.model = load_model(table["model"], folder, s.instruments)
    if "liquidation" in table:
        s.plan = _plan(table["liquidation"])
    if "dynamic" in table:
        s.dynamic = _dynamic(table["dynamic"])
    s.restricted = set(table.get("restricted", {}).get("symbols", []))
    if "locate" in table:
        s.locate = {symbol: parse(units) for symbol, units in table["locate"].items()}
    s.limits = [_limit(name, limit, s) for name, limit in table.get("limit", {}).items()]
    return s


def _plan(table):
    share = {key: parse(table[key]) if key in table else None for key in ("participation", "collar")}
    return Plan(share["participation"], share["collar"], int(Decimal(table.get("interval", 60)) * 10**9))


def _dynamic(table):
    ladders = {name: [(parse(above), parse(factor)) for above, factor in zip(one["above"], one["factor"])]
               for name, one in table.items() if isinstance(one, dict)}
    return Dynamic(parse(table.get("floor", Decimal("0.25"))), parse(table.get("hysteresis", Decimal("0.1"))),
                   int(Decimal(table.get("window", 600)) * 10**9),
                   table.get("regime", {}).get("stale_after_days", 5) * 86_400 * 10**9, ladders)


def _instruments(path, base_currency):
    found = {}
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            found[row["symbol"]] = Instrument(
                row["symbol"], row["sector"], row["currency"] or base_currency, parse(row["multiplier"] or "1"),
                parse(row["tick_size"] or "0.01"), parse(row["lot_size"] or "1"), parse(row["adv"]) if row["adv"] else None)
    return found


def _limit(name, table, s):
    on = dict(table.get("on", {}))
    metric = table["metric"]
    action = table.get("action", "reject")
    if metric not in KINDS or action not in ACTIONS:
        raise ValueError(f"limit.{name}: the model does not know {metric} with {action}")
    known = {"symbol": set(s.instruments), "sector": s.sectors, "account": set(s.accounts), "strategy": set(s.strategies)}
    for key, value in on.items():
        if key not in KEYS or (key in known and value != "*" and value not in known[key]):
            raise ValueError(f"limit.{name}: on names something unknown: {key} = {value}")
    if "client" in on and KINDS[metric] not in ("order", "flow"):
        raise ValueError(f"limit.{name}: client is for limits of the kinds order and flow")
    if metric == "drawdown" and set(on) - {"account"}:
        raise ValueError(f"limit.{name}: drawdown stands on nothing or an account")
    if metric in ("position", "concentration"):
        on.setdefault("symbol", "*")  # rule 14
    if metric in WINDOWED and "window" not in table:
        raise ValueError(f"limit.{name}: a window is required")
    window_ns = int(Decimal(table.get("window", 0)) * 10**9)
    factor, to = parse(table.get("factor", 1)), parse(table.get("to", 0))
    if not 0 <= factor <= SCALE or not 0 <= to <= SCALE or (action == "scale" and "factor" not in table):
        raise ValueError(f"limit.{name}: factor and to are shares from 0 to 1, and scale needs its factor")
    confidence = float(table["confidence"]) if "confidence" in table else None
    return Limit(name, on, metric, parse(table["max"], 2**127), parse(table.get("warn", Decimal("0.8"))), action,
                 window_ns, table.get("dynamic", False), factor, to, confidence)
