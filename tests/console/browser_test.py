# SPDX-License-Identifier: Apache-2.0
"""The page of a real console with real clients in Chromium: every panel against the console's own document (which
console_test.py holds against the commands), and two people before it."""
import json
import os
import subprocess
import sys
import unittest

from console_desk import TOKENS, ModelledTest, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77


class Browser(ModelledTest):
    def run_script(self, script, **named):
        environment = {**os.environ, "BULWARK_CONSOLE_URL": self.origin, "BULWARK_CONSOLE_PERSON": "ada",
                       "BULWARK_CONSOLE_TOKEN": TOKENS["ada"], **named}
        done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "run.py"), "--test", script], env=environment,
                              check=False, text=True, capture_output=True)
        if done.returncode == SKIPPED:
            self.skipTest(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_played_session(self):
        order = self.accepts(self.one, 500)
        self.one.fill(id=order, exec_id="e1", quantity="500", price="99")
        self.accepts(self.two, 30, "XOM", "sell")
        self.refuses(self.one, "gross", 600)
        self.mark(101)
        wait_for("the risk", lambda: json.loads(self.bulwark("status", "--risk", "--json"))["risk"]["var"]["historical"])
        self.run_script("page_test.mjs")
        self.run_script("real_test.mjs", BULWARK_CONSOLE_VIEWER="eve", BULWARK_CONSOLE_VIEWER_TOKEN=TOKENS["eve"],
                        BULWARK_CLIENTS="2")
        self.accepts(self.one)


if __name__ == "__main__":
    result = unittest.main(verbosity=2, exit=False).result
    sys.exit(SKIPPED if result.skipped else not result.wasSuccessful())
