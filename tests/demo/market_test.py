# SPDX-License-Identifier: Apache-2.0
"""The demo's market: the same seed gives the same day, the day looks as promised, and every file format is read."""
import datetime
import glob
import gzip
import os
import statistics
import sys
import tempfile
import tomllib
import unittest
from decimal import Decimal

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "client", "examples", "market"))
from desk import DAYS_MIN, write_desk  # noqa: E402
from market import CRASH, DAYS_BEFORE, RECOVERY, SyntheticMarket, weekdays_before  # noqa: E402
from prices import FileMarket, PriceFileError  # noqa: E402

SHARED = os.path.join(ROOT, "..", "shared", "data")


def average_path(market: SyntheticMarket) -> list[float]:
    days = [market.step() for _ in range(market.day_steps)]
    first = days[0]
    return [statistics.mean(float(day[symbol].bid / first[symbol].bid) for symbol in day) for day in days]


class SyntheticMarketTest(unittest.TestCase):
    def test_a_seed_is_a_day(self):
        one, same, other = SyntheticMarket(3), SyntheticMarket(3), SyntheticMarket(4)
        steps = [(one.step(), same.step(), other.step()) for _ in range(50)]
        self.assertTrue(all(a == b for a, b, _ in steps))
        self.assertTrue(all(a != c for a, _, c in steps))

    def test_listing(self):
        market = SyntheticMarket()
        self.assertEqual(len(market.listings), 30)
        self.assertEqual(len({row.symbol for row in market.listings}), 30)
        self.assertEqual(len({row.sector for row in market.listings}), 6)

    def test_quotes_are_on_the_tick_and_not_crossed(self):
        market = SyntheticMarket()
        for _ in range(300):
            for quote in market.step().values():
                self.assertLess(quote.bid, quote.ask)
                self.assertGreater(quote.bid, 0)
                self.assertEqual(quote.bid % Decimal("0.01"), 0)
                self.assertEqual(quote.ask % Decimal("0.01"), 0)

    def test_the_crash_and_half_of_it_back(self):
        for seed in range(10):
            market = SyntheticMarket(seed)
            path = average_path(market)
            before, bottom = path[int(CRASH[0] * market.day_steps) - 1], path[int(CRASH[1] * market.day_steps) + 1]
            recovered = path[int(RECOVERY[1] * market.day_steps) + 1]
            self.assertLess(bottom / before, 0.95, seed)
            self.assertGreater(recovered, bottom, seed)

    def test_fat_tails(self):
        market = SyntheticMarket()
        draws = [market.student() for _ in range(20_000)]
        self.assertAlmostEqual(statistics.pstdev(draws), 1.0, delta=0.15)
        beyond = sum(abs(draw) > 4 for draw in draws) / len(draws)
        self.assertGreater(beyond, 0.001)  # a normal draw does that once in 16,000

    def test_u_shape(self):
        market = SyntheticMarket()
        market.step_number = market.day_steps  # the second day: no crash
        self.assertGreater(market.volatility_factor(0.0), 2 * market.volatility_factor(0.5))
        self.assertGreater(market.volatility_factor(0.99), 2 * market.volatility_factor(0.5))

    def test_symbols_move_together(self):
        market = SyntheticMarket()
        market.step_number = market.day_steps
        steps = [market.step() for _ in range(400)]
        def returns(symbol):
            return [float(b[symbol].bid / a[symbol].bid) - 1 for a, b in zip(steps, steps[1:])]
        self.assertGreater(statistics.correlation(returns("CHIPS"), returns("CLOUD")), 0.2)


class PastTest(unittest.TestCase):
    def test_it_ends_at_the_opening_and_is_the_seeds_own(self):
        market = SyntheticMarket(3)
        past = market.past()
        self.assertEqual(len(past), DAYS_BEFORE)
        self.assertEqual([date for date, _ in past], sorted({date for date, _ in past}))
        self.assertEqual(past[-1][1], {symbol: f"{price:.4f}" for symbol, price in market.opening.items()})
        self.assertEqual(past, SyntheticMarket(3).past())
        self.assertNotEqual([closes for _, closes in past], [closes for _, closes in SyntheticMarket(4).past()])

    def test_it_does_not_change_the_day_to_come(self):
        told, untold = SyntheticMarket(3), SyntheticMarket(3)
        told.past()
        self.assertEqual([told.step() for _ in range(5)], [untold.step() for _ in range(5)])

    def test_its_symbols_move_as_those_of_the_day_do(self):
        closes = [day for _, day in SyntheticMarket().past()]
        def returns(symbol):
            return [float(b[symbol]) / float(a[symbol]) - 1 for a, b in zip(closes, closes[1:])]
        self.assertGreater(statistics.correlation(returns("CHIPS"), returns("CLOUD")), 0.2)
        self.assertTrue(0.01 < statistics.pstdev(returns("CHIPS")) < 0.05)

    def test_weekdays(self):
        self.assertEqual(weekdays_before(datetime.date(2026, 11, 23), 3), ["2026-11-18", "2026-11-19", "2026-11-20"])
        self.assertEqual(weekdays_before(datetime.date(2026, 11, 22), 1), ["2026-11-20"])

    def test_the_desk_has_a_model_where_there_is_a_past(self):
        rules = os.path.join(ROOT, "scripts", "demo.toml")
        with tempfile.TemporaryDirectory() as folder:
            market = SyntheticMarket()
            write_desk(folder, rules, market)
            with open(os.path.join(folder, "demo.toml"), encoding="utf-8") as file:
                model = tomllib.loads(file.read())["model"]
            with open(os.path.join(folder, model["scenarios"]), "rb") as file:
                self.assertIn("technology-falls-20", tomllib.load(file)["scenario"])
            with open(os.path.join(folder, model["prices"]), encoding="utf-8") as file:
                lines = file.read().splitlines()
            self.assertEqual(lines[0].split(",")[1:], [row.symbol for row in market.listings])
            self.assertEqual(len(lines), 1 + DAYS_BEFORE)
        with tempfile.TemporaryDirectory() as folder:
            market.past = lambda: SyntheticMarket().past()[:DAYS_MIN - 1]
            write_desk(folder, rules, market)
            with open(os.path.join(folder, "demo.toml"), encoding="utf-8") as file:
                self.assertNotIn("model", tomllib.loads(file.read()))
            self.assertEqual(sorted(os.listdir(folder)), ["demo.toml", "instruments.csv"])


