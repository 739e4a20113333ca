# SPDX-License-Identifier: Apache-2.0
"""Stops and kills real instances over and over, under load, and measures. Run by hand:

    BULWARK_BIN=build/test/bin python3 tests/killswitch/torture.py --trials 1000

Each trial: something dies, freezes or nothing happens; then `killswitch stop` (or, for kills, nothing but the lease)
must stop every client; then everything comes back stopped, and a resume brings it back to trading. It fails when one
client was permitted anything after it acknowledged the stop, or after the lease that the dead had left, when a client
hangs, when a restart comes back trading, or when more than 1 % of the trials fell into a stall of the machine itself
(a reference thread that only sleeps was late by over 50 ms) or took longer than 100 ms outside of one.
"""
import argparse
import json
import os
import random
import signal
import sys
import time

from instance import RealInstance

LEASE_NS = 80_000_000
STOPPED_NS_MAX = 100_000_000
FAULTS = ("none", "kill-sidecar", "kill-watchdog", "kill-both", "freeze-sidecar", "freeze-watchdog", "freeze-both")


def now_ns():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def targets(fault):
    return {"none": (), "sidecar": ("bulwark-sidecar",), "watchdog": ("bulwark-watchdog",),
            "both": ("bulwark-watchdog", "bulwark-sidecar")}[fault.rpartition("-")[2]]


class Failure(Exception):
    pass


def strike(instance, fault):
    """Kills or freezes at a random instant; returns the pids that are to be thawed, and when it began and was done."""
    number = signal.SIGSTOP if fault.startswith("freeze") else signal.SIGKILL
    pids = [instance.pid(program) for program in targets(fault)]
    time.sleep(random.uniform(0, 0.1))
    begun = now_ns()
    for pid in pids:
        os.kill(pid, number)
    return (pids if number == signal.SIGSTOP else []), begun, now_ns()


def stop_trial(instance, fault):
    """One `killswitch stop`; returns nanoseconds from the command's start to the last acknowledgement."""
    frozen, _, _ = strike(instance, fault)
    try:
        time.sleep(random.choice((0, random.uniform(0, 0.1))))
        begun = now_ns()
        result = instance.killswitch("stop", "--json", "--reason", "torture", "--operator", "torture", "--timeout",
                                     "5000")
        if result.returncode != 0:
            raise Failure(f"stop returned {result.returncode}: {result.stderr}")
        stop = json.loads(result.stdout)
        acknowledged = {client["client"]: client["acknowledged_ns"] for client in stop["clients"]}
        if sorted(acknowledged) != sorted(trader.name for trader in instance.traders):
            raise Failure(f"only {sorted(acknowledged)} were seen")
        time.sleep(0.03)
        for trader in instance.traders:
            late = trader.notes().last_begun_ns - acknowledged[trader.name]
            if late > 0:
                raise Failure(f"{trader.name} was permitted {late} ns after it had acknowledged")
        last = max(acknowledged.values())
        if last - begun > STOPPED_NS_MAX:  # where the time went: before the command stopped, or until a client saw it
            seen = ", ".join(f"{client['client']} {client['microseconds']:.0f}" for client in stop["clients"])
            print(f"  slow: {(last - begun) / 1e6:.1f} ms from the command's start; us from the stop itself: {seen}")
        return begun, last
    finally:
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)


def kill_trial(instance, fault):
    """Only the lease stops: nobody is permitted anything after what the dead had left of it."""
    _, begun, struck = strike(instance, fault)
    instance.wait_until("halted", lambda: instance.status()["state"] == "halted")
    time.sleep(max(0, struck + LEASE_NS + 20_000_000 - now_ns()) / 1e9)
    last = begun
    for trader in instance.traders:
        permitted = trader.notes().last_begun_ns
        if permitted > struck + LEASE_NS:
            raise Failure(f"{trader.name} was permitted {permitted - struck - LEASE_NS} ns after the lease")
        last = max(last, permitted)
    return begun, last


def come_back(instance):
    """Still stopped after the restart; then trading again, with every client alive and permitted."""
    instance.wait_until("both processes", lambda: len(instance.status()["processes"]) >= 3)
    if instance.status()["state"] != "halted":
        raise Failure(f"came back {instance.status()['state']}")
    before = [trader.notes() for trader in instance.traders]
    instance.resume()
    for trader, old in zip(instance.traders, before):
        instance.wait_until(f"{trader.name} to trade again", lambda t=trader, o=old: (
            t.notes().loops > o.loops and t.notes().permissions > o.permissions and t.notes().accepted > o.accepted))


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def summary(what, spans, stalls):
    """Prints a line; trials in which the machine itself stalled are counted apart."""
    clear = [end - begun for begun, end in spans if not any(b < end and e > begun for b, e in stalls)]
    stalled = len(spans) - len(clear)
    line = f"{what:32} {len(spans):5} trials"
    if clear:
        figures = [percentile(clear, 0.5), percentile(clear, 0.99), max(clear)]
        line += "   p50 {:6.2f} ms   p99 {:6.2f} ms   largest {:6.2f} ms".format(*(f / 1e6 for f in figures))
    line += f"   machine stalled in {stalled}"
    print(line, flush=True)
    return len([span for span in clear if span > STOPPED_NS_MAX]), stalled


def run_series(arguments, busy, kind, fault, trials):
    trial = stop_trial if kind == "stop" else kill_trial
    spans = []
    with RealInstance(arguments.clients, busy) as instance:
        for number in range(trials):
            try:
                spans.append(trial(instance, fault))
                come_back(instance)
            except Exception as error:
                raise Failure(f"{kind} {fault}, {busy} busy loops, trial {number}: {error}\n{instance.report()}")
        stalls = instance.stalls()
    return summary(f"{kind} {fault}, {busy} busy", spans, stalls)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=1000, help="stops of each series without a fault")
    parser.add_argument("--fault-trials", type=int, help="stops of each series with one (default: a tenth)")
    parser.add_argument("--kill-trials", type=int, help="kills without a stop (default: a fifth)")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--busy", type=int, default=4, help="busy loops beside, in every second series")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lenient", action="store_true", help="judge no time: for shared machines")
    arguments = parser.parse_args()
    random.seed(arguments.seed)
    with_fault = arguments.trials // 10 if arguments.fault_trials is None else arguments.fault_trials
    kills = arguments.trials // 5 if arguments.kill_trials is None else arguments.kill_trials
    series = [("stop", fault, arguments.trials if fault == "none" else with_fault) for fault in FAULTS]
    series += [("kill", "kill-watchdog", kills), ("kill", "kill-sidecar", kills)]
    slow = stalled = total = 0
    try:
        for kind, fault, trials in series:
            for busy in sorted({0, arguments.busy}):
                if trials > 0:
                    more_slow, more_stalled = run_series(arguments, busy, kind, fault, trials)
                    slow, stalled, total = slow + more_slow, stalled + more_stalled, total + trials
    except Failure as failure:
        sys.exit(f"FAILED: {failure}")
    print(f"{total} trials: none permitted after its stop; {slow} over 100 ms, {stalled} with the machine stalled")
    if not arguments.lenient and (slow > 0 or stalled > total / 100):
        sys.exit("FAILED: too slow, or the machine stalled too often to say")


if __name__ == "__main__":
    main()
