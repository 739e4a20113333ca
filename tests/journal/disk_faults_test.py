# SPDX-License-Identifier: Apache-2.0
"""Disks that really fail, under a trading instance: each time permission ends, status says why in words, and after the
procedure of docs/operating.md everything that was acknowledged is there."""
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "control"))
sys.path.insert(0, str(ROOT / "tests" / "journal"))
from desk import CONFIG, DeskTest  # noqa: E402
from file_systems import BrokenDisk, FullDisk, why_not  # noqa: E402
from processes import HUNG, wait_for  # noqa: E402

NO_DISKS = why_not()
NO_STRACE = NO_DISKS or (None if shutil.which("strace") else "no strace (scripts/setup --test installs it)")
if NO_STRACE:
    print(f"SKIPPED, tests of disks that fail: {NO_STRACE}", file=sys.stderr)

WIDE = CONFIG.replace('max = "100000"', 'max = "1000000000"').replace('directory = "journal"',
                                                                     'directory = "disk/journal"\nsegment_mb = 1')


def documented_commands():
    """The lines of the procedure in docs/operating.md, without what is said beside them."""
    text = (ROOT / "docs" / "operating.md").read_text()
    block = re.search(r"^### When the disk fails$.*?^```sh$\n(.*?)^```$", text, re.M | re.S).group(1)
    return [line.split("#")[0].strip() for line in block.splitlines()]


class DiskTest(DeskTest):
    CONFIG = WIDE

    def setUp(self):
        super().setUp()
        self.accepted = set()

    def accepts(self, *order, **named):
        id = super().accepts(*order, **named)
        self.accepted.add(id)
        return id

    def trade(self, count=200):
        for _ in range(count):
            self.accepts(self.one)

    def trade_until_refused(self):
        """Whatever is accepted until then is acknowledged, and must be there for good."""
        def refused():
            verdict = self.check(self.one)
            if verdict.decision == "accepted":
                self.accepted.add(f"o{self.orders}")
            return verdict.decision == "rejected" and verdict.reason
        return wait_for("the end of what is accepted", refused, each=0)

    def journal(self):
        return self.folder / "disk" / "journal"

    def newest(self):
        return max(self.journal().glob("*.journal"))

    def expect_the_end(self, *words):
        """Nothing is accepted any more, and whoever looks is told why and what to do."""
        self.assertIn(self.trade_until_refused(), ("journal_full", "halted"))
        status = wait_for("the stop", lambda: (said := self.status())["state"] == "halted" and said)
        self.assertEqual(status["cause"], "the journal cannot be written")
        self.assertEqual(status["journal"]["state"], "failed")
        text = self.bulwark("status")
        for word in words:
            self.assertIn(word, status["journal"]["error"])
            self.assertIn(word, text)
        self.assertIn("JOURNAL FAILED", text)
        self.log_says("Put the disk right and start again")
        for _ in range(20):
            self.assertEqual(self.check(self.one).decision, "rejected")
        resume = self.signed("control", "resume", code=4)
        self.assertIn("journal: it is not healthy", resume)

    def follow_the_procedure(self):
        """As it is written, with this instance's names."""
        told = []
        for line in documented_commands():
            pid = self.status()["processes"].get("bulwark-sidecar")
            command = line.replace("desk", "ctl").replace("NAME", "Ada").replace("TEXT", "mended").replace("PID", str(pid))
            path = os.path.join(os.environ["BULWARK_BUILD"], "bin") + ":" + os.environ["PATH"]
            def done():
                result = subprocess.run(command, shell=True, text=True, capture_output=True,
                                        env={**self.processes.environment, "PATH": path})
                told.append(result.stdout + result.stderr)
                return result.returncode == 0
            wait_for(command, done, each=0.05)
            if line.startswith("kill "):
                wait_for("another sidecar", lambda: self.status()["processes"].get("bulwark-sidecar") not in (None, pid))
                wait_for("its journal", lambda: self.status()["journal"]["state"] == "healthy")
                self.assertEqual(self.status()["state"], "halted")
        self.assertEqual(self.status()["state"], "normal", told)

    def expect_everything(self):
        """Of the orders that were acknowledged none is lost and none is there twice."""
        rows = [json.loads(line) for line in self.bulwark("journal", "--json", "--type", "verdict").splitlines()]
        ids = [row["id"] for row in rows if row["decision"] == "accepted"]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(set(ids), self.accepted)
        (row,) = self.book()["positions"]
        self.assertEqual(float(row["working_buy"]), len(self.accepted))

    def expect_an_end_that_keeps_the_ring(self):
        self.one.detach()
        self.two.detach()
        self.marks.close()
        self.instance.terminate()
        self.assertEqual(self.instance.wait(HUNG), 1)
        self.log_says("the next start writes it")
        self.assertEqual(os.listdir(self.folder / "run" / "ctl"), ["ring"])

    def expect_it_trades_and_ends_well(self):
        self.expect_everything()
        self.trade(20)
        self.down()
        for command in ("verify", "replay"):
            said = self.processes.run("bulwark", command, "--journal", str(self.journal()))
            self.assertEqual(said.returncode, 0, said.stdout + said.stderr)


