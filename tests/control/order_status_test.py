# SPDX-License-Identifier: Apache-2.0
"""Whoever has no answer, because a death cut off the check, asks what became of the order: it counts once or not at all."""
import os
import signal
import subprocess
import sys
import time
import unittest

from desk import BUILD, DeskTest, bulwark, wait_for

ASKS = """import bulwark, sys
client = bulwark.attach(instance="ctl", client="c3", strategy="momo", timeout_ms=60000)
print("attached", flush=True)
sys.stdin.readline()
client.check(id="cut", symbol="AAPL", side="buy", quantity=7)
"""


class OrderStatus(DeskTest):
    def asked(self, client, id):
        def heard():
            try:
                return client.order_status(id=id)
            except bulwark.Unavailable:
                return None
        return wait_for("a sidecar that answers", heard)

    def sidecar(self):
        return self.status()["processes"].get("bulwark-sidecar")

    def test_outlives_the_sidecar(self):
        self.up()
        order = self.accepts(self.one, 5)
        self.one.fill(id=order, exec_id="e1", quantity=2, price=100)
        self.assertEqual(self.asked(self.one, order), ("working", 5, 2, 3))
        pid = self.sidecar()
        os.kill(pid, signal.SIGKILL)
        wait_for("the next sidecar", lambda: self.sidecar() not in (None, pid))
        self.assertEqual(self.asked(self.one, order), ("working", 5, 2, 3))
        self.assertEqual(self.asked(self.two, order).state, "unknown")  # it is not that client's
        self.assertEqual(self.asked(self.one, "never").state, "unknown")

    def cut_off(self, sleeps):
        """A client that is killed in the middle of its check, with the sidecar awake or not; then its next life."""
        self.up()
        environment = dict(self.processes.environment, PYTHONPATH=os.path.join(BUILD, "python"))
        with subprocess.Popen([sys.executable, "-B", "-c", ASKS], env=environment, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as asks:
            self.assertEqual(asks.stdout.readline(), "attached\n")
            if sleeps:
                os.kill(self.sidecar(), signal.SIGSTOP)
            asks.stdin.write("check\n")
            asks.stdin.flush()
            time.sleep(0.02)
            asks.kill()
        if sleeps:
            os.kill(self.sidecar(), signal.SIGCONT)

        def attached():
            try:
                return bulwark.attach(instance="ctl", client="c3", strategy="momo")
            except bulwark.Error:  # the door has not seen the end of the other one yet
                return None
        client = wait_for("the name to be free", attached)
        found = self.asked(client, "cut")
        self.assertIn(found, (("unknown", 0, 0, 0), ("working", 7, 0, 7)))
        if found.state == "working":
            client.done(id="cut", why="canceled")
            self.assertEqual(self.asked(client, "cut"), ("done", 7, 0, 0))
        client.detach()

    def test_tells_the_next_life_of_a_client_that_died_in_its_check(self):
        self.cut_off(sleeps=False)

    def test_tells_it_where_the_sidecar_slept_as_well(self):
        self.cut_off(sleeps=True)


if __name__ == "__main__":
    unittest.main()
