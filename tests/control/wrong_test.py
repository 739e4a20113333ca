# SPDX-License-Identifier: Apache-2.0
"""`bulwark control` and `bulwark equity` in the wrong hands: nonsense, nobody there, a sidecar dead or frozen."""
import os
import shutil
import signal
import subprocess
import unittest

from desk import BUILD, DeskTest, wait_for

SIGNED = ("--operator", "Ada", "--reason", "x")
OVERRIDE = ("control", "override", *SIGNED)
GOOD = ("--limit", "size", "--max", "1", "--until", "+1h")

NONSENSE = (
    ("control",), ("control", "explode"), ("control", "halt", "--limit", "size"), ("control", "halt", "now"),
    ("control", "halt", "--on", "account"), ("control", "halt", "--on", "account="), ("control", "halt", "--on", "desk=x"),
    ("control", "halt", "--on", "account=ACC9"), ("control", "halt", "--on", "sector=Nothing"),
    ("control", "halt", "--on", "sector=Tech", "--on", "sector=Tech"), ("control", "halt", "--on", ""),
    ("control", "reduce_only", "--on", "symbol=" + "A" * 33), ("control", "reduce_only", "--on", "symbol=\u00e9"),
    ("control", "resume"), ("control", "resume", "--operator", "Ada"), ("control", "resume", "--reason", "x"),
    ("control", "resume", "--operator", "", "--reason", "x"), ("control", "resume", "--operator", "Ada", "--reason", ""),
    ("control", "resume", "--operator", "A" * 33, "--reason", "x"),
    ("control", "resume", "--operator", "Ada", "--reason", "x" * 128),
    ("control", "resume", "--operator", "A\nB", "--reason", "x"), ("control", "resume", *SIGNED, "--until", "+1h"),
    ("control", "liquidate", "--on", "account=ACC9"), ("control", "liquidate", "--on", "sector=Nothing"),
    ("control", "liquidate", "--to", "0.5"), ("control", "resume", *SIGNED, "--stage", "some"),
    ("control", "resume", *SIGNED, "--stage", ""), ("control", "halt", "--stage", "half"),
    OVERRIDE, (*OVERRIDE, "--limit", "size"), (*OVERRIDE, "--limit", "size", "--max", "1"),
    ("control", "override", *GOOD), (*OVERRIDE, *GOOD, "--max", "2"),
    *((*OVERRIDE, "--limit", "size", "--until", "+1h", "--max", max) for max in
      ("", "-1", "1e3", "nan", "inf", "0x10", "1,000", "1.123456789", "1" * 40, "--json")),
    *((*OVERRIDE, "--limit", "size", "--max", "1", "--until", until) for until in
      ("", "+", "+5", "+0s", "+-1s", "5m", "+1y", "+367d", "+99999999999999999999s", "+1h30", "17:00", "tomorrow",
       "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T15:00:00", "2026-11-22 15:00:00Z",
       "9999-11-22T15:00:00Z", "1700000000000000000")),
    (*OVERRIDE, "--limit", "", "--max", "1", "--until", "+1h"),
    ("control", "confirm", *SIGNED), ("control", "confirm", "x", *SIGNED), ("control", "confirm", "-1", *SIGNED),
    ("control", "confirm", "1"), ("equity", *SIGNED), ("equity", "--account", "ACC1", *SIGNED),
    ("equity", "--account", "ACC1", "--amount", "1"), ("equity", "--account", "", "--amount", "1", *SIGNED),
    *(("equity", "--account", "ACC1", "--amount", amount, *SIGNED) for amount in
      ("", "0", "0.00", "x", "1e3", "1.123456789", "9" * 30)),
    ("reload", "--operator", "Ada"), ("reload", "--operator", "A" * 40, "--reason", "x"),
)


