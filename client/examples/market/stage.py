# SPDX-License-Identifier: Apache-2.0
"""Where the demo plays: one temporary folder, the processes of the cast, and the promise to leave nothing behind.

Every process dies with the director (the kernel sees to it), none takes the terminal's Ctrl-C, and the folder holds all
that they write: run folder, journal, socket, configuration.
"""
import ctypes
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

END_TIMEOUT_S = 10.0
CONSOLE_TIMEOUT_S = 4.0
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


class StageError(Exception):
    """The demo can't go on; says why."""


def die_with_director() -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Actor:
    """A process of the cast: takes lines, gives lines; JSON lines go to the shared queue of reports."""

    def __init__(self, name: str, process: subprocess.Popen, reports: queue.Queue):
        self.name = name
        self.process = process
        self.reports = reports
        self.lines: queue.Queue = queue.Queue()
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self) -> None:
        for line in self.process.stdout:
            line = line.strip()
            if line.startswith("{"):
                self.reports.put(json.loads(line))
            else:
                self.lines.put(line)
        self.lines.put(None)

    def say(self, line: str) -> None:
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError) as error:
            raise StageError(f"{self.name} has died (see above)") from error

    def wait_for_line(self, prefix: str, timeout_s: float) -> str:
        end = time.monotonic() + timeout_s
        while True:
            try:
                line = self.lines.get(timeout=max(end - time.monotonic(), 0.01))
            except queue.Empty:
                raise StageError(f"{self.name} did not say '{prefix}' within {timeout_s:g} s") from None
            if line is None:
                raise StageError(f"{self.name} ended before it said '{prefix}' (see above)")
            if line.startswith(prefix):
                return line


class Stage:
    def __init__(self, build: str):
        self.bin = os.path.join(os.path.abspath(build), "bin")
        self.here = os.path.dirname(os.path.abspath(__file__))
        parent = tempfile.gettempdir()
        self.folder = tempfile.mkdtemp(prefix="bulwark-demo-", dir=parent if len(parent) < 40 else "/tmp")
        self.run = os.path.join(self.folder, "run")
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("BULWARK")}
        self.environment |= {"BULWARK_RUN_DIR": self.run, "PYTHONDONTWRITEBYTECODE": "1",
                             "PYTHONPATH": os.path.join(os.path.abspath(build), "python")}
        self.reports: queue.Queue = queue.Queue()
        self.actors: list[Actor] = []
        self.watched: list[int] = []  # processes that `up` has started: they must be gone at the end

    def path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def program(self, name: str) -> str:
        path = os.path.join(self.bin, name)
        if not os.access(path, os.X_OK):
            raise StageError(f"{path} is not there: run scripts/run, which builds it")
        return path

    def start(self, name: str, *command: str) -> Actor:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
                                   env=self.environment, start_new_session=True, preexec_fn=die_with_director)
        self.actors.append(Actor(name, process, self.reports))
        return self.actors[-1]

    def start_python(self, name: str, script: str, *arguments: str) -> Actor:
        return self.start(name, sys.executable, os.path.join(self.here, script), *arguments)

    def command(self, program: str, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([self.program(program), *arguments], env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=30, start_new_session=True)

    def console(self, instance: str) -> str:
        """Where the dashboard is, in a sentence. It comes a moment after the instance; nothing else waits for it."""
        path = os.path.join(self.run, instance, "console")
        end = time.monotonic() + (CONSOLE_TIMEOUT_S if os.access(os.path.join(self.bin, "bulwark-console"), os.X_OK) else 0)
        while not os.path.exists(path):
            if time.monotonic() > end:
                return "the dashboard does not answer; the story goes on without it"
            time.sleep(0.05)
        with open(path, encoding="utf-8") as said, open(path + ".token", encoding="utf-8") as token:
            where = json.load(said)
            self.watched.append(where["pid"])
            return f"{where['url'].rstrip('/')}; to act there, log in with the token {token.read().strip()}"

    def dead(self) -> list[str]:
        return [actor.name for actor in self.actors if actor.process.poll() is not None]

    def end(self) -> list[str]:
        """Ends everything, the last started first; gives what was left behind."""
        left = []
        for actor in reversed(self.actors):
            try:
                if actor.process.poll() is None:
                    actor.process.terminate()
                actor.process.wait(END_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                left.append(f"{actor.name} (process {actor.process.pid}) did not end when asked")
                actor.process.kill()
                actor.process.wait()
            actor.thread.join(1.0)
            actor.process.stdin.close()
            actor.process.stdout.close()
        left += [f"process {pid}" for pid in self.watched if os.path.exists(f"/proc/{pid}")]
        if os.path.isdir(self.run):
            left += [f"run folder {name}" for name in os.listdir(self.run)]
        shutil.rmtree(self.folder, ignore_errors=True)
        if os.path.exists(self.folder):
            left.append(self.folder)
        return left
