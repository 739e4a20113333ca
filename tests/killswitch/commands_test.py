# SPDX-License-Identifier: Apache-2.0
"""The four commands of killswitch: what they do, say and return, with whatever else is dead."""
import json
import os
import signal
import subprocess
import unittest

from desk import BIN, HUNG, Desk, freeze, thaw, wait_for
from processes_test import DeskTest


class Stop(DeskTest):
    def check_stopped(self, clients):
        result = self.check(self.desk.command("stop", "--json", "--reason", "fat finger", "--operator", "mira"), 0)
        stop = json.loads(result.stdout)
        self.assertEqual([c["client"] for c in stop["clients"]], [f"client{i}" for i in range(len(clients))])
        self.assertTrue(all(c["acknowledged"] and c["microseconds"] >= 0 for c in stop["clients"]))
        self.assertEqual((stop["cause"], stop["operator"]), ("fat finger", "mira"))
        wait_for("the latch", lambda: int(self.desk.latch()["epoch"]) == stop["epoch"])
        latch = self.desk.latch()
        self.assertEqual((latch["trading"], latch["cause"]), ("no", "fat finger"))
        self.assertEqual(self.desk.status()["state"], "halted")

    def test_with_everything_alive(self):
        self.check_stopped(self.desk.trade(clients=3))

    def test_with_the_sidecar_dead_or_frozen(self):
        clients = self.desk.trade()
        freeze(self.desk.sidecar)
        self.check_stopped(clients)

    def test_with_the_watchdog_dead(self):
        clients = self.desk.trade()
        self.desk.end(self.desk.watchdog, signal.SIGKILL)
        self.check_stopped(clients)

    def test_with_both_frozen(self):
        clients = self.desk.trade()
        freeze(self.desk.watchdog)
        freeze(self.desk.sidecar)
        self.check_stopped(clients)
        thaw(self.desk.watchdog)
        thaw(self.desk.sidecar)
        wait_for("the watchdog's latch", lambda: self.desk.latch()["trading"] == "no")
        self.assertEqual(self.desk.status()["cause"], "fat finger")

    def test_with_both_dead(self):
        clients = self.desk.trade()
        self.desk.end(self.desk.watchdog, signal.SIGKILL)
        self.desk.end(self.desk.sidecar, signal.SIGKILL)
        self.check_stopped(clients)

    def test_a_frozen_client_is_named_and_a_dead_or_departed_one_not_waited_for(self):
        stays, freezes, dies, leaves = self.desk.trade(clients=4)
        freeze(freezes)
        self.desk.end(dies, signal.SIGKILL)
        leaves.send_signal(signal.SIGUSR1)
        wait_for("it to leave", lambda: [c["client"] for c in self.desk.status()["clients"]] == ["client0", "client1"])
        result = self.check(self.desk.command("stop", "--timeout", "200", "--json"), 1)
        rows = {c["client"]: c["acknowledged"] for c in json.loads(result.stdout)["clients"]}
        self.assertEqual(rows, {"client0": True, "client1": False})
        self.assertIn(f"client1 (pid {freezes.pid}) did not acknowledge within 200 ms", result.stderr)
        self.assertIsNone(stays.poll())
        thaw(freezes)
        self.check(self.desk.command("stop"), 0)

    def test_without_name_and_reason(self):
        self.desk.trade()
        self.check(self.desk.command("stop"), 0, "no reason given, unknown operator")
        self.assertEqual(self.desk.status()["cause"], "no reason given")

    def test_the_first_cause_stays(self):
        self.desk.trade()
        self.desk.command("stop", "--reason", "first")
        self.desk.command("stop", "--reason", "second")
        self.assertEqual(self.desk.status()["cause"], "first")

    def test_a_broken_configuration_file_stops_too(self):
        self.desk.trade()
        path = os.path.join(self.desk.root, "broken.toml")
        with open(path, "w", encoding="ascii") as file:
            file.write('nonsense = [[[\n[instance]  # here\nname = "desk" # ours\n[limit.x\n')
        result = subprocess.run([os.path.join(BIN, "killswitch"), "stop", "--config", path], env=self.desk.environment,
                                capture_output=True, text=True, timeout=HUNG)
        self.check(result, 0)
        self.assertEqual(self.desk.status()["state"], "halted")


    def test_a_latch_that_cannot_be_written_is_told_and_stops_all_the_same(self):
        self.desk.trade()
        self.desk.end(self.desk.watchdog, signal.SIGKILL)
        os.rename(self.desk.journal, self.desk.journal + ".away")
        self.check(self.desk.command("stop"), 0, "its latch is not on disk: No such file or directory")
        self.assertEqual(self.desk.status()["state"], "halted")


