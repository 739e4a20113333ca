# SPDX-License-Identifier: Apache-2.0
"""A real instance with two trading clients, and the commands of an operator, for the tests of this folder."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

BUILD = os.environ.get("BULWARK_BUILD") or sys.exit("BULWARK_BUILD names the build folder")
sys.path.insert(0, os.path.join(BUILD, "python"))
import bulwark  # noqa: E402

HUNG = 30.0  # seconds: whatever takes longer hangs

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


def wait_for(what, holds):
    end = time.monotonic() + HUNG
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.01)
    raise AssertionError("in vain: " + what)


class DeskTest(unittest.TestCase):
    CONFIG = CONFIG

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bulwark-control-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.config = self.folder / "desk.toml"
        self.config.write_text(self.CONFIG)
        (self.folder / "instruments.csv").write_text(INSTRUMENTS)
        (self.folder / "run").mkdir()
        for variable in [name for name in os.environ if name.startswith("BULWARK_") and name != "BULWARK_BUILD"]:
            del os.environ[variable]
        os.environ["BULWARK_RUN_DIR"] = str(self.folder / "run")
        self.orders = 0
        self.processes = []
        self.addCleanup(self.end_all)

    def end_all(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
                try:
                    process.wait(HUNG)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            process.stdout.close()

    def start(self, program, *arguments):
        with open(self.folder / "log", "a") as log:
            process = subprocess.Popen([os.path.join(BUILD, "bin", program), *arguments, "--config", str(self.config)],
                                       stdout=subprocess.PIPE, stderr=log, text=True)
        self.processes.append(process)
        return process

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

    def run_program(self, program, *arguments):
        return subprocess.run([os.path.join(BUILD, "bin", program), *arguments], text=True, capture_output=True,
                              timeout=HUNG)

    def bulwark(self, *arguments, code=0):
        named = () if "--config" in arguments or "--instance" in arguments else ("--instance", "ctl")
        result = self.run_program("bulwark", *arguments, *named)
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
