# SPDX-License-Identifier: Apache-2.0
"""Liquidations against a real instance: who gets the orders, and that neither the death of the sidecar nor that of a
client, at any step, sells anything twice."""
import json
import os
import random
import signal
import sys
import time
import unittest

from desk import BUILD, CONFIG, HUNG, DeskTest, bulwark, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
LIQUIDATES = CONFIG.replace('max = "500"\naction = "halt"', 'max = "500"\naction = "liquidate"\nto = 0.5')


class Liquidation(DeskTest):
    def up(self):
        super().up()
        self.one.done(id=f"o{self.orders}", why="canceled")

    def hold(self, client, quantity, symbol="AAPL"):
        order = self.accepts(client, quantity, symbol=symbol)
        client.fill(id=order, exec_id="e-" + order, quantity=quantity, price=100)

    def command(self, client, kind):
        def first():
            return next((command for command in client.commands() if command.kind == kind), None)
        return wait_for(f"a command to {kind}", first)

    def until_heard(self, report, *arguments, **named):
        def heard():
            try:
                report(*arguments, **named)
                return True
            except bulwark.Unavailable:
                return False
        wait_for("a sidecar that hears it", heard)

    def ends_at(self, position, account="ACC1", symbol="AAPL"):
        def over(book):
            held = {(row["account"], row["symbol"]): row["position"] for row in book["positions"]}
            return held.get((account, symbol)) == position and not book["liquidations"]
        self.books(f"a position of {position} and no order to send", over)
        wait_for("the board to say so", lambda: self.status()["liquidation"] == {"orders": 0, "untaken": 0})

    def kill_sidecar(self):
        pid = self.status()["processes"]["bulwark-sidecar"]
        os.kill(pid, signal.SIGKILL)
        wait_for("the next sidecar", lambda: self.status()["processes"].get("bulwark-sidecar", pid) != pid)


