#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The factors that the engine keeps of a wide panel against every covariance of it: panel_test.py PROGRAM.

Random books over some 470 symbols, long, long and short, and of a few symbols: the volatility that `simulate` shows is
within 2 % of the dense one. The covariances themselves are never built: of an exponentially weighted mean the variance of a
book is that mean of the book's squared returns. Without the panel (../shared/data beside the repository) it is skipped.
"""

import csv
import gzip
import json
import random
import subprocess
import sys
import tempfile
import unittest
from math import sqrt
from pathlib import Path

PANEL = Path(__file__).resolve().parents[3] / "shared" / "data" / "sp500_2013_2015_daily.csv.gz"
LAMBDA = 0.94
TOLERANCE = 0.02
BOOKS = 60
EQUITY = 1_000_000


def read_panel():
    """The symbols with a price on every date, and their closes by date."""
    closes = {}
    with gzip.open(PANEL, "rt", newline="") as file:
        for row in csv.DictReader(file):
            closes.setdefault(row["date"], {})[row["symbol"]] = row["close"]
    dates = sorted(closes)
    symbols = sorted(symbol for symbol in closes[dates[-1]] if all(symbol in closes[date] for date in dates))
    return symbols, dates, closes


def random_book(rng, symbols):
    """Symbol to the money in it."""
    kind = rng.choice(["long", "long and short", "few"])
    chosen = rng.sample(symbols, rng.randint(3, 12) if kind == "few" else rng.randint(100, len(symbols)))
    return {symbol: rng.randint(500, 5000) * (1 if kind == "long" else rng.choice([1, -1])) for symbol in chosen}


def dense_volatility(book, returns):
    """Annual, over equity: as `[model]` estimates with ewma, beginning with the first return's own square."""
    variance = None
    for day in returns:
        square = sum(money * day[symbol] for symbol, money in book.items()) ** 2
        variance = square if variance is None else LAMBDA * variance + (1 - LAMBDA) * square
    return sqrt(variance * 252) / EQUITY


class Panel(unittest.TestCase):
    def test_factors_keep_what_the_panel_knows(self):
        symbols, dates, closes = read_panel()
        self.assertGreater(len(symbols), 400)
        returns = [{s: float(closes[now][s]) / float(closes[then][s]) - 1 for s in symbols}
                   for then, now in zip(dates, dates[1:])]
        rng = random.Random(470)
        books = [random_book(rng, symbols) for _ in range(BOOKS)]
        shown = self.simulate(symbols, dates, closes, books)
        worst = 0.0
        for number, book in enumerate(books):
            dense = dense_volatility(book, returns)
            apart = abs(shown[f"B{number}"] / dense - 1)
            self.assertLess(apart, TOLERANCE, f"book {number}: {shown[f'B{number}']} with factors, {dense} without")
            worst = max(worst, apart)
        print(f"{len(symbols)} symbols, {BOOKS} books: at most {worst:.2%} apart")

    def simulate(self, symbols, dates, closes, books):
        """Each book in an account of its own, at a price of 1: account to the volatility that the snapshot shows."""
        config = '[instance]\nname = "panel"\n[instruments]\nfile = "instruments.csv"\n[model]\nprices = "prices.csv"\n'
        config += '[limit.volatility]\non = { account = "*" }\nmetric = "volatility"\nmax = 100\n'
        lines = [{"type": "mark", "symbol": symbol, "last": "1"} for symbol in symbols]
        for number, book in enumerate(books):
            config += f'[account.B{number}]\nequity = "{EQUITY}"\n'
            lines += [{"type": "fill", "id": f"{number}-{symbol}", "exec_id": "e", "symbol": symbol, "account": f"B{number}",
                       "side": "buy" if money > 0 else "sell", "quantity": str(abs(money)), "price": "1"}
                      for symbol, money in book.items()]
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "panel.toml").write_text(config)
            (folder / "instruments.csv").write_text("symbol,sector,currency,multiplier,tick_size,lot_size,adv\n"
                                                    + "".join(f"{symbol},,,,,,\n" for symbol in symbols))
            rows = [",".join([date] + [closes[date][symbol] for symbol in symbols]) for date in dates]
            (folder / "prices.csv").write_text("\n".join([",".join(["date"] + symbols)] + rows) + "\n")
            events = "".join(json.dumps({"t": 1} | line) + "\n" for line in lines)
            run = subprocess.run([sys.argv[1], "simulate", "--config", "panel.toml", "--snapshot"], cwd=folder, text=True,
                                 input=events, capture_output=True)
        self.assertEqual(run.returncode, 0, run.stderr)
        snapshot = json.loads(run.stdout.splitlines()[-1])
        return {row["on"]["account"]: row["value"] for row in snapshot["limits"]}


if __name__ == "__main__":
    if not PANEL.exists():
        print(f"SKIPPED: the panel {PANEL} is not here; nothing was tested")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
