# SPDX-License-Identifier: Apache-2.0
"""The auditor's questions: `bulwark audit`, from the journal alone, says what the views of PostgreSQL say."""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import unittest

from ledger_desk import HUNG, LedgerTest, wait_for

# A client that only stands there.
FROZEN = """import sys, time, bulwark
client = bulwark.attach(instance=sys.argv[1], client="c3", strategy="momo")
print("here", flush=True)
time.sleep(600)
"""
DOCS = pathlib.Path(__file__).parents[2] / "docs" / "ledger.md"


class Audit(LedgerTest):
    def setUp(self):
        super().setUp()
        self.up()
        self.order = self.accepts(self.one, 10)
        self.one.fill(id=self.order, exec_id="e1", quantity=10, price=100)
        self.refuses(self.one, "order_notional", 250)
        self.refused = f"o{self.orders}"
        self.signed("control", "override", "--limit", "size", "--max", "30000", "--until", "+1h")
        self.signed("control", "override", "--limit", "size", "--max", "1", "--until", "2020-01-01T00:00:00Z", code=4)
        self.signed("control", "reduce_only", "--on", "account=ACC2")
        self.signed("control", "resume", "--on", "account=ACC2", by="Ben")
        self.mark(30)  # ACC1 loses 700, more than its limit: the limit halts it
        self.refuses(self.one, "halted")
        self.config.write_text(self.config.read_text().replace('max = "20000"', 'max = "15000"'))
        self.signed("reload")
        self.shipped()

    def view(self, text):
        """The rows of a query as objects, the newest stream's alone."""
        rows = self.rows(f"SELECT to_json(x) FROM ({text}) x WHERE stream = {self.stream()} ORDER BY seq", user="ada")
        return [json.loads("|".join(row)) for row in rows]

    def same(self, said, view, *words):
        cut = [{word: row.get(word) for word in words} for row in said]
        self.assertEqual(cut, [{word: row.get(word) for word in words} for row in view])
        return cut

    def test_of_an_order(self):
        said = self.audit("order", self.refused)
        verdict, objection = said
        self.assertEqual((verdict["table"], verdict["decision"], verdict["limit_name"], verdict["value"], verdict["max"]),
                         ("verdict", "rejected", "size", "25000", "20000"))
        self.assertEqual((objection["table"], objection["limit_name"]), ("objection", "size"))
        self.same([verdict], self.view(f"SELECT * FROM bulwark.decisions WHERE id = '{self.refused}'"), "seq", "client",
                  "decision", "reason", "limit_name", "scope", "event_seq", "mark_t_ns", "configuration", "model")
        newest = (f"SELECT seq, block_hash, unbroken, head_seq >= seq FROM bulwark.proof('{self.refused}') "
                  f"ORDER BY decided DESC LIMIT 1")
        proof = wait_for("a head behind it", lambda: (rows := self.rows(newest, user="ada")) and rows[0][3] and rows)
        self.assertEqual(proof, [[str(verdict["seq"]), verdict["block"]["hash"], "t", "t"]])
        self.assertEqual([row["table"] for row in self.audit("order", self.order)][:2], ["verdict", "fill"])
        self.audit("order", "nobody's", code=1)

    def test_of_stops(self):
        said = self.same(self.audit("stops"), self.view("SELECT * FROM bulwark.stops"), "seq", "type", "scope", "operator",
                         "reason")
        self.assertIn({"type": "reduce_only", "scope": {"account": "ACC2"}, "operator": "Ada", "reason": "because of it"},
                      [{key: value for key, value in row.items() if key != "seq"} for row in said])
        self.assertIn(("halted", {"account": "ACC1"}, "limit loss"),
                      [(row["type"], row["scope"], row["reason"]) for row in said])
        resumed = [row["resumed"] is not None for row in self.audit("stops")]
        self.assertEqual(resumed, [row["resumed"] is not None for row in self.view("SELECT * FROM bulwark.stops")])
        self.assertIn(True, resumed)

    def test_of_how_long_each_client_took_to_stop(self):
        frozen = subprocess.Popen([sys.executable, "-B", "-c", FROZEN, "ctl"], text=True, stdout=subprocess.PIPE,
                                  env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
        self.addCleanup(frozen.stdout.close)
        self.addCleanup(frozen.wait)
        self.addCleanup(frozen.kill)
        self.assertEqual(frozen.stdout.readline().strip(), "here")
        frozen.send_signal(signal.SIGSTOP)
        self.processes.run("killswitch", "stop", "--instance", "ctl", "--operator", "Ada", "--reason", "enough")

        def stop():
            row, = [row for row in self.audit("stops") if row["reason"] == "enough"]
            return row

        said = wait_for("that one is silent", lambda: (clients := stop()["clients"]) and "c3" in clients and clients)
        self.assertEqual(said["c3"], {"outcome": "silent", "delay_ns": None})
        self.assertEqual(said["c1"]["outcome"], "acknowledged")
        self.assertGreaterEqual(said["c1"]["delay_ns"], 0)
        frozen.send_signal(signal.SIGCONT)
        wait_for("that it acknowledges late", lambda: stop()["clients"]["c3"]["outcome"] == "acknowledged")
        self.assertGreater(stop()["clients"]["c3"]["delay_ns"], 1_000_000_000)
        self.shipped()
        self.same([stop()], self.view("SELECT * FROM bulwark.stops WHERE reason = 'enough'"), "seq", "epoch", "clients")

    def test_of_a_client_that_ended_without_a_word(self):
        frozen = subprocess.Popen([sys.executable, "-B", "-c", FROZEN, "ctl"], text=True, stdout=subprocess.PIPE,
                                  env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
        self.addCleanup(frozen.stdout.close)
        self.assertEqual(frozen.stdout.readline().strip(), "here")
        wait_for("that it is seen", lambda: len(self.status()["clients"]) == 3)
        frozen.send_signal(signal.SIGSTOP)
        self.processes.run("killswitch", "stop", "--instance", "ctl", "--operator", "Ada", "--reason", "enough")
        frozen.kill()
        frozen.wait()

        def outcome():
            row, = [row for row in self.audit("stops") if row["reason"] == "enough"]
            return row["clients"] and row["clients"].get("c3", {}).get("outcome")
        wait_for("that it is gone", lambda: outcome() == "gone")

    def test_of_limits(self):
        said = self.same(self.audit("limits"), self.view("SELECT * FROM bulwark.limit_changes"), "seq", "type",
                         "limit_name", "scope", "key", "old_value", "new_value", "operator", "reason")
        changes = [(row["type"], row["old_value"], row["new_value"], row["operator"]) for row in said
                   if row["limit_name"] == "size" and row["key"] == "max"]
        self.assertEqual(changes, [("configuration", None, "20000", None), ("override", "20000", "30000", "Ada"),
                                   ("configuration", "20000", "15000", "Ada")])

    def test_of_breaches(self):
        said = self.audit("breaches")
        self.assertIn(("breach", "loss", {"account": "ACC1"}, "700", "500"),
                      [(row["type"], row["limit_name"], row["scope"], row["value"], row["max"]) for row in said])
        days = self.audit("breaches", "--by-day")
        instance = [dict(zip(("limit_name", "warnings", "breaches", "objections"), row)) for row in self.rows(
            "SELECT limit_name, sum(warnings), sum(breaches), sum(objections) FROM bulwark.breaches_by_day GROUP BY 1 "
            "ORDER BY 1", user="ada")]
        self.assertEqual({row["limit_name"] for row in days}, {row["limit_name"] for row in instance})


class Walk(LedgerTest):
    """docs/ledger.md: from an order to the proof that its record was not changed, and to what is said where it was."""

    def setUp(self):
        super().setUp()
        self.up()
        wait_for("an order", lambda: self.one.check(id="o42", symbol="AAPL", side="buy", quantity=1).reason != "no_mark")
        self.shipped()
        wait_for("a head behind it", lambda: self.rows(f"SELECT 1 FROM bulwark.head h JOIN bulwark.verdict v USING (stream) "
                                                       f"WHERE v.id = 'o42' AND h.seq >= v.seq AND stream = {self.stream()}"))
        self.down()

    def walk(self):
        """The commands of the page, as they stand there."""
        commands, = re.findall(r"^```sh\n(.*?)^```$", DOCS.read_text(), flags=re.M | re.S)
        environment = {**self.processes.environment, "AUDITOR": self.postgres.url("ada"),
                       "PATH": self.processes.programs + os.pathsep + os.environ["PATH"]}
        return subprocess.run(["bash", "-ec", commands], cwd=self.folder, env=environment, text=True, capture_output=True,
                              timeout=HUNG)

    def proof(self):
        return self.rows(f"SELECT unbroken FROM bulwark.proof('o42') p JOIN bulwark.verdict v USING (seq) "
                         f"WHERE v.id = 'o42' AND stream = {self.stream()} AND p.decided = v.t", user="ada")

    def journal_file(self):
        return next((self.folder / "journal").glob("*.journal"))

    def test_ends_in_the_proof(self):
        done = self.walk()
        self.assertEqual(done.returncode, 0, done.stderr)
        said = re.findall(r'"hash":"([0-9a-f]{64})"', done.stdout)[-1]
        self.assertIn(said, re.findall(r"^block_hash +\| (\w+)$", done.stdout, flags=re.M))
        self.assertIn("every checksum fits", done.stdout)
        self.assertRegex(done.stdout, r"\d+ heads that the server was told are in this journal")
        self.assertEqual(self.proof(), [["t"]])

    def test_finds_a_changed_journal(self):
        path = self.journal_file()
        data = bytearray(path.read_bytes())
        data[data.index(b"o42")] = ord("p")
        path.write_bytes(data)
        done = self.walk()
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(path.name), done.stderr)

    def test_finds_a_changed_block_at_the_server(self):
        where = f"stream = {self.stream()} AND first_seq = (SELECT block_first FROM bulwark.proof('o42') ORDER BY decided " \
                "DESC LIMIT 1)"
        self.rows(f"UPDATE bulwark.block SET bytes = overlay(bytes PLACING 'p'::bytea FROM position('o42'::bytea IN bytes)) "
                  f"WHERE {where}")
        self.assertEqual(self.proof(), [["f"]])
        done = self.processes.run("bulwark-ledger", "--verify", "--config", str(self.config))
        self.assertEqual(done.returncode, 1)
        self.assertIn("not what its hash says", done.stderr)

    def test_finds_a_journal_that_was_made_anew(self):
        """With a chain of its own that fits: only what was anchored elsewhere tells it from the one that was written."""
        self.rows(f"UPDATE bulwark.head SET hash = sha256(hash) WHERE stream = {self.stream()} AND seq = (SELECT max(seq) FROM "
                  f"bulwark.head WHERE stream = {self.stream()})")
        done = self.processes.run("bulwark-ledger", "--verify", "--config", str(self.config))
        self.assertEqual(done.returncode, 1)
        self.assertIn("the server was told another hash", done.stderr)


if __name__ == "__main__":
    unittest.main()
