# SPDX-License-Identifier: Apache-2.0
"""`bulwark report` of a day that was played: its figures are those of the journal, of `bulwark risk` and `status --risk`,
and of SQL on the audit tables; its renderings say the same as its JSON."""
import csv
import html.parser
import io
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import unittest
from decimal import Decimal

from report_desk import MARKUP, ReportTest, text_of

MARKS = {"AAPL": Decimal(100), "XOM": Decimal(50)}


class Figures(ReportTest):
    def setUp(self):
        super().setUp()
        self.play()
        self.day = self.document()

    def near(self, found, wanted, what=None):
        self.assertTrue(math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-9), (what, found, wanted))

    def view(self, text):
        rows = self.rows(f"SELECT to_json(x) FROM ({text}) x WHERE stream = {self.stream()} ORDER BY seq", user="ada")
        return [json.loads("|".join(row)) for row in rows]

    def test_are_those_of_the_journal(self):
        records, day = self.journal(), self.day
        verdicts = [row for row in records if row["type"] == "verdict"]
        for decision in ("accepted", "resized", "rejected"):
            self.assertEqual(day["orders"][decision], sum(row["decision"] == decision for row in verdicts), decision)
        refused = {(row["reason"], row.get("limit")) for row in verdicts if row["decision"] == "rejected"}
        self.assertEqual({(row["reason"], row["limit"]) for row in day["refusals"]}, refused)
        self.assertIn(("halted", None), refused)
        said = [{key: row[key] for key in ("seq", "t", "type", "limit", "on", "value", "max")} for row in day["breaches"]]
        self.assertEqual(said, [{key: row[key] for key in ("seq", "t", "type", "limit", "on", "value", "max")}
                                for row in records if row["type"] in ("warning", "breach", "cleared")])
        self.assertIn({"event": "mark", "symbol": "AAPL"}, [row["who"] for row in day["breaches"]])
        self.assertIn(("c2", "ACC2", "slow"), [(row["who"].get("client"), row["who"].get("account"),
                                                row["who"].get("strategy")) for row in day["breaches"]])
        self.profit_is_that_of_the_fills(records)

    def profit_is_that_of_the_fills(self, records):
        """Cash, positions at the last marks, fees: without the engine's way of averages."""
        orders = {row["id"]: row for row in records if row["type"] == "intent"}
        profit, fees, position = {"ACC1": Decimal(0), "ACC2": Decimal(0)}, Decimal(0), {}
        for fill in (row for row in records if row["type"] == "fill"):
            order = orders[fill["id"]]
            account = "ACC1" if order["strategy"] == "momo" else "ACC2"
            signed = Decimal(fill["quantity"]) * (1 if order["side"] == "buy" else -1)
            profit[account] += signed * (MARKS[order["symbol"]] - Decimal(fill["price"])) - Decimal(fill.get("fee", "0"))
            fees += Decimal(fill.get("fee", "0"))
            position[order["symbol"]] = position.get(order["symbol"], 0) + signed
        said = self.day["profit"]
        self.assertEqual({row["account"]: Decimal(row["profit"]) for row in said["accounts"]}, profit)
        self.assertEqual((Decimal(said["profit"]), Decimal(said["fees"])), (sum(profit.values()), fees))
        self.assertEqual(Decimal(said["profit"]), Decimal(said["realised"]) + Decimal(said["unrealised"]) - fees)
        for table in ("accounts", "strategies", "sectors", "symbols"):
            for part in ("profit", "realised", "unrealised", "fees"):
                self.assertEqual(sum(Decimal(row[part]) for row in said[table]), Decimal(said[part]), (table, part))
        self.assertEqual({row["symbol"]: Decimal(row["position"]) for row in self.day["exposures"]["symbols"]}, position)
        self.assertEqual(Decimal(said["equity"]["end"]), Decimal(said["equity"]["start"]) + Decimal(said["profit"]))

    def test_are_those_of_bulwark_risk_on_the_same_positions(self):
        positions = self.folder / "positions.csv"
        held = self.day["exposures"]["symbols"]
        positions.write_text("symbol,quantity\n" + "".join(f"{row['symbol']},{row['position']}\n" for row in held))

        def risk(what, *options):
            done = self.processes.run("bulwark", "risk", what, "--prices", str(self.folder / "prices.csv"), "--positions",
                                      str(positions), "--json", *options)
            self.assertEqual(done.returncode, 0, done.stderr)
            return json.loads(done.stdout)["results"]

        for measure in ("var", "es"):
            for method in ("parametric", "historical", "filtered"):
                wanted, = risk(measure, "--method", method, "--estimator", "sample", "--confidence", "0.99")
                self.near(self.day["risk"][measure][method], wanted["value"], (measure, method))
        losses = {row["scenario"]: row["value"] for row in risk("stress", "--scenarios", str(self.folder / "scenarios.toml"))
                  if row["name"] == "loss"}
        self.assertEqual({row["scenario"] for row in self.day["stress"]["losses"]}, {"crash", "oil"})
        for row in self.day["stress"]["losses"]:
            self.near(row["loss"], losses[row["scenario"]], row)
        live = json.loads(self.bulwark("status", "--risk", "--json"))["risk"]
        for part in ("var", "es"):
            self.assertEqual(self.day["risk"][part], live[part])
        self.assertEqual(self.day["stress"], live["stress"])
        self.assertEqual(self.day["exposures"]["gross"], live["exposure"]["gross"])
        self.near(float(self.day["profit"]["profit"]), live["profit"]["today"])
        self.assertEqual(self.day["risk"]["model"]["version"], live["model"]["version"])

    def test_are_those_of_sql_on_the_audit_tables(self):
        stream, day = self.stream(), self.day
        decided = dict(self.rows(f"SELECT decision, count(*) FROM bulwark.verdict WHERE stream = {stream} GROUP BY 1"))
        self.assertEqual({key: str(day["orders"][key]) for key in decided}, decided)
        refused = self.rows(f"SELECT reason, limit_name, count(*) FROM bulwark.verdict WHERE stream = {stream} AND "
                            f"decision = 'rejected' GROUP BY 1, 2 ORDER BY 1, 2")
        self.assertEqual(sorted([row["reason"], row["limit"] or "", str(row["orders"])] for row in day["refusals"]), refused)
        fills, fees = self.rows(f"SELECT count(*), sum(fee) FROM bulwark.fill WHERE stream = {stream}")[0]
        self.assertEqual((str(day["orders"]["fills"]), Decimal(day["profit"]["fees"])), (fills, Decimal(fees)))
        profit = self.rows(
            f"SELECT v.strategy, sum((CASE v.side WHEN 'buy' THEN 1 ELSE -1 END) * f.quantity * ((CASE v.symbol WHEN 'AAPL' "
            f"THEN 100 ELSE 50 END) - f.price) - f.fee) FROM bulwark.fill f JOIN bulwark.verdict v USING (stream, id) "
            f"WHERE stream = {stream} GROUP BY 1")
        self.assertEqual({row["strategy"]: Decimal(row["profit"]) for row in day["profit"]["strategies"]},
                         {strategy: Decimal(sum) for strategy, sum in profit})
        objections = dict(self.rows(f"SELECT limit_name, count(*) FROM bulwark.objection WHERE stream = {stream} GROUP BY 1"))
        self.assertEqual({row["limit"]: str(row["objections"]) for row in day["limits"]["limits"] if row["objections"]},
                         objections)
        breaches = self.rows(f"SELECT seq, type, limit_name FROM bulwark.breach WHERE stream = {stream} ORDER BY seq")
        self.assertEqual([[str(row["seq"]), row["type"], row["limit"]] for row in day["breaches"]], breaches)
        words = ("seq", "type", "scope", "operator", "reason", "epoch", "clients")

        def cut(rows):
            return [{word: row[word] for word in words} | {"resumed": row["resumed"] is not None} for row in rows]
        self.assertEqual(cut(day["stops"]), cut(self.view("SELECT * FROM bulwark.stops")))
        first = int(self.rows(f"SELECT min(seq) FROM bulwark.configuration WHERE stream = {stream}")[0][0])
        keys = ("seq", "type", "limit_name", "scope", "key", "old_value", "new_value", "operator", "reason")
        self.assertEqual([{key: row[key] for key in keys} for row in day["changes"]],
                         [{key: row[key] for key in keys} for row in self.view("SELECT * FROM bulwark.limit_changes")
                          if row["seq"] != first])

    def test_say_what_happened_and_what_needs_a_decision(self):
        day = self.day
        stop, = [row for row in day["stops"] if row["reason"] == MARKUP]
        self.assertEqual((stop["operator"], stop["resumed_by"], set(stop["clients"])), ("Ada", "Ben", {"c1", "c2"}))
        self.assertEqual([(row["type"], row["old_value"], row["new_value"], row["operator"]) for row in day["changes"]],
                         [("override", "200000", "250000", "Ada"), ("configuration", "200000", "150000", "Ada")])
        self.assertIn({"on": {"account": "ACC1"}, "state": "halted", "cause": "loss"}, day["states"])
        text, decisions = day["summary"]["text"], day["summary"]["decisions"]
        self.assertRegex(text, "we made 595.25 USD .* by Ada .* until Ben resumed")
        self.assertTrue(any("ACC1 is halted" in one for one in decisions), decisions)
        self.assertTrue(any("yellow: 2 exceptions in 40 sessions" in one for one in decisions), decisions)
        loss, = [row for row in day["limits"]["limits"] if (row["limit"], row["on"]) == ("loss", {"account": "ACC1"})]
        self.assertEqual((Decimal(loss["largest"]), loss["max"]), (Decimal("5553.5"), "5000"))
        self.near(loss["use"], 5_553.5 / 5_000)
        self.near(day["profit"]["drawdown"]["largest"], 6_000 / 1_500_595.25)
        controls = {row["limit"]: row["max"] for row in day["controls"]["limits"]}
        self.assertEqual(controls["size"], "250000", "the override holds over the new configuration")
        self.assertTrue((self.folder / "journal" / f"config-{day['controls']['configuration']}.toml").exists())

    def test_stay_what_they_were_while_the_instance_goes_on_and_its_prices_grow(self):
        end = str(self.journal()[-1]["t"] + 1)
        begin = str(self.journal()[0]["t"])
        before = self.document("--from", begin, "--to", end)
        self.trade(self.two, 10, "XOM", "buy", "51")
        self.shipped()
        rows = self.rows_of_prices + [("2020-10-27", 101.0, 49.0), ("2020-10-28", 103.0, 48.0)]
        (self.folder / "prices.csv").write_text(text_of(rows))
        after = self.document("--from", begin, "--to", end)
        for part in ("profit", "exposures", "risk", "stress", "orders", "refusals", "stops", "breaches", "positions"):
            self.assertEqual(before[part], after[part], part)
        self.assertIsNotNone(after["risk"]["var"]["historical"], "the file without its last days is that of the model")
        blind = self.document("--from", begin, "--to", end, config=False)
        self.assertIsNone(blind["risk"]["var"]["historical"])
        self.assertEqual(blind["risk"]["var"]["parametric"], before["risk"]["var"]["parametric"])
        self.assertEqual(self.document()["orders"]["fills"], before["orders"]["fills"] + 1)


