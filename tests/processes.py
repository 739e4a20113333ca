# SPDX-License-Identifier: Apache-2.0
"""Real processes of one test: the environment that they share, and an end for each, whatever the test did to it."""
import ctypes
import os
import pathlib
import signal
import subprocess
import time
import unittest

HUNG = 30.0  # seconds: whatever takes longer hangs


def wait_for(what, holds, each=0.005):
    """What `holds` gives, as soon as it is true."""
    end = time.monotonic() + HUNG
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(each)
    raise AssertionError("in vain: " + what)


class FrozenThread:
    """One thread of another process, held still by ptrace while all others go on."""
    ATTACH, DETACH, WALL = 16, 17, 0x40000000
    ptrace = ctypes.CDLL(None, use_errno=True).ptrace
    ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]

    def __init__(self, pid, name):
        tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
        self.thread = next(int(task.name) for task in tasks if (task / "comm").read_text().strip() == name)
        if FrozenThread.ptrace(self.ATTACH, self.thread, None, None) != 0:
            raise unittest.SkipTest("SKIPPED: ptrace is not permitted here: " + os.strerror(ctypes.get_errno()))
        os.waitpid(self.thread, self.WALL)

    def thaw(self):
        FrozenThread.ptrace(self.DETACH, self.thread, None, None)


def clean_environment(run_folder):
    """This process's, without what the machine's user has set for Bulwark."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BULWARK_")}
    return {**kept, "BULWARK_RUN_DIR": str(run_folder)}


class Processes:
    def __init__(self, programs, run_folder):
        """`programs`: their folder."""
        self.programs, self.environment, self.started = programs, clean_environment(run_folder), []

    def start(self, program, *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT):
        process = subprocess.Popen([os.path.join(self.programs, program), *arguments], env=self.environment, text=True,
                                   stdout=stdout, stderr=stderr)
        self.started.append(process)
        return process

    def run(self, program, *arguments):
        """To its end."""
        return subprocess.run([os.path.join(self.programs, program), *arguments], env=self.environment, text=True,
                              capture_output=True, timeout=2 * HUNG)

    def end(self):
        """The last one first; in good order, also those that are frozen, and else not."""
        for process in reversed(self.started):
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
                try:
                    process.wait(HUNG)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            if process.stdout is not None:
                process.stdout.close()
