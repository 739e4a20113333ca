# SPDX-License-Identifier: Apache-2.0
"""Circuit breakers: what happened in the window (t - window, t], told from the logs of marks, refusals and fills."""

from fractions import Fraction
from math import sqrt

import book
from scopes import Reading, covers, scope_of, text_of, units_by_symbol

DAY_NS = 86400 * 10**9


def symbols_in(desk, scope):
    """Marked symbols that a scope may hold; accounts and strategies hold any."""
    keys = {key: value for key, value in scope.items() if key in ("symbol", "sector")}
    return [symbol for symbol in desk.marks if covers(keys, symbol_keys(desk, symbol))]


def symbol_keys(desk, symbol):
    return {"symbol": symbol, "sector": desk.settings.instruments[symbol].sector or None}


def reject_rate(desk, limit, scope, rows):
    return Reading(sum(entry.t > desk.t - limit.window_ns and covers(scope, entry.keys) for entry in desk.refusals), 1)


def loss_streak(desk, limit, scope, rows):
    """How many of the last fills that closed something realised a loss, back to the last that did not."""
    inside = [realised for t, keys, realised in book.closings(desk)
              if t > desk.t - limit.window_ns and covers(scope, keys)]
    streak = 0
    for realised in reversed(inside):
        if realised >= 0:
            break
        streak += 1
    return Reading(streak, 1)


def references_in_window(desk, symbol, window_ns):
    """The references that held at some time in the window, with the one that held when it began."""
    marks = [(t, price) for t, name, price in desk.history if name == symbol]
    inside = [price for t, price in marks if t > desk.t - window_ns]
    before = [price for t, price in marks if t <= desk.t - window_ns][-1:]
    return before + inside


def price_move(desk, limit, scope, rows):
    """How far the reference is from one that held in the window, as a share of that one: the largest of the scope."""
    largest = Fraction(0)
    for symbol in symbols_in(desk, scope):
        now = desk.reference(symbol)
        moves = [Fraction(abs(now - then), then) for then in references_in_window(desk, symbol, limit.window_ns)]
        largest = max([largest] + moves)
    return Reading(largest.numerator, largest.denominator)


def volatility_spike(desk, limit, scope, rows):
    """The window's volatility, put to one day, over the model's: the largest of the scope; None without a model's."""
    largest = 0.0
    for symbol in symbols_in(desk, scope):
        prices = references_in_window(desk, symbol, limit.window_ns)
        squares = sum(Fraction(now - then, then) ** 2 for then, now in zip(prices, prices[1:]))
        if squares == 0:
            continue
        model = desk.settings.model
        if model is None or not model.knows(symbol) or model.volatility(symbol) == 0:
            return None
        largest = max(largest, sqrt(squares * DAY_NS / limit.window_ns) / model.volatility(symbol))
    exact = Fraction(largest)
    return Reading(exact.numerator, exact.denominator)


def stale_mark(desk, limit, scope, rows):
    """How many symbols held or worked in the scope had no mark in the window."""
    held = [symbol for symbol, entry in units_by_symbol(desk, rows, scope).items() if any(entry)]
    silent = [s for s in held if s not in desk.marks or desk.t - desk.marks[s].t > limit.window_ns]
    return Reading(len(silent), 1)


READINGS = {"reject_rate": reject_rate, "loss_streak": loss_streak, "price_move": price_move,
            "volatility_spike": volatility_spike, "stale_mark": stale_mark}


def breaker_reading(desk, limit, scope, rows):
    return READINGS[limit.metric](desk, limit, scope, rows)


def breaker_scopes(desk, limit, rows):
    """Beside the scopes of rows those of marked symbols, and those of refused orders whose names are known."""
    settings = desk.settings
    known = {"symbol": settings.instruments, "account": settings.accounts, "strategy": settings.strategies}
    keys = [symbol_keys(desk, symbol) for symbol in desk.marks]
    keys += [entry.keys for entry in desk.refusals]
    found = {}
    for entry in keys:
        scope = scope_of(limit.on, entry)
        if scope is not None and all(value in known[key] for key, value in scope.items() if key in known):
            found[text_of(scope)] = scope
    return found
