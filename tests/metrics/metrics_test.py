# SPDX-License-Identifier: Apache-2.0
"""What Prometheus scrapes of a running instance: it says what the commands say, what is not known is not there, names
cannot break it, promtool likes it, and the rules and the Grafana dashboard name nothing that is not there."""
import copy
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "control"), str(ROOT / "tests" / "live")]
from desk import BUILD, CONFIG, DeskTest, wait_for  # noqa: E402
from live_test import MODEL, SCENARIOS, prices, text_of  # noqa: E402

RULES = ROOT / "scripts" / "prometheus" / "rules.yml"
ROW = re.compile(r'(\w+)(?:\{(.*)\})? (\S+)')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def promtool(*arguments, **named):
    return subprocess.run(["promtool", *arguments], text=True, capture_output=True, **named)


def rows(text):
    """{(name, ((label, value), ...)): number}; a row that stands twice is an error."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = ROW.fullmatch(line).groups()
        key = (name.removeprefix("bulwark_"), tuple(sorted(LABEL.findall(labels or ""))))
        assert key not in found, line
        found[key] = float(value)
    return found


def names(text):
    return set(re.findall(r"^# TYPE (\w+)", text, flags=re.M))


class Metrics(DeskTest):
    CONFIG = (CONFIG.replace('max = "20000"', 'max = "200000"').replace('max = "100000"', 'max = "400000"')
              .replace('max = "500"', 'max = "50000"') + MODEL)

    def setUp(self):
        super().setUp()
        (self.folder / "prices.csv").write_text(text_of(prices()))
        (self.folder / "scenarios.toml").write_text(SCENARIOS)

    def metrics(self, state=None):
        """The state, the rows, the text."""
        program = os.path.join(BUILD, "bin", "metrics_of")
        arguments = [program, "ctl"] + (["-"] if state is not None else [])
        result = subprocess.run(arguments, input=json.dumps(state), text=True, capture_output=True, check=True,
                                env=self.processes.environment)
        told = json.loads(result.stdout)
        checked = promtool("check", "metrics", input=told["text"])
        self.assertEqual((checked.returncode, checked.stderr), (0, ""), told["text"])
        return told["state"], rows(told["text"]), told["text"]

    def trade(self, client, quantity, symbol, side, price):
        order = self.accepts(client, quantity, symbol, side)
        client.fill(id=order, exec_id=order, quantity=quantity, price=price)

    def traded(self):
        self.up()
        self.trade(self.one, 500, "AAPL", "buy", "99")
        self.trade(self.two, 300, "XOM", "sell", "101")
        self.refuses(self.one, "order_notional", 3000)
        self.refuses(self.one, "order_notional", 3001)
        self.refuses(self.one, "unknown_symbol", 1, "NONE")
        return wait_for("the trades", lambda: (told := self.metrics()) and told[1].get(("gross", ())) == 80_000
                        and ("var", (("method", "historical"),)) in told[1]
                        and told[1].get(("rejects_total", (("rule", "unknown_symbol"),))) and told)


class MetricsTest(Metrics):
    def test_they_say_what_the_commands_say(self):
        state, found, _ = self.traded()
        risk = state["risk"]
        self.assertEqual(risk["exposure"], json.loads(self.bulwark("status", "--risk", "--json"))["risk"]["exposure"])
        for name, value in (("gross", 80_000), ("net", 20_000), ("long", 50_000), ("short", 30_000),
                            ("profit_today", 800), ("profit_unrealised", 800), ("profit_realised", 0), ("fees", 0),
                            ("equity", 1_500_800), ("drawdown_ratio", 0), ("worst_loss", risk["stress"]["worst_loss"]),
                            ("working_orders", state["orders_count"]), ("trading_permitted", 1), ("journal_followed", 1),
                            ("model_observations", 299), ("rows_left_out", 0)):
            self.assertEqual(found[name, ()], value, name)
        for method, value in risk["var"].items():
            self.assertAlmostEqual(found["var", (("method", method),)], value, places=6)
            self.assertAlmostEqual(found["es", (("method", method),)], risk["es"][method], places=6)
        for row in state["controls"]:
            on = dict(row["on"])
            key = ("limit_utilization_ratio", (("id", ",".join(on.values())), ("limit", row["limit"]),
                                               ("scope", ",".join(on) or "everything")))
            if row["value"] is None:
                self.assertNotIn(key, found, "never evaluated is not 0")
            else:
                self.assertAlmostEqual(found[key], float(row["value"]) / float(row["max"]), places=12)
        self.assertEqual([found["account_equity", (("account", row["account"]),)] for row in state["accounts"]],
                         [float(row["equity"]) for row in state["accounts"]])
        self.assertEqual(found["rejects_total", (("rule", "order_notional"),)], 2)
        self.assertGreaterEqual(found["checks_total", (("verdict", "rejected"),)], 3)
        self.assertEqual(found["alerts_total", (("outcome", "delivered"), ("sink", "webhook"))], 3)
        self.assertEqual({key[1][0][1] for key in found if key[0] == "client_attached"}, {"c1", "c2"})
        self.assertEqual(found["up", (("program", "bulwark-sidecar"),)], 1)
        for row in state["status"]["clients"]:
            self.waits_are(found, row)
        heartbeat = found["sidecar_heartbeat_timestamp_seconds", ()]
        self.assertLess(abs(heartbeat - state["t"] / 1e9), 60)
        self.down()

    def waits_are(self, found, client):
        """A histogram of as many checks as the client has counted, with its median where the status has it."""
        bucket = {dict(labels)["le"]: value for (name, labels), value in found.items()
                  if name == "check_duration_seconds_bucket" and ("client", client["client"]) in labels}
        of_client = (("client", client["client"]),)
        self.assertGreater(client["checks"], 0)
        self.assertEqual(bucket.pop("+Inf"), client["checks"])
        self.assertEqual(found["check_duration_seconds_count", of_client], client["checks"])
        self.assertGreater(found["check_duration_seconds_sum", of_client], 0)
        self.assertEqual(sorted(float(bound) for bound in bucket)[::13], [5e-08, 1e-03])
        for bound, value in bucket.items():
            if abs(float(bound) * 1e9 / client["p50_ns"] - 1) > 1 / 8:  # the median is known no better
                self.assertEqual(value >= client["checks"] / 2, float(bound) * 1e9 > client["p50_ns"], bound)
        self.assertEqual(sorted(bucket.values()), [bucket[bound] for bound in sorted(bucket, key=float)])

    def test_a_stop_and_a_stop_of_one_account_are_seen(self):
        self.traded()
        everything = ("kill_switch_engaged", (("id", ""), ("scope", "everything")))
        account = ("kill_switch_engaged", (("id", "ACC1"), ("scope", "account")))
        self.signed("control", "halt", "--on", "account=ACC1")
        self.signed("control", "reduce_only", "--on", "sector=Tech")
        found = wait_for("the stop of ACC1", lambda: (told := self.metrics()[1]) and account in told
                         and ("reduce_only", (("id", "Tech"), ("scope", "sector"))) in told and told)
        self.assertEqual((found[everything], found[account], found["trading_permitted", ()]), (0, 1, 1))
        self.signed("control", "halt")
        found = self.metrics()[1]
        self.assertEqual((found[everything], found["trading_permitted", ()]), (1, 0))
        self.assertEqual(found["state", (("state", "halted"),)], 1)
        self.assertEqual([found["client_acknowledged", (("client", client),)] for client in ("c1", "c2")], [1, 1])
        self.down()

    def test_what_is_not_known_is_not_there(self):
        state, _, _ = self.traded()
        unknown = copy.deepcopy(state)
        for part in ("controls", "accounts", "positions", "states", "orders_count", "risk", "cancels"):
            unknown[part] = None
        for part in ("journal", "market", "ledger", "liquidation"):
            unknown["status"][part] = None
        found = self.metrics(unknown)[1]
        self.assertEqual(found["journal_followed", ()], 0)
        of_what_is_null = {"var", "es", "equity", "gross", "limit_utilization_ratio", "account_equity", "working_orders",
                           "journal_lag_records", "journal_state", "market_factor", "ledger_lag_records",
                           "liquidation_orders", "backtest_zone", "risk_age_seconds"}
        self.assertEqual({name for name, _ in found} & of_what_is_null, set())
        partly = copy.deepcopy(state)
        partly["risk"]["var"]["historical"] = partly["risk"]["stress"] = None
        found = self.metrics(partly)[1]
        self.assertNotIn(("var", (("method", "historical"),)), found)
        self.assertIn(("var", (("method", "parametric"),)), found)
        self.assertNotIn(("worst_loss", ()), found)
        without_rate = copy.deepcopy(state)
        without_rate["accounts"][0].update(equity=None, profit_today=None, peak=None)
        found = self.metrics(without_rate)[1]
        told = {key[1][0][1] for key in found if key[0] in ("account_equity", "account_profit_today")}
        self.assertEqual(told, {row["account"] for row in state["accounts"][1:]})
        self.down()

    def test_names_break_nothing_and_rows_are_bounded(self):
        state, _, _ = self.traded()
        evil = ['a"b', "a\\b", "a\nb", 'x"} 1\nevil_total 7', "\u00fc\x7f\x00", "n" * 500, "n" * 501, "<b>", "{}", ""]
        wild = copy.deepcopy(state)
        wild["accounts"] = [{"account": name, "equity": "1", "profit_today": None, "peak": "1"} for name in evil]
        wild["status"]["clients"] = [{"client": name, "pid": 1, "acknowledged": k != 1} for name in evil for k in range(2)]
        wild["controls"] = [{"limit": f"limit-{k}", "on": {"symbol": f"S{k}"}, "metric": "gross", "value": str(k),
                             "max": "1000", "age_ns": None, "use": k / 1000} for k in range(1, 1001)]
        _, found, text = self.metrics(wild)
        self.assertNotIn("evil_total", names(text))
        self.assertEqual(sum(key[0] == "account_equity" for key in found), len(evil) - 1, "two are cut to the same")
        acknowledged = [value for key, value in found.items() if key[0] == "client_acknowledged"]
        self.assertEqual(set(acknowledged), {0}, "of two with one name the one that has not acknowledged counts")
        used = [value for key, value in found.items() if key[0] == "limit_utilization_ratio"]
        self.assertEqual(used, [k / 1000 for k in range(1000, 800, -1)])
        self.assertEqual(found["rows_left_out", ()], 800)
        self.down()

    def test_rules_dashboard_and_docs_name_what_is_there(self):
        state, _, text = self.traded()
        full = copy.deepcopy(state)
        full["status"]["market"] = {"factor": 0.5, "cause": "spread"}
        part = {"state": "shipping", "seq": 1, "lag": 2, "error": ""}
        full["status"]["ledger"] = {"pid": 1, "postgres": part, "redis": part}
        full["states"] = [{"on": {"sector": "Tech"}, "state": "reduce_only", "cause": "x"}]
        full["risk"]["backtest"]["basel_zone"] = "yellow"
        there = names(text) | names(self.metrics(full)[2])
        # What needs traffic of a kind that this desk has none of.
        there |= {f"bulwark_{name}_total" for name in ("resizes", "breaches", "warnings")}
        documented = set()
        for line in (ROOT / "docs" / "metrics.md").read_text().splitlines():
            if line.startswith("| `"):
                documented |= {f"bulwark_{name}" for name in re.findall(r"`(\w+)`", line.split("|")[1])}
        self.assertEqual(documented, {name for name in there if name.startswith("bulwark_")})
        rules = RULES.read_text()
        recorded = set(re.findall(r"record: (\S+)", rules))
        told = set()
        for kind, where in (("rules", re.sub(r"record: \S+", "", rules)),
                            ("dashboard", (ROOT / "scripts" / "grafana" / "bulwark.json").read_text())):
            used = {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\b(?:bulwark|process)_\w+", where)}
            self.assertEqual(used - there, set(), kind)
            self.assertEqual(set(re.findall(r"\bbulwark:[\w:]+", where)) - recorded, set(), kind)
            told |= used
        self.assertEqual({name for name in there - told if name.startswith("bulwark_")}, set(), "nobody is shown these")
        self.down()


class FilesTest(unittest.TestCase):
    def test_the_rules_are_right_and_say_what_they_are_to_say(self):
        checked = promtool("check", "rules", str(RULES))
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        tested = promtool("test", "rules", str(ROOT / "tests" / "metrics" / "rules_test.yml"))
        self.assertEqual(tested.returncode, 0, tested.stdout + tested.stderr)
        alerts = set(re.findall(r"alert: (\S+)", RULES.read_text()))
        tried = set(re.findall(r'alertname="(\w+)"', (ROOT / "tests" / "metrics" / "rules_test.yml").read_text()))
        self.assertEqual(alerts, tried, "an alert that no test has seen")

    def test_the_dashboard_can_be_imported(self):
        dashboard = json.loads((ROOT / "scripts" / "grafana" / "bulwark.json").read_text())
        self.assertEqual(dashboard["uid"], "bulwark")
        self.assertEqual([source["name"] for source in dashboard["__inputs"]], ["DS_PROMETHEUS"])
        panels = dashboard["panels"]
        self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
        taken = set()
        for panel in panels:
            at = panel["gridPos"]
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            self.assertFalse(cells & taken, panel["title"])
            self.assertLessEqual(at["x"] + at["w"], 24, panel["title"])
            taken |= cells
            for target in panel.get("targets", []):
                self.assertEqual(target["datasource"]["uid"], "${DS_PROMETHEUS}", panel["title"])
                self.assertIn("instance", target["expr"], panel["title"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
