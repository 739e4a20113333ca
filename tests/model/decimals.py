# SPDX-License-Identifier: Apache-2.0
"""Exact decimals as Python integers of 1e-8: reading, rounding and showing them (contract, "Numbers" and rules 8, 12, 31)."""

import re
from decimal import Decimal

SCALE = 10**8
WORD_MAX = 2**63 - 1  # prices and quantities
MONEY_MAX = 2**127 - 1
POSITION_MAX = 4 * 10**10 * SCALE

_TEXT = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


class NotANumber(Exception):
    """The value is no decimal of the format; the text says why."""


def parse(value, largest=WORD_MAX):
    """Units of 1e-8 of a JSON or TOML value: a string without exponent, or a plain number (which may have one)."""
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise NotANumber("not a number")
    if isinstance(value, str):
        if not _TEXT.fullmatch(value):
            raise NotANumber(f'"{value}" is not a plain decimal')
        if "." in value and len(value.split(".")[1]) > 8:
            raise NotANumber(f'"{value}" has more than 8 decimals')
    number = Decimal(value)
    if not number.is_finite():
        raise NotANumber("not finite")
    if number != 0 and not -9 < number.adjusted() < 60:
        raise NotANumber("outside the range")
    sign, digits, exponent = number.as_tuple()
    units = int("".join(map(str, digits)))
    power = exponent + 8
    if power >= 0:
        units *= 10 ** (power if units else 0)
    else:
        units, rest = divmod(units, 10**-power)
        if rest:
            raise NotANumber("more than 8 decimals")
    if units > largest:
        raise NotANumber("outside the range")
    return -units if sign else units


def divide(numerator, denominator):
    """The quotient rounded to an integer, half away from zero."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    quotient = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -quotient if numerator < 0 else quotient


def round8(a, b):
    """The product of two decimals, rounded to 8 decimals (rule 8)."""
    return divide(a * b, SCALE)


def show(units):
    """A decimal as the output writes it: no exponent, plus sign, trailing zeros or "-0" (rule 12)."""
    whole, rest = divmod(abs(units), SCALE)
    text = str(whole)
    if rest:
        text += "." + f"{rest:08d}".rstrip("0")
    return "-" + text if units < 0 else text


def plain(units):
    """A count's or fraction's max as a plain number."""
    return units // SCALE if units % SCALE == 0 else units / SCALE
