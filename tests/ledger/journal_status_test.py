# SPDX-License-Identifier: Apache-2.0
"""A journal that cannot be written any more is seen in `bulwark status`: what it says, and that nothing is accepted."""
import subprocess
import unittest

from ledger_desk import CONFIG, DeskTest, wait_for


class FullDisk(DeskTest):
    CONFIG = CONFIG.replace('directory = "journal"', 'directory = "journal"\nsegment_mb = 1')

    def setUp(self):
        super().setUp()
        disk = self.folder / "journal"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(disk)], capture_output=True).returncode:
            raise unittest.SkipTest("SKIPPED: this user may not mount a tmpfs")
        self.addCleanup(subprocess.run, ["umount", "--lazy", str(disk)], check=True)
        self.addCleanup(self.processes.end)
        self.disk = disk

    def fill(self):
        try:
            with open(self.disk / "filling", "wb", buffering=0) as file:
                while True:
                    file.write(b"x" * 65536)
        except OSError:
            pass

    def test_is_told(self):
        self.up()
        said = self.status()["journal"]
        self.assertEqual((said["health"], said["said"]), ("healthy", ""))
        self.assertIn("journal: healthy, at record", self.bulwark("status"))
        self.fill()

        def failed():
            for _ in range(200):
                self.orders += 1
                self.one.check(id=f"o{self.orders}", symbol="AAPL", side="buy", quantity=1)
            return self.status()["journal"]["health"] == "failed"
        wait_for("its failure", failed)
        said = self.status()
        self.assertIn("No space left on device", said["journal"]["said"])
        self.assertIn("nothing is accepted from now on", said["journal"]["said"])
        self.assertEqual((said["state"], said["cause"]), ("halted", "the journal cannot be written"))
        self.assertRegex(self.bulwark("status"), r"journal: failed, at record \d+, .*No space left on device")


if __name__ == "__main__":
    unittest.main()
