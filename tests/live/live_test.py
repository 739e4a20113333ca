# SPDX-License-Identifier: Apache-2.0
"""Live risk of a running instance: what `bulwark status --risk` says is what plain formulas say of the same book and
prices, it follows fills and marks, and a new model is taken over or refused."""
import datetime
import json
import math
import os
import random
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "control"))
from desk import CONFIG, DeskTest, bulwark, wait_for  # noqa: E402
from processes import FrozenThread  # noqa: E402

MODEL = """[model]
prices = "prices.csv"
estimator = "sample"
scenarios = "scenarios.toml"
refresh_s = 1
[limit.var]
metric = "var"
max = "50000"
"""
SCENARIOS = """[scenario.crash]
shock = { AAPL = -0.2, XOM = 0.1 }
[scenario.oil]
shock = { XOM = -0.3, "*" = 0.0 }
"""
Z99, ES99 = 2.3263478740408408, 2.665214220345806


def prices(days=300, seed=1, scale=1.0):
    """Rows of closes whose volatility is `scale` times 1 %."""
    drawn, closes, rows = random.Random(seed), [100.0, 50.0], []
    for day in range(days):
        rows.append((str(datetime.date(2020, 1, 1) + datetime.timedelta(days=day)), *closes))
        market = drawn.gauss(0, 0.01)
        closes = [close * (1 + scale * (market + drawn.gauss(0, 0.005))) for close in closes]
    return rows


def text_of(rows):
    return "date,AAPL,XOM\n" + "".join(f"{date},{a!r},{b!r}\n" for date, a, b in rows)


def losses_of(rows, amounts):
    return [-sum(w * (now[k + 1] / before[k + 1] - 1) for k, w in enumerate(amounts))
            for before, now in zip(rows, rows[1:])]


def tail(losses, share=0.99):
    ordered, count = sorted(losses), len(losses)
    place = math.ceil(count * share - 1e-9 * count)
    beyond = sum(ordered[place:]) + (place - count * share) * ordered[place - 1]
    return ordered[place - 1], beyond / (count * (1 - share))


def filtered(losses, weight=0.94):
    variance, path = sum(x * x for x in losses[:100]) / 100, []
    for loss in losses:
        path.append(variance)
        variance = weight * variance + (1 - weight) * loss * loss
    return [loss * math.sqrt(variance / was) for loss, was in zip(losses, path)]


def deviation(losses):
    """The sample estimator's of a linear book is that of its own losses."""
    mean = sum(losses) / len(losses)
    return math.sqrt(sum((x - mean) ** 2 for x in losses) / (len(losses) - 1))


class Live(DeskTest):
    CONFIG = (CONFIG.replace('max = "20000"', 'max = "200000"').replace('max = "100000"', 'max = "400000"')
              .replace('max = "500"', 'max = "50000"') + MODEL)

    def setUp(self):
        super().setUp()
        self.rows = prices()
        self.write_prices(self.rows)
        (self.folder / "scenarios.toml").write_text(SCENARIOS)

    def write_prices(self, rows):
        making = self.folder / "prices.new"
        making.write_text(text_of(rows))
        making.rename(self.folder / "prices.csv")

    def risk(self):
        return json.loads(self.bulwark("status", "--risk", "--json"))["risk"]

    def risks(self, what, holds):
        return wait_for(what, lambda: (risk := self.risk()) and holds(risk) and risk)

    def trade(self, client, quantity, symbol, side, price):
        order = self.accepts(client, quantity, symbol, side)
        client.fill(id=order, exec_id=order, quantity=quantity, price=price)

    def near(self, found, wanted, what=None):
        self.assertIsNotNone(found, what)
        self.assertLess(abs(found - wanted), 1e-9 * max(1, abs(wanted)), (what, found, wanted))

    def is_plain(self, risk, amounts):
        losses = losses_of(self.rows, amounts)
        sigma = deviation(losses)
        for method, (var, es) in (("parametric", (Z99 * sigma, ES99 * sigma)), ("historical", tail(losses)),
                                  ("filtered", tail(filtered(losses)))):
            self.near(risk["var"][method], var, method)
            self.near(risk["es"][method], es, method)
        for table in ("symbols", "sectors", "accounts", "strategies"):
            self.near(sum(row["component_var"] for row in risk[table]), Z99 * sigma, table)


