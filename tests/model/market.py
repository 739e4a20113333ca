# SPDX-License-Identifier: Apache-2.0
"""`[dynamic]`: the state of the market in five numbers, and the steps of their ladders (docs/configuration.md)."""

from fractions import Fraction
from math import sqrt

import book
from breakers import DAY_NS, references_in_window
from decimals import SCALE, divide, round8

INPUTS = ["volatility", "correlation", "spread", "drawdown", "regime"]
FINE = SCALE * SCALE  # decimals of a single spread


def volatility(desk, rows):
    """The root of the mean square of the spikes of all symbols that are marked and that the model knows."""
    model, window_ns = desk.settings.model, desk.settings.dynamic.window_ns
    ratios = []
    for symbol in desk.marks:
        if not model.knows(symbol) or model.volatility(symbol) == 0:
            continue
        prices = references_in_window(desk, symbol, window_ns)
        squares = sum(Fraction(now - then, then) ** 2 for then, now in zip(prices, prices[1:]))
        ratios.append(squares * DAY_NS / window_ns / Fraction(model.volatility(symbol)) ** 2)
    return Fraction(sqrt(sum(ratios) / len(ratios))) if ratios else None


def correlation(desk, rows):
    """The mean over all pairs of the model's symbols that have moved."""
    model = desk.settings.model
    moving = [symbol for symbol in model.symbols if model.volatility(symbol) > 0]
    pairs = [(one, other) for one in moving for other in moving if one != other]
    if not pairs:
        return None
    return Fraction(max(sum(model.correlation(*pair) for pair in pairs) / len(pairs), 0.0))


def spread(desk, rows):
    """The mean of (ask - bid) / mid of the symbols whose mark has two sides; a crossed one has none."""
    spreads = [divide(max(ask - bid, 0) * FINE, divide(bid + ask, 2)) for bid, ask in desk.quotes.values() if bid]
    return Fraction(sum(spreads), len(spreads) * FINE) if spreads else None


def drawdown(desk, rows):
    """Of the portfolio; not known without its equity."""
    peak = desk.peaks[None]
    if peak <= 0 or not book.equity_known(desk, rows):
        return None
    return Fraction(max(peak - book.equity(desk, rows), 0), peak)


def regime(desk, rows):
    """The wildest learned state at the last close; what was seen too long ago says nothing."""
    probability, seen_ns = desk.settings.model.regime
    fresh = desk.t < seen_ns + desk.settings.dynamic.regime_stale_ns
    return Fraction(round(probability * SCALE), SCALE) if fresh else None


READINGS = {"volatility": volatility, "correlation": correlation, "spread": spread, "drawdown": drawdown, "regime": regime}


def follow(desk, outcome, rows):
    """After every event: each number climbs its ladder, or comes down a step once it is well below it."""
    dynamic = desk.settings.dynamic
    if dynamic is None:
        return
    lines = []
    for name in INPUTS:
        ladder = dynamic.ladders.get(name)
        value = READINGS[name](desk, rows) if ladder else None
        if value is None:
            continue
        before = desk.steps[name]
        desk.steps[name] = _place(ladder, before, value * SCALE, dynamic.hysteresis)
        if desk.steps[name] != before:
            lines.append({"type": "scale", "t": desk.t, "on": {}, "cause": name, "value": float(value),
                          "from": _factor(ladder, before) / SCALE, "to": _factor(ladder, desk.steps[name]) / SCALE})
    outcome.warnings += [line | {"factor": factor(desk) / SCALE} for line in lines]


def _place(ladder, step, value, hysteresis):
    while step < len(ladder) and value > ladder[step][0]:
        step += 1
    while step > 0 and value <= round8(ladder[step - 1][0], SCALE - hysteresis):
        step -= 1
    return step


def _factor(ladder, step):
    return ladder[step - 1][1] if step else SCALE


def factor(desk):
    """What all inputs come to: the product of their factors, not below the floor."""
    dynamic = desk.settings.dynamic
    if dynamic is None:
        return SCALE
    product = SCALE
    for name in INPUTS:
        product = round8(product, _factor(dynamic.ladders.get(name, []), desk.steps[name]))
    return max(product, dynamic.floor)


def cause(desk):
    return ", ".join(name for name in INPUTS if desk.steps[name])
