#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many rows a second go from a journal into PostgreSQL: a long journal, shipped by `bulwark-ledger --once`.

    BULWARK_BUILD=build/test python3 tests/ledger/rate.py [--orders N]
"""
import argparse
import subprocess
import sys
import time
import unittest

from ledger_desk import BUILD, LedgerTest

ARGUMENTS = argparse.Namespace(orders=20_000)


class Rate(LedgerTest):
    SERVER_SETTINGS = ("shared_buffers=256MB", "max_wal_size=4GB")  # of a server that is there for it

    def test_of_rows(self):
        (self.folder / "journal").mkdir()
        subprocess.run([f"{BUILD}/bin/ledger_journal_maker", str(self.config), str(ARGUMENTS.orders)], check=True,
                       stdout=subprocess.DEVNULL)
        self.rows("SELECT bulwark.make_partitions(now()::date, now()::date + 8)")  # work of a day, not of a row
        begin = time.monotonic()
        done = self.processes.run("bulwark-ledger", "--config", str(self.config), "--once")
        seconds = time.monotonic() - begin
        self.assertEqual(done.returncode, 0, done.stderr)
        counts = {table: int(self.postgres.value(f"SELECT count(*) FROM bulwark.{table}"))
                  for table in ("verdict", "objection", "fill")}
        self.assertEqual(counts["verdict"], ARGUMENTS.orders)
        self.assertEqual(counts["fill"], ARGUMENTS.orders - ARGUMENTS.orders // 10)
        self.assert_unbroken()
        rows = sum(counts.values())
        print(f"{rows} rows in {seconds:.2f} s: {rows / seconds:,.0f} rows/s ({counts})", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=ARGUMENTS.orders)
    ARGUMENTS = parser.parse_args()
    unittest.main(argv=sys.argv[:1])
