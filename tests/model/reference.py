#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second, naive telling of `bulwark simulate`, written from the contract alone, to be compared with the engine.

reference.py --config FILE [--snapshot] < events.jsonl > out.jsonl
"""

import argparse
import copy
import json
import sys

import controls
import events
import liquidation
import settings
import sizing
import trading
from decimals import divide
from book import equity, rows_of
from desk import Desk, Refused
from lines import Outcome, follow
from snapshot import snapshot


def _deposit(desk, event, outcome):
    """A deposit moves the peaks in proportion, so that it moves no drawdown (rule 16)."""
    account, moved = event["account"], event["amount"]
    if account not in desk.settings.accounts:
        raise Refused(f"account {account} is unknown")
    rows = rows_of(desk)
    for name in (account, None):
        before = equity(desk, rows, name)
        after = before + moved
        if before > 0 and after > 0:
            desk.peaks[name] = divide(desk.peaks[name] * after, before)
        else:
            desk.peaks[name] += moved
    desk.deposits[account] += moved


APPLY = {
    "mark": lambda desk, event, outcome: desk.set_mark(event),
    "intent": trading.intent,
    "replace": trading.replace,
    "ack": trading.ack,
    "cancel": trading.cancel,
    "fill": trading.fill,
    "done": trading.done,
    "equity": _deposit,
    "size": sizing.size,
    "control": controls.control,
    "clock": lambda desk, event, outcome: None,
}


def apply(desk, event):
    """The desk after the event and the event's lines. Works on a copy, so that a refused event changes nothing (rule 31)."""
    if event["t"] < desk.t:
        raise Refused("t goes back")
    after = copy.deepcopy(desk) if desk.time_is_due(event["t"]) else desk.light_copy()
    lines = []
    if after.pass_time(event["t"]):
        passing = Outcome()
        follow(after, passing)
        liquidation.advance(after, passing)
        lines += passing.lines(after.settings)
    outcome = Outcome()
    APPLY[event["type"]](after, event, outcome)
    follow(after, outcome)
    liquidation.advance(after, outcome)
    return after, lines + outcome.lines(after.settings)


class Simulation:
    """Feed lines, get lines."""

    def __init__(self, config):
        self.desk = Desk(settings.load(config))
        self.number = 0

    def feed(self, line):
        """The output lines of one line of input."""
        self.number += 1
        if not line.strip():
            return []
        try:
            event = events.read(line)
        except events.Malformed as problem:
            return [self._error(problem, problem.t)]
        try:
            self.desk, lines = apply(self.desk, event)
            return lines
        except Refused as problem:
            return [self._error(problem, event["t"])]

    def _error(self, problem, t):
        return {"type": "error", "t": self.desk.t if t is None else t, "line": self.number, "message": str(problem)}

    def snapshot(self):
        return snapshot(self.desk)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True)
    parser.add_argument("--snapshot", action="store_true")
    arguments = parser.parse_args()
    try:
        simulation = Simulation(arguments.config)
    except settings.WrongConfiguration as problem:
        print(problem, file=sys.stderr)
        return 2
    for line in sys.stdin.buffer.read().split(b"\n"):
        for found in simulation.feed(line):
            print(json.dumps(found))
    if arguments.snapshot:
        print(json.dumps(simulation.snapshot()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
