# SPDX-License-Identifier: Apache-2.0
"""Scopes, the units and exposures inside them, and the comparison of a value with its limit (rules 11 to 17)."""

import json
from dataclasses import dataclass

from book import row_keys
from decimals import SCALE, divide, plain, round8, show
from settings import COUNTS, FRACTIONS


class Missing(Exception):
    """A limit cannot be evaluated: `no_mark` or `no_fx`."""


@dataclass(frozen=True)
class Reading:
    """A value as an exact quotient: counts over 1, decimals over 10^8, fractions over their denominator."""

    numerator: int
    denominator: int

    def above(self, units):
        return self.numerator * SCALE > units * self.denominator

    def reaches(self, share, units):
        return self.numerator * SCALE * SCALE >= share * units * self.denominator


def amount(units):
    return Reading(units, SCALE)


def shown_value(metric, reading):
    if reading is None:
        return None
    if metric in COUNTS:
        return reading.numerator
    if metric in FRACTIONS:
        return reading.numerator / reading.denominator
    return show(divide(reading.numerator * SCALE, reading.denominator))


def shown_max(metric, units):
    return plain(units) if metric in COUNTS or metric in FRACTIONS else show(units)


def scope_of(on, keys):
    """`on` with each "*" replaced by the value that the keys have there; None where they do not match."""
    scope = {}
    for key, wanted in on.items():
        value = keys.get(key)
        if value is None or wanted not in ("*", value):
            return None
        scope[key] = value
    return scope


def covers(scope, keys):
    return all(keys.get(key) == value for key, value in scope.items())


def text_of(scope):
    return json.dumps(scope, sort_keys=True)


def units_by_symbol(desk, rows, scope):
    """Rule 13, first step: symbol to [position, working buys, working sells], added over everything in the scope."""
    units = {}
    for key, row in rows.items():
        if covers(scope, row_keys(desk, key)):
            entry = units.setdefault(key[1], [0, 0, 0])
            entry[0] += row.position
            entry[1] += row.working_buy
            entry[2] += row.working_sell
    return units


def with_order(units, symbol, side, quantity):
    """The same units with an order's quantity added to those working."""
    entry = list(units.get(symbol, [0, 0, 0]))
    entry[1 if side == "buy" else 2] += quantity
    return units | {symbol: entry}


def base_money(desk, symbol, quantity, price):
    """Rule 8: in base currency. Raises Missing without a rate."""
    instrument = desk.settings.instruments[symbol]
    rate = desk.rate(instrument.currency)
    if rate is None:
        raise Missing("no_fx")
    return round8(round8(quantity, price), round8(instrument.multiplier, rate))


def exposure(desk, metric, scope, units):
    """Units of `position`, else money of `long`, `short`, `gross`, `net`; `leverage` and `concentration` are their gross."""
    if metric == "position":
        position, buys, sells = units.get(scope["symbol"], (0, 0, 0))
        return max(abs(position + buys), abs(position - sells))
    touched = {symbol: entry for symbol, entry in units.items() if any(entry)}
    if any(desk.reference(symbol) is None for symbol in touched):
        raise Missing("no_mark")
    longs = shorts = grosses = longest_sum = shortest_sum = 0
    for symbol, (position, buys, sells) in touched.items():
        longest = base_money(desk, symbol, position + buys, desk.reference(symbol))
        shortest = base_money(desk, symbol, position - sells, desk.reference(symbol))
        longs += max(longest, 0)
        shorts += max(-shortest, 0)
        grosses += max(longest, -shortest, 0)
        longest_sum += longest
        shortest_sum += shortest
    if metric == "long":
        return longs
    if metric == "short":
        return shorts
    if metric == "net":
        return max(abs(longest_sum), abs(shortest_sum))
    return grosses
