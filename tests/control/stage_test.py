# SPDX-License-Identifier: Apache-2.0
"""A resume in stages, and sizes, against a real instance: reduce_only while a limit is still breached, half of what is
dynamic, everything; and that a size is what `bulwark simulate` says, before and after the sidecar dies."""
import json
import os
import signal
import subprocess
import unittest
from decimal import Decimal

from desk import BUILD, CONFIG, HUNG, DeskTest, wait_for

SIZING = CONFIG.replace('[limit.size]', """[sizing]
max_fraction = 0.05
[limit.size]
dynamic = true""")


class Stage(DeskTest):
    CONFIG = SIZING

    def resumes(self, stage, *arguments, code=0):
        result = self.processes.run("killswitch", "resume", "--instance", "ctl", "--operator", "Ada", "--reason", "r",
                                  *(("--stage", stage) if stage else ()), *arguments)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result.stdout + result.stderr

    def stop(self):
        self.assertEqual(self.processes.run("killswitch", "stop", "--instance", "ctl").returncode, 0)
        wait_for("the sidecar to know", lambda: self.status()["state"] == "halted")

    def test_reduce_only_while_a_limit_is_breached(self):
        self.up()
        order = self.accepts(self.one, 100)
        self.one.fill(id=order, exec_id="e1", quantity=100, price=100)
        self.mark(90)
        wait_for("the loss limit", lambda: self.check(self.one).reason == "halted")
        self.stop()
        self.assertIn("limit loss: 1000 is still above its max of 500", self.resumes("full", code=4))
        self.assertIn("limit loss", self.resumes("half", code=4))
        self.assertIn("resumed to reduce_only, the lease is running", self.resumes("reduce_only"))
        self.assertEqual(self.status()["state"], "reduce_only")
        self.refuses(self.one, "reduce_only")
        self.refuses(self.two, "reduce_only")
        self.accepts(self.one, 10, side="sell")
        self.assertIn("limit loss", self.resumes(None, code=4))
        self.assertIn("resumed, the lease is running", self.resumes("full", "--new-baseline"))
        self.assertEqual(self.status()["state"], "normal")
        self.accepts(self.one)

    def test_half_and_then_everything(self):
        self.up()
        self.stop()
        self.assertIn("resumed at half", self.resumes("half"))
        self.assertEqual(self.refuses(self.one, "order_notional", 101).max, 10000)
        self.assertEqual(self.one.size(symbol="XOM", side="buy", edge=0.01).constraints["max_fraction"], 250)
        self.assertIn("resumed, the lease", self.resumes("full"))
        self.assertEqual(self.refuses(self.one, "order_notional", 201).max, 20000)
        self.assertEqual(self.one.size(symbol="XOM", side="buy", edge=0.01).constraints["max_fraction"], 500)

    def test_of_a_scope_by_the_other_command(self):
        self.up()
        self.signed("control", "halt", "--on", "account=ACC1")
        said = self.signed_json("control", "resume", "--on", "account=ACC1", "--stage", "reduce_only")
        self.assertEqual([(line["on"], line["state"], line["cause"]) for line in said["lines"]],
                         [({"account": "ACC1"}, "reduce_only", "because of it")])
        self.refuses(self.one, "reduce_only")
        self.accepts(self.two)


class Sizes(DeskTest):
    CONFIG = SIZING

    def simulated(self, *trades):
        """The same marks and sizes through `bulwark simulate`."""
        marks = [{"type": "mark", "t": 1, "symbol": symbol, "last": "100"} for symbol in ("AAPL", "XOM")]
        sizes = [{"type": "size", "t": 2, "account": "ACC1", "strategy": "momo", **trade} for trade in trades]
        said = subprocess.run([os.path.join(BUILD, "bin", "bulwark"), "simulate", "--config", str(self.config)], text=True,
                              input="".join(json.dumps(event) + "\n" for event in marks + sizes), capture_output=True,
                              timeout=HUNG, check=True, env=self.processes.environment).stdout
        return [json.loads(line) for line in said.splitlines()]

    def test_are_what_simulate_says(self):
        self.up()
        self.one.done(id=f"o{self.orders}", why="canceled")
        trades = ({"symbol": "AAPL", "side": "buy", "edge": 0.002, "confidence": 0.7},
                  {"symbol": "XOM", "side": "sell", "price": "99.5", "win_probability": 0.55, "payoff": 1.5},
                  {"symbol": "NOSUCH", "side": "buy", "edge": 0.002})
        live = [self.one.size(**trade) for trade in trades]
        for size, line in zip(live, self.simulated(*trades), strict=True):
            self.assertEqual((size.quantity, size.binding), (Decimal(line["quantity"]), line["binding"]))
            self.assertEqual(size.constraints, {name: None if quantity is None else Decimal(quantity)
                                                for name, quantity in line["constraints"].items()})
        self.assertGreater(live[0].quantity, 0)
        self.assertEqual(live[2].quantity, 0)
        self.signed("control", "halt", "--on", "account=ACC1")
        halted = self.one.size(**trades[0])
        self.assertEqual((halted.quantity, halted.binding), (0, "limits"))
        pid = self.status()["processes"]["bulwark-sidecar"]
        os.kill(pid, signal.SIGKILL)  # the next one replays every size, and does not start where one comes out otherwise
        wait_for("the next sidecar", lambda: self.status()["processes"].get("bulwark-sidecar", pid) != pid)
        self.book()


if __name__ == "__main__":
    unittest.main()
