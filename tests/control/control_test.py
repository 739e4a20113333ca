# SPDX-License-Identifier: Apache-2.0
"""`bulwark control` and `bulwark equity` against a real instance: what each does to running clients, and what is left
of it after a restart."""
import os
import signal
import time
import unittest

from desk import HUNG, DeskTest, wait_for


class Halt(DeskTest):
    def test_of_everything_is_the_kill_switch(self):
        self.up()
        unsent = self.accepts(self.one)
        stop = self.signed_json("control", "halt")
        self.assertEqual((stop["on"], stop["operator"], stop["cause"]), ({}, "Ada", "because of it"))
        self.assertEqual([(c["client"], c["acknowledged"]) for c in stop["clients"]], [("c1", True), ("c2", True)])
        self.assertFalse(self.one.clear_to_send(id=unsent))
        self.refuses(self.two, "halted")
        latch = self.folder / "journal" / "latch"
        wait_for("the latch on disk", lambda: "trading = no" in latch.read_text())
        self.assertEqual((self.status()["state"], self.status()["cause"]), ("halted", "because of it"))
        self.assertIn("resumed", self.signed("control", "resume"))
        self.accepts(self.two)

    def test_needs_neither_name_nor_reason(self):
        self.up()
        self.assertIn("no reason given", self.bulwark("control", "halt"))
        self.refuses(self.one, "halted")

    def test_of_an_account_leaves_the_other_alone(self):
        self.up()
        unsent = self.accepts(self.one)
        self.signed("control", "halt", "--on", "account=ACC1")
        self.assertFalse(self.one.clear_to_send(id=unsent))
        self.refuses(self.one, "halted")
        self.accepts(self.two)
        self.assertEqual(self.status()["state"], "normal")
        self.assertEqual(self.status()["states"], [{"on": {"account": "ACC1"}, "state": "halted", "cause": "because of it"}])
        self.assertIn("  account ACC1: halted (because of it)\n", self.bulwark("status"))
        resumed = self.signed_json("control", "resume", "--on", "account=ACC1")
        self.assertEqual([(line["type"], line["on"], line["state"]) for line in resumed["lines"]],
                         [("state", {"account": "ACC1"}, "normal")])
        self.accepts(self.one)

    def test_of_a_sector_goes_through_the_sidecar(self):
        self.up()
        halted = self.signed_json("control", "halt", "--on", "sector=Energy")
        self.assertTrue(halted["done"])
        self.assertEqual([(line["on"], line["state"], line["cause"]) for line in halted["lines"]],
                         [({"sector": "Energy"}, "halted", "because of it")])
        self.refuses(self.one, "halted", symbol="XOM")
        self.accepts(self.one, symbol="AAPL")
        self.signed("control", "resume", "--on", "sector=Energy")
        self.accepts(self.one, symbol="XOM")


class ReduceOnly(DeskTest):
    def test_lets_only_reducing_orders_pass(self):
        self.up()
        order = self.accepts(self.one, 10)
        self.one.fill(id=order, exec_id="e1", quantity=10, price=100)
        said = self.signed("control", "reduce_only", "--on", "account=ACC1", "--on", "symbol=AAPL")
        self.assertIn("account ACC1, symbol AAPL is reduce_only (because of it)", said)
        self.refuses(self.one, "reduce_only")
        self.accepts(self.one, 4, side="sell")
        self.accepts(self.one, symbol="XOM")
        self.accepts(self.two)
        self.bulwark("control", "reduce_only")  # everything, by nobody, for no reason
        self.refuses(self.two, "reduce_only")
        self.assertEqual(self.status()["state"], "reduce_only")
        self.assertEqual(len(self.signed_json("control", "resume")["lines"]), 2)
        self.accepts(self.two)

    def test_an_equal_state_changes_nothing(self):
        self.up()
        self.signed("control", "halt", "--on", "account=ACC1")
        self.books("the halt", lambda book: len(book["states"]) == 1)
        self.assertEqual(self.signed_json("control", "reduce_only", "--on", "account=ACC1")["lines"], [])
        self.refuses(self.one, "halted")


class Resume(DeskTest):
    def test_is_refused_while_a_limit_is_breached(self):
        self.up()
        order = self.accepts(self.one, 100)
        self.one.fill(id=order, exec_id="e1", quantity=100, price=100)
        self.mark(90)
        wait_for("the loss limit", lambda: self.check(self.one).reason == "halted")
        refused = self.signed("control", "resume", "--on", "account=ACC1", code=4)
        self.assertIn("limit loss: 1000 is still above its max of 500", refused)
        self.refuses(self.one, "halted")
        said = self.signed_json("control", "resume", "--on", "account=ACC1", "--new-baseline")
        self.assertIn(({"account": "ACC1"}, "normal"), [(line["on"], line.get("state")) for line in said["lines"]])
        self.accepts(self.one)

    def test_an_override_that_cures_it_will_do(self):
        self.up()
        order = self.accepts(self.one, 100)
        self.one.fill(id=order, exec_id="e1", quantity=100, price=100)
        self.mark(90)
        wait_for("the loss limit", lambda: self.check(self.one).reason == "halted")
        said = self.signed("control", "override", "--limit", "loss", "--on", "account=ACC1", "--max", "2000", "--until",
                           "+1h")
        self.assertIn("cleared: limit loss of account ACC1", said)
        self.signed("control", "resume", "--on", "account=ACC1")
        self.accepts(self.one)


