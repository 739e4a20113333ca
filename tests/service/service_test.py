# SPDX-License-Identifier: Apache-2.0
"""Bulwark under a really booted systemd: start, trading, deaths, hangs, mistakes, and an end in good order.

    service_test.py BUILD      exit code 77, and the reason: impossible here
"""
import datetime
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import unittest

from machine import Impossible, Machine, wait_for

SKIPPED = 77
POSTGRES = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
BUILD = sys.argv.pop(1)
CONFIG = """[instance]
name = "{name}"
lease_ms = 80
[instruments]
file = "instruments.csv"
[journal]
directory = "/var/lib/bulwark/{name}"
[account.ACC1]
equity = "1000000"
[strategy.momo]
account = "ACC1"
[limit.size]
metric = "order_notional"
max = "20000"
[limit.gross]
metric = "gross"
max = "100000"
"""
INSTRUMENTS = "symbol,sector,currency,multiplier,tick_size,lot_size,adv\nAAPL,Tech,,,,,\n"
AS_TRADER = ("setpriv", "--reuid=trader", "--regid=trader", "--init-groups")
TRADE = (*AS_TRADER, "python3", "-B", "/run/files/trade.py")
WHO = ("--operator", "Ada", "--reason", "looked at it")


class ServiceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.machine.write("/etc/bulwark/instruments.csv", INSTRUMENTS)

    def setUp(self):
        """An instance for each test, named after it."""
        self.name = self._testMethodName.removeprefix("test_").replace("_", "-")[:32]
        self.target = f"bulwark@{self.name}.target"
        self.orders = 0
        self.configure(CONFIG)
        self.addCleanup(lambda: self.machine.run("systemctl", "stop", self.target))

    def configure(self, text):
        self.machine.write(f"/etc/bulwark/{self.name}.toml", text.format(name=self.name))

    def drop_in(self, program, settings):
        folder = f"/etc/systemd/system/{self.unit(program)}.d"
        self.machine.do("mkdir", "-p", folder)
        self.machine.write(folder + "/ours.conf", "[Service]\n" + settings)
        self.machine.do("systemctl", "daemon-reload")

    def unit(self, program):
        return f"bulwark-{program}@{self.name}.service"

    def show(self, program, name):
        return self.machine.show(self.unit(program), name)

    def up(self):
        self.machine.do("systemctl", "start", self.target)
        self.pids = {program: self.show(program, "MainPID") for program in ("watchdog", "sidecar")}

    def down(self):
        """The target is the first to stop, and the command waits for no more; what it began with is the last."""
        self.machine.do("systemctl", "stop", self.target)
        wait_for("the end", lambda: self.show("begin", "ActiveState") == "inactive", each=0.1)

    def ask(self, *command):
        return self.machine.run(*command, "--instance", self.name)

    def do(self, *command):
        return self.machine.do(*command, "--instance", self.name)

    def status(self):
        return json.loads(self.do("bulwark", "status", "--json"))

    def position(self):
        rows = json.loads(self.do("bulwark", "status", "--book", "--json"))["positions"]
        return rows[0]["position"] if rows else "0"

    def trade(self):
        """What the gate says to an order of a process of another user."""
        self.orders += 1
        return self.machine.do(*TRADE, self.name, f"{self.orders}-{os.urandom(4).hex()}").strip()

    def freeze_a_trader(self):
        trader = subprocess.Popen(self.machine.inside(*TRADE, self.name, "frozen", "stay"), text=True,
                                  stdout=subprocess.PIPE)
        self.addCleanup(trader.stdout.close)
        self.addCleanup(trader.wait)
        self.addCleanup(trader.kill)
        self.assertEqual(trader.stdout.readline().strip(), "accepted")
        (client,) = self.status()["clients"]
        self.machine.do("kill", "-STOP", str(client["pid"]))

    def log(self, program):
        return self.machine.do("journalctl", "--no-pager", "--output=cat", f"--unit={self.unit(program)}")

    def kill(self, program, name):
        self.machine.do("systemctl", "kill", "--kill-who=main", f"--signal={name}", self.unit(program))

    def comes_back_halted(self, program, cause):
        """Another process, ready; nothing is traded until a named person resumes."""
        def back():
            return (self.show(program, "MainPID") not in ("0", self.pids[program])
                    and self.show(program, "ActiveState") == "active")
        wait_for(f"another {program}", back, each=0.2)
        status = self.status()
        self.assertEqual((status["state"], status["cause"]), ("halted", cause))
        self.assertEqual(self.trade(), "rejected halted")
        self.do("killswitch", "resume", *WHO)
        self.assertEqual(self.trade(), "accepted")

    def test_life(self):
        self.assertEqual(self.ask("bulwark", "status").returncode, 3)
        self.up()
        self.assertEqual(self.status()["state"], "normal")
        for program, pid in self.pids.items():
            self.assertEqual(self.status()["processes"][f"bulwark-{program}"], int(pid))
        self.assertEqual(self.trade(), "accepted")
        wait_for("the watchdog's word", lambda: self.show("watchdog", "StatusText") == "may trade", each=0.2)
        wait_for("the sidecar's word", lambda: "orders accepted 1, refused" in self.show("sidecar", "StatusText"), each=0.2)
        self.assertEqual(self.show("ledger", "ActiveState"), "inactive")
        # A second start of the same programs in the foreground is refused, and disturbs nothing.
        self.assertEqual(self.machine.run("bulwark-sidecar", "--config", f"/etc/bulwark/{self.name}.toml").returncode, 4)

        self.down()
        for program in ("watchdog", "sidecar"):
            self.assertEqual((self.show(program, "ActiveState"), self.show(program, "Result")), ("inactive", "success"))
        self.assertIn("state = clean\ntrading = yes\n", self.machine.do("cat", f"/var/lib/bulwark/{self.name}/latch"))
        self.assertNotEqual(self.machine.run("test", "-e", f"/run/bulwark/{self.name}").returncode, 0)
        self.assertEqual(self.ask("bulwark", "status").returncode, 3)

        for again in ("start", "restart"):
            self.machine.do("systemctl", again, self.target)
            self.assertEqual((self.status()["state"], self.position()), ("normal", "10"), again)
        wait_for("three lives in the log", lambda: self.log("sidecar").count("clients attach at") == 3, each=0.2)
        self.assertNotIn("did not end in good order", self.log("sidecar"))
        self.assertEqual(self.trade(), "accepted")

    def test_killed_sidecar(self):
        self.up()
        self.assertEqual(self.trade(), "accepted")
        self.kill("sidecar", "SIGKILL")
        self.comes_back_halted("sidecar", "the sidecar died")
        self.assertEqual(self.show("watchdog", "MainPID"), self.pids["watchdog"])

    def test_a_sidecar_restarted_alone(self):
        self.up()
        self.machine.do("systemctl", "restart", self.unit("sidecar"))
        self.comes_back_halted("sidecar", "the sidecar died")

    def test_killed_watchdog(self):
        self.up()
        self.kill("watchdog", "SIGKILL")
        self.comes_back_halted("watchdog", "the watchdog died")
        self.assertEqual(self.show("sidecar", "MainPID"), self.pids["sidecar"])

    def test_hung_sidecar(self):
        self.up()
        self.kill("sidecar", "SIGSTOP")
        self.comes_back_halted("sidecar", "the sidecar died")

    def test_hung_watchdog(self):
        self.up()
        self.kill("watchdog", "SIGSTOP")
        self.comes_back_halted("watchdog", "the watchdog died")

    def test_a_crash_loop_stays_down(self):
        self.up()

        def failed():
            self.machine.run("systemctl", "kill", "--kill-who=main", "--signal=SIGKILL", self.unit("sidecar"))
            return self.show("sidecar", "ActiveState") == "failed"
        wait_for("the end of the loop", failed, each=0.2)
        self.assertEqual(self.status()["state"], "halted")
        self.do("killswitch", "stop")  # its run folder is there
        self.machine.do("systemctl", "reset-failed", self.unit("sidecar"))
        self.machine.do("systemctl", "start", self.target)
        self.do("killswitch", "resume", *WHO)
        self.assertEqual(self.trade(), "accepted")

    def test_wrong_from_the_start(self):
        self.configure(CONFIG.replace('metric = "gross"', 'metric = "grass"'))
        self.assertNotEqual(self.machine.run("systemctl", "start", self.target).returncode, 0)
        wait_for("its message", lambda: "grass" in self.machine.run("systemctl", "status", self.unit("begin")).stdout)
        self.assertEqual(self.show("begin", "NRestarts"), "0")
        for program in ("watchdog", "sidecar"):
            self.assertEqual(self.show(program, "ActiveState"), "inactive")
        self.configure(CONFIG)
        self.up()
        self.assertEqual(self.trade(), "accepted")

    def test_wrong_at_a_restart(self):
        self.up()
        self.configure(CONFIG.replace('metric = "gross"', 'metric = "grass"'))
        self.kill("sidecar", "SIGKILL")
        wait_for("its failure", lambda: self.show("sidecar", "ActiveState") == "failed", each=0.2)
        self.assertEqual(self.show("sidecar", "NRestarts"), "1")
        self.assertIn("grass", self.show("sidecar", "StatusText"))
        self.assertIn("grass", self.machine.run("systemctl", "status", self.unit("sidecar")).stdout)

    def test_another_name(self):
        self.configure(CONFIG.replace('name = "{name}"', 'name = "somebody-else"', 1))
        self.machine.run("systemctl", "start", self.target)
        for program in ("watchdog", "sidecar"):
            self.assertEqual((self.show(program, "ActiveState"), self.show(program, "NRestarts")), ("failed", "0"))
            self.assertIn("somebody-else", self.show(program, "StatusText"))

    def test_reload(self):
        self.up()
        self.configure(CONFIG.replace("20000", "500"))
        self.machine.do("systemctl", "reload", self.unit("sidecar"))
        self.assertEqual(self.trade(), "rejected order_notional")
        self.configure(CONFIG.replace("lease_ms = 80", "lease_ms = 60"))
        self.assertNotEqual(self.machine.run("systemctl", "reload", self.unit("sidecar")).returncode, 0)
        self.assertEqual(self.show("sidecar", "MainPID"), self.pids["sidecar"])

    def test_a_stop_by_root_outlives_everything(self):
        self.up()
        self.do("killswitch", "stop", "--operator", "Ada", "--reason", "fat finger")
        owner = self.machine.do("stat", "--format=%U", f"/var/lib/bulwark/{self.name}/latch").strip()
        self.assertEqual(owner, "bulwark")
        self.down()
        self.up()
        status = self.status()
        self.assertEqual((status["state"], status["cause"], status["operator"]), ("halted", "fat finger", "Ada"))

    def test_a_stop_by_a_member_of_the_group(self):
        self.up()
        self.machine.do(*AS_TRADER, "killswitch", "stop", "--instance", self.name, "--operator", "Ben")
        latch = f"/var/lib/bulwark/{self.name}/latch"
        wait_for("the watchdog's latch", lambda: "trading = no" in self.machine.do("cat", latch), each=0.1)
        self.assertEqual(self.trade(), "rejected halted")

    @unittest.skipIf(len(os.sched_getaffinity(0)) < 2, "SKIPPED: there is one core alone")
    def test_cores(self):
        """By a drop-in for the threads of one instance; the hot loop goes where its configuration says."""
        one, other = sorted(os.sched_getaffinity(0))[:2]
        self.configure(CONFIG.replace("lease_ms = 80", f"lease_ms = 80\ncpu = {other}"))
        self.drop_in("sidecar", f"CPUAffinity={one}\n")
        self.up()
        names = self.machine.do("sh", "-c", f"grep -H . /proc/{self.pids['sidecar']}/task/*/comm")
        cores = {}
        for line in names.splitlines():
            path, name = line.split(":", 1)
            said = self.machine.do("grep", "Cpus_allowed_list", path.replace("comm", "status"))
            cores.setdefault(name, set()).add(said.split()[1])
        self.assertEqual((cores.pop("bw-hot"), set.union(*cores.values())), ({str(other)}, {str(one)}))

    def test_a_silent_client(self):
        """Of another user: killed where the watchdog has been given the right, and else it says that it cannot."""
        self.configure(CONFIG.replace("lease_ms = 80", "lease_ms = 80\nkill_unacknowledged_ms = 200"))
        self.up()
        self.freeze_a_trader()
        self.assertEqual(self.ask("killswitch", "stop").returncode, 1)
        wait_for("its complaint", lambda: "cannot be killed" in self.log("watchdog"), each=0.2)
        self.assertEqual(len(self.status()["clients"]), 1)

        self.drop_in("watchdog", "CapabilityBoundingSet=CAP_KILL CAP_SYS_PTRACE\n"
                                 "AmbientCapabilities=CAP_KILL CAP_SYS_PTRACE\n")
        self.machine.do("systemctl", "restart", self.unit("watchdog"))
        wait_for("its death", lambda: not self.status()["clients"], each=0.2)
        wait_for("its words", lambda: "killed trader" in self.log("watchdog"), each=0.2)

    def test_console(self):
        """It is reached from within its sandbox; its death is nobody's but its own."""
        self.configure(CONFIG + '[console]\nlisten = "127.0.0.1:8321"\n')
        self.up()
        ask = ("python3", "-c", "import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:8321/readyz').read())")
        wait_for("it to be ready", lambda: "b'ready" in self.machine.run(*ask).stdout, each=0.2)
        pid = self.show("console", "MainPID")
        self.kill("console", "SIGKILL")
        wait_for("another console", lambda: self.show("console", "MainPID") not in ("0", pid), each=0.2)
        self.assertEqual(self.trade(), "accepted")
        self.down()
        self.assertEqual((self.show("console", "ActiveState"), self.show("console", "Result")), ("inactive", "success"))

    @unittest.skipIf(shutil.which("redis-server") is None, "SKIPPED: no redis-server (scripts/setup --test installs it)")
    def test_ledger(self):
        """It ships from within its sandbox; its death is nobody's but its own."""
        self.machine.do("systemd-run", "--unit=redis-of-the-test", "redis-server", "--port", "0", "--unixsocket",
                        "/run/redis.sock", "--unixsocketperm", "777", "--save", "", "--appendonly", "no")
        self.configure(CONFIG + '[ledger]\nredis = "unix:///run/redis.sock"\n')
        self.up()
        self.assertEqual(self.trade(), "accepted")

        def mirrored():
            return self.machine.do("redis-cli", "-s", "/run/redis.sock", "dbsize").strip() not in ("", "0")
        wait_for("the mirror", mirrored, each=0.2)
        pid = self.show("ledger", "MainPID")
        self.kill("ledger", "SIGKILL")
        wait_for("another ledger", lambda: self.show("ledger", "MainPID") not in ("0", pid), each=0.2)
        self.assertEqual(self.trade(), "accepted")
        self.down()
        self.assertEqual((self.show("ledger", "ActiveState"), self.show("ledger", "Result")), ("inactive", "success"))

    @unittest.skipIf(not POSTGRES, "SKIPPED: no PostgreSQL server (scripts/setup --test installs it)")
    def test_ledger_with_postgresql(self):
        """Ready by its own word; a thread of it that hangs ends it, and another one goes on where it was."""
        programs, url = os.path.dirname(POSTGRES[-1]), "postgresql://{}@/postgres?host=/run/pg"
        self.machine.do("install", "--directory", "--owner=postgres", "/run/pg")
        self.machine.do("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", f"{programs}/initdb",
                        "--auth=trust", "--username=owner", "--no-sync", "--encoding=UTF8", "--locale=C",
                        "-D", "/run/pg/data")
        self.machine.do("systemd-run", "--unit=postgresql-of-the-test", "--uid=postgres", f"{programs}/postgres", "-D",
                        "/run/pg/data", "-k", "/run/pg", "-c", "listen_addresses=", "-c", "dynamic_shared_memory_type=mmap")

        def ask(text):
            return self.machine.run("psql", "-X", "-At", "-d", url.format("owner"), "-c", text).stdout.strip()
        wait_for("PostgreSQL", lambda: ask("SELECT 1") == "1", each=0.2)
        self.machine.do("bulwark-ledger", "--migrate", "--postgres", url.format("owner"))
        ask("CREATE ROLE bulwark LOGIN IN ROLE bulwark_writer")
        self.configure(CONFIG + f'[ledger]\npostgres = "{url.format("bulwark")}"\n')
        self.drop_in("ledger", "WatchdogSec=3s\n")
        self.up()
        self.assertEqual(self.show("ledger", "ActiveState"), "active")
        self.assertEqual(self.trade(), "accepted")
        wait_for("its row", lambda: ask("SELECT count(*) FROM bulwark.verdict") == "1", each=0.2)
        wait_for("its word", lambda: "PostgreSQL: shipping" in self.show("ledger", "StatusText"), each=0.2)
        pid = self.show("ledger", "MainPID")
        self.kill("ledger", "SIGSTOP")
        wait_for("another ledger", lambda: self.show("ledger", "MainPID") not in ("0", pid), each=0.2)
        self.assertEqual(self.trade(), "accepted")
        self.down()
        self.assertEqual(ask("SELECT count(*), count(DISTINCT seq) FROM bulwark.verdict"), "2|2")
        self.assertEqual(ask("SELECT type FROM bulwark.stop ORDER BY seq DESC LIMIT 1"), "end")

    def test_report(self):
        """Of the session that is over, by the timer's service, with the instance running."""
        folder = f"/var/lib/bulwark/{self.name}/reports"
        self.up()
        self.assertEqual(self.trade(), "accepted")
        self.machine.do("systemctl", "start", self.unit("report"))
        self.assertEqual(self.machine.do("ls", folder), "", "no session is over yet")
        self.down()
        start = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)
        session = f'lease_ms = 80\nsession = {{{{ start = "{start:%H:%M:%S}" }}}}'
        self.configure(CONFIG.replace("lease_ms = 80", session))
        self.up()
        wait_for("its end", lambda: datetime.datetime.now(datetime.timezone.utc) > start, each=0.2)
        timer = f"bulwark-report@{self.name}.timer"
        self.addCleanup(lambda: self.machine.run("systemctl", "stop", timer))
        self.machine.do("systemctl", "start", timer)
        self.assertNotEqual(self.machine.show(timer, "NextElapseUSecRealtime"), "")
        self.machine.do("systemctl", "start", self.unit("report"))
        self.assertEqual(self.show("report", "Result"), "success")
        name = self.machine.do("ls", folder).strip()
        self.assertRegex(name, rf"^{self.name}-20\d\d-\d\d-\d\d\.html$")
        self.assertIn("Of 1 order, none was refused", self.machine.do("cat", f"{folder}/{name}"))
        self.assertEqual(self.machine.do("stat", "--format=%U", f"{folder}/{name}").strip(), "bulwark")
        self.assertEqual(self.trade(), "accepted")

    def test_rights(self):
        """No more than is needed: what the kernel says of the running processes."""
        self.up()
        for program, capabilities in (("watchdog", "0000000000804000"), ("sidecar", "0000000000004000")):
            said = dict(line.split(":\t", 1) for line in
                        self.machine.do("cat", f"/proc/{self.pids[program]}/status").splitlines() if ":\t" in line)
            self.assertEqual((said["CapEff"], said["CapBnd"]), (capabilities, capabilities), program)
            self.assertEqual((said["NoNewPrivs"], said["Seccomp"]), ("1", "2"), program)
            self.assertNotEqual(said["VmLck"].split()[0], "0", program)
        policy = self.machine.do("chrt", "--pid", self.pids["watchdog"])
        self.assertIn("SCHED_FIFO", policy)
        everybody = self.machine.run("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "bulwark",
                                     "status", "--instance", self.name)
        self.assertEqual(everybody.returncode, 4, everybody.stderr)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that everything is cleared away
    try:
        ServiceTest.machine = Machine(BUILD)
    except Impossible as reason:
        print(f"SKIPPED: no systemd can be booted here: {reason}")
        sys.exit(SKIPPED)
    try:
        unittest.main()
    finally:
        ServiceTest.machine.end()
