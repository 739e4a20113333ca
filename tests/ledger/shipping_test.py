# SPDX-License-Identifier: Apache-2.0
"""What a real instance decided is in PostgreSQL, every row once, whatever was killed, frozen, filled or restored
meanwhile; and trading notices nothing of it."""
import os
import shutil
import signal
import subprocess
import time
import unittest

from ledger_desk import LedgerTest, wait_for
from servers import Postgres
from trader import Trader


class Shipping(LedgerTest):
    def test_rows_say_what_was_decided(self):
        self.up()
        order = self.accepts(self.one, 10)
        self.one.fill(id=order, exec_id="e1", quantity=10, price="100.25", fee="0.5")
        self.refuses(self.one, "order_notional", 250)
        self.signed("control", "override", "--limit", "size", "--max", "30000", "--until", "+1h")
        self.signed("control", "halt", "--on", "account=ACC2")
        self.shipped()
        last = f"o{self.orders}"
        self.assertEqual(self.rows(f"SELECT client, account, strategy, symbol, side, asked_quantity, decision, reason, "
                                   f"limit_name, value, max, reference, objections->0->>'limit_name' FROM "
                                   f"bulwark.decisions WHERE id = '{last}'"),
                         [["c1", "ACC1", "momo", "AAPL", "buy", "250.00000000", "rejected", "order_notional", "size",
                           "25000.00000000", "20000.00000000", "100.00000000", "size"]])
        self.assertEqual(self.rows("SELECT id, exec_id, quantity, price, fee FROM bulwark.fill"),
                         [[order, "e1", "10.00000000", "100.25000000", "0.50000000"]])
        self.assertEqual(self.rows("SELECT type, scope, operator, reason FROM bulwark.stops WHERE type = 'halt'"),
                         [["halt", '{"account": "ACC2"}', "Ada", "because of it"]])
        self.assertEqual(self.rows("SELECT limit_name, key, old_value, new_value, operator FROM bulwark.limit_changes "
                                   "WHERE type = 'override'"), [["size", "max", "20000", "30000", "Ada"]])
        self.assertEqual(self.rows(f"SELECT count(*) FROM bulwark.configuration WHERE stream = {self.stream()}"), [["1"]])
        self.assert_unbroken()
        self.down()
        self.assert_unbroken()
        self.assertEqual(self.rows("SELECT type FROM bulwark.stop ORDER BY seq DESC LIMIT 1"), [["end"]])

    def test_a_head_is_anchored_though_nothing_happens(self):
        self.up()
        self.shipped()
        before = int(self.postgres.value("SELECT count(*) FROM bulwark.head"))
        wait_for("two more heads", lambda: int(self.postgres.value("SELECT count(*) FROM bulwark.head")) >= before + 2)


class Program(LedgerTest):
    def test_is_one_for_an_instance_and_knows_where_it_runs(self):
        self.up()
        self.shipped()
        second = self.processes.run("bulwark-ledger", "--instance", "ctl")
        self.assertEqual((second.returncode, "running already" in second.stderr), (4, True), second.stderr)
        self.assertEqual(self.status()["processes"]["bulwark-ledger"], self.ledger_pid())
        self.down()
        gone = self.processes.run("bulwark-ledger", "--instance", "ctl")
        self.assertEqual(gone.returncode, 3, gone.stderr)
        self.assertEqual(self.processes.run("bulwark-ledger", "--config", str(self.config), "--once").returncode, 0)

    def test_says_what_is_wrong_with_its_words(self):
        self.assertEqual(self.processes.run("bulwark-ledger").returncode, 2)
        self.assertEqual(self.processes.run("bulwark-ledger", "--dry-run").returncode, 2)
        self.config.write_text(self.config.read_text().replace("postgresql:", "mysql:"))
        wrong = self.processes.run("bulwark-ledger", "--config", str(self.config))
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("ledger.postgres: found", wrong.stderr)


