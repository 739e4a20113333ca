#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs scenario cases (NAME.toml, NAME.jsonl, NAME.expected.jsonl) through `simulate` and compares line by line.

run_cases.py PROGRAM FOLDER...        PROGRAM: the path of `bulwark`, or --reference for the model of tests/model
Fields that a line of the expected file names must be there with that value; others do not count. The cases shared by all
implementations (../shared/cases beside the repository) run too, where they exist.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
SHARED = REPOSITORY.parent / "shared" / "cases"
MODEL = HERE.parent / "model"
QUIET = {"warning", "breach", "cleared"}  # do not count unless a case expects one of them


def differs(expected, actual, where="line"):
    """What is wrong with the actual value, or None."""
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return f"{where}: an object is expected, found {actual!r}"
        if where.endswith(".on") and expected != actual:
            return f"{where}: expected {expected!r}, found {actual!r}"
        for key, value in expected.items():
            if key not in actual:
                return f"{where}: {key} is missing"
            problem = differs(value, actual[key], f"{where}.{key}")
            if problem:
                return problem
        return None
    if isinstance(expected, list):
        return _list_differs(expected, actual, where)
    same_kind = isinstance(expected, str) == isinstance(actual, str) and isinstance(expected, bool) == isinstance(actual, bool)
    if not same_kind or expected != actual:
        return f"{where}: expected {expected!r}, found {actual!r}"
    return None


def _list_differs(expected, actual, where):
    """The expected elements must be found in their order; others may stand between them. An empty list is empty."""
    if not isinstance(actual, list):
        return f"{where}: a list is expected, found {actual!r}"
    if not expected and actual:
        return f"{where}: must be empty, found {actual!r}"
    rest = iter(actual)
    for item in expected:
        if all(differs(item, candidate, where) for candidate in rest):
            return f"{where}: not found there: {json.dumps(item)}\n      in {json.dumps(actual)}"
    return None


def compare(expected, actual):
    """Text that says what differs, or None."""
    if not any(line["type"] in QUIET for line in expected):
        actual = [line for line in actual if line["type"] not in QUIET]
    for number in range(max(len(expected), len(actual))):
        want = expected[number] if number < len(expected) else None
        got = actual[number] if number < len(actual) else None
        problem = "a line too many" if want is None else "a line is missing" if got is None else differs(want, got)
        if problem:
            return f"output line {number + 1}: {problem}\n    expected {json.dumps(want)}\n    found    {json.dumps(got)}"
    return None


def run_case(program, toml):
    """Text that says what is wrong with the program's answer to the case, or None."""
    expected = [json.loads(line) for line in toml.with_suffix(".expected.jsonl").read_text().splitlines() if line.strip()]
    arguments = ["--snapshot"] if any(line["type"] == "snapshot" for line in expected) else []
    run = run_program if program else run_reference
    try:
        first, second = (run(program, toml, arguments) for _ in range(2))
        actual = [json.loads(line) for line in first.splitlines()]
    except ProgramFailed as problem:
        return str(problem)
    except ValueError as problem:
        return f"the output is not JSON lines: {problem}"
    if first != second:
        return "two runs of the same input gave different bytes"
    return compare(expected, actual)


class ProgramFailed(Exception):
    pass


def run_program(program, toml, arguments):
    """What the program prints for the case."""
    with open(toml.with_suffix(".jsonl"), "rb") as events:
        run = subprocess.run([program, "simulate", "--config", toml.name] + arguments, cwd=toml.parent, stdin=events,
                             capture_output=True, timeout=60)
    if run.returncode != 0:
        raise ProgramFailed(f"exit code {run.returncode}: {run.stderr.decode(errors='replace').strip()}")
    return run.stdout


def run_reference(_, toml, arguments):
    """What the model says; in this process, for starting Python hundreds of times takes longer than all cases."""
    from reference import Simulation
    simulation = Simulation(toml)
    output = [line for event in toml.with_suffix(".jsonl").read_bytes().split(b"\n") for line in simulation.feed(event)]
    if arguments:
        output.append(simulation.snapshot())
    return "".join(json.dumps(line) + "\n" for line in output)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", action="store_true", help="run the model instead of a program")
    parser.add_argument("paths", nargs="+", metavar="[PROGRAM] FOLDER")
    arguments = parser.parse_args()
    if arguments.reference:
        sys.path.insert(0, str(MODEL))
        program, folders = None, arguments.paths
    else:
        program, folders = str(Path(arguments.paths[0]).resolve()), arguments.paths[1:]
    folders = [Path(folder).resolve() for folder in folders]
    if SHARED.is_dir() and SHARED not in folders:
        folders.append(SHARED)
    elif not SHARED.is_dir():
        print("the shared cases (../shared/cases) are not here: only the repository's own run")
    passed = failed = 0
    for folder in folders:
        for toml in sorted(folder.glob("*.toml")):
            problem = run_case(program, toml)
            if problem:
                failed += 1
                print(f"FAILED {toml.parent.name}/{toml.stem}\n  {toml.read_text().splitlines()[0]}\n  {problem}")
            else:
                passed += 1
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
