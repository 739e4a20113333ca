#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the reference model and `bulwark simulate` on the same random input and compares the complete output.

random_test.py [PROGRAM] [--seeds 1-50] [--events 400] [--coverage]     without PROGRAM only the model runs
On a difference the input is shrunken, kept in a folder, and both lines are shown. --coverage tells how often each reason,
metric and kind of line occurred: a rule that never occurs was not tested.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from random_config import SIZES, random_config
from random_events import Generator
from reference import Simulation

REASONS = ["halted", "reduce_only", "unknown_symbol", "unknown_account", "unknown_strategy", "unknown_order", "replace_pending",
           "duplicate_id", "bad_quantity", "bad_price", "no_mark", "stale_mark", "no_fx", "no_limits", "no_locate", "restricted"]
KINDS = ["accepted", "resized", "rejected", "warning", "stray fill", "breach", "cleared", "state normal",
         "state reduce_only", "state halted", "cancel_request", "liquidation", "scale", "scaled", "error", "null value"]
KINDS += ["sized by " + name for name in ("kelly", "volatility", "risk_budget", "balance", "limits", "max_fraction")]
ACTIONS = ("alert", "reject", "resize", "reduce_only", "scale", "liquidate", "halt")
KINDS += ["breach with " + action for action in ACTIONS]

ESTIMATES = ("correlated_exposure", "var", "es", "volatility", "volatility_spike", "stress_loss")


class Workload:
    """One configuration and its input lines, written where both programs can read them."""

    def __init__(self, folder, toml, files, lines):
        self.folder, self.toml, self.files, self.lines = Path(folder), toml, files, lines

    def write(self):
        (self.folder / "case.toml").write_text(self.toml)
        for name, text in self.files.items():
            (self.folder / name).write_text(text)
        (self.folder / "case.jsonl").write_bytes(b"".join(line + b"\n" for line in self.lines))
        return self.folder / "case.toml"


def generate(seed, events, folder):
    """The workload of a seed, and the model's answer to it."""
    rng = random.Random(seed)
    toml, files = random_config(rng)
    workload = Workload(folder, toml, files, [])
    simulation = Simulation(workload.write())
    output = []
    for line in Generator(rng, simulation).lines(events):
        workload.lines.append(line)
        output += simulation.feed(line)
    workload.write()
    return workload, output + [simulation.snapshot()]


def model_answer(workload):
    simulation = Simulation(workload.write())
    output = [found for line in workload.lines for found in simulation.feed(line)]
    return output + [simulation.snapshot()]


def program_answer(program, workload):
    """Its lines as parsed JSON, or a text that says how it failed."""
    run = subprocess.run([program, "simulate", "--config", "case.toml", "--snapshot"], cwd=workload.folder, timeout=120,
                         capture_output=True, input=b"".join(line + b"\n" for line in workload.lines))
    if run.returncode != 0:
        return f"exit code {run.returncode}: {run.stderr.decode(errors='replace')[-2000:]}"
    try:
        return [json.loads(line) for line in run.stdout.splitlines()]
    except ValueError as problem:
        return f"no JSON lines: {problem}"


class Near:
    """An estimate: to 9 digits, or two units of the last decimal. Two orders of summing differ in the last ones."""

    def __init__(self, value):
        self.value = float(value)

    def __eq__(self, other):
        return isinstance(other, Near) and abs(self.value - other.value) <= 2e-8 + 1e-9 * abs(self.value)


def near(value):
    return value if value is None else Near(value)


def without_last_digits(line):
    """A line, or a limit of the snapshot, with an estimate rounded. Limits are named after their metric."""
    if isinstance(line.get("limits"), list):
        return line | {"limits": [without_last_digits(limit) for limit in line["limits"]]}
    if line.get("type") == "sized":  # lots of 1e-8 count more digits than an estimate has
        constraints = {key: near(units) for key, units in line["constraints"].items()}
        return line | {"quantity": near(line["quantity"]), "constraints": constraints}
    if line.get("type") == "scale":
        return line | {"value": near(line["value"])}
    estimated = str(line.get("limit", "")).replace("-", "_").endswith(ESTIMATES)
    return line | {"value": near(line["value"])} if estimated and "value" in line else line


def comparable(line):
    """Texts for people are free, so is the time of a line that had none, and a `client` where the contract asks for none."""
    line = without_last_digits(line)
    if line.get("type") == "error":
        return {"type": "error", "line": line.get("line")}
    free = {"message"} if line.get("type") == "verdict" else {"message", "client"}
    return {key: value for key, value in line.items() if key not in free}


