# SPDX-License-Identifier: Apache-2.0
"""Our positions beside the broker's: what differs is listed, and taken over only by a named person, once, at the mark."""
import json
import shlex
import unittest

from desk import DeskTest


class Reconcile(DeskTest):
    def setUp(self):
        super().setUp()
        self.file = self.folder / "broker.csv"

    def up(self):
        super().up()
        self.one.done(id=f"o{self.orders}", why="canceled")
        for client, quantity, symbol in ((self.one, 40, "AAPL"), (self.one, 5, "XOM"), (self.two, 30, "XOM")):
            order = self.accepts(client, quantity, symbol=symbol)
            client.fill(id=order, exec_id="e-" + order, quantity=quantity, price=90)
        self.holds({("ACC1", "AAPL"): "40", ("ACC1", "XOM"): "5", ("ACC2", "XOM"): "30"})

    def holds(self, positions):
        self.books(f"positions {positions}", lambda book: positions == {
            (row["account"], row["symbol"]): row["position"] for row in book["positions"]})

    def broker(self, *lines):
        self.file.write_text("account,symbol,position\n" + "".join(line + "\n" for line in lines))

    def reconcile(self, *arguments, code):
        return self.bulwark("reconcile", str(self.file), *arguments, code=code)

    def adopt(self, *arguments, code=0):
        return self.reconcile("--adopt", "--operator", "Ada", "--reason", "as the broker says", *arguments, code=code)

    def test_agreement_and_difference(self):
        self.up()
        self.broker("ACC1,AAPL,40", "ACC1,XOM,5.0")
        self.assertIn("no difference in 2 positions", self.reconcile(code=0))  # the other account is nobody's question
        self.broker("ACC1,AAPL,-3", "ACC2,AAPL,7", "ACC2,XOM,30")
        working = self.accepts(self.one, 2)
        self.books("the order", lambda book: any(row["working_buy"] == "2" for row in book["positions"]))
        said = json.loads(self.reconcile("--json", code=1))
        self.assertFalse(said["agree"])
        self.assertEqual([(row["account"], row["symbol"], row["broker"], row["bulwark"], row["working_buy"])
                          for row in said["differences"]],
                         [("ACC1", "AAPL", "-3", "40", "2"), ("ACC1", "XOM", "0", "5", "0"), ("ACC2", "AAPL", "7", "0", "0")])
        self.assertIn("ACC1 AAPL: broker -3, here 40 (working: buy 2, sell 0)", self.reconcile(code=1))
        self.one.done(id=working, why="canceled")
        self.holds({("ACC1", "AAPL"): "40", ("ACC1", "XOM"): "5", ("ACC2", "XOM"): "30"})  # nothing was changed

    def test_a_named_person_takes_it_over_at_the_mark(self):
        self.up()
        equity = self.book()["accounts"]
        self.broker("ACC1,AAPL,-3", "ACC2,AAPL,7", "ACC2,XOM,30")
        said = self.adopt()
        self.assertIn("ACC1 AAPL: broker -3, here 40; adopted", said)
        self.assertIn("ACC1 XOM: broker 0, here 5; adopted", said)
        self.holds({("ACC1", "AAPL"): "-3", ("ACC1", "XOM"): "0", ("ACC2", "XOM"): "30", ("ACC2", "AAPL"): "7"})
        self.assertEqual(self.book()["accounts"], equity)  # by the mark nothing is won or lost
        self.journal_says("adopt ACC1 AAPL: as the broker says")
        self.assertIn("no difference", self.adopt())
        self.down()
        self.up_again()
        self.holds({("ACC1", "AAPL"): "-3", ("ACC1", "XOM"): "0", ("ACC2", "XOM"): "30", ("ACC2", "AAPL"): "7"})

    def up_again(self):
        DeskTest.up(self)
        self.one.done(id=f"o{self.orders}", why="canceled")

    def test_what_cannot_be_adopted_is_said(self):
        self.up()
        self.broker("ACC1,AAPL,40", "ACC1,XOM,5", "ACC1,TSLA,2", "ACC9,AAPL,1", "ACC2,XOM,30")
        said = self.adopt(code=1)
        self.assertIn("ACC1 TSLA: broker 2, here 0; not adopted: there is no such symbol", said)
        self.assertIn("ACC9 AAPL: broker 1, here 0; not adopted: there is no such account", said)

    def test_a_wrong_file_is_told_line_by_line_and_changes_nothing(self):
        self.up()
        self.broker("ACC1,AAPL,1e3", "ACC1,AAPL", ",AAPL,1", "ACC1,XOM,1", "ACC1,XOM,2", "ACC1,AAPL,NaN")
        said = self.adopt(code=2)
        for line, what in ((2, 'position "1e3"'), (3, "too few fields"), (4, "empty"), (6, "stands in line 5 already"),
                           (7, 'position "NaN"')):
            self.assertRegex(said, f"broker.csv:{line}: .*{what}")
        self.file.write_text("account,quantity\n")
        self.assertIn('1: the header line has no column "symbol"', self.reconcile(code=2))
        self.file.write_text("")
        self.assertIn("is empty", self.reconcile(code=2))
        self.file.unlink()
        self.assertIn("cannot be read", self.reconcile(code=2))
        self.holds({("ACC1", "AAPL"): "40", ("ACC1", "XOM"): "5", ("ACC2", "XOM"): "30"})

    def test_a_command_is_believed_only_where_it_ends_well(self):
        self.up()
        self.broker("ACC2,XOM,30")
        command = "cat " + shlex.quote(str(self.file))
        self.assertIn("no difference", self.bulwark("reconcile", "--command", command))
        self.assertIn("not believed", self.bulwark("reconcile", "--command", command + "; exit 3", code=1))

    def test_wrong_usage(self):
        self.up()
        self.broker("ACC1,AAPL,1")
        self.assertIn("name the broker's positions", self.bulwark("reconcile", code=2))
        self.assertIn("--adopt needs a person", self.reconcile("--adopt", code=2))
        self.assertIn("--adopt needs a person", self.reconcile("--adopt", "--operator", "Ada", "--reason", "", code=2))


if __name__ == "__main__":
    unittest.main()
