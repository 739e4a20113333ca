# SPDX-License-Identifier: Apache-2.0
"""The Python module against the stand-in instance: every call, every misuse.  python_test.py ECHO_INSTANCE"""
import os
import sys
import threading
import time
import unittest
from decimal import Decimal

import bulwark
from instance import Instance

ECHO = sys.argv.pop(1)
IDS = "; ids are 1 to 64 printable ASCII characters"
NAMES = "; names are 1 to 32 printable ASCII characters"


class PythonTest(unittest.TestCase):
    def setUp(self):
        self.instance = Instance(ECHO)
        self.addCleanup(self.instance.__exit__)
        self.client = bulwark.attach(instance="desk", client="c1", account="ACC1", strategy="momo")

    def check(self, id="o1", symbol="AAPL", side="buy", quantity="100", price="189.50", **more):
        return self.client.check(id=id, symbol=symbol, side=side, quantity=quantity, price=price, **more)

    def raises(self, message, call, *arguments, error=bulwark.Error, **more):
        with self.assertRaises(error) as caught:
            call(*arguments, **more)
        self.assertEqual(str(caught.exception), message)

    def test_a_day_of_an_order(self):
        verdict = self.check()
        self.assertEqual(verdict, ("accepted", Decimal(100), None, None, None, None))
        self.assertTrue(verdict.accepted)
        self.assertIsInstance(verdict.quantity, Decimal)
        self.assertIs(self.client.clear_to_send(id="o1"), True)
        self.assertIs(self.client.clear_to_send("other"), False)
        self.assertIs(self.client.clear_to_send(), True)
        self.client.ack(id="o1")
        self.client.fill(id="o1", exec_id="e1", quantity=Decimal("10"), price=189, fee="0.10")
        self.assertEqual(self.client.replace(id="o1", new_id="o2", quantity="80", price="189.40").decision, "accepted")
        self.client.cancel(id="o2")
        self.client.done(id="o2", why="canceled")
        self.client.fill(id="o1", exec_id="e2", quantity=90, price=189, symbol="AAPL", side="buy")
        self.client.detach()

    def test_verdicts_that_say_no(self):
        refused = self.check(quantity=Decimal("1.5e3"))
        self.assertEqual(refused, ("rejected", Decimal(0), "order_quantity", "size", Decimal(1500), Decimal(1000)))
        self.assertFalse(refused.accepted)
        resized = self.check(quantity=1500, resize=True, reduce_only=True)
        self.assertEqual((resized.decision, resized.quantity), ("resized", Decimal(1000)))
        self.assertEqual(self.check(symbol="NOSUCH").reason, "unknown_symbol")
        self.assertEqual(self.check(quantity=0).reason, "bad_quantity")
        self.assertEqual(self.check(quantity="-5", price=None).reason, "bad_quantity")

    def test_misuse_names_argument_found_and_allowed(self):
        number = ' is not a decimal number (like "189.50")'
        self.raises('quantity: "1e3"' + number, self.check, quantity="1e3")
        self.raises('quantity: "NaN"' + number, self.check, quantity="NaN")
        self.raises('quantity: "NaN"' + number, self.check, quantity=Decimal("NaN"))
        self.raises('price: "-Infinity"' + number, self.check, price=Decimal("-Infinity"))
        self.raises('quantity: "0.123456789" has more than 8 decimals', self.check, quantity="0.123456789")
        self.raises('quantity: "0.000000001" has more than 8 decimals', self.check, quantity=Decimal("1e-9"))
        self.raises('quantity: "1000000000000" is out of range: at most 10000000000 is allowed', self.check,
                    quantity=10**12)
        with self.assertRaises(bulwark.Error):
            self.check(quantity=10**10000)
        kinds = "; str, int and decimal.Decimal are allowed"
        self.raises("quantity: 0.1 is a float" + kinds + ", because a float is not exact", self.check, quantity=0.1)
        self.raises("quantity: True is a bool" + kinds, self.check, quantity=True)
        self.raises("quantity: None is a NoneType" + kinds, self.check, quantity=None)
        self.raises("price: [] is a list" + kinds, self.check, price=[])
        self.raises('side: "hold" is no side; "buy" and "sell" are allowed', self.check, side="hold")
        self.raises("side: 1 is a int; str is allowed", self.check, side=1)
        self.raises("id: is empty" + IDS, self.check, id="")
        self.raises('id: "' + "i" * 65 + '" is no id' + IDS, self.check, id="i" * 65)
        self.raises('id: "\u00e9" is no id' + IDS, self.check, id="\u00e9")
        self.raises("id: 'a\\x00b' has a zero in it; printable ASCII characters are allowed", self.check, id="a\0b")
        self.raises("symbol: is empty" + NAMES, self.check, symbol="")
        self.raises("resize: 1 is a int; True and False are allowed", self.check, resize=1)
        self.raises("reduce_only: None is a NoneType; True and False are allowed", self.check, reduce_only=None)
        self.raises('why: "gone" is not allowed; "canceled", "rejected" and "expired" are', self.client.done, "o1", "gone")
        self.assertEqual(self.instance.say("count"), "0")

    def test_a_size(self):
        size = self.client.size(symbol="AAPL", side="buy", edge=0.002, confidence=0.7)
        self.assertEqual((size.quantity, size.binding), (Decimal(100), "limits"))
        self.assertEqual(size.constraints, {"kelly": Decimal(250), "volatility": None, "risk_budget": None, "balance": None,
                                            "limits": Decimal(100), "max_fraction": None})
        self.client.size("MSFT", "sell", price="189.50", win_probability=Decimal("0.55"), payoff="1.5", horizon_days=5)
        self.instance.say("stop")
        self.assertEqual(self.client.size("AAPL", "buy", edge=3e-06).quantity, 100)  # it is the sidecar that says no
        neither = "edge: is missing, or given twice; a size has an edge, or win_probability and payoff"
        for wrong in ({}, {"payoff": 1}, {"win_probability": 0.5}, {"edge": 0.1, "win_probability": 0.5, "payoff": 1}):
            self.raises(neither, self.client.size, "AAPL", "buy", **wrong)
        self.raises("confidence: 1.1 is no share from 0 to 1", self.client.size, "AAPL", "buy", edge=0.1, confidence=1.1)
        self.raises("payoff: 0 is not positive", self.client.size, "AAPL", "buy", win_probability=0.5, payoff=0)
        self.raises('edge: "NaN" is not a decimal number (like "189.50")', self.client.size, "AAPL", "buy", edge=float("nan"))
        self.raises('edge: "0.123456789" has more than 8 decimals', self.client.size, "AAPL", "buy", edge=0.123456789)
        self.raises("price: 0.1 is a float; str, int and decimal.Decimal are allowed, because a float is not exact",
                    self.client.size, "AAPL", "buy", edge=0.1, price=0.1)
        self.instance.say("end-sidecar")
        with self.assertRaises(bulwark.Unavailable):
            self.client.size("AAPL", "buy", edge=0.1)

    def clears(self, id):
        """Sooner or later: on a busy machine the stand-in may beat late."""
        for _ in range(1000):
            if self.client.clear_to_send(id):
                return
            time.sleep(0.005)
        self.fail(id + " is never clear to send")

    def test_what_became_of_an_order(self):
        self.check(id="o1")
        self.assertEqual(self.client.order_status(id="o1"), ("working", Decimal(100), Decimal(10), Decimal(90)))
        self.assertEqual(self.client.order_status("ghost"), ("unknown", Decimal(0), Decimal(0), Decimal(0)))
        self.raises("id: is empty" + IDS, self.client.order_status, "")
        self.raises("id: 1 is a int; str is allowed", self.client.order_status, 1)
        self.instance.say("end-sidecar")
        with self.assertRaises(bulwark.Unavailable):
            self.client.order_status("o1")

    def test_an_order_of_a_liquidation_is_handed_out_once(self):
        other = bulwark.attach(instance="desk", client="c2", account="ACC1")
        self.instance.say("stop")
        self.assertFalse(self.client.clear_to_send("l1"))
        self.assertEqual(self.instance.say("liquidate", "l1"), "ok")
        order = bulwark.Command("liquidate", "l1", "loss", "MSFT", "sell", Decimal(30), Decimal(99), "ACC1", "momo", False)
        self.assertEqual(self.client.commands(), [order])
        self.assertEqual((self.client.commands(), other.commands()), ([], []))  # it is taken
        self.clears("l1")  # although everything is stopped
        self.assertFalse(other.clear_to_send("l1"))
        self.assertFalse(self.client.clear_to_send())
        self.client.fill(id="l1", exec_id="e1", quantity=10, price=99)
        self.instance.say("liquidate", "l1", "c1")  # as a sidecar that has begun anew: this process has it already
        self.assertEqual(self.client.commands(), [])
        self.instance.say("liquidate", "l2", "c1")  # but not this one: an earlier process of that name had
        self.assertEqual(self.client.commands(), [order._replace(id="l2", again=True)])
        self.clears("l2")
        self.instance.say("freeze")
        time.sleep(0.1)  # longer than a lease
        self.assertFalse(self.client.clear_to_send("l1"))
        self.instance.say("thaw")

    def test_what_nobody_answered_for_is_not_handed_out(self):
        self.client.detach()
        hasty = bulwark.attach(instance="desk", client="c1", timeout_ms=300)
        self.instance.say("liquidate", "l1")
        self.instance.say("freeze")
        self.assertEqual(hasty.commands(), [])
        self.instance.say("thaw")
        self.assertEqual([command.id for command in hasty.commands()], ["l1"])
        self.assertEqual(hasty.commands(), [])

    def test_attaching(self):
        attach = bulwark.attach
        self.raises('client: "c1" is attached already, by a process that lives; each name is for one process at a time',
                    attach, instance="desk", client="c1", error=bulwark.Refused)
        with self.assertRaisesRegex(bulwark.Unavailable, '^instance: "nosuch" is not running'):
            attach(instance="nosuch", client="c2")
        self.raises("client: is empty" + NAMES, attach, instance="desk", client="")
        self.raises("client: 5 is a int; str is allowed", attach, instance="desk", client=5)
        self.raises('account: "ACC9" is not configured in instance "desk"', attach, instance="desk", client="c2",
                    account="ACC9")
        self.raises("timeout_ms: 0 is not allowed; whole numbers from 1 to 60000 are", attach, instance="desk",
                    client="c2", timeout_ms=0)
        self.client.detach()
        for call in (self.client.commands, self.client.clear_to_send, self.client.detach, self.check):
            self.raises("this client has been detached; attach again to go on", call)
        attach(instance="desk", client="c1").detach()

    def test_another_version(self):
        board = os.path.join(self.instance.run.name, "desk", "board")
        with open(board, "r+b") as file:
            file.seek(8)
            file.write((99).to_bytes(4, "little"))
        with self.assertRaisesRegex(bulwark.Error, "speaks layout version 99 .* this program speaks layout version 3 "):
            bulwark.attach(instance="desk", client="c2")

    def test_stop_lease_and_silence(self):
        self.check()
        self.instance.say("stop")
        self.assertFalse(self.client.clear_to_send("o1"))
        self.assertEqual(self.check(id="o2").reason, "halted")
        self.instance.say("resume")
        self.assertFalse(self.client.clear_to_send("o1"))
        self.instance.say("lapse")
        self.assertEqual(self.check(id="o3").reason, "lease_expired")
        self.instance.say("renew")
        self.instance.say("freeze")
        other = bulwark.attach(instance="desk", client="c2", account="ACC1", strategy="momo", timeout_ms=50)
        self.assertEqual(other.check(id="o", symbol="AAPL", side="buy", quantity=1).reason, "lease_expired")
        with self.assertRaises(bulwark.Unavailable):
            other.ack("o")
        self.instance.say("thaw")
        self.instance.say("end-sidecar")
        with self.assertRaises(bulwark.Unavailable):
            while True:  # until it has noticed
                self.client.ack("o1")

    def test_commands(self):
        self.assertEqual(self.client.commands(), [])
        self.instance.say("cancel", "c1", "o1")
        self.instance.say("cancel", "c1", "o2")
        self.assertEqual(self.client.commands(), [bulwark.Command("cancel", "o1", "reduce_only"),
                                                  bulwark.Command("cancel", "o2", "reduce_only")])
        self.assertEqual(self.client.commands(), [])

    def test_marks(self):
        marks = bulwark.publish_marks(instance="desk")
        marks.mark("AAPL", bid="189.49", ask=Decimal("189.51"))
        while self.instance.say("ask-price") != "189.51":
            pass
        self.raises('symbol: "NOSUCH" is not known to instance "desk"', marks.mark, "NOSUCH", last=1)
        self.raises("bid: bid and ask are given together, or neither", marks.mark, "AAPL", bid=1)
        self.raises("last: a mark needs bid and ask, or last", marks.mark, "AAPL")
        marks.close()
        self.raises("this publisher has been closed; publish_marks again to go on", marks.mark, "AAPL", last=1)

    def test_a_forked_child_is_told(self):
        self.check()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            said = "nothing"
            try:
                self.client.clear_to_send("o1")
            except bulwark.Error as error:
                said = str(error)
            del self.client
            os.write(writing, said.encode())
            os._exit(0)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(os.read(reading, 200).decode(),
                         "this is a forked child; it must attach for itself, under another name")
        os.close(reading)
        os.close(writing)
        self.assertTrue(self.client.clear_to_send("o1"))

    def test_threads(self):
        def work(thread: int) -> None:
            for i in range(1, 101):
                verdict = self.check(id=f"{thread}-{i}", quantity=i)
                results.append(verdict.quantity == i and self.client.clear_to_send(f"{thread}-{i}"))

        results = []
        threads = [threading.Thread(target=work, args=(t,)) for t in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(results, [True] * 400)


if __name__ == "__main__":
    unittest.main()