class Orders(Liquidation):
    def test_go_to_whoever_trades_for_that_account(self):
        self.up()
        self.hold(self.one, 40)
        self.hold(self.two, 30, "XOM")
        said = json.loads(self.run_killswitch("stop", "--liquidate", "--json", "--operator", "Ada", "--reason", "over").stdout)
        self.assertTrue(said["liquidation"]["begun"])
        self.assertEqual([(line["id"], line["symbol"], line["side"], line["quantity"], line["account"])
                          for line in said["liquidation"]["lines"] if line["type"] == "liquidation"],
                         [("liquidation-1", "AAPL", "sell", "40", "ACC1"), ("liquidation-2", "XOM", "sell", "30", "ACC2")])
        one, two = self.command(self.one, "liquidate"), self.command(self.two, "liquidate")
        self.assertEqual((one.id, one.symbol, one.quantity, one.account, one.strategy, one.cause, one.again),
                         ("liquidation-1", "AAPL", 40, "ACC1", "momo", "over", False))
        self.assertEqual((two.id, two.symbol, two.side, two.price), ("liquidation-2", "XOM", "sell", 100))
        wait_for("the last look", lambda: self.one.clear_to_send(id=one.id))
        self.assertFalse(self.one.clear_to_send(id=two.id))
        self.assertFalse(self.one.clear_to_send())
        with self.assertRaises(bulwark.Refused):  # it is the other one's
            self.one.done(id=two.id, why="canceled")
        self.one.fill(id=one.id, exec_id="l1", quantity=40, price=99)
        self.two.fill(id=two.id, exec_id="l2", quantity=30, price=99)
        self.ends_at("0")
        self.ends_at("0", "ACC2", "XOM")
        self.assertEqual(self.one.commands() + self.two.commands(), [])

    def test_that_nobody_takes_are_seen_and_wait_for_whoever_comes(self):
        self.up()
        self.hold(self.two, 30)
        self.two.detach()
        self.assertIn("1 order for the clients to send", self.signed("control", "liquidate"))
        wait_for("it to be seen", lambda: self.status()["liquidation"] == {"orders": 1, "untaken": 1})
        self.assertIn("for 1 of them there is no client", self.bulwark("status"))
        row = self.books("the order", lambda book: book["liquidations"])["liquidations"][0]
        self.assertEqual((row["id"], row["account"], row["quantity"], row["client"]), ("liquidation-1", "ACC2", "30", None))
        self.assertIn("which no client has taken", self.bulwark("status", "--book"))
        self.assertEqual(self.one.commands(), [])  # it trades for another account
        third = bulwark.attach(instance="ctl", client="c3", strategy="slow")
        order = self.command(third, "liquidate")
        self.assertFalse(order.again)
        wait_for("it to be taken", lambda: self.status()["liquidation"] == {"orders": 1, "untaken": 0})
        self.assertEqual(self.books("its client", lambda book: book["liquidations"][0]["client"])["liquidations"][0]["client"],
                         "c3")
        fourth = bulwark.attach(instance="ctl", client="c4", strategy="slow")
        third.detach()  # what it has taken is its own, by name
        self.assertEqual(fourth.commands(), [])
        third = bulwark.attach(instance="ctl", client="c3", strategy="slow")
        order = self.command(third, "liquidate")
        self.assertTrue(order.again)
        third.fill(id=order.id, exec_id="x", quantity=30, price=99)
        self.ends_at("0", "ACC2")

    def test_that_nobody_took_end_with_a_resume(self):
        self.up()
        self.hold(self.two, 30)
        self.two.detach()
        self.signed("control", "liquidate", "--on", "account=ACC2")
        wait_for("the order", lambda: self.status()["liquidation"]["orders"] == 1)
        self.signed("control", "resume", "--on", "account=ACC2")
        self.ends_at("30", "ACC2")
        third = bulwark.attach(instance="ctl", client="c3", strategy="slow")
        self.accepts(third)
        self.assertEqual(third.commands(), [])

    def test_wait_until_every_order_in_the_scope_is_done(self):
        self.up()
        self.hold(self.one, 40)
        working = self.accepts(self.one, 5)
        said = self.signed("control", "liquidate", "--on", "sector=Tech")
        self.assertIn("stopped sector=Tech, and brings it to nothing", said)
        self.assertIn(f"order {working} is asked to be cancelled (because of it)", said)
        asked = self.books("the request", lambda book: book["cancels"])["cancels"]
        self.assertEqual(asked, [{"id": working, "client": "c1", "account": "ACC1", "strategy": "momo", "symbol": "AAPL",
                                  "cause": "because of it"}])
        cancel = self.command(self.one, "cancel")
        self.assertEqual((cancel.id, cancel.cause), (working, "because of it"))
        self.one.fill(id=working, exec_id="late", quantity=2, price=100)
        self.assertEqual(self.one.commands(), [])
        self.one.done(id=working, why="canceled")
        order = self.command(self.one, "liquidate")
        self.assertEqual(order.quantity, 42)
        self.one.fill(id=order.id, exec_id="l", quantity=42, price=99)
        self.ends_at("0")

    def test_of_a_limit_stop_at_its_share(self):
        self.config.write_text(LIQUIDATES)
        self.up()
        self.hold(self.one, 100)
        self.mark(90)
        order = self.command(self.one, "liquidate")
        self.assertEqual((order.cause, order.quantity), ("loss", 50))
        self.one.fill(id=order.id, exec_id="l", quantity=50, price=90)
        self.ends_at("50")

    def run_killswitch(self, *arguments, code=0):
        result = self.processes.run("killswitch", *arguments, "--instance", "ctl")
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result

    def test_are_not_begun_without_a_sidecar_but_the_stop_is(self):
        self.watchdog = self.start("bulwark-watchdog")
        self.assertTrue(self.watchdog.stdout.readline())
        self.sidecar = self.start("bulwark-sidecar")
        self.assertIn("clients attach at", self.sidecar.stdout.readline())
        wait_for("the watchdog to know it", lambda: self.status()["lease"]["running"])
        self.sidecar.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.sidecar.pid, os.WSTOPPED | os.WNOWAIT)
        time.sleep(0.6)  # until its beat is old
        said = self.run_killswitch("stop", "--liquidate", "--json", code=1)
        self.assertIn("nothing is sold: the sidecar does not answer", said.stderr)
        self.assertFalse(json.loads(said.stdout)["liquidation"]["begun"])
        self.assertEqual(self.status()["state"], "halted")
        self.sidecar.send_signal(signal.SIGCONT)
        self.sidecar.kill()
        self.sidecar.wait()
        self.assertIn("the sidecar is not running", self.run_killswitch("stop", "--liquidate", code=1).stderr)


