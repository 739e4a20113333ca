#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plants faults in the engine and around it, one at a time, and shows that the quick tests find each: cases, random days, saved states, crashes at each instruction, simulation.

mutations.py [--build DIR] [--only WORD]      plants, builds, tests; the sources are as before afterwards
mutations.py --check                          only asks whether each fault still fits the sources
The exit code is 1 where a fault was not found, 2 where one does not fit any more.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
TARGETS = ["bulwark", "crash_step_test", "simulation_random_test", "simulation_test", "state_test"]

# What is wrong with it, where, the text as it stands (exactly once), and the text with the fault.
FAULTS = [
    ("reaching a max is a breach", "core/level.h", "return level.value > max;", "return level.value >= max;"),
    ("what works already on the side is forgotten: a reducing order may flip", "core/engine_orders.cpp",
     "cell.position - cell.working_sell\n", "cell.position\n"),
    ("a fill is counted as position and as working order", "core/engine_reports.cpp",
     "  settle_reservation(found.order, before);\n  touch_row(row);\n",
     "  (void)before;\n  settle_reservation(found.order, order.reserved());\n  touch_row(row);\n"),
    ("a repeated execution counts twice", "core/engine_reports.cpp",
     "  if (orders_.has_exec(found.order, fill.exec_id)) return;\n", ""),
    ("a replace is judged as if its order held nothing", "core/judge.cpp",
     "  added_ = quantity > candidate_.held ? quantity - candidate_.held : 0;\n", "  added_ = quantity;\n"),
    ("a later cause takes the place of the first", "core/engine_control.cpp", "    if (known.state <= state) return;\n", ""),
    ("a new session ends every stop", "core/engine.cpp", "    orders_.start_session();\n",
     "    orders_.start_session();\n    latches_.clear();\n"),
    ("a window is open at its old end", "core/flow.cpp", "log[window.tail].t <= old;", "log[window.tail].t < old;"),
    ("working buys have no worth", "core/book.cpp", "countable ? symbol.value(c.longest()) : 0",
     "countable ? symbol.value(c.position) : 0"),
    ("a deposit heals a drawdown", "core/engine_control.cpp",
     "account->peak = before > 0 && after > 0 ? multiply_divide(account->peak, after, before) : account->peak + amount;",
     "account->peak = before > after ? before : after;"),
    ("an order is accepted without a lease", "sidecar/hot/permission.h",
     "    if (!shm::lease_valid(page_, now)) return core::Gate::LeaseExpired;\n", "    (void)now;\n"),
    ("what only the ring holds is lost with the process", "sidecar/journal/recovery.cpp",
     "const bool drains = held.any() && held.last >= cut.last_whole;", "const bool drains = false;"),
    ("an order is answered before it stands in the ring", "sidecar/hot/loop.cpp",
     "  if (!decide_and_append()) [[unlikely]]\n    return true;  // it is in no journal, so nobody may hear of it\n"
     "  say(slot, engine_.has_verdict() ? to_answer(engine_.verdict(), epoch) : to_answer(error_, order, epoch));\n",
     "  error_ = engine_.decide(event_);\n"
     "  say(slot, engine_.has_verdict() ? to_answer(engine_.verdict(), epoch) : to_answer(error_, order, epoch));\n"
     "  ring_.append(event_);\n  ++events_;\n  if (error_ == core::EventError::None) last_event_t_ = t_;\n"
     "  ring_.append_answer(event_.t, error_, engine_);\n"),
    ("a record is committed before its words stand there", "sidecar/journal/ring.h",
     "    WordWriter words(ring_, line_, sequence_);\n    carry(words);\n",
     "    WordWriter words(ring_, line_, sequence_);\n"
     "    ring_.at(line_).mark.store(Commit{sequence_, 9, type}.word(), std::memory_order_release);\n    carry(words);\n"),
    ("what a crash kept from the journal is not completed", "sidecar/journal/recovery.cpp",
     "  while (!replay.missing().empty()) {", "  while (replay.missing().size() > 100) {"),
    ("a saved state forgets how much of a locate is taken", "core/state/book.h", "symbol.adv, symbol.locate_used);",
     "symbol.adv);"),
    ("a saved state forgets which order the market knows by which id", "core/state/orders.h",
     "orders[index].current_id = ids[current];", "orders[index].current_id = ids[0];"),
    ("an instance that crashed comes back trading", "shm/latch.h",
     "      if (result.trading && file.latch.clean) return result;\n", "      if (result.trading) return result;\n"),
]


def fits(fault):
    """Stands the text of the fault in its file, exactly once?"""
    return (REPOSITORY / fault[1]).read_text().count(fault[2]) == 1


def build(directory):
    run = subprocess.run(["cmake", "--build", directory, "--parallel", "2", "--target", *TARGETS], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"mutations: it does not build:\n{run.stdout[-2000:]}")


def finders(directory):
    """The names of the quick tests that fail."""
    cases = REPOSITORY / "tests" / "cases"
    runs = {
        "cases": ["python3", "-B", str(cases / "run_cases.py"), f"{directory}/bin/bulwark", str(cases)],
        "random": [f"{directory}/bin/simulation_random_test", "--gtest_brief=1"],
        "state": [f"{directory}/bin/state_test", "--gtest_brief=1"],
        "step": [f"{directory}/bin/crash_step_test", "--gtest_brief=1"],
        "simulation": ["env", "BULWARK_SEEDS=1-150", f"{directory}/bin/simulation_test", "--gtest_brief=1"],
    }
    return [name for name, command in runs.items() if subprocess.run(command, capture_output=True).returncode != 0]


def plant(fault, directory):
    """Who finds the fault. The source is as before, whatever happens."""
    path = REPOSITORY / fault[1]
    text = path.read_text()
    try:
        path.write_text(text.replace(fault[2], fault[3]))
        build(directory)
        return finders(directory)
    finally:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=str(REPOSITORY / "build" / "test"))
    parser.add_argument("--only", default="", help="faults whose description has this word")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    misfits = [fault for fault in FAULTS if not fits(fault)]
    for what, file, old, _ in misfits:
        print(f"mutations: {what}: {file} does not hold exactly once any more:\n{old}")
    if misfits or arguments.check:
        return 2 if misfits else 0
    os.chdir(REPOSITORY)
    build(arguments.build)
    if already := finders(arguments.build):
        sys.exit(f"mutations: without any fault {', '.join(already)} fail already")
    missed = 0
    for fault in FAULTS:
        if arguments.only not in fault[0]:
            continue
        begin = time.monotonic()
        found = plant(fault, arguments.build)
        missed += not found
        print(f"{'found by ' + ', '.join(found) if found else 'NOT FOUND':45} {fault[0]} ({time.monotonic() - begin:.0f} s)", flush=True)
    build(arguments.build)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
