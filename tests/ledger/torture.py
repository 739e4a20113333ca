#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills PostgreSQL (-9, immediate) as often as it is told, and between it cuts its connection at COMMIT and kills the
ledger, all under load; then every answer that a client ever had has to be there, once.

    BULWARK_BUILD=build/test nice python3 tests/ledger/torture.py --kills 200 [--seed N]
"""
import argparse
import collections
import os
import random
import signal
import sys
import time
import unittest

from ledger_desk import LedgerTest, wait_for
from trader import Trader

ARGUMENTS = argparse.Namespace(kills=10, seed=None)


class Torture(LedgerTest):
    def setUp(self):
        super().setUp()
        self.up()

    def cut_at_commit(self):
        """The connection, at the moment at which it commits; where none comes soon, anyhow."""
        self.rows("""DO $$ BEGIN
          FOR i IN 1..400 LOOP
            PERFORM pg_stat_clear_snapshot();
            EXIT WHEN EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'bulwark-ledger'
                              AND state = 'active' AND query ILIKE 'commit');
            PERFORM pg_sleep(0.0005);
          END LOOP;
          PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bulwark-ledger';
        END $$""")

    def kill(self, how):
        """What of it killed the server itself."""
        if how == "commit":
            self.cut_at_commit()
            return 0
        if how == "kill-at-commit":
            self.cut_at_commit()
        if how in ("kill", "kill-at-commit", "both"):
            self.postgres.kill()
        if how == "immediate":
            self.postgres.immediate()
        if how in ("ledger", "both") and (said := self.ledger()) and said["pid"]:
            os.kill(said["pid"], signal.SIGKILL)
        if how == "ledger":
            return 0
        self.postgres.start()
        return 1

    def test_everything_is_there_once(self):
        seed = ARGUMENTS.seed if ARGUMENTS.seed is not None else random.randrange(1 << 30)
        dice, counts, begin = random.Random(seed), collections.Counter(), time.monotonic()
        print(f"seed {seed}", flush=True)
        trader = Trader(self.one, "t")
        self.addCleanup(trader.ending.set)
        servers = 0
        while servers < ARGUMENTS.kills:
            time.sleep(dice.uniform(0, 0.4))
            how = dice.choice(("kill", "kill", "immediate", "immediate", "kill-at-commit", "commit", "ledger", "both"))
            counts[how] += 1
            servers += self.kill(how)
            self.assertEqual(self.status()["state"], "normal")
        wait_for("a ledger that ships", lambda: (said := self.ledger()) and said["postgres"]["state"] == "shipping")
        answered = trader.end()
        self.shipped()
        self.assert_unbroken()
        self.assert_complete()
        rows = [row[0] for row in self.rows("SELECT id FROM bulwark.verdict WHERE starts_with(id, 't-')")]
        said = self.audit("order", answered[-1])
        self.assertEqual(said[0]["decision"] in ("accepted", "rejected"), True)
        lost, doubled = set(answered) - set(rows), len(rows) - len(set(rows))
        print(f"PostgreSQL itself killed {servers} times, {counts.total()} deaths in {time.monotonic() - begin:.0f} s ({dict(counts)}): {len(answered)} answers, "
              f"{len(rows)} rows, {len(lost)} lost, {doubled} doubled", flush=True)
        self.assertEqual((lost, doubled), (set(), 0))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int)
    ARGUMENTS = parser.parse_args()
    unittest.main(argv=sys.argv[:1])
