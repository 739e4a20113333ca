#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What holds of every book and every history, on random ones: properties_test.py BULWARK FUNCTIONS."""

import math
import random
import sys
import unittest

from oracle import Desk, each, pick, pick_result
from worked_risk import book_file, price_file

SEEDS = range(12)
TINY = 1e-10


class World:
    """Random returns with a common factor and fat tails, prices that make them, and a long-short book."""

    def __init__(self, seed):
        rng = random.Random(seed)
        self.symbols = [f"S{k:02d}" for k in range(rng.randint(2, 8))]
        loads = [rng.uniform(-1, 1.5) for _ in self.symbols]
        self.days = []
        for _ in range(rng.randint(150, 400)):
            fat = 3 if rng.random() < 0.05 else 1
            common = rng.gauss(0, 0.01) * fat
            self.days.append([max(-0.3, load * common + rng.gauss(0, 0.01) * fat) for load in loads])
        self.weights = {symbol: round(rng.uniform(-1, 1), 4) for symbol in self.symbols}
        self.prices = price_file(DESK, f"prices-{seed}.csv", self.symbols, self.days)
        self.seed = seed

    def options(self, times=1, without=None):
        book = {symbol: 0.0 if symbol == without else weight * times for symbol, weight in self.weights.items()}
        name = f"book-{self.seed}-{times}-{without}.csv"
        return ("--prices", self.prices, "--positions", book_file(DESK, name, book))


METHODS = [("--method", "parametric"), ("--method", "parametric", "--estimator", "ewma"),
           ("--method", "parametric", "--estimator", "ledoit-wolf"), ("--method", "student"), ("--method", "historical"),
           ("--method", "filtered"), ("--method", "filtered", "--convention", "multi_asset"), ("--method", "age-weighted"),
           ("--method", "montecarlo", "--draws", "4000")]
CONFIDENCES = ("0.9", "0.95", "0.99")


class Properties(unittest.TestCase):
    @staticmethod
    def each_world():
        return map(World, SEEDS)

    def test_losses_are_ordered_and_grow_with_the_book(self):
        asked = [part for confidence in CONFIDENCES for part in ("--confidence", confidence)]
        for world in self.each_world():
            for method in METHODS:
                var, es = (each(DESK.risk(what, *world.options(), *asked, *method), what, map(float, CONFIDENCES),
                                "confidence") for what in ("var", "es"))
                self.assertEqual((var, es), (sorted(var), sorted(es)), (world.seed, method))
                for loss, mean in zip(var, es):
                    self.assertGreaterEqual(mean, loss - TINY, (world.seed, method))
                tripled = each(DESK.risk("var", *world.options(times=3), *asked, *method), "var", map(float, CONFIDENCES),
                               "confidence")
                for one, three in zip(var, tripled):
                    self.assertAlmostEqual(three, 3 * one, delta=TINY, msg=(world.seed, method))

    def test_components_add_up_and_incremental_is_the_difference(self):
        for world in self.each_world():
            for method in (*METHODS[:5],):
                parts = DESK.risk("components", *world.options(), *method)
                for name in ("var", "es"):
                    total = math.fsum(each(parts, f"component_{name}", world.symbols))
                    self.assertAlmostEqual(total, pick(parts, name), delta=TINY, msg=(world.seed, method))
                self.assertAlmostEqual(pick(parts, "var"), pick(DESK.risk("var", *world.options(), *method), "var"), delta=TINY)
                steps = DESK.risk("incremental", *world.options(), *method)
                for symbol in world.symbols[:2]:
                    rest = pick(DESK.risk("var", *world.options(without=symbol), *method), "var")
                    self.assertAlmostEqual(pick(steps, "incremental_var", symbol=symbol), pick(parts, "var") - rest, delta=TINY)

    def test_covariances_can_be_ones(self):
        for world in self.each_world():
            for estimator in ("sample", "ewma", "ledoit-wolf"):
                options = ("--prices", world.prices, "--estimator", estimator, "--convention", "identity", "--convention",
                           "constant_correlation")
                for found in DESK.risk("correlation", *options):
                    if found["name"] == "shrinkage":
                        self.assertTrue(0 <= found["value"] <= 1)
                    if found["name"] != "correlation":
                        continue
                    matrix = found["value"]
                    self.assertGreater(DESK.one("eigenvalues", matrix)[0], -TINY)
                    for i, row in enumerate(matrix):
                        self.assertEqual(row[i], 1)
                        self.assertTrue(all(-1 <= entry <= 1 for entry in row))

    def test_what_fits_nothing_is_repaired(self):
        for seed in SEEDS:
            rng = random.Random(seed)
            size = rng.randint(3, 8)
            matrix = [[1.0] * size for _ in range(size)]
            for i in range(size):
                for j in range(i):
                    matrix[i][j] = matrix[j][i] = rng.choice([-0.9, 0.9])
            found = DESK.one("repaired", matrix)
            self.assertGreater(DESK.one("eigenvalues", found["matrix"])[0], -TINY)
            self.assertEqual([row[k] for k, row in enumerate(found["matrix"])], [1] * size)
            self.assertEqual(found["distance"] > 0, found["lowest"] < 0)

    def test_monte_carlo_finds_the_closed_form(self):
        for world in self.each_world():
            for what in ("var", "es"):
                asked = (*world.options(), "--confidence", "0.975")
                drawn = pick_result(DESK.risk(what, *asked, "--method", "montecarlo", "--seed", world.seed), what)
                closed = pick(DESK.risk(what, *asked, "--method", "student"), what)
                self.assertLess(abs(drawn["value"] - closed), 4 * drawn["standard_error"])

    def test_the_same_seed_draws_the_same(self):
        world = World(1)
        asked = ("var", *world.options(), "--method", "montecarlo", "--draws", "5000", "--seed")
        first = DESK.risk(*asked, 7)
        DESK.answers.clear()
        self.assertEqual(DESK.risk(*asked, 7), first)
        self.assertNotEqual(pick(DESK.risk(*asked, 7), "var"), pick(DESK.risk(*asked, 8), "var"))

    def test_no_exception_is_green_however_few_were_observed(self):
        for light in DESK.call(*(("traffic_light", {"hits": 0, "observations": n, "tail": 0.01}) for n in (1, 2, 5, 6, 250))):
            self.assertEqual(light["zone"], "green")

    def test_bounds_belong_to_the_joint_fraction(self):
        world = World(2)
        for bound in (("--long-only",), ("--max-gross", "0.1"), ("--shrink-means",)):
            with self.assertRaisesRegex(AssertionError, "are of --convention joint alone"):
                DESK.risk("kelly", *world.options(), *bound)


if __name__ == "__main__":
    DESK = Desk(*sys.argv[1:3])
    unittest.main(argv=sys.argv[:1], verbosity=2)
