# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL and Redis of one test: on Unix sockets in a temporary folder, never the machine's own."""
import glob
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from processes import HUNG, wait_for  # noqa: E402

# Shared memory in files of the server's own folder: what is killed leaves nothing in /dev/shm.
SETTINGS = ["listen_addresses=", "shared_buffers=32MB", "dynamic_shared_memory_type=mmap", "max_connections=20",
            "log_min_messages=panic", "max_wal_size=256MB", "min_wal_size=64MB"]


def postgres_programs():
    """The folder of the newest PostgreSQL's programs."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"), key=lambda path: int(path.split("/")[4]))
    if not found:
        sys.exit("no PostgreSQL server is installed: scripts/setup --test")
    return os.path.dirname(found[-1])


def as_server():
    """PostgreSQL refuses to run as root: then as the user that its package brings."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]


class Server:
    """A process that tests kill, freeze and start again."""

    def __init__(self, folder):
        self.folder, self.process = folder, None

    def start(self):
        with open(self.folder / "log", "a") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, start_new_session=True)
        wait_for("a server that answers", self.answers, each=0.02)

    def signal_all(self, number):
        """The server and its children, each of which has a session of its own."""
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children") as children:
            for each in [pid, *map(int, children.read().split())]:
                try:
                    os.kill(each, number)
                except ProcessLookupError:
                    pass

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.signal_all(signal.SIGKILL)
            self.process.wait(HUNG)

    def freeze(self):
        self.signal_all(signal.SIGSTOP)

    def thaw(self):
        self.signal_all(signal.SIGCONT)


class Postgres(Server):
    def __init__(self, parent=None, settings=()):
        super().__init__(pathlib.Path(tempfile.mkdtemp(prefix="bulwark-pg-", dir=parent)))
        self.programs, self.data = postgres_programs(), self.folder / "data"
        self.settings = [*SETTINGS, *settings]  # the last one counts
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        os.chmod(self.folder, 0o755)
        self.tool("initdb", "--auth=trust", "--username=owner", "--no-sync", "--encoding=UTF8", "--locale=C",
                  "-D", str(self.data))
        self.start()
        self.sql("CREATE DATABASE ledger", database="postgres")

    def tool(self, name, *arguments):
        subprocess.run([*as_server(), os.path.join(self.programs, name), *arguments], check=True, timeout=2 * HUNG,
                       stdout=subprocess.DEVNULL, cwd="/")

    def command(self):
        options = [part for setting in self.settings for part in ("-c", setting)]
        return [*as_server(), os.path.join(self.programs, "postgres"), "-D", str(self.data), "-k", str(self.folder),
                *options]

    def url(self, user="owner", database="ledger"):
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def psql(self, text, user="owner", database="ledger"):
        return subprocess.run(["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose",
                               "-d", self.url(user, database)], input=text, text=True, capture_output=True,
                              timeout=2 * HUNG)

    def sql(self, text, user="owner", database="ledger"):
        """The rows, as lists of texts."""
        done = self.psql(text, user, database)
        if done.returncode != 0:
            raise AssertionError(f"{text}\n{done.stderr}")
        return [line.split("|") for line in done.stdout.splitlines()]

    def value(self, text):
        return self.sql(text)[0][0]

    def refuses(self, text, user="owner"):
        """What the server says to what it must not do."""
        done = self.psql(text, user)
        assert done.returncode != 0, f"this was done: {text}"
        return done.stderr

    def answers(self):
        return self.process.poll() is None and self.psql("SELECT 1", database="postgres").returncode == 0

    def immediate(self):
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(HUNG)

    def copy_to(self, path):
        """A copy of everything, taken with the server down."""
        shutil.copytree(self.data, path, symlinks=True)
        subprocess.run(["chown", "-R", "--reference", str(self.data), str(path)], check=True)

    def remove(self):
        self.kill()
        shutil.rmtree(self.folder)


class Redis(Server):
    def __init__(self):
        super().__init__(pathlib.Path(tempfile.mkdtemp(prefix="bulwark-redis-")))
        self.socket = self.folder / "socket"
        self.start()

    def command(self):
        return ["redis-server", "--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no",
                "--dir", str(self.folder)]

    def url(self):
        return f"unix://{self.socket}"

    def run(self, *arguments):
        done = subprocess.run(["redis-cli", "-s", str(self.socket), *arguments], text=True, capture_output=True,
                              timeout=HUNG)
        return done.stdout.strip() if done.returncode == 0 else None

    def hash(self, key):
        lines = self.run("HGETALL", key).splitlines()
        return dict(zip(lines[::2], lines[1::2]))

    def answers(self):
        return self.run("PING") == "PONG"

    def remove(self):
        self.kill()
        shutil.rmtree(self.folder)
