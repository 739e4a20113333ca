# SPDX-License-Identifier: Apache-2.0
"""One day of a desk, played on a real instance beside a PostgreSQL of its own: fills, refusals, a breach that halts an
account, a stop and a resume, an override, a reload, sessions before it; for the tests of reports."""
import datetime
import json
import os
import random
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TESTS, folder) for folder in ("ledger", "live")]
from ledger_desk import LedgerTest, wait_for  # noqa: E402
from desk import CONFIG  # noqa: E402
from live_test import MODEL, SCENARIOS, text_of  # noqa: E402

MARKUP = '<script>alert("1")</script>'
DAY_S = 86_400


def prices(days=300, seed=1):
    """Closes that are exact in a file and as a mark, and end at AAPL 100, XOM 50."""
    drawn, closes, rows = random.Random(seed), [100.0, 50.0], []
    for day in reversed(range(days)):
        rows.append((str(datetime.date(2020, 1, 1) + datetime.timedelta(days=day)), *closes))
        market = drawn.gauss(0, 0.01)
        closes = [round(close / (1 + market + drawn.gauss(0, 0.005)), 4) for close in closes]
    return rows[::-1]


class ReportTest(LedgerTest):
    CONFIG = (CONFIG.replace('max = "20000"', 'max = "200000"').replace('max = "100000"', 'max = "90000"')
              .replace('max = "500"', 'max = "5000"') + MODEL)

    def setUp(self):
        super().setUp()
        self.rows_of_prices = prices()
        (self.folder / "prices.csv").write_text(text_of(self.rows_of_prices))
        (self.folder / "scenarios.toml").write_text(SCENARIOS)

    def configure(self, extra=""):
        self.config.write_text(self.CONFIG + extra + f'[ledger]\npostgres = "{self.postgres.url("desk")}"\n')

    def keep_sessions(self, count=40, losses=(7, 31)):
        """The record of sessions as the sidecar keeps it, up to yesterday."""
        today, lines = datetime.datetime.now(datetime.timezone.utc).date(), []
        for day in range(count):
            date = today - datetime.timedelta(days=count - day)
            lines.append(f"{date},0.99,1500,{-1800 if day in losses else 40 * (day % 21) - 300},{25 * (day % 9)}\n")
        (self.folder / "journal" / "sessions.csv").write_text("".join(lines))

    def trade(self, client, quantity, symbol, side, price, fee="0"):
        order = self.accepts(client, quantity, symbol, side)
        client.fill(id=order, exec_id=order, quantity=quantity, price=price, fee=fee)

    def mark_all(self, aapl, xom):
        self.marks.mark("AAPL", last=aapl)
        self.marks.mark("XOM", last=xom)

    def play(self):
        """What happened that day; the instance runs on."""
        self.up()
        self.keep_sessions()
        self.mark_all("100", "50")
        self.trade(self.one, 500, "AAPL", "buy", "99.5", fee="2.5")
        self.trade(self.two, 600, "XOM", "sell", "50.25", fee="1.25")
        self.trade(self.one, 200, "AAPL", "sell", "101", fee="1")
        self.refuses(self.one, "order_notional", 2_001)
        self.refuses(self.two, "gross", 1_300, "XOM", "sell")
        self.accepts(self.two, 1_000, "XOM", "sell")  # 80,000 of 90,000: it warns
        self.two.done(id=f"o{self.orders}", why="canceled")
        self.signed("control", "override", "--limit", "size", "--max", "250000", "--until", "+1h")
        self.signed("control", "override", "--limit", "size", "--max", "1", "--until", "2020-01-01T00:00:00Z", code=4)
        self.processes.run("killswitch", "stop", "--instance", "ctl", "--operator", "Ada", "--reason", MARKUP)
        self.mark_all("100", "50")
        self.resumed(by="Ben")
        self.mark_all("80", "50")  # ACC1 loses 6,000, more than its limit: the limit halts it
        self.books("the halt", lambda book: any(row["state"] == "halted" for row in book["states"]))
        self.refuses(self.one, "halted")
        self.mark_all("100", "50")
        self.config.write_text(self.config.read_text().replace('max = "200000"', 'max = "150000"'))
        self.signed("reload")
        self.trade(self.two, 10, "AAPL", "buy", "100")
        self.shipped()

    def resumed(self, by):
        def done():
            said = self.processes.run("killswitch", "resume", "--instance", "ctl", "--operator", by, "--reason", "looked")
            return said.returncode == 0
        wait_for("the resume", done)

    def report(self, *arguments, code=0, config=True):
        """The document, or what else was asked for."""
        named = ("--config", str(self.config)) if config else ()
        result = self.processes.run("bulwark", "report", "--journal", str(self.folder / "journal"), *named, *arguments)
        self.assertEqual(result.returncode, code, f"{arguments}\n{result.stdout[-2000:]}{result.stderr}")
        return result

    def document(self, *arguments, **named):
        return json.loads(self.report("--format", "json", *arguments, **named).stdout)

    def journal(self):
        out = self.processes.run("bulwark", "journal", "--json", "--journal", str(self.folder / "journal")).stdout
        return [json.loads(line) for line in out.splitlines()]
