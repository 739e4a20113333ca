#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""All reference values and worked examples against the program: reference_test.py BULWARK FUNCTIONS.

Prints how many were compared, and fails when one was not. Without the reference data it compares the published values
that stand in published.py, and says so.
"""

import sys
import unittest

import worked
from oracle import DATA, Desk, Ledger, load


class Reference(unittest.TestCase):
    def judge(self, ledger):
        print(f"{len(ledger.compared)} values compared, {len(ledger.wrong)} of them wrong, {len(ledger.open())} not compared")
        for line in (*ledger.wrong[:40], *(f"not compared: {path}" for path in ledger.open()[:40])):
            print("  " + line)
        self.assertEqual((len(ledger.wrong), len(ledger.open())), (0, 0))
        self.assertGreater(len(ledger.compared), 0)

    def test_reference_values(self):
        if not (DATA / "oracle.json").exists():
            print("REFERENCE DATA IS NOT HERE: of oracle.json NOTHING WAS COMPARED")
            return
        ledger = Ledger()
        ledger.document = load("oracle.json")
        for part in ("panels", "wide"):
            ledger.add(ledger.document[part], f"oracle/{part}")
        for module in worked.modules("oracle"):
            module.compare(ledger, DESK)
        self.judge(ledger)

    def test_worked_examples(self):
        ledger = Ledger()
        worked.compare(ledger, DESK)
        self.judge(ledger)


if __name__ == "__main__":
    DESK = Desk(*sys.argv[1:3])
    unittest.main(argv=sys.argv[:1], verbosity=2)
