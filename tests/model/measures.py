# SPDX-License-Identifier: Apache-2.0
"""Limits of the kind model: what the book in a scope may lose, as the model sees it (table of metrics; rule 17)."""

from fractions import Fraction
from math import sqrt

from decimals import SCALE
from estimates import quantile, tail
from scopes import Missing, Reading, base_money, units_by_symbol

DAYS_OF_A_YEAR = 252


class Lacking(Exception):
    """The model says nothing about a symbol, or there is none."""


def money_of(desk, symbol, units):
    return base_money(desk, symbol, units, desk.reference(symbol)) / SCALE


def positions(desk, rows, scope):
    """Symbol to the money of its position; raises Missing for one that has no mark or no rate (rule 17)."""
    touched = {symbol: entry for symbol, entry in units_by_symbol(desk, rows, scope).items() if any(entry)}
    if any(desk.reference(symbol) is None for symbol in touched):
        raise Missing("no_mark")
    return {symbol: money_of(desk, symbol, entry[0]) for symbol, entry in touched.items()}


def worst_of(desk, rows, scope, symbol, side=None, quantity=0):
    """The two ends of a symbol in money, an order included: everything that buys filled, and everything that sells."""
    position, buys, sells = units_by_symbol(desk, rows, scope).get(symbol, (0, 0, 0))
    longest = position + buys + (quantity if side == "buy" else 0)
    shortest = position - sells - (quantity if side == "sell" else 0)
    return money_of(desk, symbol, longest), money_of(desk, symbol, shortest)


def deviation(model, money):
    """One day's standard deviation of a book, in money."""
    held = [(symbol, amount) for symbol, amount in money.items() if amount]
    if any(not model.knows(symbol) for symbol, _ in held):
        raise Lacking()
    variance = sum(a * b * model.covariance(one, other) for one, a in held for other, b in held)
    return sqrt(max(variance, 0.0))


def stress_loss(model, money):
    held = [(symbol, amount) for symbol, amount in money.items() if amount]
    if not model.scenarios or any(symbol not in moves for moves in model.scenarios for symbol, _ in held):
        raise Lacking()
    return max(0.0, *(-sum(amount * moves[symbol] for symbol, amount in held) for moves in model.scenarios))


def correlated(model, money, symbol):
    held = [(other, amount) for other, amount in money.items() if amount]
    if any(not model.knows(other) for other, _ in held) or not model.knows(symbol):
        raise Lacking()
    return abs(sum(model.correlation(symbol, other) * amount for other, amount in held))


def measure(desk, limit, money, symbol=None):
    """The metric of a book given in money; `symbol` is the one that a correlated exposure is about."""
    model = desk.settings.model
    if model is None:
        raise Lacking()
    if limit.metric == "correlated_exposure":
        return correlated(model, money, symbol)
    if limit.metric == "stress_loss":
        return stress_loss(model, money)
    confidence = limit.confidence or model.confidence
    share = {"var": quantile, "es": tail, "volatility": lambda _: sqrt(DAYS_OF_A_YEAR)}[limit.metric](confidence)
    return share * deviation(model, money)


def book_scope(limit, scope):
    """A correlated exposure's `symbol` picks the order's symbol; the sum goes over the rest of the scope."""
    if limit.metric != "correlated_exposure":
        return scope
    return {key: value for key, value in scope.items() if key != "symbol"}


def around_order(desk, limit, scope, rows, candidate):
    """The value before and after an order: the worst case for its symbol, positions for the others."""
    scope = book_scope(limit, scope)
    money = positions(desk, rows, scope)
    symbol = candidate.symbol
    found = []
    for quantity in (0, candidate.added):
        if desk.reference(symbol) is None:
            raise Missing("no_mark")
        ends = worst_of(desk, rows, scope, symbol, candidate.side, quantity)
        found.append(max(measure(desk, limit, money | {symbol: end}, symbol) for end in ends))
    return found


def standing(desk, limit, scope, rows):
    """As it stands: positions alone; of a correlated exposure without a symbol the largest of the symbols held."""
    money = positions(desk, rows, book_scope(limit, scope))
    if limit.metric == "correlated_exposure":
        symbols = [scope["symbol"]] if "symbol" in scope else [symbol for symbol, amount in money.items() if amount]
        return max((measure(desk, limit, money, symbol) for symbol in symbols), default=0.0)
    return measure(desk, limit, money)


def reading(value, equity=None):
    """An estimate as an exact quotient; divided by an equity in units where one is given."""
    exact = Fraction(value)
    if equity is not None:
        exact /= Fraction(equity, SCALE)
    return Reading(exact.numerator, exact.denominator)
