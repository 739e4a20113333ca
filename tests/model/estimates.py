# SPDX-License-Identifier: Apache-2.0
"""`[model]`: volatilities, correlations and scenarios from a file of daily closes (contract, sections 2, 4 and 8)."""

import csv
import json
import tomllib
from dataclasses import dataclass, field
from math import sqrt
from statistics import NormalDist

import regimes

NORMAL = NormalDist()
MARKET_DAYS = 500  # of a scenario that moves the market


@dataclass
class Model:
    """Daily covariances of simple returns, and what each scenario does to each symbol's price."""

    confidence: float = 0.99
    symbols: list = field(default_factory=list)
    covariances: list = field(default_factory=list)
    scenarios: list = field(default_factory=list)  # one dict for each: symbol to the share by which its price moves
    regime: tuple | None = None  # how likely the wildest one was at the last close, and when that day ended

    def knows(self, symbol):
        return symbol in self.symbols

    def covariance(self, one, other):
        return self.covariances[self.symbols.index(one)][self.symbols.index(other)]

    def volatility(self, symbol):
        return sqrt(self.covariance(symbol, symbol))

    def correlation(self, one, other):
        """0 with a symbol that never moved, and 1 with itself."""
        both = self.volatility(one) * self.volatility(other)
        return 1.0 if one == other else self.covariance(one, other) / both if both else 0.0


def quantile(confidence):
    return NORMAL.inv_cdf(confidence)


def tail(confidence):
    """The expected shortfall of a standard normal."""
    return NORMAL.pdf(quantile(confidence)) / (1 - confidence)


def ewma(returns, share):
    """Zero mean, beginning with the first return's own products."""
    size = len(returns[0])
    found = [[returns[0][i] * returns[0][j] for j in range(size)] for i in range(size)]
    for day in returns[1:]:
        found = [[share * found[i][j] + (1 - share) * day[i] * day[j] for j in range(size)] for i in range(size)]
    return found


def centred(returns):
    count = len(returns)
    means = [sum(column) / count for column in zip(*returns)]
    return [[value - mean for value, mean in zip(day, means)] for day in returns]


def products(days, divisor):
    size = len(days[0])
    return [[sum(day[i] * day[j] for day in days) / divisor for j in range(size)] for i in range(size)]


def sample(returns):
    return products(centred(returns), len(returns) - 1)


def ledoit_wolf(returns):
    """Towards a multiple of the identity; the sample part divides by n."""
    days, count = centred(returns), len(returns)
    size = len(days[0])
    cells = [(i, j) for i in range(size) for j in range(size)]
    plain = products(days, count)
    mean = sum(plain[i][i] for i in range(size)) / size
    target = [[mean if i == j else 0.0 for j in range(size)] for i in range(size)]
    distance = sum((plain[i][j] - target[i][j]) ** 2 for i, j in cells) / size
    spread = sum((day[i] * day[j] - plain[i][j]) ** 2 for day in days for i, j in cells) / count**2 / size
    share = min(spread, distance) / distance if distance > 0 else 0.0
    return [[(1 - share) * plain[i][j] + share * target[i][j] for j in range(size)] for i in range(size)]


def _read_closes(path, instruments):
    """The file's symbols that are instruments, its dates, and their closes; a date on which one lacks is left out."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    symbols = [name for name in rows[0] if name in instruments]
    rows = [row for row in rows if all(row[symbol] for symbol in symbols)]
    return symbols, [row["date"] for row in rows], [[float(row[symbol]) for symbol in symbols] for row in rows]


def _betas(returns):
    """Of each symbol to the mean of all."""
    days = returns[-MARKET_DAYS:]
    market = centred([[sum(day) / len(day)] for day in days])
    variance = sum(day[0] ** 2 for day in market)
    return [sum(day[i] * m[0] for day, m in zip(centred(days), market)) / variance for i in range(len(days[0]))]


def _moves(scenario, instruments, symbols, dates, closes, returns):
    """Symbol to the share by which a scenario moves its price; a symbol that it says nothing about is left out."""
    if "shock" in scenario:
        shock = {key: float(value) for key, value in scenario["shock"].items()}
        found = {}
        for symbol, instrument in instruments.items():
            found[symbol] = shock.get(symbol, shock.get(f"sector.{instrument.sector}", shock.get("*", 0.0)))
        return found
    if "market" in scenario:
        return {symbol: beta * float(scenario["market"]) for symbol, beta in zip(symbols, _betas(returns))}
    start, end = (closes[dates.index(str(scenario[key]))] for key in ("from", "to"))
    return {symbol: end[i] / start[i] - 1 for i, symbol in enumerate(symbols)}


def load_model(table, folder, instruments):
    model = Model(float(table.get("confidence", 0.99)))
    dates, closes, returns = [], [], []
    if "prices" in table:
        model.symbols, dates, closes = _read_closes(folder / table["prices"], instruments)
        returns = [[now / then - 1 for then, now in zip(*pair)] for pair in zip(closes, closes[1:])]
        if table.get("estimator", "ewma") == "ewma":
            model.covariances = ewma(returns, float(table.get("lambda", 0.94)))
        else:
            model.covariances = {"sample": sample, "ledoit-wolf": ledoit_wolf}[table["estimator"]](returns)
    if "regime" in table:
        document = json.loads((folder / table["regime"]).read_text())
        model.regime = (regimes.wildest(document, model.symbols, returns), regimes.seen_ns(dates[-1]))
    if "scenarios" in table:
        named = tomllib.loads((folder / table["scenarios"]).read_text()).get("scenario", {})
        model.scenarios = [_moves(one, instruments, model.symbols, dates, closes, returns) for one in named.values()]
    return model
