# SPDX-License-Identifier: Apache-2.0
"""Watchdog and killswitch as processes that are really killed, frozen and started again."""
import os
import signal
import unittest

from desk import Desk, freeze, thaw, wait_for


class DeskTest(unittest.TestCase):
    def setUp(self):
        self.desk = Desk()
        self.addCleanup(self.desk.close)

    def check(self, result, code, said=""):
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        self.assertIn(said, result.stdout + result.stderr)
        return result


class Watchdog(DeskTest):
    def test_no_lease_before_there_is_a_sidecar(self):
        self.assertIn("may trade", self.desk.start_watchdog())
        status = self.desk.status()
        self.assertEqual((status["state"], status["lease"]["running"]), ("normal", False))
        self.desk.start_sidecar()
        self.desk.wait_for_lease()

    def test_the_second_watchdog_is_refused_and_names_the_first(self):
        self.desk.trade()
        second = self.desk.start("bulwark-watchdog", "--instance", "desk", "--journal", self.desk.journal)
        self.assertEqual(second.wait(timeout=20), 4)
        self.assertIn(f"pid {self.desk.watchdog.pid}", second.stdout.read())
        self.assertTrue(self.desk.status()["lease"]["running"])

    def test_many_at_once_and_one_remains(self):
        started = [self.desk.start("bulwark-watchdog", "--instance", "desk", "--journal", self.desk.journal)
                   for _ in range(8)]
        wait_for("seven to end", lambda: sum(p.poll() is not None for p in started) >= 7)
        self.assertEqual(sorted(p.poll() or 0 for p in started), [0] + [4] * 7)
        self.assertEqual(self.desk.status()["processes"]["bulwark-watchdog"],
                         next(p.pid for p in started if p.poll() is None))

    def test_death_of_the_sidecar_is_latched(self):
        self.desk.trade()
        self.desk.end(self.desk.sidecar, signal.SIGKILL)
        self.desk.wait_for_halt("the sidecar died")
        self.desk.start_sidecar()
        self.assertEqual(self.desk.status()["state"], "halted")
        wait_for("the latch", lambda: self.desk.latch()["trading"] == "no")
        self.check(self.desk.resume(), 0, "the lease is running")
        self.assertEqual(self.desk.status()["state"], "normal")

    def test_a_frozen_sidecar_lapses_the_lease_and_latches_nothing(self):
        self.desk.trade()
        lapses = self.desk.status()["lease"]["lapses"]
        freeze(self.desk.sidecar)
        wait_for("the lapse", lambda: not self.desk.status()["lease"]["running"])
        self.assertEqual(self.desk.status()["state"], "normal")
        thaw(self.desk.sidecar)
        self.desk.wait_for_lease()
        self.assertGreater(self.desk.status()["lease"]["lapses"], lapses)

    def test_a_frozen_watchdog_lapses_the_lease_and_latches_nothing(self):
        self.desk.trade()
        freeze(self.desk.watchdog)
        wait_for("the lapse", lambda: not self.desk.status()["lease"]["running"])
        thaw(self.desk.watchdog)
        self.desk.wait_for_lease()
        self.assertEqual(self.desk.status()["state"], "normal")
        self.assertGreaterEqual(self.desk.status()["lease"]["lapses"], 1)

    def test_death_of_the_watchdog_ends_the_lease_and_its_successor_stops(self):
        self.desk.trade()
        self.desk.end(self.desk.watchdog, signal.SIGKILL)
        wait_for("the lapse", lambda: not self.desk.status()["lease"]["running"])
        self.assertIn("halted, the watchdog died", self.desk.start_watchdog())
        self.desk.wait_for_halt("the watchdog died")
        self.check(self.desk.resume(), 0)
        self.desk.wait_for_lease()

    def test_the_sidecar_asks_for_a_stop(self):
        self.desk.trade()
        self.desk.sidecar.send_signal(signal.SIGUSR1)
        self.desk.wait_for_halt("the loop found a fault in itself")

    def test_a_failed_journal_ends_the_lease(self):
        self.desk.trade()
        self.desk.sidecar.send_signal(signal.SIGUSR2)
        wait_for("the lapse", lambda: not self.desk.status()["lease"]["running"])
        self.check(self.desk.command("stop"), 0)
        self.check(self.desk.resume(), 4, "journal: it is not healthy")

    def test_a_clean_end_comes_back_trading_and_a_crash_stopped(self):
        self.desk.trade()
        self.assertEqual(self.desk.end(self.desk.watchdog), 0)
        self.assertEqual((self.desk.latch()["state"], self.desk.latch()["trading"]), ("clean", "yes"))
        self.assertFalse(self.desk.status()["lease"]["running"])
        self.assertIn("may trade", self.desk.start_watchdog())
        self.desk.wait_for_lease()
        self.assertEqual(self.desk.latch()["state"], "running")
        for process in (self.desk.watchdog, self.desk.sidecar):
            self.desk.end(process, signal.SIGKILL)
        os.rename(self.desk.folder, self.desk.folder + ".lost")  # as after a crash of the machine
        self.assertIn("halted, the instance ended without a clean shutdown", self.desk.start_watchdog())

    def test_a_stop_outlives_clean_ends(self):
        self.desk.trade()
        self.check(self.desk.command("stop", "--reason", "fat finger"), 0)
        epoch = self.desk.status()["epoch"]
        self.desk.end(self.desk.watchdog)
        self.assertEqual((self.desk.latch()["state"], self.desk.latch()["trading"]), ("clean", "no"))
        os.rename(self.desk.folder, self.desk.folder + ".ended")
        self.assertIn("halted, fat finger", self.desk.start_watchdog())
        self.assertGreater(self.desk.status()["epoch"], epoch)

    def test_a_mute_client_is_killed_where_configured_and_only_it(self):
        self.desk.start_watchdog("--kill-unacknowledged-ms", "100")
        self.desk.start_sidecar()
        good, mute = self.desk.start_client("good"), self.desk.start_client("mute", "--mute")
        frozen = self.desk.start_client("frozen")
        self.desk.wait_for_lease()
        freeze(frozen)
        self.check(self.desk.command("stop"), 0)  # by then those two were killed
        self.assertEqual(mute.wait(timeout=20), -signal.SIGKILL)
        self.assertEqual(frozen.wait(timeout=20), -signal.SIGKILL)
        self.assertIsNone(good.poll())

    def test_who_is_named_by_a_lying_client_is_not_killed(self):
        self.desk.start_watchdog("--kill-unacknowledged-ms", "100")
        self.desk.start_sidecar()
        innocent = self.desk.start_client("innocent")
        self.desk.start_client("liar", "--mute", str(innocent.pid))
        mute = self.desk.start_client("mute", "--mute")  # looked at after the liar
        self.desk.command("stop", "--timeout", "500")
        self.assertEqual(mute.wait(timeout=20), -signal.SIGKILL)
        self.assertIsNone(innocent.poll())

    def test_a_mute_client_lives_where_nothing_is_configured(self):
        self.desk.trade()
        mute = self.desk.start_client("mute", "--mute")
        self.check(self.desk.command("stop", "--timeout", "300"), 1, f"mute (pid {mute.pid}) did not acknowledge")
        self.assertIsNone(mute.poll())


if __name__ == "__main__":
    unittest.main()