class WithoutServer(LedgerTest):
    def configure(self, extra=""):
        super().configure(extra)
        self.config.write_text(self.config.read_text().replace(self.postgres.url("desk"), self.address()))

    def address(self):
        return f"postgresql://desk@/ledger?host={self.folder}"  # nobody listens there

    def test_an_instance_gets_ready_trades_and_ends(self):
        self.up()
        self.accepts(self.one)
        said = wait_for("that it says so", lambda: (said := self.ledger()) and said["postgres"]["error"] and said)
        self.assertEqual((said["postgres"]["state"], said["postgres"]["seq"], said["redis"]), ("waiting", 0, None))
        self.assertIn("ledger, PostgreSQL: waiting", self.bulwark("status"))
        self.accepts(self.one)
        self.down()


class WithoutSchema(WithoutServer):
    def address(self):
        self.postgres.sql("DROP DATABASE IF EXISTS empty; ", database="postgres")
        self.postgres.sql("CREATE DATABASE empty", database="postgres")
        return self.postgres.url("desk", "empty")

    def test_an_instance_gets_ready_trades_and_ends(self):
        self.up()
        self.accepts(self.one)
        wait_for("that it says so", lambda: (said := self.ledger()) and "lacks V001__ledger" in said["postgres"]["error"])
        self.assertEqual(self.ledger()["postgres"]["state"], "refused")
        self.assertEqual(self.postgres.sql("SELECT to_regnamespace('bulwark')", database="empty"), [[""]])
        self.down()


