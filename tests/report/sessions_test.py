# SPDX-License-Identifier: Apache-2.0
"""`bulwark report` of spans of a journal that `bulwark simulate` wrote: sessions by their local dates, moments, spans of
several sessions, and questions that cannot be answered."""
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
from decimal import Decimal

BUILD = os.environ.get("BULWARK_BUILD") or sys.exit("BULWARK_BUILD names the build folder")
CONFIG = """[marks]
stale_after_ms = 1000000000
[instance]
name = "two-days"
session = { timezone = "America/New_York", start = "18:00" }
[instruments]
file = "instruments.csv"
[fx]
EUR = "1.1"
[account.ACC1]
equity = "10000"
[account.ACC2]
equity = "10000"
[strategy.momo]
account = "ACC1"
[strategy.slow]
account = "ACC2"
[limit.gross]
metric = "gross"
max = "20000"
[limit.loss]
on = { account = "*" }
metric = "daily_loss"
max = "400"
action = "reduce_only"
"""
INSTRUMENTS = "symbol,sector,currency,multiplier,tick_size,lot_size,adv\nAAPL,Tech,,,,,\nSAP,,EUR,,,,\n"


def at(text):
    """Nanoseconds of a moment in UTC."""
    return int(datetime.datetime.fromisoformat(text + "+00:00").timestamp()) * 10**9


def order(t, id, strategy, symbol, side, quantity, price, fee="0"):
    return [{"t": t, "type": "intent", "client": "c1", "account": None, "strategy": strategy, "id": id, "symbol": symbol,
             "side": side, "quantity": quantity, "price": price},
            {"t": t, "type": "fill", "id": id, "exec_id": "e" + id, "quantity": quantity, "price": price, "fee": fee}]


# The session of a date ends at 18:00 in New York: 22:00 or 23:00 UTC.
EVENTS = [
    {"t": at("2025-03-06T15:00:00"), "type": "mark", "symbol": "AAPL", "last": "100"},
    {"t": at("2025-03-06T15:00:00"), "type": "mark", "symbol": "SAP", "last": "200"},
    *order(at("2025-03-06T16:00:00"), "1", "momo", "AAPL", "buy", "20", "100", "1"),
    {"t": at("2025-03-06T22:59:59"), "type": "mark", "symbol": "AAPL", "last": "110"},       # the session of the 6th ends
    {"t": at("2025-03-06T23:00:00"), "type": "mark", "symbol": "AAPL", "last": "90"},        # that of the 7th begins
    *order(at("2025-03-07T15:00:00"), "2", "momo", "AAPL", "sell", "5", "90", "0.5"),
    *order(at("2025-03-07T15:00:01"), "3", "slow", "SAP", "buy", "10", "200", "2"),
    {"t": at("2025-03-07T16:00:00"), "type": "equity", "account": "ACC2", "amount": "500"},
    {"t": at("2025-03-07T17:00:00"), "type": "mark", "symbol": "EUR/USD", "last": "1.2"},
    {"t": at("2025-03-10T21:59:59"), "type": "mark", "symbol": "AAPL", "last": "70"},        # Monday, in summer time
    {"t": at("2025-03-10T22:00:00"), "type": "mark", "symbol": "AAPL", "last": "71"},        # the session of the 11th
]


