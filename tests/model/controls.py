# SPDX-License-Identifier: Apache-2.0
"""Stops, resumes and overrides by a person (rules 16, 28 to 30)."""

import book
import executions
import liquidation
from desk import Latch, Override, Refused
from limits import state_reading
from latches import STATE_OF_ACTION, latch
from scopes import covers, scope_of


def _check_names(desk, on):
    known = {"symbol": desk.settings.instruments, "sector": desk.settings.sectors, "account": desk.settings.accounts,
             "strategy": desk.settings.strategies}
    for key, value in on.items():
        if key in known and value not in known[key]:
            raise Refused(f"on names something unknown: {key} {value}")


def control(desk, event, outcome):
    on = event.get("on", {})
    _check_names(desk, on)
    if event["command"] == "resume":
        _resume(desk, event, on, outcome)
    elif event["command"] == "override":
        _override(desk, event, on)
    else:
        state = "reduce_only" if event["command"] == "reduce_only" else "halted"
        cause = event.get("reason") or "no reason given"
        latch(desk, outcome, on, state, cause)
        if event["command"] == "liquidate":
            liquidation.begin(desk, outcome, on, 0, cause)


def _resume(desk, event, on, outcome):
    stage = event.get("stage", "full")
    if event.get("new_baseline"):
        _new_baseline(desk, on)
    if stage == "reduce_only":
        _lower(desk, on, outcome)
        return
    ended = [entry for entry in desk.latches if covers(on, entry.on)]
    if not event.get("new_baseline"):
        for entry in ended + [repeat for repeat in desk.repeats if covers(on, repeat.on)]:
            _check_breach(desk, entry)
    liquidation.end(desk, on)
    executions.end(desk, outcome, on)
    desk.halves = [scope for scope in desk.halves if not covers(on, scope)] + ([dict(on)] if stage == "half" else [])
    desk.latches = [entry for entry in desk.latches if entry not in ended]
    for entry in ended:
        outcome.states.append({"type": "state", "t": desk.t, "on": entry.on, "state": "normal", "cause": event["reason"]})


def _lower(desk, on, outcome):
    """The stage `reduce_only`: what is halted may reduce again, and keeps its first cause."""
    liquidation.end(desk, on)
    for number, entry in enumerate(desk.latches):
        if entry.state == "halted" and covers(on, entry.on):
            desk.latches[number] = Latch(entry.on, "reduce_only", entry.cause)
            outcome.states.append({"type": "state", "t": desk.t, "on": entry.on, "state": "reduce_only",
                                   "cause": entry.cause})


def _check_breach(desk, entry):
    """A scope on which a state limit that latches is still breached is not resumed, whatever latched it (rule 28)."""
    rows = book.rows_of(desk)
    for limit in desk.settings.limits:
        if limit.kind == "state" and limit.action in STATE_OF_ACTION and scope_of(limit.on, entry.on) == entry.on:
            reading = state_reading(desk, limit, entry.on, rows)
            if reading is not None and reading.above(desk.max_of(limit, entry.on)):
                raise Refused(f"limit {limit.name} is still breached on {entry.on}")


def _new_baseline(desk, on):
    rows = book.rows_of(desk)
    for key, profit in book.profits(desk, rows).items():
        if covers(on, book.row_keys(desk, key)):
            desk.zeros[key] = profit
    if not on:
        accounts = list(desk.peaks)
    else:
        accounts = [on["account"]] if set(on) == {"account"} else []
    for account in accounts:
        desk.peaks[account] = book.equity(desk, rows, account)


def _override(desk, event, on):
    limit = next((limit for limit in desk.settings.limits if limit.name == event["limit"]), None)
    if limit is None:
        raise Refused(f"limit {event['limit']} is unknown")
    if event["until"] <= desk.t:
        raise Refused("until has passed")
    if on and (set(on) != set(limit.on) or scope_of(limit.on, on) is None):
        raise Refused(f"{on} is no scope of the limit {limit.name}")
    desk.overrides = [o for o in desk.overrides if (o.limit, o.on) != (limit.name, on or None)]
    desk.overrides.append(Override(limit.name, on or None, event["max"], event["until"]))
