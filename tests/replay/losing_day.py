#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real day of IBM (8 October 2013, second by second) with a strategy that buys every dip, through `bulwark simulate`.

losing_day.py PROGRAM        tells the story and checks it; exit code 77 where the day's data is not there
What must come when is worked out here: the account's equity after every second, from the fills alone.
"""

import csv
import gzip
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent.parent / "shared" / "data" / "intraday" / "ticks_IBM_20131008.csv.gz"
MIDNIGHT_NS = 1_381_204_800_000_000_000  # in New York, which is UTC - 4
EQUITY, CLIP = Decimal(1_000_000), 1_000
LADDER = {"three-quarters": Decimal("0.01"), "half": Decimal("0.02"), "reduce": Decimal("0.03"), "flatten": Decimal("0.035")}
KEPT = Decimal("0.2")


def seconds_of_the_day():
    """(milliseconds since midnight, bid, ask) at the end of each second of trading."""
    best = {}
    with gzip.open(DATA, "rt") as file:
        second = None
        for row in csv.DictReader(file):
            t = int(row["time_ms"])
            if second is not None and t // 1000 != second and len(best) == 2 and 34_200 <= second < 57_600:
                yield second * 1000 + 999, best["B"], best["A"]
            second = t // 1000
            if row["type"] in "BA" and row["suspicious"] == "0":
                best[row["type"]] = Decimal(row["price"])


class Simulation:
    """`bulwark simulate`, one event at a time: behind each stands a line that is no event, whose error ends the answer."""

    def __init__(self, program):
        self.program = program
        self.process = self._start()
        self.events = []

    def _start(self):
        return subprocess.Popen([self.program, "simulate", "--config", str(HERE / "losing_day.toml")], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)

    def say(self, **event):
        self.events.append(json.dumps(event))
        self.process.stdin.write(self.events[-1] + "\n?\n")
        self.process.stdin.flush()
        lines = []
        while (line := json.loads(self.process.stdout.readline()))["type"] != "error":
            lines.append(line)
        return lines

    def in_one_go(self):
        """What the same events give without the questions in between."""
        output, _ = self._start().communicate("\n".join(self.events) + "\n")
        return [json.loads(line) for line in output.splitlines()]


class Day:
    def __init__(self, program):
        self.simulation = Simulation(program)
        self.t = self.bid = self.ask = self.last_bought = None
        self.cash, self.position, self.peak = EQUITY, 0, EQUITY
        self.working = {}  # id: (side, quantity, limit price or None)
        self.told, self.seen, self.refusals, self.output = [], {}, {}, []
        self.orders = 0
        self.late = None

    # What is told.
    def tell(self, text):
        clock = (self.t - MIDNIGHT_NS) // 1_000_000_000
        self.told.append(f"{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}  IBM {self.bid}/{self.ask}  equity "
                         f"{self.equity():>12,.2f}  {text}")

    def equity(self):
        return self.cash + self.position * (self.bid + self.ask) / 2

    def drawdown(self):
        return 1 - self.equity() / self.peak

    def say(self, **event):
        lines = self.simulation.say(t=self.t, **event)
        self.output += lines
        for line in lines:
            self.note(line)
        return lines

    # What happens.
    def note(self, line):
        kind = line["type"]
        if kind == "breach" and line["limit"] in LADDER:
            if line["limit"] not in self.seen:
                self.tell(f"drawdown {line['value']:.4f} passes {line['max']} ({line['limit']}: {line['action']})")
            self.seen.setdefault(line["limit"], (self.t, self.drawdown(), self.position))
        elif kind == "state":
            self.tell(f"{line['on']} is {line['state']}, cause: {line['cause']}")
        elif kind == "cancel_request":
            self.tell(f"asked to cancel {line['id']}")
            self.late = line["id"]
        elif kind == "liquidation":
            self.tell(f"liquidation: {line['side']} {line['quantity']} at {line['price']}")
            self.working[line["id"]] = (line["side"], int(line["quantity"]), None)

    def fill(self, order, quantity, price):
        side = self.working[order][0]
        signed = quantity if side == "buy" else -quantity
        self.cash -= signed * price
        self.position += signed
        left = self.working[order][1] - quantity
        self.working[order] = (side, left, self.working[order][2])
        if left == 0:
            del self.working[order]
        self.say(type="fill", id=order, exec_id=f"{order}-{left}", quantity=str(quantity), price=str(price))
        self.peak = max(self.peak, self.equity())

    def order(self, quantity, price=None):
        self.orders += 1
        name = f"dip-{self.orders}"
        event = {"client": "c1", "account": "ACC1", "strategy": "dip", "id": name, "symbol": "IBM", "side": "buy",
                 "quantity": str(quantity)} | ({"price": str(price)} if price else {})
        verdict = next(line for line in self.say(type="intent", **event) if line["type"] == "verdict")
        if verdict["decision"] == "accepted":
            self.working[name] = ("buy", quantity, price)
        return verdict

    def second(self, t_ms, bid, ask):
        self.t, self.bid, self.ask = MIDNIGHT_NS + t_ms * 1_000_000, bid, ask
        self.late = None
        self.peak = max(self.peak, self.equity())
        due = [name for name, limit in LADDER.items() if self.drawdown() > limit and name not in self.seen]
        self.say(type="mark", symbol="IBM", bid=str(bid), ask=str(ask))
        assert all(name in self.seen for name in due), f"due and not seen: {due}"
        for name in list(self.working):  # what was sent a second ago is filled now
            side, quantity, limit = self.working[name]
            if limit is None:
                self.fill(name, quantity, ask if side == "buy" else bid)
        if self.late:  # the market was faster: a part is filled before the cancel takes effect
            self.fill(self.late, 100, self.working[self.late][2])
            del self.working[self.late]
            self.say(type="done", id=self.late, why="canceled")
        if self.last_bought is None:
            self.order(CLIP, bid - Decimal("2.50"))  # one that rests below, until the market comes to it
        if self.last_bought is None or ask <= self.last_bought - Decimal("0.05"):
            self.buy_the_dip(ask)

    def buy_the_dip(self, ask):
        self.last_bought = ask
        verdict = self.order(CLIP)
        if verdict["decision"] == "rejected":
            key = (verdict["reason"], verdict.get("max"))
            if key not in self.refusals:
                self.tell(f"the dip is not bought: {verdict['reason']}" + (f", max {verdict['max']}" if "max" in verdict else ""))
            self.refusals[key] = self.refusals.get(key, 0) + 1


def check(day):
    times = [day.seen[name][0] for name in LADDER]
    assert times == sorted(times), "the steps came out of order"
    for name, limit in LADDER.items():
        assert day.seen[name][1] > limit, f"{name} came too early"
    assert ("reduce_only", None) in day.refusals and ("halted", None) in day.refusals, "a state that forbids forbids"
    maxima = [key[1] for key in day.refusals if key[0] == "gross"]
    assert set(maxima) <= {"5000000", "3750000", "2500000"} and len(maxima) > 1, maxima
    at_the_stop = day.seen["flatten"][2]
    assert day.position == int(at_the_stop * KEPT), (day.position, at_the_stop)
    states = [line["state"] for line in day.output if line["type"] == "state"]
    assert states == ["reduce_only", "halted"], "what was stopped stays stopped"
    assert not day.working
    assert day.simulation.in_one_go() == day.output, "the same events gave other lines"


def main():
    if not DATA.is_file():
        print(f"SKIPPED: {DATA} is not here; the replay of a real day was not tested")
        return 77
    day = Day(sys.argv[1])
    for second in seconds_of_the_day():
        day.second(*second)
    print("\n".join(day.told))
    check(day)
    day.tell(f"the day ends with {day.position} shares, {KEPT} of what was held at the stop")
    print(day.told[-1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
