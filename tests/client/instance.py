# SPDX-License-Identifier: Apache-2.0
"""The stand-in instance (echo_instance) for tests in Python: a run folder of its own, and a word at a time."""
import os
import subprocess
import tempfile


class Instance:
    def __init__(self, program: str, name: str = "desk"):
        self.run = tempfile.TemporaryDirectory(prefix="bulwark-test-")
        os.environ["BULWARK_RUN_DIR"] = self.run.name
        self.name = name
        self.process = subprocess.Popen([program, name, self.run.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        if self.process.stdout.readline() != "ready\n":
            raise RuntimeError("the stand-in instance did not start")

    def say(self, *words: str) -> str:
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def __enter__(self) -> "Instance":
        return self

    def __exit__(self, *_) -> None:
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()
        self.run.cleanup()