class FileMarketTest(unittest.TestCase):
    def read(self, name: str, text: str, start: str = "") -> FileMarket:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, name)
        with (gzip.open if name.endswith(".gz") else open)(path, "wt") as file:
            file.write(text)
        return FileMarket(path, start)

    def test_daily_long_and_wide_are_the_same(self):
        long = self.read("a.csv", "date,symbol,close\n2020-01-01,A,10.5\n2020-01-01,B,20\n2020-01-02,A,11\n")
        wide = self.read("a.csv.gz", "date,A,B\n2020-01-01,10.5,20\n2020-01-02,11,\n")
        self.assertEqual(long.steps, wide.steps)
        self.assertEqual(len(long.steps), 2)
        self.assertEqual([row.symbol for row in long.listings], ["A", "B"])
        self.assertLessEqual(long.steps[0]["A"].bid, Decimal("10.5"))
        self.assertGreater(long.steps[0]["A"].ask, Decimal("10.5"))

    def test_from(self):
        later = self.read("a.csv", "date,A\n2020-01-01,10\n2020-01-02,11\n", "2020-01-02")
        self.assertEqual(len(later.steps), 1)
        self.assertEqual(later.past(), [("2020-01-01", {"A": "10"})])

    def test_a_past_has_every_symbol_each_day(self):
        text = "date,A,B\n2020-01-01,10,\n2020-01-02,11,5\n2020-01-03,12,6\n"
        self.assertEqual([date for date, _ in self.read("a.csv", text, "2020-01-03").past()], ["2020-01-02"])
        self.assertEqual(self.read("a.csv", text).past(), [])

    def test_it_starts_again(self):
        market = self.read("a.csv", "date,A\n2020-01-01,10\n2020-01-02,11\n")
        self.assertEqual([market.step(), market.step()], [market.step(), market.step()])

    def test_ticks_keep_one_bid_and_one_ask(self):
        market = self.read("ticks_IBM_20131007.csv",
                           "time_ms,type,price,size,exchange,suspicious\n"
                           "1,B,180.00,1,P,0\n2,A,180.10,1,P,0\n3,B,180.05,1,Q,0\n4,T,180.07,1,Q,0\n5,B,999,1,Q,1\n")
        self.assertEqual([row.symbol for row in market.listings], ["IBM"])
        quote = market.steps[-1]["IBM"]
        self.assertEqual((quote.bid, quote.ask, quote.last), (Decimal("180.05"), Decimal("180.10"), Decimal("180.07")))

    def test_seconds_pairs_and_bars(self):
        seconds = self.read("seconds_SPY_1.csv", "time_ms,bid,bid_size,ask,ask_size,last,volume\n1,9.5,1,9.6,1,,\n")
        self.assertEqual(seconds.steps[0]["SPY"].ask, Decimal("9.6"))
        pair = self.read("fx_EURUSD_1.csv", "time_ms,bid,ask\n1,1.39147,1.39148\n")
        self.assertEqual(pair.listings[0].tick, Decimal("0.00001"))
        bars = self.read("btcusd_seconds_1.csv", "time_ms,open,high,low,close,volume\n1,1,2,1,611.5,3\n")
        self.assertLess(bars.steps[0]["BTCUSD"].bid, Decimal("611.5"))

    def test_what_is_no_price_file_is_refused(self):
        for text, words in (("", "header"), ("a,b\n1,2\n", "header"), ("date,A\n", "no prices"),
                            ("date,A\n2020-01-01,-1\n", "positive"), ("date,A\n2020-01-01,x\n", "x")):
            with self.assertRaises(PriceFileError) as caught:
                self.read("a.csv", text)
            self.assertIn(words, str(caught.exception))
        with self.assertRaises(PriceFileError):
            FileMarket("nowhere.csv")

    def test_shared_files(self):
        files = glob.glob(os.path.join(SHARED, "intraday", "*.csv.gz")) + glob.glob(os.path.join(SHARED, "us20*.csv.gz"))
        if not files:
            self.skipTest("../shared/data is not there")
        for path in files:
            market = FileMarket(path)
            self.assertGreater(len(market.steps), 300, path)


if __name__ == "__main__":
    unittest.main()
