#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every row of the contract's tables has a scenario, and every complaint of comparable systems a test.

coverage_test.py [PROGRAM]        PROGRAM: the path of `bulwark`; with it the cases named for complaints are run too
A name counts as shown only where an expected line could not be what it is without it.
"""

import json
import re
import sys
import tomllib
import unittest
from collections import defaultdict
from pathlib import Path

import contract_names
import run_cases

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
PROGRAM = str(Path(sys.argv.pop()).resolve()) if len(sys.argv) > 1 and not sys.argv[-1].startswith("-") else None

# What no input of `simulate` brings about: complaints.md names the tests of the running instance.
SHOWN_BY_PROCESSES = {"journal_full", "lease_expired"}


def lines_of(path):
    """The JSON objects of a file of lines; what is no JSON, or no object, is a case about that."""
    for line in path.read_text().splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value


def shown_by_action(action, limit, line, dynamic):
    """Is this expected line what only a limit of that action brings about?"""
    own = limit in (line.get("limit"), line.get("cause"))
    kind, decision = line["type"], line.get("decision")
    if action == "alert":
        return own and kind == "breach"
    if action == "reject":
        return own and decision == "rejected"
    if action == "resize":
        return own and decision == "resized"
    if action in ("reduce_only", "halt"):
        return own and kind == "state" and line["state"] == {"halt": "halted"}.get(action, action)
    if action == "liquidate":
        return own and kind == "liquidation"
    configured = dynamic.get(line.get("limit"))  # scale: another limit's max has become smaller
    return configured is not None and "max" in line and float(line["max"]) < float(configured)


def shown():
    """{kind: {name: cases that show it}}."""
    found = defaultdict(lambda: defaultdict(set))
    for toml in sorted(HERE.glob("*.toml")):
        limits = tomllib.loads(toml.read_text()).get("limit", {})
        dynamic = {name: limit["max"] for name, limit in limits.items() if limit.get("dynamic")}
        for event in lines_of(toml.with_suffix(".jsonl")):
            found["inputs"][event.get("type")].add(toml.stem)
            if event.get("type") == "control":
                found["commands"][event.get("command")].add(toml.stem)
        for line in lines_of(toml.with_suffix(".expected.jsonl")):
            found["outputs"][line["type"]].add(toml.stem)
            found["reasons"][line.get("reason")].add(toml.stem)
            if "limit" not in line and line.get("reason") in {limit["metric"] for limit in limits.values()}:
                found["metrics"][line["reason"]].add(toml.stem)
            for name, limit in limits.items():
                if name in (line.get("limit"), line.get("cause")):
                    found["metrics"][limit["metric"]].add(toml.stem)
                action = limit.get("action", "reject")
                if shown_by_action(action, name, line, dynamic):
                    found["actions"][action].add(toml.stem)
    return found


def rows_of_complaints():
    """The rows of complaints.md, as lists of cells."""
    for line in (HERE / "complaints.md").read_text().splitlines():
        if line.startswith("|") and not line.startswith("| ---"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


class EveryRowOfTheContract(unittest.TestCase):
    def test_the_names_written_down_are_those_of_the_contract(self):
        contract = contract_names.of_the_contract()
        if contract is None:
            self.skipTest("../shared/contract.md is not here")
        for kind, names in contract_names.written_down().items():
            self.assertEqual(sorted(names), sorted(contract[kind]), kind)

    def test_has_a_scenario(self):
        found = shown()
        for kind, names in contract_names.written_down().items():
            if kind == "complaints":
                continue
            for name in set(names) - SHOWN_BY_PROCESSES:
                self.assertTrue(found[kind][name], f"no case of tests/cases shows {name} ({kind})")

    def test_what_only_a_running_instance_shows_is_named(self):
        named = {row[0] for row in rows_of_complaints()}
        self.assertLessEqual(SHOWN_BY_PROCESSES, named)


class EveryComplaint(unittest.TestCase):
    def test_has_a_row(self):
        rows = [row[0].split(", ") for row in rows_of_complaints()]
        told = {number for numbers in rows for number in numbers if re.fullmatch(r"\d+[a-d]?", number)}
        self.assertEqual(told, set(contract_names.written_down()["complaints"]))

    def test_its_cases_are_there_and_pass(self):
        by_number = {toml.stem.split("-")[0]: toml for toml in HERE.glob("*.toml")}
        for row in rows_of_complaints():
            for number in re.findall(r"\b\d+\b", row[2]) if len(row) == 3 and "tests/" not in row[2] else []:
                self.assertTrue(number in by_number, f"{row[1]}: there is no case {number}")
                if PROGRAM:
                    self.assertIsNone(run_cases.run_case(PROGRAM, by_number[number]), f"{row[1]}: {number}")

    def test_the_other_tests_named_are_there_and_are_run(self):
        named = [pair for row in rows_of_complaints() for pair in re.findall(r"(tests/\S+) ([\w.]+)", row[-1])]
        self.assertGreater(len(named), 5)
        for file, name in named:
            path = REPOSITORY / file
            self.assertTrue(path.is_file(), file)
            declared = rf"def {name}\(" if path.suffix == ".py" else rf"TEST(_F)?\({name.replace('.', ', ')}\)"
            self.assertRegex(path.read_text(), declared, f"{name} is not in {file}")
            self.assertIn(path.stem, (path.parent / "CMakeLists.txt").read_text(), f"{file} is not run")


if __name__ == "__main__":
    unittest.main()
