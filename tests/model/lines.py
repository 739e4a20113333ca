# SPDX-License-Identifier: Apache-2.0
"""The lines of one event in their order (rules 12, 32, 34): verdict, warnings, states, requests; and what follows an event."""

from dataclasses import dataclass, field

import book
from desk import Latch
from limits import exposure_reading, state_reading
from scopes import scope_of, shown_max, shown_value, text_of

STRENGTH = {"reduce_only": 1, "halted": 2}
STATE_OF_ACTION = {"reduce_only": "reduce_only", "halt": "halted"}


@dataclass
class Outcome:
    """What came of one event, by the type of line."""

    verdicts: list = field(default_factory=list)
    warnings: list = field(default_factory=list)
    states: list = field(default_factory=list)
    requests: list = field(default_factory=list)

    def lines(self):
        return self.verdicts + self.warnings + self.states + self.requests


def latch(desk, outcome, on, state, cause):
    """Rule 29: a stronger state takes the place of a weaker one; an equal or weaker one changes nothing."""
    for present in desk.latches:
        if present.on == on:
            if STRENGTH[state] <= STRENGTH[present.state]:
                return
            present.state, present.cause = state, cause
            break
    else:
        desk.latches.append(Latch(dict(on), state, cause))
    outcome.states.append({"type": "state", "t": desk.t, "on": on, "state": state, "cause": cause})


def set_off(desk, outcome, limit, scope):
    if limit.action in STATE_OF_ACTION:
        latch(desk, outcome, scope, STATE_OF_ACTION[limit.action], limit.name)


def scopes_of_limit(desk, limit, rows):
    """The scopes that a limit has now, sorted by their text: those of all rows, of all accounts, and one without "*"."""
    found = {}
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


def reading_of(desk, limit, scope, rows):
    if limit.kind == "state":
        return state_reading(desk, limit, scope, rows)
    return exposure_reading(desk, limit, scope, rows)


def follow(desk, outcome):
    """After every event: peaks, then the limits of the kinds exposure and state with their lines and actions."""
    rows = book.rows_of(desk)
    for account in desk.peaks:
        desk.peaks[account] = max(desk.peaks[account], book.equity(desk, rows, account))
    for limit in desk.settings.limits:
        if limit.kind not in ("exposure", "state"):
            continue
        for scope in scopes_of_limit(desk, limit, rows):
            _follow_scope(desk, outcome, limit, scope, reading_of(desk, limit, scope, rows))


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
        if limit.kind == "state":
            set_off(desk, outcome, limit, scope)
    if before > 0 and level == 0:
        told.append("cleared")
    for word in told:
        outcome.warnings.append({
            "type": word, "t": desk.t, "limit": limit.name, "on": scope, "metric": limit.metric,
            "value": shown_value(limit.metric, reading), "max": shown_max(limit.metric, limit_max), "action": limit.action})
