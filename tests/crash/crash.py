#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SIGKILL at random instants under load, of the sidecar (the journal's writer is a thread of it), of watchdog and
sidecar together, of the ledger, of a client; then everything that a client was told has to be there, once:

    BULWARK_BUILD=build/test nice python3 -B tests/crash/crash.py --kills 1000 [--only sidecar] [--seed N]

Clients write their own logs (crash_client.cpp), which the journal, the book of the recovered sidecar and the rows in
PostgreSQL are held against (oracle.py). After every kill all clients have to go on within half a minute. Fifty kills
share an instance. TMPDIR names a folder in memory where the disk is slow: a process that is killed while it waits for its
disk is not gone before that is done.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "ledger"))
from ledger_desk import BUILD, HUNG, LedgerTest, wait_for  # noqa: E402
from oracle import Log, compare  # noqa: E402

SERIES = ("sidecar", "both", "ledger", "client")
KILLS_EACH = 50  # of one instance
ARGUMENTS = argparse.Namespace(kills=8, seed=1, only=SERIES)

# Nothing that trading comes to may end it, no new session forgets what is done, and files and snapshots change all the
# time.
CONFIG = f"""[instance]
name = "ctl"
lease_ms = 80
session = {{ start = "{time.strftime("%H:%M", time.gmtime(time.time() - 3600))}" }}
[marks]
stale_after_ms = 86400000
[instruments]
file = "instruments.csv"
[journal]
directory = "journal"
segment_mb = 1
snapshot_s = 1
[account.ACC1]
equity = "1000000"
[strategy.momo]
account = "ACC1"
[limit.size]
metric = "order_notional"
max = "20000"
[limit.gross]
on = {{ account = "*" }}
metric = "gross"
max = "100000"
"""


class Client:
    """A client process, and its log, read on."""

    def __init__(self, desk, name, seed):
        self.desk, self.name, self.seed, self.path = desk, name, seed, desk.folder / f"{name}.log"
        self.path.touch()
        self.reading = open(self.path)
        desk.addCleanup(self.reading.close)
        self.start()

    def start(self):
        self.seed += 1
        self.process = self.desk.processes.start("crash_client", self.name, str(self.path), str(self.seed))

    def accepts(self):
        """Was an order of it accepted since the last look? Whoever the watchdog has killed comes back."""
        if self.process.poll() is not None:
            assert self.process.returncode == -signal.SIGKILL, self.process.stdout.read()
            self.start()
        return " accepted " in self.reading.read()

    def goes_on(self):
        self.accepts()  # what came before
        try:
            wait_for(f"{self.name} to go on", self.accepts)
        except AssertionError as error:
            said = (self.desk.folder / "log").read_text()[-2000:] + self.path.read_text()[-500:]
            raise AssertionError(f"{error}\n{json.dumps(self.desk.status())}\n{said}")

    def end(self):
        wait_for(f"{self.name} to live", lambda: self.accepts() or self.process.poll() is None)
        self.process.terminate()
        assert self.process.wait(2 * HUNG) == 0, self.process.stdout.read()
        return Log(self.name, self.path)


