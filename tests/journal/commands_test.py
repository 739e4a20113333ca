#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`bulwark journal`, `verify` and `replay` over journals that `simulate --journal` writes.

commands_test.py PROGRAM
"""
import csv
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CASES = Path(__file__).resolve().parent.parent / "cases"
PROGRAM = str(Path(sys.argv.pop(1)).resolve())
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("BULWARK_")}
INPUTS = {"client", "mark", "intent", "replace", "ack", "cancel", "fill", "done", "size", "equity", "control", "clock"}
NOTES = {"configuration", "start", "end"}
ONLY_IN_THE_JOURNAL = {"seq", "reference", "marked", "model"}
CASE = "136-a-liquidation-goes-step-by-step"


def run(*arguments, **options):
    return subprocess.run([PROGRAM, *map(str, arguments)], text=True, capture_output=True, env=ENVIRONMENT, timeout=60, **options)


class Commands(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="bulwark-journal-"))
        self.journal = self.folder / "journal"

    def tearDown(self):
        shutil.rmtree(self.folder)

    def simulate(self, case=CASE, journal=None):
        """What it printed, beside the journal that it wrote."""
        with open(CASES / f"{case}.jsonl") as events:
            result = run("simulate", "--config", CASES / f"{case}.toml", "--journal", journal or self.journal, stdin=events)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def rows(self, *arguments):
        result = run("journal", "--journal", self.journal, "--json", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [json.loads(line) for line in result.stdout.splitlines()]

    def verify(self):
        return run("verify", "--journal", self.journal)

    def file(self, number=1):
        return self.journal / f"{number:06}.journal"

    def test_every_case_is_in_its_journal_and_comes_out_the_same_again(self):
        outputs = 0
        for toml in sorted(CASES.glob("*.toml")):
            with self.subTest(toml.stem):
                self.journal = self.folder / toml.stem
                said = [line for line in self.simulate(toml.stem) if line["type"] != "error"]
                rows = self.rows()
                self.assertEqual([row["seq"] for row in rows], list(range(1, len(rows) + 1)))
                came_of_it = [row for row in rows if row["type"] not in INPUTS | NOTES | {"objection", "error"}]
                self.assertEqual([{k: v for k, v in row.items() if k not in ONLY_IN_THE_JOURNAL} for row in came_of_it], said)
                outputs += len(said)
                self.assertEqual(self.verify().returncode, 0)
                replay = run("replay", "--journal", self.journal)
                self.assertEqual((replay.returncode, replay.stderr), (0, ""))
        self.assertGreater(outputs, 500)

    def test_the_inputs_give_the_same_answers_once_more(self):
        said = self.simulate()
        events = "\n".join(json.dumps(row) for row in self.rows() if row["type"] in INPUTS - {"client"})
        again = run("simulate", "--config", CASES / f"{CASE}.toml", input=events)
        self.assertEqual([json.loads(line) for line in again.stdout.splitlines()], said)

    def test_the_same_input_gives_the_same_bytes(self):
        other = self.folder / "other"
        self.simulate()
        self.simulate(journal=other)
        for path in self.journal.iterdir():
            self.assertEqual(path.read_bytes(), (other / path.name).read_bytes(), path.name)

    def test_a_journal_is_never_written_over(self):
        self.simulate()
        before = self.file().read_bytes()
        with open(CASES / f"{CASE}.jsonl") as events:
            result = run("simulate", "--config", CASES / f"{CASE}.toml", "--journal", self.journal, stdin=events)
        self.assertEqual(result.returncode, 2)
        self.assertEqual(self.file().read_bytes(), before)

    def test_filters_show_what_belongs_together(self):
        self.simulate()
        of_a = self.rows("--id", "a")
        self.assertEqual([row["type"] for row in of_a], ["intent", "verdict", "cancel_request", "done"])
        self.assertEqual([row["type"] for row in self.rows("--reason", "halted")], ["verdict"])
        self.assertEqual({row["type"] for row in self.rows("--type", "fill", "--type", "done")}, {"fill", "done"})
        self.assertEqual(self.rows("--account", "ACC2"), [])
        self.assertIn("done", {row["type"] for row in self.rows("--account", "ACC1")})  # a report names its order only
        later = self.rows("--from", "1700000001000000000", "--to", "1700000002000000000")
        self.assertEqual({row["t"] for row in later if row["type"] != "client"}, {1700000001000000000})
        self.assertEqual(run("journal", "--journal", self.journal, "--from", "yesterday").returncode, 2)

    def test_csv_has_a_line_for_each_record(self):
        self.simulate()
        result = run("journal", "--journal", self.journal, "--csv")
        table = list(csv.DictReader(io.StringIO(result.stdout)))
        rows = self.rows()
        self.assertEqual([row["type"] for row in table], [row["type"] for row in rows])
        for line, row in zip(table, rows):
            for column in ("id", "quantity", "client", "decision", "cause"):
                self.assertEqual(line[column], str(row.get(column, "")))

    def test_every_limit_that_objected_is_in_it(self):
        self.simulate("15-every-objecting-limit-acts")
        self.assertEqual([row["limit"] for row in self.rows("--type", "objection")], ["size", "worth"])

    def test_any_changed_byte_is_found_where_it_stands(self):
        self.simulate()
        good = self.file().read_bytes()
        dice = random.Random(4)
        for _ in range(60):
            at = dice.randrange(len(good))
            self.file().write_bytes(good[:at] + bytes([good[at] ^ 1 << dice.randrange(8)]) + good[at + 1:])
            result = self.verify()
            self.assertEqual(result.returncode, 1, f"byte {at}: {result.stdout}")
            place = result.stdout.split(": byte ")
            self.assertEqual(place[0], str(self.file()))
            self.assertLessEqual(int(place[1].split(":")[0]), at)

    def test_a_byte_too_many_or_too_few_is_found(self):
        self.simulate()
        good = self.file().read_bytes()
        for bad in (good + b"\0", good + bytes(64), good[:-1], good[:200], b""):
            self.file().write_bytes(bad)
            result = self.verify()
            self.assertEqual(result.returncode, 1, f"{len(bad)} of {len(good)} bytes: {result.stdout}")
            self.assertIn(f"{self.file()}: byte ", result.stdout)

    def test_what_belongs_to_the_journal_may_not_be_missing_or_changed(self):
        self.simulate()
        for path in [self.journal / "head", *self.journal.glob("config-*.toml")]:
            good = path.read_bytes()
            path.write_bytes(good[:50] + b"?" + good[51:])
            self.assertEqual(self.verify().returncode, 1, path.name)
            path.unlink()
            self.assertEqual(self.verify().returncode, 1, path.name)
            path.write_bytes(good)
        self.assertEqual(self.verify().returncode, 0)

    def test_what_if_lists_what_would_have_been_decided_otherwise(self):
        self.simulate("15-every-objecting-limit-acts")
        config = self.folder / "other.toml"
        text = (CASES / "15-every-objecting-limit-acts.toml").read_text()
        shutil.copy(CASES / "instruments.csv", self.folder)
        config.write_text(text)
        same = run("replay", "--journal", self.journal, "--config", config, "--json")
        self.assertEqual(same.returncode, 0, same.stdout)
        config.write_text(text.replace('max = "1000"', 'max = "5000"').replace('max = "10"', 'max = "50"'))
        self.assertNotEqual(config.read_text(), text)
        other = run("replay", "--journal", self.journal, "--config", config, "--json")
        self.assertEqual(other.returncode, 1, other.stderr)
        lines = [json.loads(line) for line in other.stdout.splitlines()]
        self.assertEqual([(line["id"], line["recorded"]["decision"], line["now"]["decision"]) for line in lines[:-1]],
                         [("a", "rejected", "accepted"), ("b", "rejected", "accepted")])
        self.assertEqual((lines[-1]["different"], lines[-1]["verdicts"]), (2, 3))

    def test_no_journal_is_wrong_usage(self):
        for command in ("journal", "verify", "replay"):
            self.assertEqual(run(command).returncode, 2)
            result = run(command, "--journal", self.folder)
            self.assertEqual(result.returncode, 2)
            self.assertIn("no journal here", result.stderr)


if __name__ == "__main__":
    unittest.main()
