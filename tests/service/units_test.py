# SPDX-License-Identifier: Apache-2.0
"""The units as systemd-analyze sees them: nothing that it does not understand, and few rights.

    units_test.py      exit code 77, and the reason: no systemd-analyze here
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SKIPPED = 77
UNITS = pathlib.Path(__file__).resolve().parent.parent.parent / "scripts" / "systemd"
SERVICES = sorted(path.name.replace("@", "@desk") for path in UNITS.glob("*@.service"))
TIMERS = sorted(path.name.replace("@", "@desk") for path in UNITS.glob("*@.timer"))
PROGRAMS = ("bulwark", "bulwark-sidecar", "bulwark-watchdog", "bulwark-ledger", "bulwark-console")
EXPOSURE_MAX = 2.0  # of 10, as `systemd-analyze security` counts


class UnitsTest(unittest.TestCase):
    def setUp(self):
        """A root that has the units, the programs' names, and what the units lean on."""
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="bulwark-units-"))
        self.addCleanup(shutil.rmtree, self.root)
        folder = self.root / "etc" / "systemd" / "system"
        shutil.copytree(UNITS, folder)
        for unit in ("sysinit", "basic", "shutdown", "multi-user", "timers", "time-set", "time-sync"):
            (folder / f"{unit}.target").write_text("[Unit]\nDescription=of the system\nDefaultDependencies=no\n")
        for program in PROGRAMS + ("true", "sh", "systemctl", "flock"):
            path = self.root / ("usr/local/bin" if program in PROGRAMS else "usr/bin") / program
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o755)

    def analyze(self, *command):
        return subprocess.run(["systemd-analyze", f"--root={self.root}", *command], text=True, capture_output=True)

    def test_every_line_is_understood(self):
        for unit in ("bulwark@desk.target", *SERVICES, *TIMERS):
            result = self.analyze("--man=no", "--recursive-errors=no", "verify", unit)
            self.assertEqual((result.returncode, result.stderr), (0, ""), unit)

    def test_a_line_that_is_not_is_found(self):
        with open(self.root / "etc/systemd/system/bulwark-sidecar@.service", "a") as unit:
            unit.write("ProtectSistem=strict\n")
        self.assertIn("ProtectSistem", self.analyze("--man=no", "verify", "bulwark-sidecar@desk.service").stderr)

    def test_few_rights(self):
        self.assertIn("bulwark-sidecar@desk.service", SERVICES)
        for service in SERVICES:
            result = self.analyze("security", "--offline=true", f"--threshold={EXPOSURE_MAX * 10:.0f}", service)
            self.assertEqual(result.returncode, 0, service + "\n" + result.stdout[-300:] + result.stderr)


if __name__ == "__main__":
    if shutil.which("systemd-analyze") is None:
        print("SKIPPED: no systemd-analyze here (Debian package systemd)")
        sys.exit(SKIPPED)
    unittest.main()