class Crash(LedgerTest):
    CONFIG = CONFIG

    @classmethod
    def setUpClass(cls):
        if "ledger" in ARGUMENTS.only:
            super().setUpClass()

    def configure(self, extra=""):
        pass

    def begin(self, seed, ledger):
        self.dice = random.Random(seed)
        if ledger:
            self.config.write_text(CONFIG + f'[ledger]\npostgres = "{self.postgres.url("desk")}"\n')
        self.instance = self.start("bulwark", "up")
        self.assertTrue(any(line.startswith("ready") for line in self.instance.stdout), "the instance did not get ready")
        self.processes.start("torture_client", "publish", "ctl", stdout=subprocess.DEVNULL)
        self.clients = [Client(self, f"c{number}", seed * 1_000_000 + number * 10_000) for number in range(3)]
        for client in self.clients:
            client.goes_on()

    def children(self):
        """What `up` has started, by name."""
        up, found = self.instance.pid, {}
        for pid in pathlib.Path(f"/proc/{up}/task/{up}/children").read_text().split():
            try:
                found[pathlib.Path(f"/proc/{pid}/comm").read_text().strip()[:15]] = int(pid)
            except OSError:  # it has ended in this moment
                pass
        return found

    def kill(self, *names):
        """The processes of the instance with these names; and once in a while those that come after them, as they start."""
        last = False
        while not last:
            last = self.dice.random() < 0.8
            pids = {name: wait_for(name, lambda name=name: self.children().get(name[:15])) for name in names}
            for name in self.dice.sample(names, len(names)):
                os.kill(pids[name], signal.SIGKILL)
                self.counts[name] += 1
                time.sleep(self.dice.choice((0, self.dice.uniform(0, 0.002))))
            wait_for("their successors", lambda: all(self.children().get(name[:15]) not in (None, pids[name]) for name in names))
            if not last:
                time.sleep(self.dice.uniform(0, 0.5))

    def resume(self):
        """As a person would: again, as long as something is not back yet."""
        def resumed():
            done = self.processes.run("killswitch", "resume", "--instance", "ctl", "--operator", "Ada", "--reason",
                                      "it is back")
            self.assertIn(done.returncode, (0, 3, 4), done.stderr)
            return done.returncode == 0
        wait_for("a resume", resumed, each=0.1)

    def kill_sidecar(self):
        self.kill("bulwark-sidecar")
        self.resume()

    def kill_both(self):
        self.kill("bulwark-watchdog", "bulwark-sidecar")
        self.resume()

    def kill_ledger(self):
        self.kill("bulwark-ledger")

    def kill_client(self):
        doomed = self.dice.choice(self.clients)
        doomed.process.kill()
        doomed.process.wait()
        self.counts["client"] += 1
        doomed.start()

    def rest(self, long):
        """A short one, or longer than a second: else `up` starts more slowly what dies so often. It ends anywhere, or
        with a client that is in the middle of its calls."""
        time.sleep(1.1 if long else self.dice.uniform(0, 0.3))
        if self.dice.random() < 0.7:
            path = self.dice.choice(self.clients).path
            size = path.stat().st_size
            wait_for("a burst of calls", lambda: path.stat().st_size > size, each=0)
            time.sleep(self.dice.uniform(0, 0.0005))

    def torture(self, series):
        begin, totals, self.counts = time.monotonic(), collections.Counter(), collections.Counter()
        for first in range(0, ARGUMENTS.kills, KILLS_EACH):
            self.begin(ARGUMENTS.seed + first // KILLS_EACH, series == "ledger")
            for number in range(first, min(first + KILLS_EACH, ARGUMENTS.kills)):
                self.rest(number % 4 == 0 and series != "client")
                getattr(self, "kill_" + series)()
                for client in self.clients:
                    client.goes_on()
            totals += self.judge(series == "ledger")
            print(f"{series}: {number + 1} kills, {time.monotonic() - begin:.0f} s", flush=True)
            self.doCleanups()
            self.setUp()
        print(f"{series}: {dict(self.counts)} in {time.monotonic() - begin:.0f} s, seed {ARGUMENTS.seed}: "
              f"{totals['events']} acknowledged events, 0 lost, 0 doubled, {totals['asked']} checks without an answer "
              f"settled, 0 hung", flush=True)

    def judge(self, ledger):
        logs = [client.end() for client in self.clients]
        if not ledger:
            self.kill("bulwark-sidecar")  # what is compared is what the last one recovers
            wait_for("the board", lambda: "bulwark-sidecar" in self.status()["processes"])
        row, = self.book()["positions"]
        for key in ("position", "working_buy", "working_sell"):
            self.assertEqual(float(row[key]), sum(log.book()[key] for log in logs), key)
        if ledger:
            self.judge_rows(logs)
        self.instance.terminate()
        self.assertEqual(self.instance.wait(HUNG), 0, (self.folder / "log").read_text()[-2000:])
        journal = ("--journal", str(self.folder / "journal"))
        self.bulwark("verify", *journal, "--instance", "ctl")
        self.bulwark("replay", *journal, "--instance", "ctl")
        with self.processes.start("bulwark", "journal", "--json", *journal) as lines:
            events, asked = compare(logs, lines.stdout)
            self.assertEqual(lines.wait(HUNG), 0)
        return collections.Counter(events=events, asked=asked)

    def judge_rows(self, logs):
        """PostgreSQL has every verdict and every fill that a client was told of, once."""
        self.shipped()
        self.assert_unbroken()
        self.assert_complete()
        stream = self.stream()
        verdicts = collections.Counter(tuple(row) for row in self.rows(
            f"SELECT client, id, decision FROM bulwark.verdict WHERE stream = {stream}"))
        fills = collections.Counter(tuple(row) for row in self.rows(
            f"SELECT client, id, exec_id FROM bulwark.fill WHERE stream = {stream}"))
        for log in logs:
            for order, (decision, _, reason) in log.verdicts.items():
                if reason not in ("lease_expired", "halted"):
                    self.assertEqual(verdicts[log.client, order, decision], 1, f"{order} of {log.client}")
            for said, tries in log.tries.items():
                if said[0] == "fill":
                    self.assertIn(fills[log.client, said[1], said[2]], range(1, tries + 1), f"{said} of {log.client}")


def load_tests(loader, *_):
    for series in ARGUMENTS.only:
        setattr(Crash, f"test_{series}", lambda self, series=series: self.torture(series))
    return loader.loadTestsFromTestCase(Crash)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=8, help="of each series")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 20))
    parser.add_argument("--only", action="append", choices=SERIES)
    ARGUMENTS = parser.parse_args()
    ARGUMENTS.only = ARGUMENTS.only or SERIES
    print(f"seed {ARGUMENTS.seed}", flush=True)
    unittest.main(argv=sys.argv[:1])