class ScopedStop(DeskTest):
    def test_raises_the_epoch_and_goes_on_trading(self):
        self.desk.trade()
        epoch = self.desk.status()["epoch"]
        self.check(self.desk.command("stop", "--on", "account=ACC1", "--reason", "x"), 0, "account=ACC1")
        status = self.desk.status()
        self.assertEqual((status["state"], status["epoch"]), ("normal", epoch + 1))
        self.desk.wait_for_lease()
        self.check(self.desk.resume("--on", "account=ACC1"), 0, "resumed account=ACC1")

    def test_an_unknown_name_key_or_form_stops_nothing(self):
        self.desk.trade()
        epoch = self.desk.status()["epoch"]
        for on in ("account=ACC9", "sector=Tech", "account", "account=", "symbol=\u00e9"):
            self.check(self.desk.command("stop", "--on", on), 2, on.partition("=")[2] if "ACC9" in on else "--on")
        self.check(self.desk.command("stop", "--on", "account=ACC1", "--on", "account=ACC1"), 2, "twice")
        self.assertEqual(self.desk.status()["epoch"], epoch)

    def test_stops_everything_where_the_scope_cannot_be_checked(self):
        self.desk.start_watchdog()
        self.check(self.desk.command("stop", "--on", "account=ACC1"), 0, "everything is stopped instead")
        self.assertEqual(self.desk.status()["state"], "halted")


class Liquidate(DeskTest):
    def test_asks_the_sidecar_for_what_was_stopped(self):
        self.desk.trade()
        said = self.check(self.desk.command("stop", "--liquidate", "--on", "account=ACC1", "--json"), 0)
        self.assertEqual(json.loads(said.stdout)["liquidation"], {"begun": True, "lines": [], "said": []})
        self.check(self.desk.command("stop", "--liquidate"), 0, "there is nothing to sell")
        self.assertNotIn("liquidation", json.loads(self.desk.command("stop", "--json").stdout))

    def test_stops_all_the_same_where_the_sidecar_refuses_or_is_gone(self):
        self.desk.start_watchdog()
        self.desk.start_sidecar("the journal is full")
        self.check(self.desk.command("stop", "--liquidate"), 1, "nothing is sold: the journal is full")
        self.assertEqual(self.desk.status()["state"], "halted")
        self.desk.end(self.desk.sidecar, signal.SIGKILL)
        said = self.check(self.desk.command("stop", "--liquidate", "--json"), 1, "the sidecar is not running")
        self.assertFalse(json.loads(said.stdout)["liquidation"]["begun"])

    def test_sells_nothing_where_the_scope_cannot_be_checked(self):
        self.desk.start_watchdog()
        self.check(self.desk.command("stop", "--liquidate", "--on", "account=ACC1"), 1, "the scope cannot be checked")
        self.assertEqual(self.desk.status()["state"], "halted")


class Resume(DeskTest):
    def test_needs_a_name_and_a_reason(self):
        self.desk.trade()
        self.desk.command("stop")
        self.check(self.desk.command("resume", "--reason", "x"), 2, "--operator")
        self.check(self.desk.command("resume", "--operator", "x"), 2, "--reason")
        self.assertEqual(self.desk.status()["state"], "halted")

    def test_of_what_is_not_stopped(self):
        self.desk.trade()
        self.check(self.desk.resume(), 0, "nothing to resume")

    def test_is_not_needless_while_the_stop_that_a_death_brings_is_still_to_come(self):
        self.desk.trade()
        self.desk.end(self.desk.watchdog, signal.SIGKILL)
        self.assertEqual(self.desk.status()["state"], "normal")  # nobody is there who would stop it
        self.check(self.desk.resume(), 4, "watchdog: it is not running")

    def test_says_the_stage(self):
        self.desk.trade()
        self.desk.command("stop")
        said = json.loads(self.check(self.desk.resume("--stage", "half", "--json"), 0).stdout)
        self.assertEqual((said["resumed"], said["stage"], said["on"], said["operator"]), (True, "half", {}, "mira"))
        self.check(self.desk.resume("--stage", "full"), 0, "resumed, the lease is running")  # it ends the half
        self.check(self.desk.resume("--stage", "reduce_only", "--on", "account=ACC1"), 0, "resumed account=ACC1 to reduce_only")

    def test_names_every_failing_check_at_once(self):
        self.desk.start_watchdog()
        self.desk.start_sidecar("marks: no fresh mark for AAPL\nlimits: day-loss is breached\n")
        self.desk.start_client("mute", "--mute")
        self.desk.command("stop", "--timeout", "50")
        result = self.check(self.desk.resume(), 4, "mute (pid")
        self.assertIn("marks: no fresh mark for AAPL", result.stderr)
        self.assertIn("limits: day-loss is breached", result.stderr)
        self.desk.end(self.desk.watchdog, signal.SIGKILL)
        self.check(self.desk.resume(), 4, "watchdog: it is not running")
        self.assertEqual(self.desk.status()["state"], "halted")

    def test_refuses_with_a_dead_or_frozen_sidecar(self):
        self.desk.trade()
        self.desk.command("stop")
        freeze(self.desk.sidecar)
        wait_for("an old beat", lambda: "sidecar: its last beat" in self.desk.resume().stderr)
        self.desk.end(self.desk.sidecar, signal.SIGKILL)
        self.check(self.desk.resume(), 4, "sidecar: it is not running")

    def test_the_latch_follows(self):
        self.desk.trade()
        self.desk.command("stop")
        self.check(self.desk.resume(), 0, "the lease is running")
        wait_for("the latch", lambda: self.desk.latch()["trading"] == "yes")


