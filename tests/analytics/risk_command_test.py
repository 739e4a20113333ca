#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`bulwark risk` as a person meets it: the commands of docs/risk.md, the table, pictures, money: risk_command_test.py BULWARK."""

import gzip
import json
import re
import struct
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
import zlib
from pathlib import Path

from dirty_data_test import clean

WHATS = {"covariance", "correlation", "var", "es", "components", "incremental", "backtest", "stress", "drawdown", "kelly",
         "garch", "regime", "attribution", "sectors"}
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "risk.md"


def pixels(png):
    """The bytes of the image data of a PNG."""
    data, at = b"", 8
    while at < len(png):
        size = int.from_bytes(png[at:at + 4], "big")
        if png[at + 4:at + 8] == b"IDAT":
            data += png[at + 8:at + 8 + size]
        at += 12 + size
    return zlib.decompress(data)


class RiskCommand(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.rows = clean(600)
        self.write("prices.csv", self.rows)
        self.write("book.csv", [["symbol", "weight"], ["AAA", "0.6"], ["BBB", "-0.4"]])
        self.write("units.csv", [["symbol", "quantity"], ["AAA", "500"], ["BBB", "1000"]])
        self.write("factors.csv", [["date", "OIL", "RATES"], *clean(600, ("OIL", "RATES"), seed=2)[1:]])
        self.write("benchmark.csv", [["symbol", "weight"], ["AAA", "0.5"], ["BBB", "0.5"]])
        scenarios, = re.findall(r"^```toml\n(.*?)^```$", DOCUMENT.read_text(), flags=re.M | re.S)
        (self.folder / "scenarios.toml").write_text(scenarios)
        self.write("sectors.csv", [["symbol", "sector"], ["AAA", "Energy"], ["BBB", "Health Care"]])
        (self.folder / "instruments.csv").write_text(
            "symbol,sector,currency,multiplier,tick_size,lot_size,adv\nAAA,Energy,,,,,\nBBB,Health Care,,,,,\n")
        (self.folder / "bulwark.toml").write_text(
            '[instance]\nname = "desk"\n[instruments]\nfile = "instruments.csv"\n[account.ACC1]\nequity = "1000000"\n'
            '[limit.desk-daily-loss]\nmetric = "daily_loss"\nmax = "5000"\n')

    def write(self, name, rows):
        (self.folder / name).write_text("".join(",".join(row) + "\n" for row in rows))

    def run_risk(self, *arguments):
        return subprocess.run([PROGRAM, "risk", *arguments], text=True, capture_output=True, check=False, cwd=self.folder)

    def json_of(self, *arguments):
        done = self.run_risk(*arguments, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_every_command_of_the_document_runs(self):
        commands = re.findall(r"^bulwark risk (\S+ --prices prices\.csv.*)$", DOCUMENT.read_text(), flags=re.M)
        self.assertEqual({command.split()[0] for command in commands}, WHATS)
        for command in commands:
            done = self.run_risk(*command.split())
            self.assertEqual(done.returncode, 0, (command, done.stderr))
            self.assertTrue(all(line.startswith("warning: ") for line in done.stderr.splitlines()), (command, done.stderr))
            self.assertTrue(done.stdout, command)

    def test_the_document_has_what_the_contract_says(self):
        document = self.json_of("var", "--prices", "prices.csv", "--positions", "book.csv")
        self.assertEqual(list(document), ["schema", "what", "inputs", "results", "warnings"])
        self.assertEqual((document["schema"], document["what"]), (1, "var"))
        inputs = document["inputs"]
        self.assertEqual((inputs["dates"], inputs["dates_left_out"]), (600, 0))
        result, = document["results"]
        self.assertEqual((result["name"], result["method"], result["convention"], result["confidence"], result["horizon_days"]),
                         ("var", "parametric", "zero_mean", 0.99, 1))

    def test_long_and_gzipped_files_say_the_same(self):
        symbols = self.rows[0][1:]
        long = [["date", "symbol", "close"]]
        long += [[row[0], symbol, close] for row in reversed(self.rows[1:]) for symbol, close in zip(symbols, row[1:])]
        (self.folder / "long.csv.gz").write_bytes(gzip.compress("".join(",".join(row) + "\n" for row in long).encode()))
        one = self.json_of("covariance", "--prices", "prices.csv")
        self.assertEqual(self.json_of("covariance", "--prices", "long.csv.gz")["results"], one["results"])

    def test_quantities_are_money_at_the_last_price(self):
        last = dict(zip(self.rows[0], self.rows[200]))
        self.write("units.csv", [["symbol", "quantity"], ["AAA", "30"], ["BBB", "-20"]])
        weights = [[symbol, repr(units * float(last[symbol]))] for symbol, units in (("AAA", 30), ("BBB", -20))]
        self.write("money.csv", [["symbol", "weight"], *weights])
        asked = ("--prices", "prices.csv", "--as-of", last["date"], "--method", "historical", "--confidence", "0.95")
        money = self.json_of("var", *asked, "--positions", "units.csv", "--equity", "10000")
        self.assertEqual(money["inputs"]["unit"], "money")
        self.assertEqual(money["inputs"]["last_date"], last["date"])
        value = money["results"][0]["value"]
        self.assertAlmostEqual(value, self.json_of("var", *asked, "--positions", "money.csv")["results"][0]["value"], places=9)
        self.assertAlmostEqual(money["results"][0]["of_equity"], value / 10_000)

    def test_the_horizon_is_the_root_of_its_days(self):
        asked = ("var", "--prices", "prices.csv", "--positions", "book.csv")
        one, ten = self.json_of(*asked), self.json_of(*asked, "--horizon", "10")
        self.assertAlmostEqual(ten["results"][0]["value"], 10**0.5 * one["results"][0]["value"])
        self.assertIn("square root", ten["warnings"][0])

    def test_sectors_share_the_risk(self):
        asked = ("--prices", "prices.csv", "--positions", "book.csv", "--sectors", "sectors.csv")
        parts = self.json_of("components", *asked)["results"]
        by_sector = {one["sector"]: one["value"] for one in parts if one["name"] == "component_var" and "sector" in one}
        by_symbol = {one["symbol"]: one["value"] for one in parts if one["name"] == "component_var" and "symbol" in one}
        self.assertEqual(by_sector, {"Energy": by_symbol["AAA"], "Health Care": by_symbol["BBB"]})
        nets = {one["sector"]: one["value"] for one in self.json_of("sectors", *asked)["results"] if one["name"] == "net"}
        self.assertEqual(nets, {"Energy": 0.6, "Health Care": -0.4})

    def test_pictures(self):
        asked = ("--prices", "prices.csv", "--positions", "book.csv", "--plot")
        for what in ("correlation", "backtest", "components", "drawdown"):
            done = self.run_risk(what, *asked, f"{what}.svg")
            self.assertEqual(done.returncode, 0, done.stderr)
            root = xml.etree.ElementTree.parse(self.folder / f"{what}.svg").getroot()
            self.assertEqual(root.tag, "{http://www.w3.org/2000/svg}svg")
            done = self.run_risk(what, *asked, f"{what}.png")
            self.assertEqual(done.returncode, 0, done.stderr)
            png = (self.folder / f"{what}.png").read_bytes()
            self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
            self.assertEqual([str(side) for side in struct.unpack(">II", png[16:24])], [root.get("width"), root.get("height")])
            self.assertGreater(len(set(pixels(png))), 10, "blank")
        done = self.run_risk("correlation", *asked, "picture.jpg")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("FILE.svg or FILE.png", done.stderr)
        done = self.run_risk("correlation", *asked, "nowhere/picture.png")
        self.assertEqual((done.returncode, done.stdout), (2, ""))


if __name__ == "__main__":
    PROGRAM = str(Path(sys.argv[1]).resolve())
    unittest.main(argv=sys.argv[:1], verbosity=2)
