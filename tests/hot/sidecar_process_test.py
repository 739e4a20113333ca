# SPDX-License-Identifier: Apache-2.0
"""The sidecar as a process: how it starts, refuses to, is told to reload, ends, and comes back after SIGKILL."""
import os
import pathlib
import signal
import shutil
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from processes import Processes, wait_for  # noqa: E402

BIN = sys.argv.pop(1)

CONFIG = """[instance]
name = "proc"
mode = "adaptive"
lease_ms = 80
[instruments]
file = "instruments.csv"
[journal]
directory = "journal"
[account.ACC1]
equity = "1000000"
[strategy.momo]
account = "ACC1"
[limit.size]
metric = "order_notional"
max = "250000"
[limit.gross]
metric = "gross"
max = "1000000"
"""


class SidecarProcess(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bulwark-proc-"))
        self.config = self.folder / "desk.toml"
        self.config.write_text(CONFIG)
        (self.folder / "instruments.csv").write_text(
            "symbol,sector,currency,multiplier,tick_size,lot_size,adv\nAAPL,Tech,,,,,\n")
        self.run = self.folder / "run"
        self.run.mkdir()
        self.processes = Processes(BIN, self.run)
        self.addCleanup(shutil.rmtree, self.folder)
        self.addCleanup(self.processes.end)

    def start(self, program):
        with open(self.folder / (program + ".log"), "a") as log:
            return self.processes.start(program, "--config", str(self.config), stdout=log, stderr=log)

    def log(self, program="bulwark-sidecar"):
        return (self.folder / (program + ".log")).read_text()

    def wait_for(self, what, holds):
        try:
            wait_for(what, holds)
        except AssertionError as error:
            self.fail(f"{error}; the log says:\n{self.log()}")

    def start_sidecar(self):
        before = self.log().count("clients attach at") if (self.folder / "bulwark-sidecar.log").exists() else 0
        process = self.start("bulwark-sidecar")
        self.wait_for("the sidecar", lambda: self.log().count("clients attach at") > before or process.poll() is not None)
        self.assertIsNone(process.poll(), self.log())
        return process

    def run_to_end(self, *arguments):
        return self.processes.run("bulwark-sidecar", *arguments)

    def test_ends_in_good_order_and_starts_again(self):
        self.start("bulwark-watchdog")
        for _ in range(3):
            sidecar = self.start_sidecar()
            self.assertTrue((self.run / "proc" / "board").exists())
            sidecar.send_signal(signal.SIGTERM)
            self.assertEqual(sidecar.wait(20), 0)
            self.assertFalse((self.run / "proc" / "board").exists())
        self.assertNotIn("did not end in good order", self.log())

    def snapshots(self):
        return sorted((self.folder / "journal").glob("snapshot-*.snapshot"))

    def test_takes_snapshots_while_it_runs_and_begins_at_the_newest(self):
        self.config.write_text(CONFIG.replace('directory = "journal"', 'directory = "journal"\nsnapshot_s = 1'))
        self.start("bulwark-watchdog")
        sidecar = self.start_sidecar()
        self.wait_for("two snapshots", lambda: len(self.snapshots()) == 2)
        sidecar.kill()
        sidecar.wait()
        sidecar = self.start_sidecar()
        self.assertIn("the replay began behind the snapshot", self.log())
        newest = self.snapshots()[-1]
        self.wait_for("a newer one", lambda: self.snapshots()[-1] != newest)
        sidecar.send_signal(signal.SIGHUP)
        self.wait_for("the reload", lambda: "reloaded" in self.log())
        sidecar.send_signal(signal.SIGTERM)
        self.assertEqual(sidecar.wait(20), 0)
        sidecar = self.start_sidecar()
        self.assertIn("with 0 records to go", self.log())
        self.assertNotIn("DIFFERENCE", self.log())
        sidecar.kill()
        sidecar.wait()
        newest = self.snapshots()[-1]
        newest.write_bytes(newest.read_bytes()[:-9])
        self.start_sidecar()
        self.assertIn(f"this snapshot is passed over ({newest})", self.log())

    def test_comes_back_after_sigkill(self):
        self.start("bulwark-watchdog")
        for _ in range(5):
            sidecar = self.start_sidecar()
            sidecar.kill()
            sidecar.wait()
        self.start_sidecar()
        self.assertEqual(self.log().count("did not end in good order"), 5)

    def test_a_second_one_is_refused(self):
        self.start("bulwark-watchdog")
        self.start_sidecar()
        second = self.run_to_end("--config", str(self.config))
        self.assertEqual(second.returncode, 4)
        self.assertIn("running already", second.stderr)

    def test_without_a_watchdog_it_says_so(self):
        result = self.run_to_end("--config", str(self.config))
        self.assertEqual(result.returncode, 1)
        self.assertIn("bulwark-watchdog", result.stderr)

    def test_wrong_usage_and_wrong_configuration(self):
        self.assertEqual(self.run_to_end().returncode, 2)
        self.assertEqual(self.run_to_end("--nonsense").returncode, 2)
        self.assertEqual(self.run_to_end("--config", str(self.folder / "absent.toml")).returncode, 2)
        self.config.write_text(CONFIG.replace('metric = "gross"', 'metric = "grass"').replace('max = "250000"', 'max = 1'))
        result = self.run_to_end("--config", str(self.config))
        self.assertEqual(result.returncode, 2)
        self.assertIn("grass", result.stderr)
        self.assertEqual(self.run_to_end("--help").returncode, 0)
        self.assertEqual(self.run_to_end("--version").returncode, 0)

    def test_a_reload_takes_limits_over_or_nothing(self):
        self.start("bulwark-watchdog")
        sidecar = self.start_sidecar()

        def reload(text, answer):
            self.config.write_text(text)
            seen = self.log().count(answer)
            sidecar.send_signal(signal.SIGHUP)
            self.wait_for(f'"{answer}"', lambda: self.log().count(answer) > seen)

        def configurations():
            return len(list((self.folder / "journal").glob("config-*.toml")))

        reload(CONFIG.replace("250000", "300000"), "reloaded: 1 limit changed")
        self.assertEqual(configurations(), 2)
        reload(CONFIG.replace("250000", "300000"), "reloaded: nothing changed")
        reload(CONFIG.replace("250000", "350000").replace("lease_ms = 80", "lease_ms = 50"),
               "not reloaded: instance.lease_ms: this change needs a restart")
        reload(CONFIG.replace("order_notional", "order_nonsense"), "not reloaded: ")
        self.assertEqual(configurations(), 2)
        sidecar.kill()
        sidecar.wait()
        self.config.write_text(CONFIG.replace("250000", "400000").replace("lease_ms = 80", "lease_ms = 50"))
        self.start_sidecar()  # replays the first two, then takes the third one over
        self.assertEqual(configurations(), 3)

    def test_a_changed_journal_is_refused(self):
        self.start("bulwark-watchdog")
        sidecar = self.start_sidecar()
        time.sleep(0.5)  # clock events: whole records behind the damage
        sidecar.send_signal(signal.SIGTERM)
        sidecar.wait(20)
        journal = self.folder / "journal" / "000001.journal"
        data = bytearray(journal.read_bytes())
        data[180] ^= 1
        journal.write_bytes(data)
        result = self.run_to_end("--config", str(self.config))
        self.assertEqual(result.returncode, 1)
        self.assertIn("000001.journal: byte 160", result.stderr)

    def test_it_ends_when_its_kill_page_is_gone(self):
        self.start("bulwark-watchdog")
        sidecar = self.start_sidecar()
        (self.run / "proc" / "kill").unlink()
        self.assertEqual(sidecar.wait(20), 1)
        self.assertIn("kill page", self.log())


if __name__ == "__main__":
    unittest.main()