class LiveTest(Live):
    def test_it_is_what_the_plain_formulas_say_and_follows_fills_and_marks(self):
        self.up()
        self.trade(self.one, 500, "AAPL", "buy", "99")
        self.trade(self.two, 300, "XOM", "sell", "101")
        self.trade(self.two, 100, "AAPL", "sell", "100")
        risk = self.risks("the book", lambda risk: risk["exposure"]["gross"] == 70_000
                          and risk["var"]["historical"] is not None)
        self.assertIsNone(risk["why_not"])
        self.is_plain(risk, (40_000, -30_000))
        self.assertEqual(risk["exposure"], {"gross": 70_000, "net": 10_000, "long": 40_000, "short": 30_000})
        self.assertEqual(risk["profit"], {"today": 800, "realised": 0, "unrealised": 800, "fees": 0})
        self.near(risk["equity"], 1_500_800)
        self.assertEqual({row["account"]: (row["gross"], row["net"], row["profit_today"]) for row in risk["accounts"]},
                         {"ACC1": (50_000, 50_000, 500), "ACC2": (40_000, -40_000, 300)})
        self.assertEqual({row["sector"]: row["net"] for row in risk["sectors"]}, {"Tech": 40_000, "Energy": -30_000})
        self.assertEqual([row["strategy"] for row in risk["strategies"]], ["momo", "slow"])
        self.near(sum(row["contribution"] for row in risk["symbols"]), 800 / 1_500_000)
        stress = {row["scenario"]: row["loss"] for row in risk["stress"]["losses"]}
        self.near(stress["crash"], 0.2 * 40_000 + 0.1 * 30_000)
        self.near(stress["oil"], -0.3 * 30_000)
        self.assertEqual(risk["stress"]["worst_scenario"], "crash")
        self.assertEqual(risk["correlation"]["symbols"], ["AAPL", "XOM"])
        self.assertEqual(risk["model"]["days"], len(self.rows) - 1)
        self.assertRegex(risk["model"]["built"], r"^20\d\d-")
        self.mark(80)
        risk = self.risks("the marks", lambda risk: risk["exposure"]["gross"] == 56_000)
        self.is_plain(risk, (32_000, -24_000))
        self.assertGreater(risk["drawdown"], 0)
        self.trade(self.one, 400, "AAPL", "sell", "80")
        self.is_plain(self.risks("a fill", lambda risk: risk["exposure"]["gross"] == 24_000), (0, -24_000))
        said = self.bulwark("status", "--risk")
        self.assertIn("historical", said)
        self.assertIn("ACC2", said)
        self.down()

    def test_it_stays_fresh_while_the_market_moves(self):
        self.up()
        first = self.risk()
        seen = {}
        while len(seen) < 20:
            risk = self.risk()
            seen[risk["seq"], risk["age_ns"] > 10**9] = risk
            self.mark(100 + len(seen))
        self.assertFalse(any(stale for _, stale in seen), "one was older than a second")
        self.assertGreater(risk["seq"], first["seq"])
        self.down()

    def test_a_new_model_is_taken_over_and_a_wild_one_is_not(self):
        self.up()
        self.trade(self.one, 100, "AAPL", "buy", "100")
        first = self.risks("the model", lambda risk: risk["var"]["historical"])["model"]
        self.rows = self.rows + [("2021-01-01", *(1.01 * close for close in self.rows[-1][1:]))]
        self.write_prices(self.rows)
        risk = self.risks("the new model", lambda risk: risk["model"]["to"] == "2021-01-01"
                          and risk["model"]["version"] != first["version"])
        self.assertEqual((risk["model"]["taken_over"], risk["model"]["refused"]), (1, 0))
        self.is_plain(risk, (10_000, 0))
        self.accepts(self.one)
        journaled = json.loads(self.bulwark("audit", "order", f"o{self.orders}", "--json"))
        self.assertIn(risk["model"]["version"], json.dumps(journaled))
        wild = prices(scale=5)
        self.write_prices(wild)
        risk = self.risks("the refusal", lambda risk: risk["model"]["refused"])
        self.assertIn("daily volatility of AAPL", risk["model"]["refusal"])
        self.assertEqual(risk["model"]["to"], "2021-01-01")
        self.is_plain(risk, (10_100 if risk["exposure"]["gross"] == 10_100 else 10_000, 0))
        self.assertIn("A NEW MODEL WAS REFUSED", self.bulwark("status", "--risk"))
        self.log_says("a new model was refused")
        self.journal_says("a new model was refused")
        self.assertIn("reload with --operator", self.bulwark("reload", code=2))
        self.signed("reload")
        self.rows = wild
        risk = self.risks("the wild model", lambda risk: risk["model"]["refusal"] is None
                          and risk["model"]["to"] == wild[-1][0])
        self.down()
        self.assertEqual(self.processes.run("bulwark", "replay", "--journal", str(self.folder / "journal")).returncode, 0)

    def test_a_wild_model_does_not_slip_in_through_a_restart(self):
        self.config.write_text(self.CONFIG.replace("refresh_s = 1", 'refresh_s = 1\nconfidence = "0.95"'))
        self.up()
        version = self.risks("the model", lambda risk: risk["model"]["version"])["model"]["version"]
        self.down()
        self.write_prices(prices(scale=5))
        self.up()
        risk = self.risks("the refusal", lambda risk: risk["model"]["refused"])
        self.assertEqual(risk["model"]["version"], version)
        self.assertIsNone(risk["var"]["historical"], "the days behind the model in force are gone")
        self.assertEqual(risk["confidence"], 0.95, "that of the model in force, not a default")
        self.down()

    def test_what_is_missing_makes_unknown_what_rests_on_it(self):
        self.rows = [(date, a, "") for date, a, _ in self.rows]
        making = "date,AAPL\n" + "".join(f"{date},{a!r}\n" for date, a, _ in self.rows)
        (self.folder / "prices.csv").write_text(making)
        self.config.write_text(self.CONFIG.replace('[limit.var]\nmetric = "var"\nmax = "50000"\n', ""))
        self.up()
        self.trade(self.two, 10, "XOM", "buy", "100")
        risk = self.risks("the position", lambda risk: risk["exposure"]["gross"] == 1_000)
        self.assertEqual(risk["why_not"], "the model lacks XOM")
        self.assertEqual((risk["var"]["parametric"], risk["var"]["historical"], risk["es"]["filtered"]),
                         (None, None, None))
        self.assertIsNone(risk["symbols"][0]["component_var"])
        self.assertEqual(risk["stress"]["worst_scenario"], "oil")
        self.down()

    def test_the_profit_of_a_position_without_a_mark_is_null(self):
        with open(self.folder / "instruments.csv", "a") as instruments:
            instruments.write("NEW,Tech,,,,,\n")
        self.config.write_text(self.CONFIG.replace('[limit.var]\nmetric = "var"\nmax = "50000"\n', ""))
        self.up()
        stray = bulwark.attach(instance="ctl", client="c3", strategy="momo", account="ACC1")
        stray.fill(id="stray", exec_id="stray", quantity=100, price=10, symbol="NEW", side="buy")
        stray.detach()
        risk = self.risks("the position", lambda risk: risk["why_not"] == "NEW: no mark")
        self.assertEqual(set(risk["profit"].values()), {None})
        self.assertEqual((risk["equity"], risk["drawdown"]), (None, None))
        for row in (risk["symbols"] + risk["sectors"] + risk["accounts"] + risk["strategies"]):
            self.assertEqual({row[key] for key in ("profit_today", "contribution", "realised", "unrealised")}, {None})
        self.assertIn("profit today -, realised -, unrealised -, fees -", self.bulwark("status", "--risk"))
        self.marks.mark("NEW", last="12")
        risk = self.risks("the profit", lambda risk: risk["equity"] is not None)
        self.assertEqual(risk["profit"], {"today": 200, "realised": 0, "unrealised": 200, "fees": 0})
        self.down()


