#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Dirty data: a warning or a refusal that names what was found, never a number without a word: dirty_data_test.py BULWARK."""

import gzip
import json
import random
import subprocess
import sys
import tempfile
import unittest
from datetime import date, timedelta
from pathlib import Path

from oracle import DATA


def clean(count, symbols=("AAA", "BBB"), seed=1):
    """Rows of a wide file, the header first."""
    rng = random.Random(seed)
    closes = [100.0] * len(symbols)
    rows = [["date", *symbols]]
    for day in range(count):
        rows.append([str(date(2020, 1, 1) + timedelta(days=day)), *(f"{close:.4f}" for close in closes)])
        closes = [close * (1 + rng.gauss(0, 0.01)) for close in closes]
    return rows


class DirtyData(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.book = self.write("book.csv", [["symbol", "weight"], ["AAA", "0.5"], ["BBB", "0.5"]])

    def write(self, name, rows):
        path = self.folder / name
        path.write_text("".join(",".join(row) + "\n" for row in rows))
        return str(path)

    def run_risk(self, what, prices, *options):
        return subprocess.run([PROGRAM, "risk", what, "--prices", str(prices), "--json", *options], text=True,
                              capture_output=True, check=False)

    def warned(self, what, rows, text, *options):
        done = self.run_risk(what, self.write("prices.csv", rows), *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads(done.stdout)
        self.assertTrue(any(text in warning for warning in document["warnings"]), (text, document["warnings"]))
        return document

    def refused(self, what, rows, *texts, options=()):
        done = self.run_risk(what, self.write("prices.csv", rows), *options)
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        for text in texts:
            self.assertIn(text, done.stderr)

    def with_book(self):
        return ("--positions", self.book)

    def test_clean_prices_are_not_warned_of(self):
        done = self.run_risk("var", self.write("prices.csv", clean(300)), *self.with_book())
        self.assertEqual(json.loads(done.stdout)["warnings"], [])

    def test_what_is_no_price_is_refused_with_its_place(self):
        for text in ("0", "-1.5", "NaN", "inf", "1e400", "abc", "1,5"):
            rows = clean(50)
            rows[20][2] = text
            self.refused("covariance", rows, "prices.csv:21")
        rows = clean(50)
        rows[20][2] = "-1.5"
        self.refused("covariance", rows, "prices.csv:21: BBB", "-1.5")
        rows[20] = ["2020-02-31", "100", "100"]
        self.refused("covariance", rows, "prices.csv:21: date: found \"2020-02-31\"")

    def test_numbers_beyond_the_arithmetic(self):
        for price in ("1e-300", "1e300"):  # once a VaR of 0
            rows = clean(50)
            rows[20][2] = price
            for what in ("var", "es", "attribution", "drawdown"):
                self.refused(what, rows, f'prices.csv:21: BBB: found "{price}"', options=self.with_book())
        for amount in ("1e200", "-1e16", "1e-300"):
            book = self.write("other.csv", [["symbol", "weight"], ["AAA", amount]])
            self.refused("components", clean(50), "other.csv:2: weight: found", options=("--positions", book))

    def test_a_flat_book(self):
        book = self.write("other.csv", [["symbol", "quantity"], ["AAA", "0"]])
        for what in ("var", "attribution"):
            document = self.warned(what, clean(50), "the book is flat", "--positions", book)
            self.assertNotIn("-0.0", json.dumps(document["results"]))

    def test_a_missing_price_leaves_the_date_out_and_is_counted(self):
        rows = clean(50)
        rows[20][2] = rows[30][1] = ""
        done = self.run_risk("covariance", self.write("prices.csv", rows))
        inputs = json.loads(done.stdout)["inputs"]
        self.assertEqual((inputs["dates"], inputs["dates_left_out"], inputs["left_out"]), (48, 2, [rows[20][0], rows[30][0]]))

    def test_a_halving_that_is_taken_back_looks_like_the_vendors(self):
        rows = clean(100)
        for day in (40, 41):
            rows[day][1] = f"{float(rows[day][1]) / 2:.4f}"
        self.warned("var", rows, "AAA: x0.498 on 2020-02-09 and back on 2020-02-11: looks like wrong prices", *self.with_book())

    def test_a_reused_ticker(self):
        rows = clean(100)
        for row in rows[50:]:
            row[1] = f"{float(row[1]) * 178:.4f}"
        self.warned("var", rows, "another company", *self.with_book())

    def test_a_split_that_is_not_in_the_prices(self):
        rows = clean(100)
        for row in rows[50:]:
            row[1] = f"{float(row[1]) / 2:.4f}"
        self.warned("es", rows, "split or spin-off", *self.with_book())

    def test_a_stale_run(self):
        rows = clean(100)
        for row in rows[50:60]:
            row[2] = rows[50][2]
        self.warned("correlation", rows, "BBB: 10 dates from")

    def test_a_gap(self):
        rows = clean(200)
        for row in rows[50:100]:
            row[2] = ""
        self.warned("covariance", rows, "BBB: no price between")

    def test_one_row_and_no_common_dates(self):
        self.refused("var", clean(1), "1 date(s)", options=self.with_book())
        rows = clean(50)
        for day, row in enumerate(rows[1:]):
            row[1 + day % 2] = ""
        self.refused("var", rows, "0 date(s)", "AAA has 25 prices", options=self.with_book())

    def test_prices_that_never_move(self):
        rows = [[row[0], "100", row[2]] for row in clean(100)]
        rows[0][1] = "AAA"
        self.warned("covariance", rows, "its variance is 0")
        self.refused("correlation", rows, "AAA", "never moved")
        flat = [[row[0], "100", "100"] for row in clean(100)]
        flat[0] = ["date", "AAA", "BBB"]
        for what, method in (("components", "parametric"), ("var", "filtered"), ("var", "cornish-fisher"),
                             ("backtest", "filtered")):
            self.refused(what, flat, options=(*self.with_book(), "--method", method, "--window", "50"))

    def test_two_symbols_that_move_as_one(self):
        rows = [[row[0], row[1], row[1]] for row in clean(300)]
        rows[0] = ["date", "AAA", "BBB"]
        document = self.warned("components", rows, "perfectly correlated", *self.with_book())
        found = {one["symbol"]: one["value"] for one in document["results"] if one["name"] == "component_var"}
        self.assertAlmostEqual(found["AAA"], found["BBB"])
        self.warned("var", rows, "singular", *self.with_book(), "--method", "montecarlo")

    def test_ten_days_of_history(self):
        self.warned("var", clean(10), "9 returns: too few", *self.with_book())
        for method in ("historical", "filtered", "age-weighted"):
            self.refused("var", clean(10), "9 returns say nothing about a confidence of 0.99", "100",
                         options=(*self.with_book(), "--method", method))
        self.refused("backtest", clean(10), "251 or more", options=self.with_book())

    def test_a_window_of_two_returns(self):
        self.warned("var", clean(300), "2 returns: too few", *self.with_book(), "--window", "2")

    def test_files_of_another_system(self):
        rows, plain = clean(50), self.run_risk("var", self.write("plain.csv", clean(50)), *self.with_book())
        for name, start, end in (("crlf.csv", "", "\r\n"), ("bom.csv", "\ufeff", "\n"), ("both.csv", "\ufeff", "\r\n")):
            path = self.folder / name
            path.write_bytes((start + "".join(",".join(row) + end for row in rows)).encode())
            found, wanted = (json.loads(text)["results"] for text in (
                self.run_risk("var", path, *self.with_book()).stdout, plain.stdout))
            self.assertEqual(found, wanted, name)
        for separator in (";", "\t"):
            self.refused("var", [[separator.join(row)] for row in rows], "prices.csv:1: header", "needed is date,SYM1,SYM2",
                         options=self.with_book())
        done = self.run_risk("var", self.folder, *self.with_book())
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("Is a directory", done.stderr)

    def test_dates_out_of_order_are_put_in_order(self):
        rows = clean(50)
        one, other = (json.loads(self.run_risk("var", self.write("prices.csv", found), *self.with_book()).stdout)["results"]
                      for found in (rows, [rows[0], *reversed(rows[1:])]))
        self.assertEqual(one, other)

    def test_more_symbols_than_returns(self):
        symbols = [f"S{k}" for k in range(30)]
        self.warned("covariance", clean(20, symbols), "singular")
        done = self.run_risk("covariance", self.write("prices.csv", clean(20, symbols)), "--estimator", "ledoit-wolf")
        self.assertNotIn("singular", done.stdout)

    def test_pairs_of_different_dates_are_repaired_or_refused(self):
        rows = clean(120, ("AAA", "BBB", "CCC"), seed=3)
        pairs = ((1, 2, 1), (2, 3, 1), (1, 3, -1))  # as one, as one, and against each other: no three symbols can be so
        for number, row in enumerate(rows[1:]):
            step, (first, second, sign) = 0.01 * (-1) ** (number % 3), pairs[min(number // 40, 2)]
            row[1:] = ["", "", ""]  # no date has all three
            row[first], row[second] = (f"{100 * (1 + one):.4f}" for one in (step, sign * step))
        document = self.warned("correlation", rows, "did not fit together", "--overlap", "20")
        self.assertTrue(any(one["name"] == "repair_distance" and one["value"] > 0.1 for one in document["results"]))
        self.refused("correlation", rows, "--overlap 100", "returns in common", options=("--overlap", "100"))
        self.refused("var", rows, "--overlap", options=(*self.with_book(), "--overlap", "20"))

    def test_without_gaps_pairs_say_what_all_dates_say(self):
        prices = self.write("prices.csv", clean(100, ("AAA", "BBB", "CCC")))
        plain, pairs = (json.loads(self.run_risk("covariance", prices, *options).stdout)["results"]
                        for options in ((), ("--overlap", "99")))
        pairs, distance = pairs[1:], pairs[0]["value"]
        self.assertEqual((distance, [one["name"] for one in pairs]), (0, [one["name"] for one in plain]))
        for one, other in zip(plain[0]["value"], pairs[0]["value"]):
            for a, b in zip(one, other):
                self.assertAlmostEqual(a, b, delta=1e-12)

    def test_wrong_files(self):
        rows = clean(20)
        self.refused("var", rows, "--positions: needed")
        self.refused("var", [*rows, rows[5]], "stands in it twice", options=self.with_book())
        self.refused("var", [["date", "AAA", "AAA"], *rows[1:]], "twice")
        self.refused("var", [*rows[:5], rows[5][:2]], "prices.csv:6", options=self.with_book())
        book = self.write("other.csv", [["symbol", "weight"], ["AAA", "1"], ["ZZZ", "1"]])
        self.refused("var", rows, "no price of \"ZZZ\"", options=("--positions", book))
        self.refused("sectors", rows, "--sectors: needed", options=self.with_book())
        done = self.run_risk("var", self.folder / "nowhere.csv", *self.with_book())
        self.assertEqual(done.returncode, 2)
        self.assertIn("nowhere.csv: cannot be read: No such file", done.stderr)

    def test_a_file_that_is_cut_off(self):
        path = self.folder / "prices.csv.gz"
        whole = gzip.compress("".join(",".join(row) + "\n" for row in clean(300)).encode())
        path.write_bytes(whole)
        self.assertEqual(self.run_risk("covariance", path).returncode, 0)
        for size in (len(whole) // 2, len(whole) - 4):
            path.write_bytes(whole[:size])
            done = self.run_risk("covariance", path)
            self.assertEqual((done.returncode, done.stdout), (2, ""), size)

    def test_wrong_options(self):
        for options in (("--confidence", "99"), ("--confidence", "1"), ("--convention", "type8"), ("--lambda", "1"),
                        ("--window", "1"), ("--degrees", "2"), ("--as-of", "yesterday"), ("--method", "historicl"),
                        ("--horizon", "0"), ("--horizon", "1e300"), ("--horizon", "inf"), ("--equity", "0"), ("--equity", "-5"),
                        ("--equity", "inf"), ("--window", "-5"), ("--window", "18446744073709551615"), ("--confidence", "0"),
                        ("--draws", "99999999999"), ("--seed", "-1"), ("--risk-free", "nan"), ("--risk-free", "5"),
                        ("--overlap", "1"), ("--as-of", "2020-02-30"), ("--as-of", "1999-01-01")):
            self.refused("var", clean(50), options[0] if options[1] != "1999-01-01" else "1999-01-01",
                         options=(*self.with_book(), *options))

    def test_the_vendors_errors_of_the_reference_data(self):
        path = DATA / "eu_dirty_daily.csv.gz"
        if not path.exists():
            print("REFERENCE DATA IS NOT HERE: NOTHING WAS COMPARED")
            return
        done = self.run_risk("correlation", path)
        warnings = json.loads(done.stdout)["warnings"]
        for text in ("EI.PA: x0.5 on 2004-04-09 and back on 2004-04-13", "FRE.DE: x0.346 on 2014-07-31", "ITX.MC: x0.199",
                     "SAF.PA: x5.163", "UL.PA: 47 dates from 2013-02-27", "693 of 3127 dates are left out"):
            self.assertTrue(any(text in warning for warning in warnings), (text, warnings))


if __name__ == "__main__":
    PROGRAM = sys.argv[1]
    unittest.main(argv=sys.argv[:1], verbosity=2)