class Override(DeskTest):
    def test_holds_until_its_end(self):
        self.up()
        self.refuses(self.one, "order_notional", 250)
        said = self.signed_json("control", "override", "--limit", "size", "--max", "30000", "--until", "+3s")
        self.assertEqual((said["limit"], said["max"], said["done"]), ("size", "30000", True))
        self.accepts(self.one, 250)
        wait_for("its end", lambda: self.check(self.one, 250).reason == "order_notional")

    def test_of_one_scope_leaves_the_others(self):
        self.up()
        self.signed("control", "override", "--limit", "gross", "--on", "account=ACC1", "--max", "1000", "--until",
                    "2199-12-31T23:59:59Z")
        self.refuses(self.one, "gross", 20)
        self.accepts(self.two, 20)

    def test_what_the_engine_refuses(self):
        self.up()
        override = ("control", "override", "--max", "1", "--until", "+1h")
        self.assertIn("limit is unknown", self.signed(*override, "--limit", "nobody", code=4))
        self.assertIn("no scope of that limit", self.signed(*override, "--limit", "gross", "--on", "symbol=AAPL", code=4))
        past = self.signed("control", "override", "--limit", "size", "--max", "1", "--until", "2020-01-01T00:00Z", code=4)
        self.assertIn("not in the future", past)
        self.accepts(self.one)


class Equity(DeskTest):
    def test_moves_equity_and_no_profit(self):
        self.up()
        said = self.signed("equity", "--account", "ACC1", "--amount", "1000.50")
        self.assertIn("deposited 1000.5 into account ACC1", said)
        self.assertIn("account ACC1 now has an equity of 1001000.5", said)
        self.signed("equity", "--account", "ACC1", "--amount", "-0.25")
        said = self.signed_json("equity", "--account", "ACC2", "--amount", "-500")
        self.assertEqual((said["account"], said["amount"], said["lines"]), ("ACC2", "-500", []))
        book = self.books("all three", lambda book: book["accounts"][1]["equity"] == "499500")
        self.assertEqual(book["accounts"][0], {"account": "ACC1", "equity": "1001000.25", "profit_today": "0",
                                               "peak": "1001000.25"})
        self.journal_says("equity of ACC1: because of it")
        self.assertIn("account is unknown", self.signed("equity", "--account", "ACC9", "--amount", "1", code=4))
        over = self.signed("equity", "--account", "ACC1", "--amount", "100000000000000000000", code=4)
        self.assertIn("out of range", over)


class Restart(DeskTest):
    def all_of_them(self):
        self.up()
        self.signed("control", "reduce_only", "--on", "account=ACC2")
        self.signed("control", "halt", "--on", "sector=Energy")
        self.signed("control", "halt", "--on", "account=ACC2", "--on", "symbol=AAPL")
        self.signed("control", "override", "--limit", "gross", "--on", "account=ACC1", "--max", "1000", "--until", "+1h")
        self.signed("equity", "--account", "ACC1", "--amount", "777")
        self.journal_says("equity of ACC1: because of it")
        before = self.books("the deposit", lambda book: book["accounts"][0]["equity"] == "1000777")
        self.assertEqual(len(before["states"]), 3)
        return before

    def holds_after(self, before):
        self.refuses(self.one, "gross", 20)
        self.refuses(self.one, "halted", symbol="XOM")
        self.refuses(self.two, "halted", symbol="AAPL")
        self.assertEqual(self.book()["states"], before["states"])
        self.assertEqual(self.book()["accounts"], before["accounts"])

    def test_after_an_end_in_good_order(self):
        before = self.all_of_them()
        self.down()
        self.up()
        self.holds_after(before)

    def test_after_sigkill_of_the_sidecar(self):
        before = self.all_of_them()
        os.kill(self.status()["processes"]["bulwark-sidecar"], signal.SIGKILL)
        wait_for("the stop that follows", lambda: self.status()["state"] == "halted")
        end = time.monotonic() + HUNG
        while True:  # as a person would: again, as long as something is not back yet
            result = self.processes.run("bulwark", "control", "resume", "--instance", "ctl", "--on", "client=c1",
                                      "--operator", "Ada", "--reason", "x")
            if result.returncode == 0 or time.monotonic() > end:
                break
            time.sleep(0.05)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.status()["state"], "halted")  # a scope was resumed, not everything
        self.assertEqual([row for row in self.book()["states"] if row["on"] != {}], before["states"])
        self.assertEqual(self.book()["accounts"], before["accounts"])

    def test_a_halt_of_everything_stays(self):
        self.up()
        self.signed("control", "halt")
        self.down()
        self.instance = self.start("bulwark", "up")
        wait_for("it", lambda: self.processes.run("bulwark", "status", "--instance", "ctl").returncode == 0)
        self.assertEqual((self.status()["state"], self.status()["cause"]), ("halted", "because of it"))
        self.assertIn(("{}", "halted", "because of it"), self.states())


if __name__ == "__main__":
    unittest.main()