class Faults(LedgerTest):
    """The kinds of death, a few of each; torture.py does the same for as long as one likes."""

    def setUp(self):
        super().setUp()
        self.up()
        self.name = self._testMethodName[5:40]
        self.trader = Trader(self.one, self.name)
        self.addCleanup(self.trader.ending.set)

    def every_answer_once(self):
        answered = self.trader.end()
        self.shipped()
        self.assertGreater(len(answered), 0)
        stream = self.stream()
        rows = [row[0] for row in self.rows(f"SELECT id FROM bulwark.verdict WHERE stream = {stream} AND "
                                            f"starts_with(id, '{self.name}-')")]
        self.assertEqual(len(rows), len(set(rows)))
        self.assertEqual(set(answered) - set(rows), set())
        self.assert_unbroken()
        self.assert_complete()
        self.assertEqual(self.status()["state"], "normal")

    def error(self):
        said = self.ledger()
        return said and said["postgres"]["error"]

    def test_of_the_ledger(self):
        for _ in range(5):
            before = self.ledger_pid()
            time.sleep(0.3)
            os.kill(before, signal.SIGKILL)
            wait_for("another ledger", lambda: self.ledger_pid() != before)
        self.every_answer_once()

    def test_of_the_server(self):
        for end in (self.postgres.kill, self.postgres.immediate, self.postgres.kill):
            time.sleep(0.3)
            end()
            wait_for("that it says so", lambda: self.ledger()["postgres"]["state"] == "waiting")
            self.postgres.start()
        self.every_answer_once()

    def test_of_its_connection_in_mid_commit(self):
        for _ in range(20):
            time.sleep(0.05)
            self.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bulwark-ledger'")
        self.every_answer_once()

    def test_a_server_that_only_reads(self):
        self.rows("ALTER DATABASE ledger SET default_transaction_read_only = on; SELECT pg_terminate_backend(pid) FROM "
                  "pg_stat_activity WHERE application_name = 'bulwark-ledger'")
        wait_for("that it says so", lambda: "read-only" in self.error())
        self.rows("SET default_transaction_read_only = off; ALTER DATABASE ledger RESET default_transaction_read_only; "
                  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bulwark-ledger'")
        self.every_answer_once()

    def test_a_server_that_is_frozen(self):
        self.postgres.freeze()
        wait_for("that it says so", lambda: "does not answer" in self.error() or "timeout" in self.error())
        self.postgres.thaw()
        self.every_answer_once()

    def test_a_second_ledger_waits(self):
        environment = {**self.processes.environment, "BULWARK_RUN_DIR": str(self.folder / "run2")}
        os.mkdir(self.folder / "run2")
        second = subprocess.Popen([os.path.join(self.processes.programs, "bulwark-ledger"), "--config", str(self.config)],
                                  env=environment, text=True, stderr=subprocess.PIPE)
        self.addCleanup(second.stderr.close)
        self.addCleanup(second.wait)
        self.addCleanup(second.kill)
        for line in second.stderr:
            if "another ledger ships this journal" in line:
                break
        self.every_answer_once()

    def test_a_server_that_forgets_what_it_confirms_is_refused(self):
        self.postgres.kill()
        self.postgres.settings.append("fsync=off")
        self.addCleanup(self.back_to_fsync)
        self.postgres.start()
        wait_for("that it says so", lambda: "fsync off" in self.error())
        self.assertEqual(self.ledger()["postgres"]["state"], "refused")
        self.back_to_fsync()
        self.every_answer_once()

    def back_to_fsync(self):
        if "fsync=off" in self.postgres.settings:
            self.postgres.settings.remove("fsync=off")
            self.postgres.kill()
            self.postgres.start()


class Copies(LedgerTest):
    """Older copies: of the server, and of the journal."""

    def setUp(self):
        super().setUp()
        self.up()
        self.accepts(self.one)
        self.shipped()

    def test_of_the_server_is_brought_up_again(self):
        self.postgres.kill()
        copy = self.postgres.folder / "copy"
        self.postgres.copy_to(copy)
        self.postgres.start()
        later = self.accepts(self.one)
        self.shipped()
        self.postgres.kill()
        shutil.rmtree(self.postgres.data)
        copy.rename(self.postgres.data)
        self.postgres.start()
        self.shipped()
        self.assertEqual(self.rows(f"SELECT count(*) FROM bulwark.verdict WHERE id = '{later}' AND stream = "
                                   f"{self.stream()}"), [["1"]])
        self.assertIn("restored from an older copy", self.postgres.value("SELECT message FROM bulwark.alert WHERE source "
                                                                         "= 'ledger'"))
        self.assert_unbroken()

    def test_of_the_journal_is_not_shipped(self):
        self.down()
        shutil.copytree(self.folder / "journal", self.folder / "copy")
        self.up()
        self.accepts(self.one)
        self.shipped()
        self.down()
        shutil.rmtree(self.folder / "journal")
        (self.folder / "copy").rename(self.folder / "journal")
        done = self.processes.run("bulwark-ledger", "--config", str(self.config), "--once")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("rolled back", done.stderr)


class Full(LedgerTest):
    """A server whose disk is full: a small tmpfs, where this user may mount one."""

    @classmethod
    def setUpClass(cls):
        folder = "/tmp/bulwark-full-%d" % os.getpid()
        os.mkdir(folder)
        cls.addClassCleanup(os.rmdir, folder)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=220m", "none", folder], capture_output=True).returncode:
            raise unittest.SkipTest("SKIPPED: this user may not mount a tmpfs")
        cls.addClassCleanup(subprocess.run, ["umount", folder], check=True)
        os.chmod(folder, 0o755)
        cls.redis, cls.full = None, folder
        cls.postgres = Postgres(folder)
        cls.addClassCleanup(lambda: cls.postgres.remove())
        cls.prepare(cls.postgres)

    def test_goes_on_when_there_is_room_again(self):
        self.up()
        self.accepts(self.one)
        self.shipped()
        room = os.path.join(self.full, "filling")
        with open(room, "wb") as file:
            try:
                while True:
                    file.write(b"x" * 65536)
                    file.flush()
            except OSError:
                pass
        trader = Trader(self.one, "full")
        wait_for("that it says so", lambda: "No space left" in self.ledger()["postgres"]["error"])
        answered = trader.end()
        os.remove(room)
        if not self.postgres.answers():  # it may have given up itself
            self.postgres.kill()
            self.postgres.start()
        self.shipped()
        rows = {row[0] for row in self.rows("SELECT id FROM bulwark.verdict WHERE id LIKE 'full-%'")}
        self.assertEqual(set(answered) - rows, set())
        self.assert_unbroken()


if __name__ == "__main__":
    unittest.main()
