# SPDX-License-Identifier: Apache-2.0
"""Daily closes out of a real PostgreSQL, as the price file of the gate's model."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from servers import Postgres

LEDGER = os.path.join(os.environ["BULWARK_BUILD"], "bin", "bulwark-ledger")
QUERY = "SELECT day, symbol, close FROM closes"


class Closes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.remove)
        cls.postgres.sql("CREATE TABLE closes (day date, symbol text, close numeric(18,4)); "
                         "INSERT INTO closes SELECT '2026-01-05'::date + d, s, 100 + d FROM generate_series(0, 3) d, "
                         "unnest(array['XOM', 'AAPL']) s; DELETE FROM closes WHERE day = '2026-01-07' AND symbol = 'XOM'; "
                         "CREATE ROLE reader LOGIN; GRANT SELECT ON closes TO reader")

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bulwark-closes-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.file = self.folder / "prices.csv"

    def write(self, query=QUERY, code=0):
        done = subprocess.run([LEDGER, "--closes", query, "--postgres", self.postgres.url("reader"), "--to", str(self.file)],
                              text=True, capture_output=True, check=False, timeout=60)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stderr

    def test_a_column_for_each_symbol_and_a_hole_where_there_is_none(self):
        self.write()
        self.assertEqual(self.file.read_text(), "date,AAPL,XOM\n2026-01-05,100.0000,100.0000\n2026-01-06,101.0000,101.0000\n"
                                                "2026-01-07,102.0000,\n2026-01-08,103.0000,103.0000\n")
        self.assertEqual(os.listdir(self.folder), ["prices.csv"])

    def test_an_answer_that_is_none_leaves_the_file_as_it_was(self):
        self.file.write_text("as it was")
        for query, why in (("SELECT day, symbol FROM closes", "three columns"), (QUERY + " WHERE false", "has no closes"),
                           ("SELECT day, symbol, null FROM closes", "has no closes"),
                           ("SELECT day, '', close FROM closes", 'row 1: found ""; needed is a symbol'),
                           ("SELECT day, 'A,B', close FROM closes", 'row 1: found "A,B"; needed is a symbol'),
                           ("SELECT day, symbol, 'NaN'::numeric FROM closes", 'row 1: found "NaN"; needed is a price'),
                           ("SELECT day, symbol, -close FROM closes", "needed is a price"),
                           ("SELECT day::timestamp, symbol, close FROM closes", "needed is a date"),
                           (QUERY + " UNION ALL " + QUERY, "has more than one close on 2026-01-0"),
                           ("SELECT * FROM nowhere", '"nowhere" does not exist'),
                           ("COPY closes TO STDOUT", "")):
            with self.subTest(query):
                self.assertIn(why, self.write(query, code=1))
                self.assertEqual(self.file.read_text(), "as it was")

    def test_a_query_cannot_change_anything(self):
        self.postgres.sql("CREATE ROLE mighty LOGIN SUPERUSER")
        done = subprocess.run([LEDGER, "--closes", "DELETE FROM closes RETURNING day, symbol, close", "--postgres",
                               self.postgres.url("mighty"), "--to", str(self.file)], text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("read-only transaction", done.stderr)
        self.assertEqual(self.postgres.value("SELECT count(*) FROM closes"), "7")


if __name__ == "__main__":
    unittest.main(verbosity=2)