class Nonsense(DeskTest):
    def test_is_wrong_usage_and_changes_nothing(self):
        self.up()
        before = self.book()
        for arguments in NONSENSE:
            with self.subTest(arguments=arguments):
                said = self.bulwark(*arguments, code=2)
                self.assertTrue(said.strip())
        self.assertEqual(self.book(), before)
        self.assertEqual(self.status()["state"], "normal")
        self.accepts(self.one)

    def test_a_stop_takes_any_reason(self):
        self.up()
        self.bulwark("control", "halt", "--reason", "x" * 500, "--operator", "A\n\u00e9" + "B" * 60)
        self.refuses(self.one, "halted")
        self.bulwark("control", "reduce_only", "--on", "account=ACC1", "--reason", "\u00e9" * 500)
        self.assertEqual(len(self.books("both", lambda book: len(book["states"]) == 2)["states"]), 2)


class Stranger(DeskTest):
    @unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
    def test_may_ask_for_nothing(self):
        self.up()
        self.folder.chmod(0o755)
        program = shutil.copy(os.path.join(BUILD, "bin", "bulwark"), self.folder)  # the build may lie where only root goes
        for command in (("control", "halt"), ("control", "liquidate"), ("control", "reduce_only"), ("control", "resume", *SIGNED),
                        (*OVERRIDE, *GOOD), ("equity", "--account", "ACC1", "--amount", "1", *SIGNED)):
            result = subprocess.run([program, *command, "--instance", "ctl"], text=True,
                                    capture_output=True, user=65534, group=65534, extra_groups=[])
            self.assertEqual(result.returncode, 4, result.stderr)
            self.assertIn("may not operate", result.stderr)
        self.accepts(self.one)


class Nobody(DeskTest):
    COMMANDS = (("control", "reduce_only"), ("control", "resume", *SIGNED), (*OVERRIDE, *GOOD),
                ("control", "confirm", "1", *SIGNED), ("control", "halt", "--on", "sector=Tech"),
                ("control", "liquidate", "--on", "sector=Tech"),
                ("equity", "--account", "ACC1", "--amount", "1", *SIGNED))

    def test_is_there(self):
        for command in (*self.COMMANDS, ("control", "halt")):
            self.assertIn("no instance \"ctl\"", self.bulwark(*command, code=3))
            self.bulwark(*command, "--config", str(self.config), code=3)
        self.bulwark("control", "halt", "--config", str(self.folder / "absent.toml"), code=2)

    def apart(self):
        """Watchdog and sidecar by themselves: nobody starts again what dies."""
        self.watchdog = self.start("bulwark-watchdog")
        self.assertTrue(self.watchdog.stdout.readline())
        self.sidecar = self.start("bulwark-sidecar")
        self.assertIn("clients attach at", self.sidecar.stdout.readline())
        wait_for("the watchdog to know it", lambda: self.status()["lease"]["running"])

    def test_a_dead_sidecar_is_said_to_be_dead(self):
        self.apart()
        self.sidecar.kill()
        self.sidecar.wait()
        wait_for("the stop that follows", lambda: self.status()["state"] == "halted")
        for command in self.COMMANDS:
            code = 4 if command[1] == "resume" else 3  # a resume names whatever fails
            self.assertIn("not running", self.bulwark(*command, code=code))
        self.assertIn("stopped everything", self.bulwark("control", "halt"))

    def test_a_frozen_sidecar_does_later_what_nobody_waits_for_any_more_never(self):
        self.apart()
        self.sidecar.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.sidecar.pid, os.WSTOPPED | os.WNOWAIT)
        self.assertIn("does not answer", self.bulwark("control", "reduce_only", code=1))
        self.assertIn("does not answer", self.bulwark("equity", "--account", "ACC1", "--amount", "5", *SIGNED, code=1))
        self.bulwark("control", "halt", "--on", "account=ACC1", "--reason", "a stop gets through")
        self.sidecar.send_signal(signal.SIGCONT)
        book = self.books("the stop", lambda book: book["states"])
        self.bulwark("equity", "--account", "ACC2", "--amount", "5", *SIGNED)
        book = self.books("the deposit", lambda book: book["accounts"][1]["equity"] == "500005")
        self.assertEqual([row["on"] for row in book["states"]], [{"account": "ACC1"}])
        self.assertEqual(book["accounts"][0]["equity"], "1000000")


if __name__ == "__main__":
    unittest.main()
