# SPDX-License-Identifier: Apache-2.0
"""Reference values, and the list of which of them were compared: reference_test.py fails when one was not.

Reference data stands in $BULWARK_SHARED/data, else in ../shared/data beside the repository; it is not part of it. Each
module oracle_NAME.py here has compare(ledger, desk): it asks the program and says what has to come out.
"""

import csv
import gzip
import json
import math
import os
import subprocess
import tempfile
from pathlib import Path

SHARED = Path(os.environ.get("BULWARK_SHARED", Path(__file__).resolve().parents[3] / "shared"))
DATA = SHARED / "data"
RELATIVE = 1e-9  # of what is deterministic
TINY = 1e-14     # of what is 0 but for rounding
# What describes a value or goes into it; these are no results.
INPUTS = {"file", "rule", "start", "end", "symbols", "n_prices", "first_date", "last_date", "price_checksum", "weights", "gross",
          "net", "seed", "corr_block_symbols", "window_returns", "window", "alpha", "exceed", "ewma_seed", "first_test_date",
          "y", "note", "init", "tolerance", "portfolio_rule", "benchmark_rule", "sectors", "factors", "portfolio", "first",
          "last", "n", "n_symbols", "symbols_first10", "n_returns_history", "simulated_thresholds", "simulations", "published"}
RESULTS = {"brinson_fachler/portfolio", "sector_exposure"}  # where such a name is a result, whatever INPUTS says


def load(name):
    return json.loads((DATA / name).read_text())


def leaves(value, path):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from leaves(inner, f"{path}/{place}")
    else:
        yield path, value


class Ledger:
    """Every reference value by its path; what is compared is struck off."""

    def __init__(self):
        self.values, self.compared, self.wrong = {}, set(), []

    def add(self, document, path):
        self.values.update(leaves(document, path))

    def is_input(self, path):
        if any(f"/{result}/" in path + "/" for result in RESULTS):
            return False
        return bool(INPUTS.intersection(path.split("/")[1:]))

    def open(self):
        """The results that nobody has compared."""
        return [path for path in self.values if path not in self.compared and not self.is_input(path)]

    def same(self, path, got, relative=RELATIVE):
        """`got` has the shape of the reference at `path`, or of a part of it."""
        if isinstance(got, dict):
            for key, inner in got.items():
                self.same(f"{path}/{key}", inner, relative)
            return
        if isinstance(got, (list, tuple)):
            for place, inner in enumerate(got):
                self.same(f"{path}/{place}", inner, relative)
            return
        want = self.values[path]  # an unknown path is a mistake of the test
        numbers = all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in (want, got))
        equal = math.isclose(want, got, rel_tol=relative, abs_tol=TINY) if numbers else want == got
        self.compared.add(path)
        if not equal:
            self.wrong.append(f"{path}: reference {want!r}, here {got!r}")


class Desk:
    """The programs under test, and files for them."""

    def __init__(self, program, functions):
        self.program, self.functions = program, functions
        self.folder = tempfile.TemporaryDirectory()
        self.answers = {}

    def file(self, name, rows):
        path = Path(self.folder.name) / name
        with open(path, "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        return str(path)

    def risk(self, what, *options):
        """The results of `bulwark risk WHAT ...`, asked once."""
        command = (self.program, "risk", what, *map(str, options), "--json")
        if command not in self.answers:
            done = subprocess.run(command, text=True, capture_output=True, check=False)
            if done.returncode != 0:
                raise AssertionError(f"{' '.join(command)}: {done.returncode}: {done.stderr}")
            self.answers[command] = json.loads(done.stdout)["results"]
        return self.answers[command]

    def call(self, *calls):
        """Results of functions: call(("kupiec", {...}), ...)."""
        done = subprocess.run([self.functions], input=json.dumps(calls), text=True, capture_output=True, check=True)
        return json.loads(done.stdout)

    def one(self, name, arguments):
        return self.call((name, arguments))[0]


def pick(results, name, **marks):
    """The value of the only result that is called so and has these marks."""
    return pick_result(results, name, **marks)["value"]


def pick_result(results, name, **marks):
    found = [one for one in results if one["name"] == name and all(one.get(key) == mark for key, mark in marks.items())]
    if len(found) != 1:
        raise AssertionError(f"{len(found)} results {name} {marks}")
    return found[0]


def each(results, name, symbols, key="symbol", **marks):
    """The values of all symbols, in their order."""
    found = {one[key]: one["value"] for one in results
             if one["name"] == name and key in one and all(one.get(k) == v for k, v in marks.items())}
    return [found[symbol] for symbol in symbols]


class Panel:
    """A price file, cut down to its symbols on the dates on which all of them have a price; and its portfolios."""

    def __init__(self, desk, name, document):
        self.name, self.document, self.desk = name, document, desk
        self.symbols = document["symbols"]
        self.path = DATA / document["file"]
        self.closes = {}
        with gzip.open(self.path, "rt", newline="") as file:
            for row in csv.DictReader(file):
                if row["symbol"] in self.symbols and row["date"] >= (document.get("start") or ""):
                    self.closes.setdefault(row["date"], {})[row["symbol"]] = float(row["close"])
        self.dates = sorted(date for date, prices in self.closes.items() if len(prices) == len(self.symbols))

    def rows(self, last):
        """Closes up to a date."""
        return [[self.closes[date][symbol] for symbol in self.symbols] for date in self.dates if date <= last]

    def returns(self, last):
        rows = self.rows(last)
        return [[now / then - 1 for then, now in zip(*pair)] for pair in zip(rows, rows[1:])]

    def options(self, weights=None):
        """What names the panel's prices and a portfolio to the program."""
        chosen = weights or {symbol: 0.0 for symbol in self.symbols}
        name = f"{self.name}-{hash(tuple(chosen.items())) & 0xffffffff:08x}.csv"
        positions = self.desk.file(name, [("symbol", "weight"), *((s, repr(w)) for s, w in chosen.items())])
        start = self.document.get("start")
        return ("--prices", str(self.path), "--positions", positions, *(("--from", start) if start else ()))

    def book(self, portfolio):
        return dict(zip(self.symbols, self.document["portfolios"][portfolio]["weights"]))