class Others(DeskTest):
    def test_status_of_a_running_instance(self):
        clients = self.desk.trade()
        wait_for("the clients to say that they know of the permission",
                 lambda: all(client["acknowledged"] for client in self.desk.status()["clients"]))
        status = self.desk.status()
        self.assertEqual((status["instance"], status["state"], status["cause"]), ("desk", "normal", ""))
        self.assertEqual(status["processes"], {"bulwark-sidecar": self.desk.sidecar.pid,
                                               "bulwark-watchdog": self.desk.watchdog.pid})
        self.assertEqual(status["clients"], [{"client": f"client{i}", "pid": client.pid, "acknowledged": True, "checks": 0,
                                              "p50_ns": None, "p99_ns": None, "max_ns": None}
                                             for i, client in enumerate(clients)])
        self.check(self.desk.command("status"), 0, "desk: normal")

    def test_status_says_how_long_each_client_waited_for_its_verdicts(self):
        busy, idle = self.desk.trade()
        busy.send_signal(signal.SIGUSR2)
        wait_for("its check to be seen", lambda: self.desk.status()["clients"][0]["checks"] == 1)
        first, second = self.desk.status()["clients"]
        self.assertEqual([first[key] for key in ("p50_ns", "p99_ns", "max_ns")], [992, 992, 1000])
        self.assertEqual((second["checks"], second["p99_ns"]), (0, None))
        text = self.check(self.desk.command("status"), 0, "checks: 1, p50 0.992 us, p99 0.992 us").stdout
        self.assertEqual(text.count("checks:"), 1)
        self.assertIsNone(idle.poll())

    def test_status_says_when_the_journal_cannot_be_written(self):
        self.desk.trade()
        self.assertEqual(self.desk.status()["journal"]["state"], "healthy")
        self.desk.sidecar.send_signal(signal.SIGUSR2)
        wait_for("the failure", lambda: self.desk.status()["journal"]["state"] == "failed")
        self.assertEqual(self.desk.status()["journal"]["error"], "desk/000001.journal: the disk is gone")
        self.check(self.desk.command("status"), 0, "JOURNAL FAILED")

    def test_drill_disturbs_nobody_and_names_the_mute(self):
        self.desk.trade()
        before = self.desk.status()
        drill = json.loads(self.check(self.desk.command("drill", "--json"), 0).stdout)
        for row in drill["clients"]:
            self.assertTrue(row["answered"])
            self.assertGreaterEqual(row["max_us"], row["p50_us"])
        self.assertEqual(len(drill["clients"]), 2)
        self.assertEqual(self.desk.status()["epoch"], before["epoch"])
        self.desk.start_client("mute", "--mute")
        self.check(self.desk.command("drill", "--timeout", "100"), 1, "did not answer within 100 ms")

    def test_an_instance_that_does_not_run(self):
        for command in (("status",), ("stop",), ("drill",), ("resume", "--reason", "x", "--operator", "y")):
            self.check(self.desk.command(*command), 3, 'no instance "desk" is running')

    def test_wrong_usage(self):
        for arguments in ((), ("halt",), ("stop", "--stage", "half"), ("resume", "--stage", "some"), ("resume", "--liquidate"),
                          ("stop", "--timeout", "x"), ("status", "--nonsense")):
            self.check(self.desk.command(*arguments), 2)
        self.check(self.desk.command("--version"), 0, "killswitch ")
        bare = subprocess.run([os.path.join(BIN, "killswitch"), "stop"], env=self.desk.environment, capture_output=True,
                              text=True, timeout=HUNG)
        self.check(bare, 2, "--instance NAME")


del DeskTest  # or it would be collected here again
if __name__ == "__main__":
    unittest.main()
