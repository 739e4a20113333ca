# SPDX-License-Identifier: Apache-2.0
"""An instance made of a real watchdog, a fake sidecar and fake clients, for tests that kill and freeze processes."""
import json
import os
import shutil
import signal
import sys
import tempfile

BIN = os.environ.get("BULWARK_BIN") or sys.exit("BULWARK_BIN names the folder of the programs")
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from processes import HUNG, Processes, wait_for  # noqa: E402


class Desk:
    """Folders, processes and commands of one instance; everything is gone after close()."""

    def __init__(self, name="desk"):
        self.name = name
        self.root = tempfile.mkdtemp(prefix="bulwark-kill-")
        self.run = os.path.join(self.root, "run")
        self.folder = os.path.join(self.run, name)
        self.journal = os.path.join(self.root, "journal")
        os.mkdir(self.run)
        self.processes = Processes(BIN, self.run)
        self.environment, self.start = self.processes.environment, self.processes.start
        self.watchdog = self.sidecar = None

    def close(self):
        self.processes.end()
        shutil.rmtree(self.root)

    def start_watchdog(self, *arguments):
        self.watchdog = self.start("bulwark-watchdog", "--instance", self.name, "--journal", self.journal,
                                   "--lease-ms", "80", *arguments)
        line = self.watchdog.stdout.readline()
        assert line.startswith("watchdog of"), line
        return line.strip()

    def start_sidecar(self, *arguments):
        self.sidecar = self.start("fake_sidecar", self.folder, *arguments)
        assert self.sidecar.stdout.readline() == "ready\n"

    def start_client(self, name, *arguments):
        client = self.start("fake_client", self.folder, name, *arguments)
        assert client.stdout.readline() == "ready\n"
        return client

    def trade(self, clients=2):
        """A whole instance with a running lease; returns its clients."""
        self.start_watchdog()
        self.start_sidecar()
        started = [self.start_client(f"client{i}") for i in range(clients)]
        self.wait_for_lease()
        return started

    def command(self, *arguments):
        return self.processes.run("killswitch", *arguments, "--instance", self.name)

    def resume(self, *arguments):
        return self.command("resume", "--reason", "looked at it", "--operator", "mira", *arguments)

    def status(self):
        result = self.command("status", "--json")
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    def wait_for_lease(self):
        wait_for("a lease", lambda: self.status()["lease"]["running"])

    def wait_for_halt(self, cause):
        wait_for("a stop: " + cause, lambda: self.status()["state"] == "halted")
        assert self.status()["cause"] == cause, self.status()

    def latch(self):
        with open(os.path.join(self.journal, "latch"), encoding="ascii") as file:
            return dict(line.rstrip("\n").split(" = ", 1) for line in file)

    def end(self, process, number=signal.SIGTERM):
        process.send_signal(number)
        return process.wait(timeout=HUNG)


def freeze(process):
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)


def thaw(process):
    process.send_signal(signal.SIGCONT)
