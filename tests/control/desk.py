# SPDX-License-Identifier: Apache-2.0
"""A real instance with two trading clients, and the commands of an operator, for the tests of this folder."""
import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest

BUILD = os.environ.get("BULWARK_BUILD") or sys.exit("BULWARK_BUILD names the build folder")
sys.path.insert(0, os.path.join(BUILD, "python"))
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import bulwark  # noqa: E402
from processes import HUNG, Processes, wait_for  # noqa: E402

CONFIG = """[instance]
name = "ctl"
lease_ms = 80
[marks]
stale_after_ms = 600000
[instruments]
file = "instruments.csv"
[journal]
directory = "journal"
[account.ACC1]
equity = "1000000"
[account.ACC2]
equity = "500000"
[strategy.momo]
account = "ACC1"
[strategy.slow]
account = "ACC2"
[limit.size]
metric = "order_notional"
max = "20000"
[limit.gross]
on = { account = "*" }
metric = "gross"
max = "100000"
[limit.loss]
on = { account = "*" }
metric = "daily_loss"
max = "500"
action = "halt"
"""
INSTRUMENTS = "symbol,sector,currency,multiplier,tick_size,lot_size,adv\nAAPL,Tech,,,,,\nXOM,Energy,,,,,\n"


class DeskTest(unittest.TestCase):
    CONFIG = CONFIG

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bulwark-control-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.config = self.folder / "desk.toml"
        self.config.write_text(self.CONFIG)
        (self.folder / "instruments.csv").write_text(INSTRUMENTS)
        (self.folder / "run").mkdir()
        self.processes = Processes(os.path.join(BUILD, "bin"), self.folder / "run")
        self.addCleanup(self.processes.end)
        os.environ["BULWARK_RUN_DIR"] = str(self.folder / "run")  # this process is a client
        self.orders = 0

    def start(self, program, *arguments):
        with open(self.folder / "log", "a") as log:
            return self.processes.start(program, *arguments, "--config", str(self.config), stderr=log)

    def up(self):
        """The instance, its market, and a client of each account."""
        self.instance = self.start("bulwark", "up")
        for line in self.instance.stdout:
            if line.startswith("ready"):
                break
        else:
            self.fail("the instance did not get ready")
        self.marks = bulwark.publish_marks(instance="ctl")
        self.mark(100)
        self.one = bulwark.attach(instance="ctl", client="c1", strategy="momo")
        self.two = bulwark.attach(instance="ctl", client="c2", strategy="slow")
        self.accepts(self.one)  # the lease runs, the marks are there

    def down(self):
        self.one.detach()
        self.two.detach()
        self.marks.close()
        self.instance.terminate()
        self.assertEqual(self.instance.wait(HUNG), 0)

    def mark(self, price):
        for symbol in ("AAPL", "XOM"):
            self.marks.mark(symbol, last=str(price))

    def check(self, client, quantity=1, symbol="AAPL", side="buy"):
        """What the limits say, on a machine that may stall for longer than a lease."""
        def verdict():
            self.orders += 1
            said = client.check(id=f"o{self.orders}", symbol=symbol, side=side, quantity=quantity)
            return said if said.reason not in ("lease_expired", "no_mark") else None
        return wait_for("a verdict", verdict)

    def accepts(self, client, *order, **named):
        verdict = self.check(client, *order, **named)
        self.assertEqual((verdict.decision, verdict.reason), ("accepted", None))
        return f"o{self.orders}"

    def refuses(self, client, reason, *order, **named):
        verdict = self.check(client, *order, **named)
        self.assertEqual((verdict.decision, verdict.reason), ("rejected", reason))
        return verdict

    def bulwark(self, *arguments, code=0):
        named = () if "--config" in arguments or "--instance" in arguments else ("--instance", "ctl")
        result = self.processes.run("bulwark", *arguments, *named)
        self.assertEqual(result.returncode, code, f"{arguments}\n{result.stdout}{result.stderr}")
        return result.stdout + result.stderr

    def signed(self, *arguments, by="Ada", code=0):
        return self.bulwark(*arguments, "--operator", by, "--reason", "because of it", code=code)

    def signed_json(self, *arguments, by="Ada", code=0):
        return json.loads(self.signed(*arguments, "--json", by=by, code=code))

    def status(self):
        return json.loads(self.bulwark("status", "--json"))

    def book(self):
        """What a replay of the journal comes to, without what only says how late it is."""
        book = json.loads(self.bulwark("status", "--book", "--json"))
        book.pop("t")
        return book

    def books(self, what, holds):
        """The journal's files are a moment behind what was answered."""
        return wait_for(what, lambda: (book := self.book()) and holds(book) and book)

    def states(self):
        return sorted((json.dumps(row["on"]), row["state"], row["cause"]) for row in self.book()["states"])

    def log_says(self, text):
        wait_for(f'"{text}" in the log', lambda: text in (self.folder / "log").read_text())

    def journal_says(self, text):
        def found():
            return any(text.encode() in path.read_bytes() for path in (self.folder / "journal").glob("*.journal"))
        wait_for(f'"{text}" in the journal', found)