class Sessions(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bulwark-report-"))
        self.addCleanup(shutil.rmtree, self.folder)
        (self.folder / "c.toml").write_text(CONFIG)
        (self.folder / "instruments.csv").write_text(INSTRUMENTS)
        self.simulate(EVENTS)

    def run_bulwark(self, *arguments, code=0, **named):
        done = subprocess.run([os.path.join(BUILD, "bin", "bulwark"), *arguments], text=True, capture_output=True,
                              cwd=self.folder, timeout=120, **named)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stdout[-1000:]}{done.stderr}")
        return done

    def simulate(self, events):
        lines = [json.dumps({key: value for key, value in event.items() if value is not None}) for event in events]
        self.run_bulwark("simulate", "--config", "c.toml", "--journal", "journal", input="\n".join(lines) + "\n")

    def report(self, *arguments):
        return json.loads(self.run_bulwark("report", "--journal", "journal", "--format", "json", *arguments).stdout)

    def profit(self, *arguments):
        profit = self.report(*arguments)["profit"]
        return [Decimal(profit[part]) for part in ("profit", "realised", "unrealised", "fees")]

    def test_a_date_is_the_session_that_ends_on_it(self):
        day = self.report("--from", "2025-03-06", "--to", "2025-03-06")
        self.assertEqual((day["span"]["from_utc"], day["span"]["to_utc"]), ("2025-03-05T23:00:00Z", "2025-03-06T23:00:00Z"))
        self.assertEqual([Decimal(day["profit"][part]) for part in ("profit", "realised", "unrealised", "fees")],
                         [199, 0, 200, 1])
        self.assertEqual(self.report("--to", "2025-03-06")["profit"], day["profit"])
        self.assertEqual(day["profit"]["equity"], {"start": "20000", "paid_in": "0", "end": "20199"})

    def test_a_later_session_has_only_what_it_made_itself(self):
        day = self.report("--from", "2025-03-07", "--to", "2025-03-07")
        # AAPL from 110 to 90: 20 x -20, of which 5 x -10 is realised; SAP: 10 x 200 EUR that cost 2 EUR, at 1.2.
        self.assertEqual([Decimal(day["profit"][part]) for part in ("profit", "realised", "unrealised", "fees")],
                         [Decimal("-402.9"), -50, -350, Decimal("2.9")])
        self.assertEqual(day["profit"]["equity"], {"start": "20199", "paid_in": "500", "end": "20296.1"})
        self.assertEqual({row["symbol"]: row["profit"] for row in day["profit"]["symbols"]}, {"AAPL": "-400.5", "SAP": "-2.4"})
        self.assertEqual([row["sector"] for row in day["profit"]["sectors"]], [None, "Tech"])
        self.assertEqual(day["orders"]["asked"], 2)
        state, = day["stops"]
        self.assertEqual((state["type"], state["scope"], state["resumed"]), ("reduce_only", {"account": "ACC1"}, None))

    def test_sessions_add_up(self):
        each = [self.profit("--from", date, "--to", date) for date in ("2025-03-06", "2025-03-07", "2025-03-10", "2025-03-11")]
        self.assertEqual(self.profit("--from", "2025-03-06", "--to", "2025-03-11"), [sum(part) for part in zip(*each)])
        self.assertEqual(self.profit("--from", "2025-03-06"), [sum(part) for part in zip(*each)])

    def test_moments_cut_where_they_say(self):
        day = self.report("--from", "2025-03-07T15:00:01Z", "--to", "2025-03-07T16:00:00Z")
        self.assertEqual(day["orders"]["asked"], 1)
        self.assertEqual(day["profit"]["profit"], "-2.2")
        self.assertEqual((day["span"]["last_session"], day["span"]["whole"]), ("2025-03-07", False))
        self.assertIn("In the part of the session of 2025-03-07 from 2025-03-07 15:00:01 to 2025-03-07 16:00:00 UTC we lost",
                      day["summary"]["text"])
        self.assertTrue(self.report("--to", "2025-03-07")["span"]["whole"])
        self.assertEqual(self.report("--from", str(at("2025-03-07T15:00:01")), "--to", "2025-03-07T16:00Z")["profit"],
                         day["profit"])

    def test_a_stop_that_ended_behind_the_span_still_held_at_its_end(self):
        shutil.rmtree(self.folder / "journal")
        self.simulate([*EVENTS,
                       {"t": at("2025-03-11T15:00:00"), "type": "control", "command": "halt", "on": {"account": "ACC1"},
                        "operator": "Ada", "reason": "look"},
                       {"t": at("2025-03-11T15:01:00"), "type": "control", "command": "resume", "on": {"account": "ACC1"},
                        "operator": "Ben", "reason": "looked"}])
        day = self.report("--from", "2025-03-11T15:00Z", "--to", "2025-03-11T15:00:30Z")
        self.assertTrue(any("ACC1 is halted" in one for one in day["summary"]["decisions"]), day["summary"])
        self.assertIn("(look) still held at the end of this time; Ben resumed at 2025-03-11 15:01:00.", day["summary"]["text"])
        self.assertIn("lasted 60 s, until Ben resumed", self.report("--to", "2025-03-11")["summary"]["text"])

    def test_without_equity_a_drawdown_is_not_known(self):
        shutil.rmtree(self.folder / "journal")
        (self.folder / "c.toml").write_text(CONFIG + '[limit.fall]\nmetric = "drawdown"\nmax = 0.2\naction = "halt"\n')
        self.simulate([*EVENTS[:3], {"t": at("2025-03-06T17:00:00"), "type": "equity", "account": "ACC1", "amount": "-30000"}])
        day = self.report("--to", "2025-03-06")
        self.assertIsNone(day["profit"]["drawdown"]["end"])
        fall, = [row for row in day["controls"]["limits"] if row["limit"] == "fall"]
        self.assertIsNone(fall["value"])
        self.assertIn("the peak of the equity is not above zero", fall["why"])
        self.assertNotIn("model", fall["why"])

    def test_where_only_the_files_of_the_model_are_wrong_the_configuration_still_names_the_journal(self):
        more = f'[journal]\ndirectory = "{self.folder}/journal"\n[model]\nprices = "none.csv"\n'
        (self.folder / "c.toml").write_text(CONFIG + more)
        day = json.loads(self.run_bulwark("report", "--config", "c.toml", "--to", "2025-03-06", "--format", "json").stdout)
        self.assertEqual(day["profit"]["profit"], "199")
        listed = self.run_bulwark("alerts", "list", "--config", "c.toml", code=1)
        self.assertIn("no console has kept alerts here", listed.stderr)
        (self.folder / "c.toml").write_text(CONFIG.replace('max = "400"', 'max = "some"') + more)
        self.assertIn("limit.loss.max", self.run_bulwark("report", "--config", "c.toml", code=2).stderr)

    def test_an_override_that_holds_now_is_a_decision_of_a_session_that_runs(self):
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)
        until = at((now + datetime.timedelta(seconds=300)).isoformat())
        shutil.rmtree(self.folder / "journal")
        self.simulate([{"t": at(now.isoformat()), "type": "control", "command": "override", "limit": "gross", "max": "30000",
                        "until": until, "operator": "Ada", "reason": "a day"}])
        decisions = self.report()["summary"]["decisions"]
        self.assertTrue(any("The override of limit gross to 30000 by Ada holds until" in one for one in decisions), decisions)

    def test_without_a_rate_what_rests_on_it_is_not_known(self):
        shutil.rmtree(self.folder / "journal")
        (self.folder / "c.toml").write_text(CONFIG.replace('[fx]\nEUR = "1.1"\n', ""))
        self.simulate([event for event in EVENTS if event.get("symbol") != "EUR/USD" and event.get("id") != "3"] + [
            {"t": at("2025-03-10T22:00:01"), "type": "fill", "id": "9", "exec_id": "e9", "client": "c1", "strategy": "slow",
             "account": "ACC2", "symbol": "SAP", "side": "buy", "quantity": "10", "price": "200", "fee": "2"}])
        day = self.report("--to", "2025-03-11")
        profit = day["profit"]
        self.assertEqual([profit[part] for part in ("profit", "realised", "unrealised", "fees", "contribution")], [None] * 5)
        self.assertEqual((profit["equity"]["end"], profit["drawdown"]["end"]), (None, None))
        self.assertIn("EUR has no rate", profit["why_not"])
        accounts = {row["account"]: (row["profit"], row["equity"]) for row in profit["accounts"]}
        self.assertEqual(accounts["ACC2"], (None, None))
        self.assertEqual(accounts["ACC1"][0], "15", "what rests on no rate is known")
        self.assertIn("not known: EUR has no rate", day["summary"]["text"])
        self.assertTrue(any("EUR has no rate" in one for one in day["summary"]["decisions"]))
        page = self.run_bulwark("report", "--journal", "journal", "--to", "2025-03-11").stdout
        self.assertIn("Not known: EUR has no rate", page)

    def test_without_a_span_it_is_the_newest_session(self):
        day = self.report()
        self.assertEqual((day["span"]["last_session"], day["span"]["over"]), ("2025-03-11", True))
        self.assertEqual((day["span"]["from_utc"], day["span"]["to_utc"]), ("2025-03-10T22:00:00Z", "2025-03-11T22:00:00Z"))
        self.assertEqual(day["profit"]["profit"], "15")
        self.assertEqual([row["type"] for row in day["stops"]], ["reduce_only"], "it began before and still holds")
        ended = self.report("--ended")
        self.assertTrue(ended["span"]["over"])
        self.assertIn("nothing was made or lost", ended["summary"]["text"])
        self.assertGreater(ended["span"]["last_session"], "2026")

    def test_on_the_first_day_no_session_is_over_yet(self):
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None).isoformat(timespec="seconds")
        shutil.rmtree(self.folder / "journal")
        # The session that runs now began not later than its newest event.
        (self.folder / "c.toml").write_text(CONFIG.replace('start = "18:00"', 'start = "12:00"').replace("America/New_York", "UTC"))
        self.simulate([{"t": at(now), "type": "mark", "symbol": "AAPL", "last": "100"}])
        done = self.run_bulwark("report", "--journal", "journal", "--ended")
        self.assertEqual(done.stdout, "")
        self.assertIn("no session is over yet", done.stderr)

    def test_a_session_without_events(self):
        day = self.report("--from", "2025-03-12", "--to", "2025-03-12")
        self.assertEqual((day["profit"]["profit"], day["orders"]["asked"], day["track"]), ("0", 0, []))
        self.assertEqual(day["exposures"]["gross"], 15 * 71 + 10 * 200 * 1.2)
        for form in ("html", "csv"):
            self.run_bulwark("report", "--journal", "journal", "--format", form, "--from", "2025-03-12", "--to", "2025-03-12")

    def test_exceptions_are_those_of_the_sessions_up_to_the_span(self):
        (self.folder / "journal" / "sessions.csv").write_text(
            "2025-03-06,0.99,100,-150,-120\n2025-03-07,,,,\n2025-03-10,0.99,100,20,10\n2025-03-11,0.99,100,-101,5\n")
        test = self.report("--to", "2025-03-10")["backtest"]
        self.assertEqual((test["sessions"], test["sessions_missed"], test["exceptions"]), (2, 1, {"frozen": 1, "actual": 1}))
        self.assertEqual([row["exception"] for row in test["by_session"]], [True, None, False])
        self.assertEqual(self.report("--to", "2025-03-11")["backtest"]["exceptions"]["frozen"], 2)
        (self.folder / "journal" / "sessions.csv").write_text("2025-03-06,0.99,nonsense\n")
        self.assertIn("damaged", self.report()["backtest"]["why_not"])

    def test_where_nothing_good_stands_before_the_damage_it_says_what_verify_says(self):
        first, = (self.folder / "journal").glob("*.journal")
        whole = first.read_bytes()
        places = [place for place in range(0, len(whole), 97) if whole[place]]
        for place in places[:40]:
            first.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:])
            proof = self.run_bulwark("verify", "--json", "--journal", "journal", code=1)
            done = self.run_bulwark("report", "--journal", "journal", "--format", "json", code=1)
            self.assertIn(json.loads(proof.stdout)["what"], done.stderr)
            self.assertNotIn("holds nothing yet", done.stderr)
        first.write_bytes(whole)
        (self.folder / "journal" / "head").unlink()
        proof = self.run_bulwark("verify", "--json", "--journal", "journal", code=1)
        done = self.run_bulwark("report", "--journal", "journal", "--format", "json", "--ended", code=1)
        self.assertEqual(done.stdout, "")
        self.assertIn(json.loads(proof.stdout)["what"], done.stderr)

    def test_what_cannot_be_answered_says_so(self):
        def refused(code, says, *arguments):
            done = self.run_bulwark("report", "--format", "json", *arguments, code=code)
            self.assertIn(says, done.stderr)
            self.assertEqual(done.stdout, "")
        for date in ("2025-02-30", "yesterday", "+1h", "06.03.2025", "2025-3-6"):
            refused(2, date, "--journal", "journal", "--from", date)
        refused(2, "nothing lies between", "--journal", "journal", "--from", "2025-03-07", "--to", "2025-03-06")
        refused(2, "there is no journal", "--journal", str(self.folder))
        refused(2, "no journal: give", *())
        refused(2, "--format", "--journal", "journal", "--format", "docx")
        refused(1, "begins after", "--journal", "journal", "--from", "2020-01-01", "--to", "2020-01-01")
        refused(2, "--ended", "--journal", "journal", "--ended", "--to", "2025-03-06")
        refused(3, "nobody", "--instance", "nobody")


if __name__ == "__main__":
    unittest.main()
