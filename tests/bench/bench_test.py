# SPDX-License-Identifier: Apache-2.0
"""The benchmarks run, tiny: that they end, check every answer, and write what the contract says. No figure is judged."""
import json
import os
import re
import subprocess
import tempfile
import unittest

BIN = os.environ.get("BULWARK_BIN", os.path.join(os.path.dirname(__file__), "../../build/test/bin"))
CASES = ("raw-ping-pong", "boost-spsc", "lane", "check", "check-unjournaled", "check-open-loop", "apply", "bare-20-limits")
PERCENTILES = ("p50_ns", "p90_ns", "p99_ns", "p99_9_ns", "p99_99_ns")
STEP = re.compile(r"^ *(\d+\.\d{3}) (\d\.\d{12}) +(\d+)( +\d+\.\d{2})?$")


def bench(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([os.path.join(BIN, "bulwark-bench"), *arguments], text=True, capture_output=True, timeout=240)


@unittest.skipIf(len(os.sched_getaffinity(0)) < 2, "the harness needs two cores")
class Measurement(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.run_ = bench("--seconds", "0", "--chunk", "300", "--json", "--hgrm", cls.folder.name)
        cls.document = json.loads(cls.run_.stdout) if cls.run_.returncode == 0 else {}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_it_succeeds_and_says_nothing_else(self):
        self.assertEqual((self.run_.returncode, self.run_.stderr), (0, ""))

    def test_the_document_has_the_shape_of_the_contract(self):
        self.assertEqual(self.document["schema"], 1)
        self.assertEqual(tuple(case["name"] for case in self.document["cases"]), CASES)
        for case in self.document["cases"]:
            self.assertGreater(case["count"], 0, case)
            figures = [case[name] for name in PERCENTILES] + [case["max_ns"]]
            for figure in figures:
                self.assertIsInstance(figure, int, case)
            self.assertLessEqual(figures[-2], figures[-1] * 1.001 + 1, case)
            self.assertEqual(figures[:-1], sorted(figures[:-1]), case)

    def test_a_round_trip_costs_something(self):
        for case in self.document["cases"][:7]:
            self.assertGreater(case["p99_ns"], 0, case)

    def test_the_host_is_described(self):
        for fact in ("cpu", "cores", "kernel", "governor", "isolated_cores", "virtual_machine", "scheduling", "compiler",
                     "clock"):
            self.assertTrue(self.document["host"][fact], fact)

    def test_ratios_and_bars_are_told(self):
        self.assertEqual(set(self.document["ratios"]), {"near", "far", "all"})
        bars = {bar["name"]: bar for bar in self.document["bars"]}
        self.assertEqual(set(bars), {"check_p50", "check_p99", "check_p50_to_boost", "journal_p50", "journal_p99", "apply_p50_ns"})
        for bar in bars.values():
            self.assertEqual(bar["passed"], bar["value"] <= bar["at_most"], bar)

    def test_percentile_tables_are_whole(self):
        counts = {case["name"]: case["count"] for case in self.document["cases"]}
        for name in CASES:
            with open(os.path.join(self.folder.name, name + ".hgrm"), encoding="ascii") as file:
                lines = file.read().splitlines()
            self.assertEqual(lines[0].split(), ["Value", "Percentile", "TotalCount", "1/(1-Percentile)"])
            steps = [STEP.match(line) for line in lines[2:-3]]
            self.assertTrue(all(steps), name)
            for column in (1, 2, 3):
                values = [float(step.group(column)) for step in steps]
                self.assertEqual(values, sorted(values), name)
            self.assertEqual((float(steps[-1].group(2)), int(steps[-1].group(3))), (1.0, counts[name]))
            self.assertRegex(lines[-3], r"^#\[Mean    = +[\d.]+, StdDeviation   = +[\d.]+\]$")
            self.assertRegex(lines[-2], r"^#\[Max     = +[\d.]+, Total count    = +\d+\]$")
            self.assertRegex(lines[-1], r"^#\[Buckets = +\d+, SubBuckets     = +\d+\]$")


class CommandLine(unittest.TestCase):
    @unittest.skipIf(len(os.sched_getaffinity(0)) < 2, "the harness needs two cores")
    def test_the_table_names_every_case_and_bar(self):
        run = bench("--seconds", "0", "--chunk", "100")
        self.assertEqual(run.returncode, 0, run.stderr)
        for name in CASES:
            self.assertIn("\n" + name + " ", run.stdout)
        self.assertEqual(len(re.findall(r"(passed|FAILED)$", run.stdout, flags=re.M)), 6)

    def test_wrong_usage_is_2(self):
        for arguments in (("--seconds", "soon"), ("--cpus", "0,0"), ("--chunk", "5"), ("--nonsense",)):
            run = bench(*arguments)
            self.assertEqual((run.returncode, run.stdout), (2, ""), arguments)
            self.assertTrue(run.stderr, arguments)

    def test_a_core_that_is_not_there_is_refused(self):
        run = bench("--cpus", "0,900")
        self.assertEqual(run.returncode, 1)
        self.assertIn("900", run.stderr)

    def test_version_and_help(self):
        self.assertRegex(bench("--version").stdout, r"^bulwark-bench \d+\.\d+\.\d+\n$")
        self.assertIn("--hgrm", bench("--help").stdout)


class MicroBenchmark(unittest.TestCase):
    def test_every_event_is_measured(self):
        run = subprocess.run([os.path.join(BIN, "apply_benchmark"), "--benchmark_min_time=0.001",
                              "--benchmark_format=json"], text=True, capture_output=True, timeout=240)
        self.assertEqual(run.returncode, 0, run.stderr)
        names = [measured["name"] for measured in json.loads(run.stdout)["benchmarks"]]
        for name in ("intent_accepted/20", "intent_refused/20", "intent_resized/20", "replace_accepted", "done", "fill",
                     "mark/1", "mark/100"):
            self.assertIn(name + "/manual_time", names)


if __name__ == "__main__":
    unittest.main()
