# SPDX-License-Identifier: Apache-2.0
"""A learned regime in a running instance: trained by the command, followed by the gate, and followed on when a new close
comes in."""
import datetime
import json
import os
import random
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "control"))
from desk import CONFIG, DeskTest, wait_for  # noqa: E402

STALE_AFTER_DAYS = 30
REGIME = f"""[model]
prices = "prices.csv"
regime = "regime.json"
refresh_s = 1
[dynamic.regime]
above = [0.5]
factor = [0.5]
stale_after_days = {STALE_AFTER_DAYS}
[limit.shares]
on = {{ symbol = "AAPL" }}
metric = "position"
max = "100"
dynamic = true
"""


class Regime(DeskTest):
    CONFIG = CONFIG + REGIME

    def setUp(self):
        super().setUp()
        self.drawn, self.closes, self.rows = random.Random(7), [100.0, 50.0], []
        self.day = datetime.date.today() - datetime.timedelta(days=410)
        for _ in range(5):
            self.days(60, 0.006)
            self.days(20, 0.03)
        self.write_prices()

    def days(self, count, volatility):
        for _ in range(count):
            self.day += datetime.timedelta(days=1)
            self.closes = [close * (1 + self.drawn.gauss(0, volatility)) for close in self.closes]
            self.rows.append(f"{self.day},{self.closes[0]!r},{self.closes[1]!r}\n")

    def write_prices(self):
        making = self.folder / "prices.new"
        making.write_text("date,AAPL,XOM\n" + "".join(self.rows))
        making.rename(self.folder / "prices.csv")

    def train(self):
        (self.folder / "book.csv").write_text("symbol,weight\nAAPL,0.5\nXOM,0.5\n")
        done = self.processes.run("bulwark", "risk", "regime", "--prices", str(self.folder / "prices.csv"), "--positions",
                                  str(self.folder / "book.csv"), "--fit", str(self.folder / "regime.json"), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return max((one for one in json.loads(done.stdout)["results"] if one["name"] == "probability"),
                   key=lambda one: one["state"])["value"]

    def regimes(self, what, holds):
        def told():
            regime = json.loads(self.bulwark("status", "--risk", "--json"))["risk"]["regime"]
            return regime if regime and "probability" in regime and holds(regime) else None
        return wait_for(what, told)

    def test_a_storm_in_the_newest_closes_halves_the_limits_and_its_end_gives_them_back(self):
        storm = self.train()
        self.assertGreater(storm, 0.9)
        self.up()
        regime = self.regimes("the storm", lambda regime: regime["factor"] == 0.5)
        self.assertEqual(regime["cause"], "regime")
        self.assertAlmostEqual(regime["probability"], storm, 6)
        self.assertTrue(regime["seen"].startswith(str(self.day + datetime.timedelta(days=1))))
        self.refuses(self.one, "position", 60)
        self.days(8, 0.003)
        self.write_prices()
        regime = self.regimes("the calm", lambda regime: regime["factor"] == 1)
        self.assertLess(regime["probability"], 0.45)
        self.accepts(self.one, 60)
        self.down()
        for command in ("verify", "replay"):
            done = self.processes.run("bulwark", command, "--journal", str(self.folder / "journal"))
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_model_that_went_bad_leaves_the_one_in_force(self):
        self.train()
        self.up()
        before = self.regimes("the storm", lambda regime: regime["factor"] == 0.5)
        (self.folder / "regime.json").write_text("{}")
        self.log_says("a new model was refused, the old one stays: ")
        self.log_says("is no model of regimes")
        self.assertEqual(self.regimes("the same", lambda regime: True), before)
        self.down()


if __name__ == "__main__":
    unittest.main(verbosity=2)
