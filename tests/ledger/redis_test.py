# SPDX-License-Identifier: Apache-2.0
"""Redis mirrors a real instance; killed, flushed or frozen it is only late, and trading notices nothing."""
import json
import subprocess
import unittest

from ledger_desk import LedgerTest, wait_for

PREFIX = "bulwark:{ctl}:"


class Mirror(LedgerTest):
    WITH_REDIS = True

    def setUp(self):
        super().setUp()
        self.redis.run("FLUSHALL")
        self.up()

    def hash(self, key):
        return self.redis.hash(PREFIX + key)

    def position(self):
        return self.hash("position:ACC1:AAPL:momo").get("position")

    def buy(self, quantity):
        order = self.accepts(self.one, quantity)
        self.one.fill(id=order, exec_id=order, quantity=quantity, price=100)

    def events(self):
        text = self.redis.run("XRANGE", PREFIX + "events", "-", "+")
        return text.splitlines()

    def redis_says(self, state):
        wait_for(f"Redis: {state}", lambda: (said := self.ledger()) and said["redis"]["state"] == state)

    def test_shows_positions_limits_and_states(self):
        self.buy(10)
        wait_for("the position", lambda: self.position() == "10")
        self.assertEqual(self.hash("limit:size")["max"], "20000")
        self.signed("control", "halt", "--on", "account=ACC2")
        wait_for("the state", lambda: '{"account":"ACC2"}' in self.hash("state"))
        state = json.loads(self.hash("state")['{"account":"ACC2"}'])
        self.assertEqual((state["state"], state["cause"]), ("halted", "because of it"))
        wait_for("the halt in the stream", lambda: "halt" in self.events())
        self.assertEqual(self.hash("mirror")["schema"], "1")
        self.assertGreater(int(self.hash("position:ACC1:AAPL:momo")["seq"]), 0)
        self.assertLessEqual(int(self.redis.run("TTL", PREFIX + "mirror")), 10)

    def test_publishes_what_happens(self):
        heard = self.folder / "heard"
        with open(heard, "w") as file:
            listening = subprocess.Popen(["redis-cli", "-s", str(self.redis.socket), "SUBSCRIBE", PREFIX + "alerts"],
                                         stdout=file)
        self.addCleanup(listening.wait)
        self.addCleanup(listening.kill)
        wait_for("that it listens", lambda: "subscribe" in heard.read_text())
        wait_for("the mirror", lambda: self.hash("mirror"))
        self.signed("control", "halt", "--on", "account=ACC2")
        said = wait_for("the halt", lambda: [line for line in heard.read_text().splitlines() if '"type":"halt"' in line])
        self.assertEqual(json.loads(said[0])["operator"], "Ada")

    def test_is_rebuilt_after_a_flush(self):
        self.signed("control", "halt", "--on", "account=ACC2")
        self.buy(10)
        wait_for("the position", lambda: self.position() == "10")
        wait_for("the stream", lambda: "halt" in self.events())
        before = [line for line in self.events() if "-" in line]
        self.redis.run("FLUSHALL")
        wait_for("the position again", lambda: self.position() == "10")
        wait_for("the stream again", lambda: "halt" in self.events())
        self.assertEqual([line for line in self.events() if "-" in line][:len(before)], before)

    def test_is_rebuilt_after_its_death(self):
        self.buy(10)
        wait_for("the position", lambda: self.position() == "10")
        self.redis.kill()
        self.redis_says("waiting")
        self.buy(5)
        self.redis.start()
        wait_for("the new position", lambda: self.position() == "15")
        self.redis_says("shipping")

    def test_frozen_is_only_late(self):
        self.redis.freeze()
        self.redis_says("waiting")
        self.assertIn("does not answer", self.ledger()["redis"]["error"])
        self.buy(7)
        self.shipped()  # PostgreSQL waits for nobody
        self.redis.thaw()
        wait_for("the position", lambda: self.position() == "7")


if __name__ == "__main__":
    unittest.main()
