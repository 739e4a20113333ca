# SPDX-License-Identifier: Apache-2.0
"""Retention in a real instance: old files go when they are shipped, and every command works on what is kept."""
import json
import os
import subprocess
import unittest

from ledger_desk import BUILD, HUNG, LedgerTest, wait_for

KEPT = 'directory = "journal"\nsegment_mb = 1\nsnapshot_s = 1\nretain_days = 3'
ORDERS = 40_000


class Retention(LedgerTest):
    def configure(self, extra=""):
        super().configure(extra)
        self.config.write_text(self.config.read_text().replace('directory = "journal"', KEPT))

    def setUp(self):
        super().setUp()
        self.journal = self.folder / "journal"
        self.journal.mkdir()
        subprocess.run([os.path.join(BUILD, "bin", "ledger_journal_maker"), str(self.config), str(ORDERS), "5"],
                       check=True, stdout=subprocess.DEVNULL, timeout=HUNG)
        self.old = self.files()
        self.assertGreater(len(self.old), 3)

    def files(self):
        return sorted(path.name.split(".")[0] for path in self.journal.glob("*.journal*"))

    def ask(self, *command, code=0):
        done = self.processes.run(*command)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def test_of_what_is_shipped(self):
        self.start("bulwark", "up")
        wait_for("that the old files are gone", lambda: not set(self.old[:-1]) & set(self.files()))
        wait_for("what it begins with", (self.journal / "kept.snapshot").exists)
        self.shipped()
        self.down_all()
        where = ("--journal", str(self.journal))
        said = json.loads(self.ask("bulwark", "verify", "--json", *where))
        self.assertEqual(said["state"], "whole")
        self.assertGreater(said["deleted"]["last"], 0)
        self.assertIn(f"records 1 to {said['deleted']['last']} were deleted", self.ask("bulwark", "verify", *where))
        self.assertTrue(json.loads(self.ask("bulwark", "replay", "--json", *where))["same"])
        records = [json.loads(line) for line in self.ask("bulwark", "journal", "--json", *where).splitlines()]
        self.assertEqual(records[0]["seq"], said["deleted"]["last"] + 1)
        remark, = [record for record in records if record.get("operator") == "bulwark retention"]
        self.assertIn(said["deleted"]["hash"], remark["text"])
        fills = [record for record in records if record["type"] == "fill"]
        self.assertTrue(all(record["client"] == "c1" for record in fills))
        self.ask("bulwark", "audit", "stops", *where)
        day = json.loads(self.ask("bulwark", "report", "--format", "json", "--from", str(records[0]["t"]), *where))
        self.assertEqual((day["chain"]["state"], day["chain"]["first"], day["chain"]["deleted_up_to"]),
                         ("whole", records[0]["seq"], said["deleted"]["last"]))
        self.assertEqual(day["orders"]["fills"], len(fills))
        self.ask("bulwark-ledger", "--verify", "--config", str(self.config))
        self.ask("bulwark-ledger", "--once", "--config", str(self.config))
        self.assertEqual(self.rows("SELECT count(*) FROM bulwark.verdict WHERE id LIKE 'order-%'"), [[str(ORDERS)]])
        self.assert_unbroken()
        # Nobody can do it without a trace: not with a beginning of another moment, and not without one.
        kept = self.journal / "kept.snapshot"
        data = bytearray(kept.read_bytes())
        data[len(data) // 2] ^= 1
        kept.write_bytes(data)
        self.assertIn("kept.snapshot: byte 0", self.ask("bulwark", "verify", *where, code=1))
        kept.unlink()
        self.assertIn("record 1 is in no file", self.ask("bulwark", "verify", *where, code=1))

    def down_all(self):
        self.processes.end()

    def test_of_what_is_not_shipped(self):
        self.postgres.kill()
        self.addCleanup(self.postgres.start)
        self.start("bulwark", "up")
        wait_for("two snapshots", lambda: len(list(self.journal.glob("snapshot-*.snapshot"))) == 2)
        self.down_all()
        self.assertEqual(set(self.old) - set(self.files()), set())
        self.assertFalse((self.journal / "kept.snapshot").exists())


if __name__ == "__main__":
    unittest.main()
