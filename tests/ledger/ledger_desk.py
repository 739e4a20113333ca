# SPDX-License-Identifier: Apache-2.0
"""A real instance with a ledger, beside servers of its own."""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "control"))
from desk import BUILD, CONFIG, HUNG, DeskTest, wait_for  # noqa: E402, F401
from servers import Postgres, Redis  # noqa: E402


class LedgerTest(DeskTest):
    WITH_REDIS = False
    SERVER_SETTINGS = ()

    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres(settings=cls.SERVER_SETTINGS)
        cls.addClassCleanup(lambda: cls.postgres.remove())
        cls.redis = None
        if cls.WITH_REDIS:
            cls.redis = Redis()
            cls.addClassCleanup(cls.redis.remove)
        cls.prepare(cls.postgres)

    @staticmethod
    def prepare(postgres):
        """The schema, and a login that is the ledger's."""
        subprocess.run([os.path.join(BUILD, "bin", "bulwark-ledger"), "--migrate", "--postgres", postgres.url()],
                       check=True, stdout=subprocess.DEVNULL, timeout=HUNG)
        postgres.sql("CREATE ROLE desk LOGIN IN ROLE bulwark_writer; CREATE ROLE ada LOGIN IN ROLE bulwark_reader")

    def setUp(self):
        super().setUp()
        self.configure()

    def configure(self, extra=""):
        redis = f'redis = "{self.redis.url()}"\n' if self.redis is not None else ""
        self.config.write_text(CONFIG + extra + f'[ledger]\npostgres = "{self.postgres.url("desk")}"\n' + redis)

    def ledger(self):
        return self.status()["ledger"]

    def shipped(self):
        """Waits until PostgreSQL has everything that there is now."""
        written = self.written()
        return wait_for("everything shipped", lambda: (said := self.ledger()) and said["postgres"]["seq"] >= written
                        and said)

    def written(self):
        """The last record that is durable."""
        said = wait_for("the ledger", self.ledger)["postgres"]
        return said["seq"] + said["lag"]

    def ledger_pid(self):
        return wait_for("the ledger's process", lambda: self.ledger() and self.ledger()["pid"])

    def rows(self, text, **named):
        return self.postgres.sql(text, **named)

    def stream(self):
        return int(self.postgres.value("SELECT max(stream) FROM bulwark.ship_state"))

    def audit(self, *arguments, code=0):
        out = self.bulwark("audit", *arguments, "--json", "--journal", str(self.folder / "journal"), "--instance", "ctl",
                           code=code)
        return [json.loads(line) for line in out.splitlines() if line.startswith("{")]

    def assert_unbroken(self):
        """The chain at the server, and no record twice or missing."""
        stream = self.stream()
        self.assertEqual(self.rows(f"SELECT * FROM bulwark.first_damage({stream})"), [])
        counts, = self.rows(f"SELECT sum(b.last_seq - b.first_seq + 1), max(b.last_seq), s.last_seq FROM bulwark.block b "
                            f"JOIN bulwark.ship_state s USING (stream) WHERE stream = {stream} GROUP BY s.last_seq")
        self.assertEqual(len(set(counts)), 1, counts)
        for table in ("verdict", "objection", "fill", "order_event"):  # those without a key
            self.assertEqual(self.rows(f"SELECT count(*) - count(DISTINCT seq) FROM bulwark.{table} WHERE stream = {stream}"),
                             [["0"]], table)

    def assert_complete(self):
        """Every verdict and fill of the journal, as `bulwark journal` reads it, has its row, and no row has none."""
        stream = self.stream()
        last = int(self.postgres.value(f"SELECT last_seq FROM bulwark.ship_state WHERE stream = {stream}"))
        said = {"verdict": set(), "fill": set()}
        journal = self.bulwark("journal", "--json", "--type", "verdict", "--type", "fill", "--journal",
                               str(self.folder / "journal"), "--instance", "ctl")
        for line in journal.splitlines():
            record = json.loads(line)
            if record["type"] in said and record["seq"] <= last:
                said[record["type"]].add(str(record["seq"]))
        for table, expected in said.items():
            rows = {row[0] for row in self.rows(f"SELECT seq FROM bulwark.{table} WHERE stream = {stream} AND seq <= {last}")}
            self.assertEqual(rows, expected, table)
