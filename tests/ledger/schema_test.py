# SPDX-License-Identifier: Apache-2.0
"""The schema: its versions, what its roles may do, and what the server itself refuses."""
import subprocess
import unittest

from ledger_desk import BUILD, HUNG, LedgerTest
from servers import Postgres

ZEROS = "decode(repeat('00', 32), 'hex')"
# What a thief of the writer's login would try, with its own words and those of the functions.
ATTACKS = ("UPDATE bulwark.{table} SET {column} = {column}", "DELETE FROM bulwark.{table}", "TRUNCATE bulwark.{table}",
           "DROP TABLE bulwark.{table}", "ALTER TABLE bulwark.{table} DISABLE TRIGGER ALL",
           "ALTER TABLE bulwark.{table} OWNER TO desk",
           "CREATE RULE r AS ON INSERT TO bulwark.{table} DO INSTEAD NOTHING",
           "ALTER TABLE bulwark.{table} DETACH PARTITION bulwark.{table}_20261122",
           "COPY bulwark.{table} TO PROGRAM 'cat'")


def ledger(*arguments):
    return subprocess.run([f"{BUILD}/bin/bulwark-ledger", *arguments], text=True, capture_output=True, timeout=HUNG)


def block(data, previous=ZEROS):
    """SQL of the arrays of one block, as an honest shipper sends them: previous, hash, bytes."""
    return f"array[{previous}], array[sha256({previous} || '{data}'::bytea)], array['{data}'::bytea]"