class Page(html.parser.HTMLParser):
    """Every tag and every text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.attributes = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.texts.append(data)


class Renderings(ReportTest):
    def setUp(self):
        super().setUp()
        self.play()
        self.down()
        self.day = self.document()

    def test_html_stands_alone_and_shows_markup_as_text(self):
        text = self.report("--format", "html").stdout
        page = Page(text)
        self.assertNotIn("script", page.tags)
        self.assertTrue(any(MARKUP in one for one in page.texts))
        self.assertEqual([pair for pair in page.attributes if pair[0] in ("src", "href") or pair[0].startswith("on")], [])
        self.assertNotRegex(text, r"https?://|url\(|@import")
        self.assertEqual(page.tags.count("svg"), 3)
        for said in ("595.25", "481.14", "431.23", "447.59", "crash", self.day["chain"]["hash"], "yellow", "ACC1 is halted"):
            self.assertTrue(any(said in one for one in page.texts), said)

    def test_the_chain_is_what_verify_says(self):
        proof = self.processes.run("bulwark", "verify", "--json", "--journal", str(self.folder / "journal"))
        proof, chain = json.loads(proof.stdout), self.day["chain"]
        self.assertEqual((chain["state"], chain["records"], chain["blocks"], chain["last"], chain["hash"]),
                         ("whole", proof["records"], proof["blocks"], proof["head"]["seq"], proof["head"]["hash"]))
        self.assertEqual((chain["first"], chain["decided_again_up_to"]), (1, proof["head"]["seq"]))

    def test_csv_has_every_value_of_the_document(self):
        lines = list(csv.DictReader(io.StringIO(self.report("--format", "csv").stdout)))

        def values(part):
            if isinstance(part, dict):
                return sum(values(one) for one in part.values())
            return sum(map(values, part)) if isinstance(part, list) else part is not None
        self.assertEqual(len(lines), values(self.day))
        found = {(line["section"], line["item"], line["key"]): line["value"] for line in lines}
        self.assertEqual(len(found), len(lines), "each has a place of its own")
        self.assertEqual(found["profit", "", "realised"], self.day["profit"]["realised"])
        self.assertEqual(found["risk", "", "var.historical"], repr(self.day["risk"]["var"]["historical"]))
        self.assertEqual(found["profit.accounts", "1", "account"], "ACC1")

    def test_into_a_folder_goes_a_file_of_its_own_name(self):
        out = self.folder / "reports"
        out.mkdir()
        said = self.report("--format", "json", "--output", str(out)).stdout.strip()
        self.assertEqual(said, str(out / f"ctl-{self.day['span']['last_session']}.json"))
        self.assertEqual(json.loads(pathlib.Path(said).read_text())["profit"], self.day["profit"])
        self.report("--format", "json", "--output", str(self.folder / "no" / "such.json"), code=2)

    def test_pdf_by_whatever_makes_one(self):
        programs = self.folder / "programs"
        programs.mkdir()
        os.symlink(shutil.which("sh"), programs / "sh")
        pdf = self.folder / "day.pdf"
        self.processes.environment["PATH"] = str(programs)
        self.assertIn("chromium", self.report("--format", "pdf", "--output", str(pdf), code=1).stderr)
        maker = programs / "weasyprint"
        maker.write_text('#!/bin/sh\necho "%PDF-of" > "$2"\n while read line; do echo "$line" >> "$2"; done < "$1"\n')
        maker.chmod(0o755)
        self.report("--format", "pdf", "--output", str(pdf))
        self.assertIn("Daily risk report", pdf.read_text())
        maker.write_text("#!/bin/sh\necho it is broken\nexit 3\n")
        self.assertIn("it is broken", self.report("--format", "pdf", "--output", str(pdf), code=1).stderr)

    def test_pdf_by_chromium(self):
        if shutil.which("chromium") is None and shutil.which("chromium-headless-shell") is None:
            self.skipTest("no chromium here")
        pdf = self.folder / "day.pdf"
        self.report("--format", "pdf", "--output", str(pdf))
        self.assertTrue(pdf.read_bytes().startswith(b"%PDF-"))
        if shutil.which("pdftotext") is not None:
            text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], text=True, capture_output=True).stdout
            self.assertRegex(text, r"page 1 of [3-9]")
            self.assertIn("595.25", text)
            self.assertIn(self.day["chain"]["hash"], re.sub(r"\s", "", text))

    def test_a_damaged_journal_is_told_at_the_top(self):
        path = max((self.folder / "journal").glob("*.journal"))
        data = bytearray(path.read_bytes())
        data[data.index(MARKUP.encode())] ^= 1
        path.write_bytes(data)
        result = self.report("--format", "json", code=1)
        self.assertIn("damaged", result.stderr)
        day = json.loads(result.stdout)
        self.assertIn(path.name, day["damage"])
        self.assertEqual(day["chain"]["state"], "damaged")
        self.assertEqual(day["orders"]["fills"], 3, "what comes before the damage is reported")
        self.assertIn("damaged", day["summary"]["decisions"][0])
        page = self.report("--format", "html", code=1).stdout
        self.assertLess(page.index("THE JOURNAL IS DAMAGED"), page.index("class=\"summary\""))


if __name__ == "__main__":
    unittest.main()
