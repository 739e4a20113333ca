# SPDX-License-Identifier: Apache-2.0
"""The lines of one event in their order (rules 12, 32, 34): verdict, warnings, states, requests, ...; what follows."""

from dataclasses import dataclass, field

import book
import market
from breakers import breaker_scopes
from latches import set_off
from limits import standing_reading
from scopes import scope_of, shown_max, shown_value, text_of
from settings import KIND_ORDER

FOLLOWED = ("exposure", "model", "state", "breaker")
ACTING = ("state", "breaker")  # judged after every event; the others judge orders (rule 4)


@dataclass
class Outcome:
    """What came of one event, by the type of line."""

    verdicts: list = field(default_factory=list)
    warnings: list = field(default_factory=list)
    states: list = field(default_factory=list)
    requests: list = field(default_factory=list)
    liquidations: list = field(default_factory=list)

    def lines(self, settings):
        """In the order of rule 32; those of limits by the file, then by their scope."""
        place = {limit.name: number for number, limit in enumerate(settings.limits)}
        told = sorted(self.warnings, key=lambda line: (place[line["limit"]], text_of(line["on"])) if "limit" in line else
                      (-1, ""))
        return self.verdicts + told + self.states + self.requests + self.liquidations


def scopes_of_limit(desk, limit, rows):
    """The scopes that a limit has now, sorted by their text: those of all rows, of all accounts, and one without "*"."""
    found = breaker_scopes(desk, limit, rows) if limit.kind == "breaker" else {}
    if "*" not in limit.on.values():
        found[text_of(limit.on)] = limit.on
    keys = [book.row_keys(desk, key) for key in rows]
    if set(limit.on) <= {"account"}:
        keys += [{"account": account} for account in desk.settings.accounts]
    for entry in keys:
        scope = scope_of(limit.on, entry)
        if scope is not None:
            found[text_of(scope)] = scope
    return [found[text] for text in sorted(found)]


def follow(desk, outcome):
    """After every event: peaks, factors, then the limits that have a value without an order, with lines and actions."""
    rows = book.rows_of(desk)
    for account in desk.peaks:
        desk.peaks[account] = max(desk.peaks[account], book.equity(desk, rows, account))
    market.follow(desk, outcome, rows)
    _follow_factors(desk, rows)
    for limit in sorted(desk.settings.limits, key=lambda limit: KIND_ORDER.index(limit.kind)):  # as a verdict names them
        if limit.kind not in FOLLOWED:
            continue
        for scope in scopes_of_limit(desk, limit, rows):
            _follow_scope(desk, outcome, limit, scope, standing_reading(desk, limit, scope, rows))


def _follow_factors(desk, rows):
    """A factor holds while the value is above max. Of the kinds exposure and model only an order sets it off."""
    scaling = {limit.name: limit for limit in desk.settings.limits if limit.action == "scale"}
    for (name, text), (_, scope) in list(desk.scales.items()):
        reading = standing_reading(desk, scaling[name], scope, rows)
        if reading is not None and not reading.above(desk.max_of(scaling[name], scope)):
            del desk.scales[name, text]
    for limit in scaling.values():
        for scope in scopes_of_limit(desk, limit, rows) if limit.kind in ACTING else []:
            reading = standing_reading(desk, limit, scope, rows)
            if reading is not None and reading.above(desk.max_of(limit, scope)):
                desk.scales[limit.name, text_of(scope)] = (limit.factor, scope)


def _follow_scope(desk, outcome, limit, scope, reading):
    """What cannot be evaluated keeps its level and has no line."""
    if reading is None:
        return
    limit_max = desk.max_of(limit, scope)
    key = (limit.name, text_of(scope))
    before = desk.levels.get(key, 0)
    level = 2 if reading.above(limit_max) else 1 if reading.reaches(limit.warn, limit_max) else 0
    desk.levels[key] = level
    told = []
    if before == 0 and level > 0:
        told.append("warning")
    if before < 2 and level == 2:
        told.append("breach")
        if limit.kind in ACTING:
            set_off(desk, outcome, limit, scope)
    if before > 0 and level == 0:
        told.append("cleared")
    for word in told:
        outcome.warnings.append({
            "type": word, "t": desk.t, "limit": limit.name, "on": scope, "metric": limit.metric,
            "value": shown_value(limit.metric, reading), "max": shown_max(limit.metric, limit_max), "action": limit.action})