class Migrations(unittest.TestCase):
    def setUp(self):
        self.postgres = Postgres()
        self.addCleanup(self.postgres.remove)

    def migrate(self, *arguments, code=0):
        done = ledger("--migrate", "--postgres", self.postgres.url(), *arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_apply_once_each_and_say_so(self):
        self.assertIn("1 ledger: pending", self.migrate("--dry-run"))
        self.assertEqual(self.postgres.sql("SELECT to_regclass('bulwark.block')"), [[""]])
        self.assertIn("1 ledger: applied", self.migrate())
        self.assertIn("up to date", self.migrate())
        self.assertNotIn("pending", self.migrate("--dry-run"))

    def test_are_immutable(self):
        self.migrate()
        self.postgres.sql("UPDATE bulwark.migration SET checksum = 'another' WHERE version = 1")
        self.assertIn("V001__ledger was applied with another text", self.migrate(code=1))

    def test_of_a_later_build_are_left_alone(self):
        self.migrate()
        self.postgres.sql("INSERT INTO bulwark.migration (version, name, checksum) VALUES (99, 'later', 'x')")
        self.assertIn("V099__later, which this build does not know", self.migrate(code=1))

    def test_that_fail_leave_nothing(self):
        self.postgres.sql("CREATE SCHEMA bulwark; CREATE TABLE bulwark.head (x int)")  # in the way of the first one
        self.assertIn("already exists", self.migrate(code=1))
        self.assertEqual(self.postgres.sql("SELECT to_regclass('bulwark.block')"), [[""]])


class Rows(unittest.TestCase):
    def test_come_back_as_they_went(self):
        postgres = Postgres()
        self.addCleanup(postgres.remove)
        LedgerTest.prepare(postgres)
        done = subprocess.run([f"{BUILD}/bin/ledger_copy_check", postgres.url()], text=True, capture_output=True,
                              timeout=2 * HUNG)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


class Writer(LedgerTest):
    def setUp(self):
        pass  # no instance

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.postgres.sql("SELECT bulwark.make_partitions('2026-11-22', '2026-11-22'), "
                         f"bulwark.open_stream('desk', 'a', 0, {ZEROS})")
        cls.ship(cls, "1, '{1}', '{5}', '{1795305600000000}', " + block("one"))
        cls.postgres.sql("INSERT INTO bulwark.head (stream, seq, hash, t) SELECT 1, 5, last_hash, '2026-11-22' "
                         "FROM bulwark.ship_state", user="desk")

    def ship(self, arguments):
        return self.postgres.sql(f"SELECT bulwark.ship({arguments})", user="desk")

    def test_may_not_change_what_is_there(self):
        tables = self.postgres.sql("SELECT relname, attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
                                   "WHERE relnamespace = 'bulwark'::regnamespace AND relkind IN ('r', 'p') AND attnum = 2 "
                                   "AND NOT relispartition")
        self.assertGreater(len(tables), 14)
        for table, column in tables:
            for attack in ATTACKS:
                said = self.postgres.refuses(attack.format(table=table, column=column), user="desk")
                self.assertRegex(said, "42501|42809", attack.format(table=table, column=column))

    def test_may_not_go_around_the_chain(self):
        for attack in ("INSERT INTO bulwark.block SELECT 1, 6, 6, now(), hash, hash, bytes FROM bulwark.block",
                       "UPDATE bulwark.block_20261122 SET bytes = ''", "DELETE FROM bulwark.block_20261122",
                       "INSERT INTO bulwark.ship_state (instance, journal, begun_after, last_seq, last_hash) "
                       f"VALUES ('x', 'x', 0, 0, {ZEROS})",
                       "CREATE TABLE bulwark.mine (x int)", "CREATE FUNCTION bulwark.sha256(bytea) RETURNS bytea "
                       "LANGUAGE sql AS 'SELECT $1'", "ALTER FUNCTION bulwark.ship SECURITY INVOKER",
                       "INSERT INTO bulwark.migration VALUES (9, 'x', 'x')", "SET ROLE owner"):
            self.assertIn("42501", self.postgres.refuses(attack, user="desk"), attack)

    def test_ships_only_what_continues_the_chain(self):
        last = "(SELECT last_hash FROM bulwark.ship_state WHERE stream = 1)"
        good = block("two", last)
        for name, arguments in {
            "the same again": "1, '{1}', '{5}', '{1795305600000000}', " + block("one"),
            "a gap": "1, '{7}', '{9}', '{1795305600000000}', " + good,
            "an overlap": "1, '{5}', '{9}', '{1795305600000000}', " + good,
            "nothing in it": "1, '{6}', '{5}', '{1795305600000000}', " + good,
            "another block before it": "1, '{6}', '{9}', '{1795305600000000}', " + block("two"),
            "another hash": f"1, '{{6}}', '{{9}}', '{{1795305600000000}}', array[{last}], array[{ZEROS}], "
                            "array['two'::bytea]",
            "no block": "1, '{}', '{}', '{}', '{}', '{}', '{}'",
            "blocks that do not follow": f"1, '{{6,8}}', '{{7,9}}', '{{1795305600000000,1795305600000000}}', "
                                         f"array[{last}, {last}], array[sha256({last} || 'x'::bytea), "
                                         f"sha256({last} || 'y'::bytea)], array['x'::bytea, 'y'::bytea]",
        }.items():
            self.assertIn("BW001", self.postgres.refuses(f"SELECT bulwark.ship({arguments})", user="desk"), name)
        self.assertEqual(self.postgres.value("SELECT last_seq FROM bulwark.ship_state WHERE stream = 1"), "5")

    def test_is_not_fooled_by_names_of_ones_own(self):
        self.assertIn("BW001", self.postgres.refuses(
            "CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT decode(repeat('00', 32), 'hex') "
            "$$; SET search_path = pg_temp, pg_catalog; SELECT bulwark.ship(1, '{6}', '{6}', '{1795305600000000}', "
            "array[(SELECT last_hash FROM bulwark.ship_state WHERE stream = 1)], "
            f"array[{ZEROS}], array['x'::bytea])", user="desk"))

    def test_a_reader_only_reads(self):
        self.assertEqual(self.postgres.sql("SELECT count(*) FROM bulwark.head", user="ada"), [["1"]])
        self.assertEqual(self.postgres.sql("SELECT * FROM bulwark.first_damage(1)", user="ada"), [])
        for attack in ("INSERT INTO bulwark.head (stream, seq, hash) VALUES (1, 1, '')",
                       f"SELECT bulwark.open_stream('x', 'x', 0, {ZEROS})", "SELECT bulwark.make_partitions(now()::date, "
                       "now()::date)", "DELETE FROM bulwark.verdict"):
            self.assertIn("42501", self.postgres.refuses(attack, user="ada"), attack)

    def test_a_change_by_the_owner_is_found(self):
        """Who owns the tables may change them: the chain says so."""
        self.postgres.sql("UPDATE bulwark.block SET bytes = 'One'")
        self.assertIn("not what its hash says", self.postgres.value("SELECT what FROM bulwark.first_damage(1)"))
        self.postgres.sql("UPDATE bulwark.block SET bytes = 'one'")
        self.assertEqual(self.postgres.sql("SELECT * FROM bulwark.first_damage(1)"), [])
        self.postgres.sql("BEGIN; DELETE FROM bulwark.block")
        said = self.postgres.sql("BEGIN; DELETE FROM bulwark.block; SELECT what FROM bulwark.first_damage(1); ROLLBACK")
        self.assertEqual(said, [["the last blocks are missing"]])


if __name__ == "__main__":
    unittest.main()
