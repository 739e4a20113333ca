# SPDX-License-Identifier: Apache-2.0
"""The auditor's questions: `bulwark audit`, from the journal alone, says what the views of PostgreSQL say."""
import json
import unittest

from ledger_desk import LedgerTest


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
        proof = self.rows(f"SELECT seq, block_hash, unbroken, head_seq >= seq FROM bulwark.proof('{self.refused}') "
                          f"WHERE decided > now() - interval '1 day' ORDER BY decided DESC LIMIT 1", user="ada")
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


if __name__ == "__main__":
    unittest.main()
