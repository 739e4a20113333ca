# SPDX-License-Identifier: Apache-2.0
"""A real instance under `bulwark up`, with trading clients, marks, busy loops and a reference thread, for torture.py."""
import json
import mmap
import os
import shutil
import struct
import sys
import tempfile
import threading
import time
from collections import namedtuple

BIN = os.environ.get("BULWARK_BIN") or sys.exit("BULWARK_BIN names the folder of the programs")
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from processes import HUNG, Processes, wait_for  # noqa: E402

NAME = "torture"

CONFIG = """
[instance]
name = "torture"
mode = "adaptive"
lease_ms = 80

[marks]
stale_after_ms = 600000

[instruments]
file = "instruments.csv"

[journal]
directory = "journal"

[account.ACC1]
equity = "1000000"

[strategy.s1]
account = "ACC1"

[limit.size]
metric = "order_notional"
max = "250000"

[limit.gross]
metric = "gross"
max = "10000000"
"""
INSTRUMENTS = "symbol,sector,currency,multiplier,tick_size,lot_size,adv\nAAPL,Tech,USD,1,0.01,1,1000000\n"

Notes = namedtuple("Notes", "loops permissions last_begun_ns calls accepted errors")


class Trader:
    """A client process, and the page in which it notes what it was permitted."""

    def __init__(self, instance, name):
        self.name = name
        path = os.path.join(instance.root, name + ".notes")
        self.process = instance.start("torture_client", "trade", NAME, name, path)
        assert self.process.stdout.readline() == "ready\n"
        with open(path, "r+b") as notes:
            self.page = mmap.mmap(notes.fileno(), 4096, access=mmap.ACCESS_READ)

    def notes(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended with {self.process.returncode}")
        return self.numbers()

    def numbers(self):
        return Notes(*struct.unpack_from("<QQqQQQ", self.page, 0))

    def last_refusal(self):
        return self.page[48:112].split(b"\0")[0].decode("ascii", "replace")


class RealInstance:
    def __init__(self, clients, busy):
        self.client_count, self.busy = clients, busy

    def __enter__(self):
        # In memory: hundreds of restarts and thousands of flushes a minute wear out the patience of a virtual disk, and a
        # process that was killed in the middle of a flush is not gone before that is over.
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.root = tempfile.mkdtemp(prefix="bulwark-torture-", dir=memory)
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def begin(self):
        self.processes, self.lines = Processes(BIN, self.root), []
        self.environment, self.start = self.processes.environment, self.processes.start
        for file, text in (("bulwark.toml", CONFIG), ("instruments.csv", INSTRUMENTS)):
            with open(os.path.join(self.root, file), "w", encoding="ascii") as out:
                out.write(text)
        self.folder = os.path.join(self.root, NAME)
        self.up = self.start("bulwark", "up", "--config", os.path.join(self.root, "bulwark.toml"))
        while not (line := self.up.stdout.readline()).startswith("ready"):
            assert line, "bulwark up ended: " + "".join(self.lines)
            self.lines.append(line)
        threading.Thread(target=lambda: self.lines.extend(self.up.stdout), daemon=True).start()
        publisher = self.start("torture_client", "publish", NAME)
        assert publisher.stdout.readline() == "ready\n"
        self.traders = [Trader(self, f"c{number}") for number in range(self.client_count)]
        self.reference = self.start("torture_client", "reference")
        assert self.reference.stdout.readline() == "ready\n"
        for _ in range(self.busy):
            self.start("torture_client", "burn")
        for trader in self.traders:
            self.wait_until(f"{trader.name} to trade", lambda t=trader: t.notes().accepted > 0)

    def __exit__(self, *_):
        self.processes.end()
        left = os.path.exists(self.folder)
        shutil.rmtree(self.root)
        assert not left, "bulwark up left its run folder behind"

    def killswitch(self, *arguments):
        return self.processes.run("killswitch", *arguments, "--instance", NAME)

    def status(self):
        result = self.killswitch("status", "--json")
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    def pid(self, program):
        return self.status()["processes"][program]

    def wait_until(self, what, condition):
        wait_for(what, condition, 0.002)

    def resume(self):
        """As a person would: again, as long as something is not back yet."""
        end = time.monotonic() + HUNG
        while True:
            result = self.killswitch("resume", "--reason", "torture", "--operator", "torture")
            if result.returncode == 0:
                return
            if result.returncode != 4 or time.monotonic() > end:
                raise AssertionError(f"resume returned {result.returncode}: {result.stderr}")
            time.sleep(0.005)

    def stalls(self):
        """(begin, end) of each time that the reference thread was late; ends it."""
        self.reference.terminate()
        rest = self.reference.communicate(timeout=HUNG)[0]
        return [tuple(map(int, line.split())) for line in rest.splitlines()]

    def report(self):
        """What is there to see when something went wrong."""
        lines = [f"  {trader.name}: {trader.numbers()}, exit code {trader.process.poll()}, last refused: "
                 f"{trader.last_refusal()}" for trader in self.traders]
        return "\n".join([json.dumps(self.status()), *lines, *map(str.rstrip, self.lines[-20:])])