class SidecarDies(Liquidation):
    """This process is the client: it goes through the steps, and the sidecar dies after one of them."""

    def go_through(self, dies_at):
        def reach(step):
            if step == dies_at:
                self.kill_sidecar()
        self.up()
        self.hold(self.one, 40)
        working = self.accepts(self.one, 5)
        self.signed("control", "liquidate", "--on", "account=ACC1")
        reach("asked")
        self.assertEqual(self.command(self.one, "cancel").id, working)
        reach("told")
        self.until_heard(self.one.done, id=working, why="canceled")
        reach("done")
        order = self.command(self.one, "liquidate")
        self.assertEqual((order.id, order.quantity), ("liquidation-1", 40))
        reach("taken")
        wait_for("the last look", lambda: self.one.commands() or self.one.clear_to_send(id=order.id))
        for exec_id, quantity in (("first", 15), ("second", 25)):
            self.until_heard(self.one.fill, id=order.id, exec_id=exec_id, quantity=quantity, price=99)
            reach(exec_id)
            self.until_heard(self.one.fill, id=order.id, exec_id=exec_id, quantity=quantity, price=99)  # it counts once
        self.ends_at("0")
        self.assertEqual([command for command in self.one.commands() if command.kind == "liquidate"], [])


for step in ("asked", "told", "done", "taken", "first", "second"):
    setattr(SidecarDies, "test_when_" + step, lambda self, step=step: self.go_through(step))


class ClientDies(Liquidation):
    """The client is a process of its own, and its venue outlives it."""

    def executor(self, *step):
        self.processes.environment["PYTHONPATH"] = os.path.join(BUILD, "python")
        with open(self.folder / "log", "a") as log:
            return self.processes.start(sys.executable, "-B", os.path.join(HERE, "executor.py"), "c1", str(self.venue),
                                        *step, stderr=log)

    def begin(self):
        """A position, a working order, and nobody attached."""
        self.venue = self.folder / "venue"
        self.venue.mkdir()
        self.up()
        self.hold(self.one, 40)
        self.accepts(self.one, 6)
        self.one.detach()
        self.assertIn("1 order asked to be cancelled", self.signed("control", "liquidate", "--on", "account=ACC1"))

    def ends_well(self):
        self.ends_at("0")
        self.assertEqual(sorted(path.name for path in self.venue.iterdir()), ["liquidation-1"])  # and not `twice`

    def dies_at(self, step):
        self.begin()
        self.assertEqual(self.executor(step).wait(HUNG), -signal.SIGKILL)
        self.executor()
        self.ends_well()

    def test_at_random_together_with_the_sidecar(self):
        self.begin()
        dice = random.Random(11)
        for _ in range(8):
            executor = self.executor()
            executor.stdout.readline()
            time.sleep(dice.uniform(0, 0.02))
            if dice.random() < 0.5:
                self.kill_sidecar()
            executor.kill()
            executor.wait()
        self.executor()
        self.ends_well()


for step in ("attached", "asked", "taken", "cleared", "sent", "half", "filled"):
    setattr(ClientDies, "test_when_" + step, lambda self, step=step: self.dies_at(step))


if __name__ == "__main__":
    unittest.main()