class TroubleTest(Live):
    def test_garbage_in_the_prices_leaves_the_old_model_in_force_and_says_why(self):
        self.up()
        self.trade(self.one, 100, "AAPL", "buy", "100")
        first = self.risks("the model", lambda risk: risk["var"]["historical"])
        text, (date, a, b) = text_of(self.rows), self.rows[-1]
        halved = [(day, x / 2 if k == 150 else x, y) for k, (day, x, y) in enumerate(self.rows)]
        garbage = (
            (text + "2021-01-01,nan,50\n", 'price: found "nan"'),
            (text + "2021-01-01,1e999,50\n", 'price: found "1e999"'),
            (text + "2021-01-01,-1,50\n", 'price: found "-1"'),
            (text + "2021-01-01,100\n", "found 2 field(s)"),
            (text_of(self.rows[:1]), "found 1 date(s)"),
            ("", "found 0 date(s)"),
            (text_of(halved), "AAPL x"),
            (text + f"2021-01-01,{a},{b / 2}\n", "XOM x0.5 on 2021-01-01"),
            (text_of(self.rows[:200]), "the prices end on"),
            (text_of([(day, x, self.rows[-30][2] if k > 270 else y) for k, (day, x, y) in enumerate(self.rows)]),
             "XOM has not moved since"),
            ("date,AAPL\n" + "".join(f"{day},{x}\n" for day, x, _ in self.rows), "XOM is no longer in it"),
            ("\0" * 1_000, "header"),
        )
        for count, (garbled, why) in enumerate(garbage, 1):
            (self.folder / "prices.new").write_text(garbled)
            (self.folder / "prices.new").rename(self.folder / "prices.csv")
            risk = self.risks(why, lambda risk: risk["model"]["refused"] == count)
            self.assertIn(why, risk["model"]["refusal"])
            self.log_says("a new model was refused, the old one stays: " + risk["model"]["refusal"][:60])
            self.assertEqual(risk["model"]["version"], first["model"]["version"])
            self.assertEqual(risk["var"], first["var"])
        self.journal_says("XOM is no longer in it")
        (self.folder / "prices.csv").unlink()
        self.log_says("prices.csv: cannot be read")
        self.bulwark("reload", code=2)
        self.write_prices(self.rows + [("2021-01-01", 1.01 * a, b)])
        self.risks("a good file", lambda risk: risk["model"]["to"] == "2021-01-01" and not risk["model"]["refusal"])
        self.down()

    def test_odd_prices_of_the_first_model_are_told_and_do_not_stand_in_the_way_of_the_next(self):
        self.rows[200] = (self.rows[200][0], self.rows[200][1] / 2, self.rows[200][2])
        self.write_prices(self.rows)
        self.up()
        self.log_says("the prices of the model want a look: AAPL x")
        self.rows.append(("2021-01-01", *self.rows[-1][1:]))
        self.write_prices(self.rows)
        self.risks("the next one", lambda risk: risk["model"]["to"] == "2021-01-01")
        self.down()

    def test_frozen_risk_threads_hurt_nobody_who_trades(self):
        self.up()
        self.trade(self.one, 100, "AAPL", "buy", "100")
        self.risks("the position", lambda risk: risk["exposure"]["gross"] == 10_000)
        pid = self.status()["processes"]["bulwark-sidecar"]
        threads = [FrozenThread(pid, name) for name in ("bw-shadow", "bw-model")]
        try:
            self.write_prices(prices(seed=2))
            for _ in range(300):
                self.mark(100)
                self.trade(self.one, 1, "AAPL", "buy", "100")
            self.refuses(self.one, "order_notional", 2_001)
            wait_for("an old picture", lambda: self.risk()["age_ns"] > 10**9)
            self.assertIn("STALE", self.bulwark("status", "--risk"))
            self.assertEqual(self.status()["state"], "normal")
        finally:
            for thread in threads:
                thread.thaw()
        self.risks("the picture of now", lambda risk: risk["exposure"]["gross"] == 40_000)
        self.down()


