# SPDX-License-Identifier: Apache-2.0
"""The judgement of an intent or replace: the first reason that applies, and the largest quantity that passes (rules 1 to 7)."""

from dataclasses import dataclass, field, replace as changed

import book
from limits import objection_of, reduces
from scopes import scope_of
from settings import KIND_ORDER


@dataclass
class Verdict:
    decision: str
    quantity: int = 0
    reason: str | None = None
    on: dict | None = None  # of the latched scope
    objections: list = field(default_factory=list)
    taken: int = 0  # units of the locate


def rejected(reason, on=None):
    return Verdict("rejected", 0, reason, on)


def _bad_field(desk, candidate, quantity):
    """`bad_quantity`, `bad_price`, or None. Of a replace `quantity` is the new total, which must lie on the grid."""
    instrument = desk.settings.instruments[candidate.symbol]
    if quantity <= 0 or quantity % instrument.lot or candidate.quantity <= 0:
        return "bad_quantity"
    if candidate.price is not None and (candidate.price <= 0 or candidate.price % instrument.tick):
        return "bad_price"
    return None


def _missing_mark(desk, symbol):
    """`no_mark`, `stale_mark`, `no_fx`, or None: the order's own symbol and its rate must be fresh (rule 17)."""
    mark = desk.marks.get(symbol)
    rate = desk.rates.get(desk.settings.instruments[symbol].currency)
    if mark is None:
        return "no_mark"
    if desk.stale(mark) or (rate is not None and desk.stale(rate)):
        return "stale_mark"
    return "no_fx" if rate is None else None


def _covered(desk, candidate):
    """Rule 7."""
    return any(limit.kind == "exposure" and limit.action != "alert" and scope_of(limit.on, candidate.keys) is not None
               for limit in desk.settings.limits)


def locate_needed(desk, candidate, rows):
    """What a sell adds to the account's worst-case short (rule 25)."""
    if desk.settings.locate is None or candidate.side == "buy":
        return 0
    shortest = (book.position_of(rows, candidate.account, candidate.symbol)
                - book.working_of(rows, candidate.account, candidate.symbol, "sell"))
    return max(0, -(shortest - candidate.added)) - max(0, -shortest)


def objections(desk, candidate, rows):
    """All objecting limits: by kind, then by the order of the file."""
    reducing = reduces(rows, candidate)
    ordered = sorted(desk.settings.limits, key=lambda limit: KIND_ORDER.index(limit.kind))
    found = (objection_of(desk, limit, candidate, rows, reducing) for limit in ordered)
    return [objection for objection in found if objection]


def judge(desk, candidate, quantity, wants_reduce_only, resize):
    """From `bad_quantity` on; what comes before is about ids and is settled where the event is read."""
    bad = _bad_field(desk, candidate, quantity)
    if bad:
        return rejected(bad)
    rows = book.rows_of(desk)
    if not reduces(rows, candidate):
        latch = desk.latch_over(candidate.keys, "reduce_only")
        if latch or wants_reduce_only:
            return rejected("reduce_only", latch.on if latch else None)
        if candidate.symbol in desk.settings.restricted:
            return rejected("restricted")
        missing = _missing_mark(desk, candidate.symbol)
        if missing:
            return rejected(missing)
        if not _covered(desk, candidate):
            return rejected("no_limits")
        needed = locate_needed(desk, candidate, rows)
        if needed > desk.locates.get(candidate.symbol, 0):
            return rejected("no_locate")
    found = objections(desk, candidate, rows)
    if not found:
        return Verdict("accepted", quantity, taken=locate_needed(desk, candidate, rows))
    smaller = _resized(desk, candidate, rows, found, resize)
    if smaller is None:
        return Verdict("rejected", 0, found[0].reason, found[0].scope, found)
    return Verdict("resized", smaller.quantity, found[0].reason, found[0].scope, found,
                   locate_needed(desk, smaller, rows))


def _resized(desk, candidate, rows, found, resize):
    """The candidate with the largest quantity that passes, or None (rule 6).

    What objects at a quantity objects at every larger one: every value grows with the quantity, and a smaller order may
    turn into a reducing one, which fewer limits judge. So a search by halves finds the largest that passes.
    """
    curable = {"resize", "reject"} if resize is True else {"resize"}
    if candidate.replaces or resize is False or any(o.limit.action not in curable for o in found):
        return None
    lot = desk.settings.instruments[candidate.symbol].lot
    low, high = 0, candidate.quantity // lot
    while high - low > 1:
        middle = (low + high) // 2
        if objections(desk, changed(candidate, quantity=middle * lot), rows):
            high = middle
        else:
            low = middle
    return changed(candidate, quantity=low * lot) if low else None
