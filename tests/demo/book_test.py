# SPDX-License-Identifier: Apache-2.0
"""`bulwark status --book` and `--controls` of a real instance say what its journal knows: book_test.py BUILD."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(sys.argv.pop(1))
sys.path.insert(0, os.path.join(BUILD, "python"))
import bulwark  # noqa: E402

BULWARK = os.path.join(BUILD, "bin", "bulwark")


class BookTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="bulwark-book-")
        self.addCleanup(folder.cleanup)
        shutil.copytree(os.path.join(ROOT, "docs", "desk"), os.path.join(folder.name, "docs", "desk"))
        os.mkdir(os.path.join(folder.name, "run"))
        os.environ["BULWARK_RUN_DIR"] = os.path.join(folder.name, "run")
        self.up = subprocess.Popen([BULWARK, "up", "--config", os.path.join(folder.name, "docs", "desk", "desk.toml")],
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end)
        for line in self.up.stdout:
            if line.startswith("ready"):
                return
        self.fail("the instance did not get ready")

    def end(self):
        self.up.terminate()
        self.up.stdout.close()
        self.up.wait(20)

    def status(self, *options: str) -> str:
        command = [BULWARK, "status", "--instance", "desk", *options]
        return subprocess.run(command, text=True, capture_output=True, check=True).stdout

    def document(self, option: str, until) -> dict:
        """The journal's writer is a moment behind what was acknowledged."""
        end = time.monotonic() + 10
        while True:
            document = json.loads(self.status(option, "--json"))
            if until(document) or time.monotonic() > end:
                return document
            time.sleep(0.02)

    def check(self, gate, **order):
        """A lease that lapsed on a stalled machine comes back by itself."""
        for number in range(100):
            verdict = gate.check(**{**order, "id": f"{order['id']}-{number}"})
            if verdict.reason != "lease_expired":
                return verdict, f"{order['id']}-{number}"
            time.sleep(0.05)
        return verdict, None

    def test_book_and_controls(self):
        empty = json.loads(self.status("--controls", "--json"))["controls"]
        self.assertEqual([row["limit"] for row in empty], ["one-order", "collar", "orders-a-second", "everything", "loss"])
        self.assertEqual(empty[0], {"limit": "one-order", "on": {}, "metric": "order_notional", "value": None,
                                    "max": "250000", "age_ns": None,
                                    "why": "never evaluated: nothing that it covers has been traded"})
        self.assertEqual((empty[1]["max"], empty[2]["max"], empty[2]["on"]), (0.02, 100, {"client": "*"}))

        marks = bulwark.publish_marks(instance="desk")
        marks.mark("AAPL", bid="189.49", ask="189.51")
        gate = bulwark.attach(instance="desk", client="c1", account="ACC1", strategy="momo")
        verdict, id = self.check(gate, id="o", symbol="AAPL", side="buy", quantity="100", price="189.50")
        self.assertEqual(verdict.decision, "accepted")
        gate.fill(id=id, exec_id="e1", quantity="60", price="189.40", fee="0.10")

        book = self.document("--book", lambda book: book["positions"] and book["positions"][0]["position"] == "60")
        self.assertEqual(book["positions"], [{
            "account": "ACC1", "symbol": "AAPL", "strategy": "momo", "position": "60", "average_cost": "189.4",
            "realised": "0", "unrealised": "6", "fees": "0.1", "working_buy": "40", "working_sell": "0"}])
        self.assertEqual(book["accounts"][0]["equity"], "1000005.9")
        self.assertIn("AAPL", self.status("--book"))

        gross = next(row for row in self.document("--controls", lambda _: True)["controls"] if row["metric"] == "gross")
        self.assertEqual((gross["value"], gross["max"]), ("18950", "2000000"))
        self.assertGreater(gross["age_ns"], 0)
        self.assertNotIn("why", gross)
        self.assertFalse([row for row in self.document("--controls", lambda _: True)["controls"] if "why" in row])

        gate.fill(id="stray", exec_id="e2", quantity="5", price="400", symbol="MSFT", side="buy")
        blind = self.document("--controls", lambda document: "MSFT" in json.dumps(document))["controls"]
        gross = next(row for row in blind if row["metric"] == "gross")
        self.assertEqual((gross["value"], gross["why"]), (None, "MSFT: no mark"))
        self.assertIn("MSFT: no mark", self.status("--controls"))

    def test_not_both_and_not_running(self):
        command = [BULWARK, "status", "--instance", "desk", "--book", "--controls"]
        self.assertEqual(subprocess.run(command, capture_output=True).returncode, 2)
        self.end()
        command = [BULWARK, "status", "--instance", "desk", "--book"]
        self.assertEqual(subprocess.run(command, capture_output=True).returncode, 3)


if __name__ == "__main__":
    unittest.main()
