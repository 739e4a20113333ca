# SPDX-License-Identifier: Apache-2.0
"""A synthetic day of 30 stocks in 6 sectors, from a seed: made to look like a market, not like random noise.

Returns are a market, a sector and an own part, all Student-t (fat tails); the day is U-shaped (wild at the open and the
close, calm at noon); in the middle the market crashes and takes half of it back. Companies and symbols are invented.
"""
import csv
import datetime
import math
import random
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

SECTORS = {
    "Energy": ("DRILL", "PETRA", "SOLAR", "TIDAL", "VOLTA"),
    "Technology": ("CHIPS", "CLOUD", "CODEX", "PIXEL", "ROBOT"),
    "Health": ("GENOM", "HEART", "NURSE", "PULSE", "SERUM"),
    "Finance": ("COVER", "LEDGR", "TRUST", "VAULT", "YIELD"),
    "Consumer": ("BAKER", "CARGO", "FIZZY", "SHOES", "TOAST"),
    "Industry": ("CRANE", "FORGE", "RAILS", "ROTOR", "STEEL"),
}
SECTOR_BETA = {"Energy": 1.1, "Technology": 1.4, "Health": 0.7, "Finance": 1.2, "Consumer": 0.8, "Industry": 1.0}

MARKET_VOLATILITY = 0.012  # of one day, as are the next two
SECTOR_VOLATILITY = 0.007
OWN_VOLATILITY = 0.012
TAIL_DEGREES = 4           # of Student's t: the smaller, the fatter the tails
DAYS_BEFORE = 300          # of daily closes before the opening
DAY_FALL_MAX = 0.5         # no price does worse in one step, or in one day before the opening

CRASH = (0.50, 0.55)       # shares of the day
CRASH_RETURN = -0.09
RECOVERY = (0.58, 0.80)
RECOVERY_RETURN = 0.045
CRASH_NERVES = 2.5         # volatility is this much higher from the crash to the end of the recovery


@dataclass(frozen=True)
class Listing:
    symbol: str
    sector: str
    tick: Decimal


def write_instruments(path: str, listings: list[Listing]) -> None:
    """The instruments file of an instance; what is left empty is Bulwark's default."""
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["symbol", "sector", "currency", "multiplier", "tick_size", "lot_size", "adv"])
        rows.writerows([row.symbol, row.sector, "", "", f"{row.tick:f}", "", ""] for row in listings)


@dataclass(frozen=True)
class Quote:
    bid: Decimal
    ask: Decimal
    last: Decimal


def on_grid(price: float, tick: Decimal) -> Decimal:
    """The price as a whole number of ticks, at least one."""
    ticks = (Decimal(repr(price)) / tick).to_integral_value(rounding=ROUND_HALF_EVEN)
    return max(ticks, Decimal(1)) * tick


def quote_around(price: float, tick: Decimal, half_spread: float) -> Quote:
    """A two-sided quote of at least one tick around a price."""
    bid = on_grid(price * (1 - half_spread), tick)
    ask = max(on_grid(price * (1 + half_spread), tick), bid + tick)
    return Quote(bid, ask, bid)


def weekdays_before(today: datetime.date, count: int) -> list[str]:
    """The last so many before today, the oldest first."""
    days = (today - datetime.timedelta(back) for back in range(1, 2 * count + 3))
    return [day.isoformat() for day in days if day.weekday() < 5][:count][::-1]


class SyntheticMarket:
    """Endless days of `day_steps` steps; the first one has the crash. The same seed gives the same prices."""

    def __init__(self, seed: int = 7, day_steps: int = 480):
        self.seed = seed
        self.random = random.Random(seed)
        self.day_steps = day_steps
        self.step_number = 0
        tick = Decimal("0.01")
        self.listings = [Listing(symbol, sector, tick) for sector, symbols in SECTORS.items() for symbol in symbols]
        self.prices = {row.symbol: self.random.uniform(18, 380) for row in self.listings}
        self.betas = {row.symbol: SECTOR_BETA[row.sector] * self.random.uniform(0.8, 1.2) for row in self.listings}
        self.half_spreads = {row.symbol: self.random.uniform(0.0001, 0.0004) for row in self.listings}
        self.opening = dict(self.prices)

    def student(self) -> float:
        """A Student-t number of variance 1."""
        chi_square = self.random.gammavariate(TAIL_DEGREES / 2, 2.0)
        scale = math.sqrt((TAIL_DEGREES - 2) / TAIL_DEGREES)
        return self.random.gauss(0.0, 1.0) / math.sqrt(chi_square / TAIL_DEGREES) * scale

    def changes(self, scale: float, drift: float = 0.0) -> dict[str, float]:
        """What each symbol returns over a time of which `scale` is the root, as a share of a day."""
        market = drift + MARKET_VOLATILITY * scale * self.student()
        sectors = {sector: SECTOR_VOLATILITY * scale * self.student() for sector in SECTORS}
        return {row.symbol: max(self.betas[row.symbol] * market + sectors[row.sector]
                                + OWN_VOLATILITY * scale * self.student(), -DAY_FALL_MAX) for row in self.listings}

    def past(self) -> list[tuple[str, dict[str, str]]]:
        """Daily closes up to the opening prices, told backwards from there; the day to come is the same with or without."""
        before = SyntheticMarket(self.seed)
        before.random.seed(f"before {self.seed}")
        prices, days = self.opening, []
        for date in reversed(weekdays_before(datetime.datetime.now(datetime.timezone.utc).date(), DAYS_BEFORE)):
            days.append((date, {symbol: f"{price:.4f}" for symbol, price in prices.items()}))
            changes = before.changes(1.0)
            prices = {symbol: price / (1.0 + changes[symbol]) for symbol, price in prices.items()}
        return days[::-1]

    def volatility_factor(self, share: float) -> float:
        """How wild this moment of the day is; the squares average to about 1 over a day without a crash."""
        u_shape = 0.65 + 1.35 * (2 * share - 1) ** 2
        nervous = self.step_number < self.day_steps and CRASH[0] <= share < RECOVERY[1]
        return u_shape * (CRASH_NERVES if nervous else 1.0)

    def drift(self, share: float) -> float:
        """The market's own direction in this step: none, but for the crash and the recovery of the first day."""
        if self.step_number >= self.day_steps:
            return 0.0
        for (start, end), total in ((CRASH, CRASH_RETURN), (RECOVERY, RECOVERY_RETURN)):
            if start <= share < end:
                return total / ((end - start) * self.day_steps)
        return 0.0

    def step(self) -> dict[str, Quote]:
        """Time passes; every symbol has a new quote."""
        share = (self.step_number % self.day_steps) / self.day_steps
        scale = self.volatility_factor(share) / math.sqrt(self.day_steps)
        changes = self.changes(scale, self.drift(share))
        quotes = {}
        for row in self.listings:
            self.prices[row.symbol] *= 1.0 + changes[row.symbol]
            quotes[row.symbol] = quote_around(self.prices[row.symbol], row.tick, self.half_spreads[row.symbol])
        self.step_number += 1
        return quotes
