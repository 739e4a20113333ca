# SPDX-License-Identifier: Apache-2.0
"""Real processes of one test: the environment that they share, and an end for each, whatever the test did to it."""
import os
import signal
import subprocess
import time

HUNG = 30.0  # seconds: whatever takes longer hangs


def wait_for(what, holds, each=0.005):
    """What `holds` gives, as soon as it is true."""
    end = time.monotonic() + HUNG
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(each)
    raise AssertionError("in vain: " + what)


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