@unittest.skipIf(NO_DISKS, f"SKIPPED: {NO_DISKS}")
class Full(DiskTest):
    def setUp(self):
        super().setUp()
        self.disk = FullDisk(self.folder / "disk", 8)
        self.addCleanup(self.disk.end)

    def test_a_full_disk_stops_trading_before_it_and_nothing_is_lost(self):
        self.up()
        self.trade()
        self.disk.fill(leave=700 << 10)  # not for one more file
        wait_for("the warning", lambda: self.status()["journal"]["files_left"] == 0)
        self.assertIn("nearly full", self.bulwark("status"))
        self.expect_the_end("cannot take 1 MiB of the disk", "No space left on device")
        self.disk.free()
        self.follow_the_procedure()
        self.expect_it_trades_and_ends_well()

    def test_an_end_after_the_failure_keeps_what_the_ring_holds(self):
        self.up()
        self.trade()
        self.disk.fill(leave=700 << 10)
        self.expect_the_end("cannot take 1 MiB of the disk")
        self.expect_an_end_that_keeps_the_ring()
        self.disk.free()
        self.instance = self.start("bulwark", "up")
        wait_for("the instance", lambda: self.processes.run("bulwark", "status", "--instance", "ctl").returncode == 0)
        self.assertEqual(self.status()["state"], "halted")
        self.expect_everything()


@unittest.skipIf(NO_DISKS, f"SKIPPED: {NO_DISKS}")
class Broken(DiskTest):
    def setUp(self):
        super().setUp()
        self.disk = BrokenDisk(self.folder)
        self.addCleanup(self.disk.end)

    def test_an_fsync_that_failed_is_believed_though_the_next_one_succeeds(self):
        self.up()
        self.trade()
        self.disk.break_it()
        self.expect_the_end("cannot ")  # which file it hits first is chance, and so is the kernel's name for it
        file = os.open(self.newest(), os.O_RDWR)
        os.fsync(file)  # the disk says yes, and does not mean it
        os.close(file)
        self.assertEqual(self.status()["journal"]["state"], "failed")
        # An end keeps the ring: what was acknowledged last may stand nowhere else. (Whether the rest is there is not asked
        # here: this device confirms now and then what it has not stored, and a start then refuses.)
        self.expect_an_end_that_keeps_the_ring()
        self.bulwark("status", code=3)


@unittest.skipIf(NO_STRACE, f"SKIPPED: {NO_STRACE}")
class Injected(DiskTest):
    def setUp(self):
        super().setUp()
        self.disk = FullDisk(self.folder / "disk", 64)
        self.addCleanup(self.disk.end)

    def sidecar(self):
        return self.status()["processes"]["bulwark-sidecar"]

    def inject(self, fault):
        """Into the thread that writes the journal, once. What it has called since is in the trace."""
        tasks = pathlib.Path(f"/proc/{self.sidecar()}/task")
        (writer,) = [task for task in tasks.iterdir() if (task / "comm").read_text() == "bw-journal\n"]
        self.trace = self.folder / "trace"
        tracer = subprocess.Popen(["strace", "-p", writer.name, "-o", self.trace, "-e", "trace=pwrite64,fdatasync",
                                   "-e", f"inject={fault}:when=1"], stderr=subprocess.DEVNULL)
        self.processes.started.append(tracer)
        wait_for("strace", lambda: f"TracerPid:\t{tracer.pid}\n" in (writer / "status").read_text())

    def expect_no_second_try(self):
        calls = [line for line in self.trace.read_text().splitlines() if not line.startswith("+++")]
        self.assertIn("(INJECTED)", calls[-1])

    def mended(self):
        self.follow_the_procedure()
        self.expect_it_trades_and_ends_well()

    def test_a_flush_that_fails(self):
        self.up()
        self.trade()
        self.inject("fdatasync:error=EIO")
        self.expect_the_end("cannot make records durable", "Input/output error")
        self.expect_no_second_try()
        self.mended()

    def test_a_write_that_fails(self):
        self.up()
        self.trade()
        self.inject("pwrite64:error=EIO")
        self.expect_the_end("cannot write", "Input/output error")
        self.expect_no_second_try()
        self.mended()

    def test_a_write_without_room(self):
        self.up()
        self.trade()
        self.inject("pwrite64:error=ENOSPC")
        self.expect_the_end("cannot write", "No space left on device")
        self.expect_no_second_try()
        self.mended()

    def test_a_write_of_which_only_a_part_is_done(self):
        self.up()
        self.trade()
        end = len(self.newest().read_bytes().rstrip(b"\0"))
        limit = end + 100  # within the next block
        resource.prlimit(self.sidecar(), resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        self.expect_the_end("cannot write", "File too large")
        self.assertGreater(len(self.newest().read_bytes().rstrip(b"\0")), limit - 16)
        self.mended()


if __name__ == "__main__":
    unittest.main()
