#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a console with many pages costs those who trade, by hand: `load.py --build build/release [--rounds 5] [--pages 64]`.

In turns, `bulwark-bench` beside an instance with its console and its pages, and beside the same instance without a
console; prints the median over the rounds of the check's p50 of each. Then pages that never read, and how long a stop
takes to be answered beside them.
"""
import argparse
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("--build", default="build/release")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--seconds", type=int, default=5)
parser.add_argument("--pages", type=int, default=64)
options = parser.parse_args()
os.environ["BULWARK_BUILD"] = str(pathlib.Path(options.build).resolve())
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from console_desk import ConsoleTest  # noqa: E402

BENCH = os.path.join(os.environ["BULWARK_BUILD"], "bin", "bulwark-bench")


def p50():
    said = subprocess.run([BENCH, "--seconds", str(options.seconds), "--json"], capture_output=True, text=True, check=True)
    return next(case["p50_ns"] for case in json.loads(said.stdout)["cases"] if case["name"] == "check")


class Load(ConsoleTest):
    def runTest(self):
        pass

    def read(self, page, seen, k):
        try:
            while True:
                seen[k] += page.raw()[0] == 2
        except OSError:
            pass

    def beside_pages(self):
        """p50 of a check, and frames a second of each page."""
        self.find()
        self.log_in("bob")
        pages, seen = [self.page() for _ in range(options.pages)], [0] * options.pages
        threads = [threading.Thread(target=self.read, args=(page, seen, k), daemon=True) for k, page in enumerate(pages)]
        for thread in threads:
            thread.start()
        began = time.monotonic()
        result = p50()
        took = time.monotonic() - began
        for page in pages:
            page.connection.close()
        return result, min(seen) / took

    def measure(self):
        with_pages, without, rates = [], [], []
        for _ in range(options.rounds):
            found, rate = self.beside_pages()
            with_pages.append(found)
            rates.append(rate)
            os.kill(self.pid, signal.SIGSTOP)  # a console that is stopped costs nothing, and `up` does not start another
            without.append(p50())
            os.kill(self.pid, signal.SIGCONT)
        with_it, without_it = statistics.median(with_pages), statistics.median(without)
        print(f"check p50: {with_it:.0f} ns with {options.pages} pages, {without_it:.0f} ns without a console, "
              f"{100 * (with_it / without_it - 1):+.1f} %; frames a second of the slowest page: {min(rates):.1f}")

    def hung(self):
        self.find()
        self.log_in("bob")
        pages = [self.page() for _ in range(options.pages)]
        time.sleep(2)
        answered, acknowledged = [], []
        for _ in range(20):
            began = time.monotonic()
            stopped = self.post("stop", {"reason": "drill"})
            answered.append(1e3 * (time.monotonic() - began))
            acknowledged += [client["microseconds"] for client in stopped["clients"]]
            self.post("resume", {"reason": "drill"})
        print(f"beside {len(pages)} pages that never read: a stop is answered after {statistics.median(answered):.1f} ms "
              f"(at most {max(answered):.1f}), clients acknowledged after {statistics.median(acknowledged):.0f} us "
              f"(at most {max(acknowledged):.0f})")


load = Load()
load.setUp()
try:
    load.up()
    load.measure()
    load.hung()
finally:
    load.doCleanups()