def first_difference(model, program):
    """None, or a text with both lines."""
    if isinstance(program, str):
        return program
    for number in range(max(len(model), len(program))):
        want = model[number] if number < len(model) else None
        got = program[number] if number < len(program) else None
        if want is None or got is None or comparable(want) != comparable(got):
            before = "".join(f"      {json.dumps(line)}\n" for line in model[max(0, number - 2):number])
            return (f"output line {number + 1}, after\n{before}    model   {json.dumps(want)}\n    program {json.dumps(got)}"
                    + _detail(want, got))
    return None


def _detail(want, got):
    """Of a long line (a snapshot) the parts that differ."""
    if not want or not got or want.get("type") != "snapshot" or got.get("type") != "snapshot":
        return ""
    text = ""
    for key in want:
        left, right = want[key], got.get(key)
        if isinstance(left, list) and isinstance(right, list):
            text += "".join(f"\n    {key}: model   {json.dumps(item)}" for item in left if item not in right)
            text += "".join(f"\n    {key}: program {json.dumps(item)}" for item in right if item not in left)
    return text


def shrink(program, workload, budget=400):
    """Leaves out lines and limits as long as the answers still differ."""
    def differs(toml, lines):
        trial = Workload(workload.folder, toml, workload.files, lines)
        try:
            model = model_answer(trial)
        except Exception:  # a limit that the rest of the file needs is gone: no smaller case of the same thing
            return False
        answer = program_answer(program, trial)
        return not isinstance(answer, str) and first_difference(model, answer) is not None

    toml, lines = workload.toml, workload.lines
    chunk = max(len(lines) // 2, 1)
    while chunk and budget > 0:
        start = 0
        while start < len(lines) and budget > 0:
            fewer = lines[:start] + lines[start + chunk:]
            budget -= 1
            if differs(toml, fewer):
                lines = fewer
            else:
                start += chunk
        chunk //= 2
    for limit in re.findall(r"\[limit\.[^\]]*\]\n(?:[^\[\n].*\n)*", toml):
        fewer = toml.replace(limit, "", 1)
        if differs(fewer, lines):
            toml = fewer
    return Workload(workload.folder, toml, workload.files, lines)


def count(output, table):
    for line in output:
        kind = line["type"]
        if kind == "verdict":
            table[line["decision"]] += 1
            if "reason" in line:
                breaker = line["reason"] == "stale_mark" and "limit" in line  # a metric and a reason of its own
                table["reason " + line["reason"] + " of a breaker" * breaker] += 1
            table["scaled"] += "scaled" in line
            table["null value"] += "value" in line and line["value"] is None
        elif kind == "state":
            table["state " + line["state"]] += 1
        elif kind == "warning" and "message" in line:
            table["stray fill"] += 1
        elif kind == "sized":
            table["sized by " + line["binding"]] += 1
        else:
            table[kind] += 1
        if kind == "breach":
            table["breach with " + line["action"]] += 1
        if kind in ("warning", "breach", "cleared") and "metric" in line:
            table[f"{kind} {line['metric']}"] += 1


def print_coverage(table):
    """True where nothing is missing."""
    metrics = [metric + " of a breaker" * (metric in REASONS) for metric in SIZES]
    wanted = KINDS + ["reason " + reason for reason in REASONS + metrics]
    for name in wanted + sorted(set(table) - set(wanted) - {"snapshot"}):
        print(f"{table[name]:8d}  {name}" + ("   NEVER" if table[name] == 0 else ""))
    return all(table[name] for name in wanted)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?")
    parser.add_argument("--seeds", default="1-50")
    parser.add_argument("--events", type=int, default=400)
    parser.add_argument("--coverage", action="store_true")
    arguments = parser.parse_args()
    first, _, last = arguments.seeds.partition("-")
    program = str(Path(arguments.program).resolve()) if arguments.program else None
    table, failed = Counter(), []
    for seed in range(int(first), int(last or first) + 1):
        with tempfile.TemporaryDirectory() as folder:
            workload, model = generate(seed, arguments.events, folder)
            count(model, table)
            problem = program and first_difference(model, program_answer(program, workload))
            if problem:
                failed.append(seed)
                report(seed, problem, program, workload)
                if len(failed) == 5:
                    break
    complete = print_coverage(table) if arguments.coverage else True
    print(f"{int(last or first) - int(first) + 1} seeds, differing: {failed or 'none'}")
    return 1 if failed or not complete else 0


def report(seed, problem, program, workload):
    print(f"FAILED seed {seed}: {problem}")
    if problem.startswith(("exit code", "no JSON")):
        return
    small = shrink(program, workload)
    kept = tempfile.mkdtemp(prefix=f"bulwark-seed-{seed}-")
    small.folder = Path(kept)
    small.write()
    print(f"  shrunken to {len(small.lines)} lines in {kept}: {first_difference(model_answer(small), program_answer(program, small))}")
    for line in small.lines[-12:]:
        print(f"    {line.decode(errors='replace')}")


if __name__ == "__main__":
    sys.exit(main())
