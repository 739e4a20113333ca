# SPDX-License-Identifier: Apache-2.0
"""A really booted systemd in namespaces of its own, with Bulwark installed as an operator would install it.

This machine's own systemd, files and /run are out of its reach; whatever happens to the test, it ends with it.
"""
import ctypes
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import processes  # noqa: E402
from processes import wait_for  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SYSTEMD = pathlib.Path("/usr/lib/systemd")
UNITS = ("basic.target", "sysinit.target", "sockets.target", "slices.target", "paths.target", "timers.target",
         "shutdown.target", "multi-user.target", "systemd-journald.service", "systemd-journald.socket",
         "systemd-journald-dev-log.socket")
NAMESPACES = ("--mount", "--propagation", "private", "--pid", "--fork", "--uts", "--ipc", "--net")
PATIENCE = 120  # seconds: for one command inside, and for what is waited for
processes.HUNG = PATIENCE


class Impossible(Exception):
    """Why no systemd can be booted here."""


def demand_the_possible():
    if os.geteuid() != 0:
        raise Impossible("it needs root")
    for program in ("unshare", "nsenter", "setpriv", "flock", "systemctl", str(SYSTEMD / "systemd")):
        if shutil.which(program) is None:
            raise Impossible(f"there is no {program}")


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Machine:
    def __init__(self, build):
        demand_the_possible()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bulwark-machine-"))
        self.cgroup = f"bulwark-test.{os.getpid()}"
        self.process = self.init = None
        try:
            self.gather(pathlib.Path(build))
            self.boot()
            self.install()
        except BaseException:
            self.end()
            raise

    def gather(self, build):
        """What it has beside this machine's files: a few units, and Bulwark as built."""
        (self.folder / "units").mkdir()
        for unit in UNITS:
            shutil.copy(SYSTEMD / "system" / unit, self.folder / "units")
        files = self.folder / "files"
        for part in ("bin", "lib", "python"):
            shutil.copytree(build / part, files / part, ignore=lambda folder, names: [
                name for name in names if os.path.basename(folder) == "bin" and not name.startswith(("bulwark", "kill"))])
        shutil.copytree(HERE.parent.parent / "scripts" / "systemd", files / "systemd")
        shutil.copy(HERE / "trade.py", files)
        for folder in (self.folder, *(path for path in files.rglob("*") if path.is_dir()), files):
            folder.chmod(0o755)

    def boot(self):
        self.log = open(self.folder / "log", "w+")
        self.process = subprocess.Popen(
            ["unshare", *NAMESPACES, "--kill-child", "bash", HERE / "boot.sh", self.folder, self.cgroup],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, preexec_fn=die_with_parent,
            start_new_session=True)
        wait_for("the mounts", lambda: "everything is mounted" in self.said() or self.process.poll() is not None)
        if "everything is mounted" not in self.said():
            raise Impossible("its namespaces cannot be made: " + self.said().strip().splitlines()[-1])
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        self.init = wait_for("its first process", lambda: children.read_text().split())[0]
        wait_for("systemd", lambda: self.run("systemctl", "is-system-running").stdout.strip() == "running", each=0.2)

    def install(self):
        self.do("systemctl", "start", "systemd-journald.service")
        self.do("/run/files/systemd/install", "/run/files")
        self.do("useradd", "--system", "--groups", "bulwark", "trader")
        self.do("systemctl", "daemon-reload")

    def said(self):
        return (self.folder / "log").read_text()

    def inside(self, *command):
        return ["nsenter", "--target", str(self.init), "--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup",
                "--root", "--wd", "env", "-i", "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/bin",
                "BULWARK_RUN_DIR=/run/bulwark", *command]

    def run(self, *command, stdin=None):
        """To its end."""
        return subprocess.run(self.inside(*command), input=stdin, text=True, capture_output=True, timeout=PATIENCE)

    def do(self, *command, stdin=None):
        """It must succeed; the result: what it printed."""
        result = self.run(*command, stdin=stdin)
        if result.returncode != 0:
            raise AssertionError(f"{command}: {result.returncode}\n{result.stdout}{result.stderr}\n{self.journal()}")
        return result.stdout

    def journal(self, lines=60):
        return self.run("journalctl", "--no-pager", "--output=cat", f"--lines={lines}").stdout

    def write(self, path, text):
        self.do("tee", path, stdin=text)

    def show(self, unit, name):
        return self.do("systemctl", "show", "--value", f"--property={name}", unit).strip()

    def end(self):
        if self.process is not None:
            self.process.kill()  # its first process dies with it, and everything inside with that one
            self.process.wait()
            self.log.close()
        subprocess.run(["unshare", *NAMESPACES[:3], "bash", HERE / "clear.sh", self.folder, str(os.getpid())],
                       check=False)
        shutil.rmtree(self.folder)
