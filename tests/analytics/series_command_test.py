#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`bulwark risk` stress, drawdown, kelly, garch, regime and attribution on small files: series_command_test.py BULWARK."""

import json
import math
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SYMBOLS = ("AAA", "BBB", "CCC")
SECTORS = (("AAA", "Energy"), ("BBB", "Energy"), ("CCC", "Banks"))


def dates(count):
    return [f"{2000 + k // 336:04d}-{k // 28 % 12 + 1:02d}-{k % 28 + 1:02d}" for k in range(count)]


def storms(count, seed):
    """Daily moves with calm and wild times."""
    source, wild = random.Random(seed), False
    for _ in range(count):
        wild = wild != (source.random() < (0.05 if wild else 0.02))
        common = source.gauss(0.0005, 0.02 if wild else 0.006)
        yield [common + source.gauss(0, 0.012 if wild else 0.004) for _ in SYMBOLS]


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, name, text):
        path = Path(self.folder.name) / name
        path.write_text(text)
        return str(path)

    def rows(self, name, rows):
        return self.file(name, "".join(",".join(map(str, row)) + "\n" for row in rows))

    def prices(self, moves, name="prices.csv"):
        closes = [[100.0] * len(SYMBOLS)]
        for day in moves:
            closes.append([price * (1 + move) for price, move in zip(closes[-1], day)])
        self.closes = closes
        return self.rows(name, [("date", *SYMBOLS), *((date, *map(repr, row)) for date, row in zip(dates(len(closes)), closes))])

    def book(self, weights=(0.5, 0.3, 0.2), column="weight"):
        return self.rows(f"book-{column}.csv", [("symbol", column), *zip(SYMBOLS, weights)])

    def run_risk(self, *arguments):
        return subprocess.run([PROGRAM, "risk", *map(str, arguments), "--json"], text=True, capture_output=True, check=False)

    def ask(self, *arguments):
        done = self.run_risk(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def refused(self, *arguments):
        done = self.run_risk(*arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        return done.stderr

    def one(self, document, name, **marks):
        found = [one for one in document["results"] if one["name"] == name and all(one.get(key) == mark for key, mark in marks.items())]
        self.assertEqual(len(found), 1, f"{name} {marks}")
        return found[0]

    def value(self, document, name, **marks):
        return self.one(document, name, **marks)["value"]


class Drawdown(Case):
    MOVES = [[0.1] * 3, [-0.5] * 3, [0.2] * 3]

    def test_a_recovery_that_did_not_come_is_null(self):
        found = self.ask("drawdown", "--prices", self.prices(self.MOVES), "--positions", self.book())
        self.assertAlmostEqual(self.value(found, "max_drawdown"), 0.5, 12)
        self.assertEqual([self.value(found, name) for name in ("peak_date", "trough_date", "recovery_date")],
                         ["2000-01-02", "2000-01-03", None])

    def test_the_first_day_counts_as_a_peak(self):
        found = self.ask("drawdown", "--prices", self.prices([[-0.2] * 3, [0.5] * 3]), "--positions", self.book())
        self.assertAlmostEqual(self.value(found, "max_drawdown"), 0.2, 12)
        self.assertEqual([self.value(found, name) for name in ("peak_date", "recovery_date")], ["2000-01-01", "2000-01-03"])

    def test_units_are_held_and_weights_are_kept(self):
        moves = [[1.0, 0, 0], [-0.5, 0, 0]]
        units = self.ask("drawdown", "--prices", self.prices(moves), "--positions", self.book((1, 1, 0), "quantity"))
        weights = self.ask("drawdown", "--prices", self.prices(moves), "--positions", self.book((0.5, 0.5, 0)))
        self.assertAlmostEqual(self.value(units, "max_drawdown"), 1 / 3, 12)    # 200, 300, 200
        self.assertAlmostEqual(self.value(weights, "max_drawdown"), 0.25, 12)   # half of it falls by a half

    def test_a_book_without_value_needs_equity(self):
        options = ("drawdown", "--prices", self.prices(self.MOVES), "--positions", self.book((1, -1, 0), "quantity"))
        self.assertIn("--equity", self.refused(*options))
        self.assertEqual(self.value(self.ask(*options, "--equity", 1000), "max_drawdown"), 0)


class Kelly(Case):
    def test_conventions_and_bounds(self):
        prices = self.prices(storms(500, 1))
        found = self.ask("kelly", "--prices", prices, "--convention", "mean_variance", "--convention", "log_optimal",
                         "--convention", "joint")
        for convention in ("mean_variance", "log_optimal", "joint"):
            for symbol in SYMBOLS:
                self.value(found, "fraction", convention=convention, symbol=symbol)
        bounded = self.ask("kelly", "--prices", prices, "--convention", "joint", "--long-only", "--max-fraction", 0.4, "--max-gross", 0.6)
        fractions = [self.value(bounded, "fraction", symbol=symbol) for symbol in SYMBOLS]
        self.assertTrue(all(-1e-12 <= f <= 0.4 + 1e-12 for f in fractions), fractions)
        self.assertLessEqual(sum(fractions), 0.6 + 1e-9)

    def test_what_has_no_largest_stake_is_refused(self):
        still = self.prices([[move, 0, -move] for move in (0.01, -0.02, 0.03) * 20])
        self.assertIn("BBB", self.refused("kelly", "--prices", still))
        self.assertIn("singular", self.refused("kelly", "--prices", self.prices([[m, m, -m] for m in (0.01, -0.02, 0.03) * 20]),
                                               "--convention", "joint"))


class Models(Case):
    def test_garch_in_percent(self):
        options = ("garch", "--prices", self.prices(storms(900, 2)), "--positions", self.book())
        normal, fat = self.ask(*options), self.ask(*options, "--method", "student")
        for name in ("omega", "alpha", "beta", "mu", "log_likelihood", "next_volatility"):
            self.value(normal, name)
        self.assertGreaterEqual(self.value(fat, "log_likelihood"), self.value(normal, "log_likelihood") - 0.01)
        self.assertTrue(0.1 < self.value(normal, "next_volatility") < 10, "percent, a day")
        self.assertIn("--method", self.refused(*options, "--method", "historical"))

    def test_regimes_are_filtered_and_add_up(self):
        options = ("regime", "--prices", self.prices(storms(900, 3)), "--positions", self.book())
        found = self.ask(*options, "--history", "--states", 3)
        chances = [self.value(found, "probability", state=state) for state in range(3)]
        self.assertAlmostEqual(sum(chances), 1, 12)
        spread = [self.value(found, "volatility", state=state) for state in range(3)]
        self.assertEqual(spread, sorted(spread))
        for row in self.value(found, "transition"):
            self.assertAlmostEqual(sum(row), 1, 12)
        self.assertGreater(self.value(found, "log_likelihood"), self.value(found, "log_likelihood_of_one_state"))

    def test_a_trained_model_is_read_back_and_looks_at_no_later_day(self):
        prices, book, model = self.prices(storms(900, 4)), self.book(), str(Path(self.folder.name) / "model.json")
        options = ("regime", "--prices", prices, "--positions", book)
        trained = self.ask(*options, "--to", dates(901)[600], "--fit", model)
        again = self.ask(*options, "--to", dates(901)[600], "--model", model)
        self.assertEqual(self.value(trained, "log_likelihood"), self.value(again, "log_likelihood"))
        self.assertIn("not out of sample", " ".join(again["warnings"]))
        short, long = (self.ask(*options, "--from", dates(901)[601], "--to", dates(901)[last], "--model", model, "--history")
                       for last in (700, 900))
        self.assertEqual(self.value(short, "filtered", state=1), self.value(long, "filtered", state=1)[:99])
        self.assertNotIn("not out of sample", " ".join(long["warnings"]))

    def test_a_changed_model_is_refused(self):
        prices, book, model = self.prices(storms(400, 5)), self.book(), Path(self.folder.name) / "model.json"
        options = ("regime", "--prices", prices, "--positions", book)
        self.ask(*options, "--fit", model)
        text = model.read_text()
        model.write_text(text.replace('"returns": 400', '"returns": 401'))
        self.assertIn("SHA-256", self.refused(*options, "--model", model))
        model.write_text("{}")
        self.assertIn("model.json", self.refused(*options, "--model", model))
        self.assertIn("--fit", self.refused(*options, "--model", model, "--fit", model))

    def test_too_little_is_refused(self):
        short = self.prices(storms(10, 6))
        still = self.prices([[0, 0, 0]] * 200, "still.csv")
        for what in ("garch", "regime"):
            self.assertIn("10 returns", self.refused(what, "--prices", short, "--positions", self.book()))
            self.refused(what, "--prices", still, "--positions", self.book())


class Stress(Case):
    SCENARIOS = """[scenario.rates]
shock = { AAA = -0.2, "sector.Energy" = -0.1, "*" = -0.05 }
[scenario.replay]
from = "2000-01-02"
to = "2000-01-04"
[scenario.market]
market = -0.10
"""

    def options(self, weights=(0.5, 0.3, 0.2), column="weight"):
        return ("stress", "--prices", self.prices(storms(600, 7)), "--positions", self.book(weights, column), "--sectors",
                self.rows("sectors.csv", [("symbol", "sector"), *SECTORS]))

    def test_the_most_precise_shock_wins_and_the_worst_is_named(self):
        options = self.options()
        found = self.ask(*options, "--scenarios", self.file("s.toml", self.SCENARIOS))
        self.assertAlmostEqual(self.value(found, "loss", scenario="rates"), 0.5 * 0.2 + 0.3 * 0.1 + 0.2 * 0.05, 12)
        replayed = -sum(w * (end / start - 1) for w, start, end in zip((0.5, 0.3, 0.2), self.closes[1], self.closes[3]))
        self.assertAlmostEqual(self.value(found, "loss", scenario="replay"), replayed, 12)
        losses = {one["scenario"]: one["value"] for one in found["results"] if one["name"] == "loss"}
        self.assertEqual(self.value(found, "worst_loss", scenario=max(losses, key=losses.get)), max(losses.values()))

    def test_the_market_is_all_symbols_of_the_price_file(self):
        file = self.file("s.toml", "[scenario.market]\nmarket = -0.10\n")
        third = self.ask(*self.options((1 / 3, 1 / 3, 1 / 3)), "--scenarios", file)
        self.assertAlmostEqual(self.value(third, "loss"), 0.1, 12)
        alone = [self.rows(f"{s}.csv", [("symbol", "weight"), (s, 1)]) for s in SYMBOLS]
        parts = [self.value(self.ask(*self.options()[:3], "--positions", one, "--scenarios", file), "loss") for one in alone]
        self.assertAlmostEqual(sum(parts) / 3, 0.1, 12)

    def test_factors_move_symbols_by_their_betas(self):
        options = self.options((0.5, 0.3, 0))
        half = [100.0]  # moves half as much as AAA
        for row, following in zip(self.closes, self.closes[1:]):
            half.append(half[-1] * (1 + (following[0] / row[0] - 1) / 2))
        factors = ("--factors", self.rows("factors.csv", [("date", "HALF", "BBB"), *(
            (d, repr(h), repr(row[1])) for d, h, row in zip(dates(601), half, self.closes))]))
        file = self.file("s.toml", "[scenario.both]\nfactors = { HALF = -0.1, BBB = -0.2 }\n[scenario.all]\nfactors = { HALF = -0.6 }\n")
        found = self.ask(*options, *factors, "--scenarios", file)
        self.assertAlmostEqual(self.value(found, "loss", scenario="both"), 0.5 * 2 * 0.1 + 0.3 * 0.2, 9)
        self.assertTrue(any("all: AAA would fall by 120 %" in warning for warning in found["warnings"]), found["warnings"])
        self.assertIn("s.toml:2: scenario.both.factors: needs prices of factors", self.refused(*options, "--scenarios", file))
        wrong = self.file("wrong.toml", "[scenario.a]\nfactors = { HALV = -0.1 }\n")
        self.assertIn('did you mean "HALF"?', self.refused(*options, *factors, "--scenarios", wrong))

    def test_crises_and_the_nearest_shock(self):
        found = self.ask(*self.options(), "--correlations-to-one", 1, "--volatility-times", 2, "--reverse", 0.1)
        plain = self.ask("var", *self.options()[1:])
        var = self.value(plain, "var")
        self.assertAlmostEqual(self.value(found, "stressed_var", scenario="volatility_times"), 2 * var, 12)
        self.assertGreater(self.value(found, "stressed_var", scenario="correlations_to_one"), var)
        moves = [self.value(found, "reverse_move", symbol=symbol) for symbol in SYMBOLS]
        self.assertAlmostEqual(-sum(w * m for w, m in zip((0.5, 0.3, 0.2), moves)), 0.1, 12)

    def reverse_of(self, limit, *options):
        found = self.ask(*options, "--reverse", limit)
        self.assertEqual(self.one(found, "reverse_deviations")["limit"], limit)
        return self.one(found, "reverse_deviations")["loss"]

    def test_a_limit_of_the_configuration_says_what_may_be_lost(self):
        def limit(name, metric, most, more=""):
            return f'[limit.{name}]\nmetric = "{metric}"\nmax = "{most}"\naction = "halt"\n{more}'

        self.rows("instruments.csv", [("symbol", "sector", "currency", "multiplier", "tick_size", "lot_size", "adv"),
                                      *((symbol, "Energy", "USD", 1, 0.01, 1, 1000) for symbol in SYMBOLS)])
        text = ('[instance]\nname = "reverse"\nbase_currency = "USD"\n[journal]\ndirectory = "journal"\n[instruments]\nfile = "instruments.csv"\n'
                '[account.one]\nequity = "150000"\n' + limit("day", "daily_loss", "25000") + limit("fall", "drawdown", "0.1")
                + limit("gross", "gross", "1000000").replace("halt", "reject") + limit("never", "daily_loss", "0")
                + limit("mine", "daily_loss", "7000", 'on = { account = "one" }\n')
                + limit("alone", "daily_loss", "9000", 'on = { symbol = "AAA" }\n'))
        one, two = self.file("one.toml", text), self.file("two.toml", text + '[account.two]\nequity = "50000"\n')
        shares, money = self.options(), self.options((10, 5, 2), "quantity")
        for options, config, name, loss in (
                (money, one, "day", 25000), (money, one, "mine", 7000), (money, one, "fall", 15000), (money, two, "fall", 20000),
                (shares, one, "day", 25000 / 150000), (shares, two, "day", 25000 / 200000), (shares, one, "fall", 0.1),
                ((*money, "--equity", 1000), one, "fall", 100), ((*shares, "--equity", 50000), two, "day", 0.5)):
            with self.subTest(limit=name, loss=loss):
                self.assertAlmostEqual(self.reverse_of(name, *options, "--config", config), loss, 9)
        by_amount = self.ask(*money, "--reverse", 25000)["results"]
        del (by_name := self.ask(*money, "--reverse", "day", "--config", one)["results"])[0]["limit"]
        self.assertEqual(by_name, by_amount)
        for options, name, message in (
                ((), "day", '"day"; needed is an amount, or with --config FILE'), (("--config", one), "dya", 'did you mean "day"?'),
                (("--config", one), "gross", "on gross, and its max is no loss"), (("--config", one), "alone", "a part of the book"),
                (("--config", two), "mine", "a part of the book"), (("--config", one), "never", "max of 0"),
                (("--config", one), "-1", "above 0"), (("--config", "none.toml"), "day", "none.toml")):
            with self.subTest(limit=name):
                self.assertIn(message, self.refused(*money, *options, "--reverse", name))

    def test_what_is_wrong_in_a_scenario_file_is_said_with_its_line(self):
        self.assertIn("--scenarios", self.refused(*self.options()))
        wrong = self.file("wrong.toml", "[scenario.a]\nshock = { ZZZ = -0.1 }\n[scenario.b]\nfrom = \"1999-01-01\"\nto = \"2000-01-02\"\n")
        message = self.refused(*self.options(), "--scenarios", wrong)
        self.assertIn("wrong.toml:2", message)
        self.assertIn("wrong.toml:4", message)


class Attribution(Case):
    def test_contributions_add_up(self):
        sectors = self.rows("sectors.csv", [("symbol", "sector"), *SECTORS])
        for column, amounts in (("weight", (0.5, 0.3, 0.2)), ("quantity", (10, -5, 3))):
            found = self.ask("attribution", "--prices", self.prices(storms(50, 8)), "--positions", self.book(amounts, column),
                             "--sectors", sectors)
            parts = [self.value(found, "contribution", symbol=symbol) for symbol in SYMBOLS]
            total = self.value(found, "total")
            self.assertAlmostEqual(sum(parts), total, 9)
            self.assertAlmostEqual(sum(self.value(found, "contribution", sector=s) for s in ("Energy", "Banks")), total, 9)
            scale = [1 / 100 if column == "weight" else 1] * 3
            self.assertAlmostEqual(total, sum(a * k * (row[1] - row[0]) for a, k, row in zip(
                amounts, scale, zip(self.closes[0], self.closes[-1]))), 9)

    def test_effects_add_up_to_the_active_return_and_cash_is_a_sector(self):
        benchmark = self.rows("benchmark.csv", [("symbol", "weight"), ("AAA", 0.4), ("CCC", 0.6)])
        found = self.ask("attribution", "--prices", self.prices(storms(50, 9)), "--positions", self.book((0.5, 0.3, 0.1)), "--benchmark",
                         benchmark, "--sectors", self.rows("sectors.csv", [("symbol", "sector"), *SECTORS]))
        effects = [one["value"] for one in found["results"] if one["name"] in ("allocation", "selection", "interaction")]
        self.assertEqual(len(effects), 9)
        self.assertAlmostEqual(sum(effects), self.value(found, "active_return"), 12)
        self.assertAlmostEqual(self.value(found, "total") - self.value(found, "benchmark_return"), self.value(found, "active_return"), 12)

    def test_a_factor_that_is_the_book_has_beta_one(self):
        prices = self.prices(storms(100, 10))
        factor = self.rows("factor.csv", [("date", "F"), *((d, repr(row[0])) for d, row in zip(dates(101), self.closes))])
        found = self.ask("attribution", "--prices", prices, "--positions", self.book((1, 0, 0)), "--factors", factor)
        self.assertAlmostEqual(self.value(found, "beta", factor="F"), 1, 9)
        self.assertTrue(math.isclose(self.value(found, "r_squared"), 1, rel_tol=1e-9))


if __name__ == "__main__":
    PROGRAM = sys.argv[1]
    unittest.main(argv=sys.argv[:1], verbosity=2)
