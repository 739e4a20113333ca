# SPDX-License-Identifier: Apache-2.0
"""What watchdog, sidecar, ledger and console tell systemd, heard by this test in its place: ready when they work, alive only while the
loop that matters turns, and why they gave up.

    notify_test.py BUILD
"""
import os
import pathlib
import shutil
import signal
import socket
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from processes import HUNG, FrozenThread, Processes, wait_for  # noqa: E402

BUILD = sys.argv.pop(1)
CONFIG = """[instance]
name = "told"
lease_ms = 80
[instruments]
file = "instruments.csv"
[account.ACC1]
equity = "1000000"
[limit.gross]
metric = "gross"
max = "1000000"
"""


class NotifyTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bulwark-told-"))
        self.config = self.folder / "desk.toml"
        self.config.write_text(CONFIG)
        (self.folder / "instruments.csv").write_text(
            "symbol,sector,currency,multiplier,tick_size,lot_size,adv\nAAPL,Tech,,,,,\n")
        (self.folder / "run").mkdir()
        self.processes = Processes(os.path.join(BUILD, "bin"), self.folder / "run")
        self.addCleanup(shutil.rmtree, self.folder)
        self.addCleanup(self.processes.end)

    def start(self, program):
        """The process, and the ear for what it tells."""
        ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(ear.close)
        ear.bind(str(self.folder / program))
        ear.settimeout(HUNG)
        self.processes.environment.update(NOTIFY_SOCKET=str(self.folder / program), WATCHDOG_USEC="400000")
        with open(self.folder / (program + ".log"), "a") as log:
            return self.processes.start(program, "--config", str(self.config), stdout=log, stderr=log), ear

    def hear(self, ear, word):
        """The first message with it."""
        while True:
            lines = ear.recv(4096).decode().splitlines()
            if word in lines:
                return lines

    def still(self, ear):
        """Whether, but for what was on its way, nothing is heard for many times the pause between two words."""
        ear.settimeout(2)
        try:
            for _ in range(5):
                ear.recv(4096)
            return False
        except TimeoutError:
            return True
        finally:
            ear.settimeout(HUNG)

    def ends(self, process, ear):
        process.send_signal(signal.SIGTERM)
        self.hear(ear, "STOPPING=1")
        self.assertEqual(process.wait(HUNG), 0)

    def test_ready_alive_and_ending(self):
        watchdog, of_watchdog = self.start("bulwark-watchdog")
        self.assertIn("WATCHDOG=1", self.hear(of_watchdog, "READY=1"))
        self.hear(of_watchdog, "STATUS=may trade once a sidecar beats")
        sidecar, of_sidecar = self.start("bulwark-sidecar")
        self.hear(of_sidecar, "READY=1")
        self.assertTrue((self.folder / "run" / "told" / "attach.sock").exists())
        self.hear(of_watchdog, "STATUS=may trade")
        self.assertIn("WATCHDOG=1", self.hear(
            of_sidecar, f"STATUS=clients attach at {self.folder}/run/told; orders accepted 0, refused 0"))
        self.ends(watchdog, of_watchdog)
        self.ends(sidecar, of_sidecar)

    def test_a_ledger_is_ready_without_its_server(self):
        self.config.write_text(CONFIG + f'[ledger]\nredis = "unix://{self.folder}/nobody"\n')
        ledger, ear = self.start("bulwark-ledger")
        self.assertIn("WATCHDOG=1", self.hear(ear, "READY=1"))
        self.ends(ledger, ear)

    def test_a_console_is_ready_without_its_instance(self):
        self.config.write_text(CONFIG + "[console]\n")
        console, ear = self.start("bulwark-console")
        self.assertIn("WATCHDOG=1", self.hear(ear, "READY=1"))
        self.ends(console, ear)

    def test_what_is_not_configured_ends_well(self):
        for program in ("bulwark-console", "bulwark-ledger"):
            process, ear = self.start(program)
            self.assertRegex("\n".join(self.hear(ear, "READY=1")), "STATUS=.*nothing to do")
            self.assertEqual(process.wait(HUNG), 0)

    def test_nobody_vouches_for_a_console_that_does_not_answer(self):
        self.config.write_text(CONFIG + "[console]\n")
        self.hangs("bulwark-console", "bw-server")

    def test_nobody_vouches_for_a_console_that_does_not_look(self):
        self.config.write_text(CONFIG + "[console]\n")
        self.hangs("bulwark-console", "bw-watch")

    def test_nobody_vouches_for_a_hung_ledger(self):
        self.config.write_text(CONFIG + f'[ledger]\nredis = "unix://{self.folder}/nobody"\n')
        self.hangs("bulwark-ledger", "bw-redis")

    def hangs(self, program, thread):
        process, ear = self.start(program)
        self.hear(ear, "READY=1")
        frozen = FrozenThread(process.pid, thread)
        try:
            self.assertTrue(self.still(ear))
            self.assertIsNone(process.poll())
        finally:
            frozen.thaw()
        self.hear(ear, "WATCHDOG=1")

    def test_nobody_vouches_for_a_hung_loop(self):
        self.hangs("bulwark-watchdog", "bulwark-watchdo")
        self.hangs("bulwark-sidecar", "bw-hot")

    def test_why_it_gave_up(self):
        self.config.write_text(CONFIG.replace('metric = "gross"', 'metric = "grass"'))
        for program in ("bulwark-watchdog", "bulwark-sidecar"):
            process, ear = self.start(program)
            told = ear.recv(4096).decode()
            self.assertEqual(process.wait(HUNG), 2)
            self.assertRegex(told, r"\ASTATUS=[^\n]*grass[^\n]*\Z")


if __name__ == "__main__":
    unittest.main()