class BacktestTest(Live):
    def setUp(self):
        super().setUp()
        last = self.rows[-1]
        self.rows = [(date, 100 * a / last[1], 100 * b / last[2]) for date, a, b in self.rows]
        self.write_prices(self.rows)

    def test_a_session_is_kept_and_a_bad_record_tightens_dynamic_limits(self):
        kept = [f"2025-01-01,0.99,100,{-101 if day % 50 == 0 else 5},0\n" for day in range(250)]
        self.up()
        self.down()
        (self.folder / "journal" / "sessions.csv").write_text(kept[0])
        self.up()
        self.trade(self.one, 1_900, "AAPL", "buy", "100")
        before = self.risks("one session", lambda risk: risk["backtest"]["sessions"] == 1)["backtest"]
        self.assertIsNotNone(before["kupiec"])
        self.assertIsNone(before["christoffersen_independence"], "one session has no next one")
        self.assertIsNone(before["christoffersen_conditional_coverage"])
        self.down()
        (self.folder / "journal" / "sessions.csv").write_text("".join(kept))
        self.up()
        before = self.risks("the record", lambda risk: risk["exposure"]["gross"] == 190_000)["backtest"]
        self.assertEqual((before["sessions"], before["exceptions"]["frozen"]), (250, 5))
        self.assertEqual((before["basel_zone"], before["basel_multiplier"]), ("yellow", 3.4))
        self.down()
        self.begin_a_session_soon()
        self.up()
        risk = self.risks("the session", lambda risk: risk["backtest"]["var_of_this_session"])
        self.near(risk["backtest"]["var_of_this_session"], risk["var"]["parametric"])
        tight = wait_for("the tightened limit", self.tightened)
        self.assertLess(abs(float(tight) - 400_000 * 3 / 3.4), 0.01)
        self.refuses(self.one, "gross", 1_700)
        closes = (self.folder / "journal" / "closes.csv").read_text().splitlines()
        self.assertEqual([line.split(",")[1:] for line in closes], [["AAPL", "100"], ["XOM", "100"]])
        self.rows.append((closes[0].split(",")[0], 100, 100))
        risk = self.risks("the model with its own closes", lambda risk: risk["model"]["to"] == self.rows[-1][0])
        self.is_plain(risk, (190_000, 0))
        self.down()
        for proof in ("replay", "verify"):
            self.assertEqual(self.processes.run("bulwark", proof, "--journal", str(self.folder / "journal")).returncode, 0)

    def test_a_damaged_record_of_sessions_is_said_where_its_back_test_would_stand(self):
        self.up()
        self.down()
        record = self.folder / "journal" / "sessions.csv"
        record.write_text("2025-01-01,0.99,100,much,0\n")
        self.up()
        risk = self.risks("the reason", lambda risk: risk["backtest"]["why_not"])
        self.assertEqual(risk["backtest"]["why_not"],
                         f"{record.resolve()}: a line of it is damaged; move the file away to start anew")
        self.assertEqual((risk["backtest"]["sessions"], risk["backtest"]["kupiec"]), (0, None))
        self.assertIn("NO BACK-TEST OF THE VAR until the next start: ", self.bulwark("status", "--risk"))
        self.down()
        record.unlink()
        self.up()
        risk = self.risks("the book", lambda risk: risk["model"]["version"])
        self.assertIsNone(risk["backtest"]["why_not"])
        self.assertIn("back-test of its VaR: 0 exceptions in 0 sessions", self.bulwark("status", "--risk"))
        self.down()

    def begin_a_session_soon(self):
        """So that it begins while the instance runs, or has begun when it starts."""
        start = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=5)
        text = self.CONFIG.replace("lease_ms = 80", f'lease_ms = 80\nsession = {{ start = "{start:%H:%M:%S}" }}')
        text = text.replace("refresh_s = 1", "refresh_s = 1\nown_closes = true\nbacktest_tightens = true")
        self.config.write_text(text.replace('metric = "gross"', 'metric = "gross"\ndynamic = true'))

    def tightened(self):
        rows = json.loads(self.bulwark("status", "--controls", "--json"))["controls"]
        maxima = {row["max"] for row in rows if row["limit"] == "gross"}
        return next((max for max in maxima if max != "400000"), None)


if __name__ == "__main__":
    unittest.main(verbosity=2)
