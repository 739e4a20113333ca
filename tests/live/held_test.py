# SPDX-License-Identifier: Apache-2.0
"""What a new model is held against: by the running instance, and at a start as well. And what an instance starts with
whose files give no model any more."""
import json
import os
import signal
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from live_test import Live, SCENARIOS  # noqa: E402
from desk import HUNG  # noqa: E402

MILDER = SCENARIOS.replace("-0.2", "-0.1")


class Held(Live):
    def setUp(self):
        super().setUp()
        self.scenarios = self.folder / "scenarios.toml"

    def first_life(self):
        """The version of the model that an instance had, which is down again."""
        self.up()
        version = self.model("the model", lambda model: model["version"])["version"]
        self.down()
        return version

    def risk(self):
        """None while a crashed sidecar is on its way back."""
        said = self.processes.run("bulwark", "status", "--risk", "--json", "--instance", "ctl")
        return json.loads(said.stdout)["risk"] if said.returncode == 0 else None

    def model(self, what, holds):
        return self.risks(what, lambda risk: risk["model"] and holds(risk["model"]))["model"]

    def refuses_model(self, why, version):
        model = self.model(why, lambda model: model["refusal"] and why in model["refusal"])
        self.assertEqual(model["version"], version)
        self.journal_says(f"the old one stays: {model['refusal']}"[:60])

    def takes_model(self, version):
        """As the one in force, whatever is known of its days by now."""
        model = self.model("the model", lambda model: not model["refusal"] and model["days"])
        self.assertEqual(model["version"], version)

    def replays(self):
        done = self.processes.run("bulwark", "replay", "--journal", str(self.folder / "journal"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def text_file(self, name, text):
        making = self.folder / (name + ".new")
        making.write_text(text)
        making.rename(self.folder / name)


class StartTest(Held):
    def test_prices_that_end_earlier_are_not_started_with(self):
        version = self.first_life()
        self.write_prices(self.rows[:-1])
        self.up()
        self.log_says("THE MODEL OF THE LAST RUN STAYS IN FORCE: the prices end on")
        self.refuses_model("the prices end on", version)
        self.write_prices(self.rows)
        self.takes_model(version)
        self.write_prices(self.rows[:-1])
        self.refuses_model("the prices end on", version)  # what the first file was like is known again
        self.down()
        self.replays()

    def test_a_jump_that_was_refused_is_refused_after_a_crash(self):
        self.up()
        version = self.model("the model", lambda model: model["version"])["version"]
        _, a, b = self.rows[-1]
        self.write_prices(self.rows + [("2021-01-01", a, b * 0.6)])
        self.refuses_model("XOM x0.6 on 2021-01-01", version)
        os.kill(self.status()["processes"]["bulwark-sidecar"], signal.SIGKILL)
        self.log_says("THE MODEL OF THE LAST RUN STAYS IN FORCE: XOM x0.6 on 2021-01-01")
        self.refuses_model("XOM x0.6 on 2021-01-01", version)

    def test_exchanged_histories_are_not_started_with(self):
        version = self.first_life()
        self.write_prices([(date, b, a) for date, a, b in self.rows])
        self.up()
        self.refuses_model("AAPL closed at", version)
        self.signed("reload")
        model = self.model("the one that a person let in", lambda model: not model["refusal"])
        self.assertNotEqual(model["version"], version)
        self.down()
        self.up()
        self.takes_model(model["version"])
        self.down()

    def test_milder_scenarios_are_not_started_with(self):
        version = self.first_life()
        self.scenarios.write_text(MILDER)
        self.up()
        self.refuses_model("the file of scenarios is another text", version)
        self.signed("reload")
        model = self.model("the milder one", lambda model: not model["refusal"])
        self.assertNotEqual(model["version"], version)
        self.down()
        self.up()
        self.takes_model(model["version"])
        self.down()

    def test_a_configuration_that_asks_for_what_the_last_model_lacks_is_no_start(self):
        without_prices = self.CONFIG.replace('prices = "prices.csv"\nestimator = "sample"\n', "")
        self.config.write_text(without_prices.replace('[limit.var]\nmetric = "var"\nmax = "50000"\n', ""))
        self.first_life()
        self.scenarios.write_text(MILDER)
        self.config.write_text(self.CONFIG + "[dynamic.volatility]\nabove = [2]\nfactor = [0.5]\n")
        self.assertEqual(self.start("bulwark", "up").wait(HUNG), 2)
        self.log_says("does not go with the model of the last run: ")
        self.scenarios.write_text(SCENARIOS)
        self.up()
        self.down()


class RunningTest(Held):
    def test_milder_scenarios_want_a_person(self):
        self.up()
        version = self.model("the model", lambda model: model["version"])["version"]
        self.text_file("scenarios.toml", MILDER)
        self.refuses_model("the file of scenarios is another text", version)
        self.assertIn("reload with --operator", self.bulwark("reload", code=2))
        self.signed("reload")
        milder = self.model("the milder one", lambda model: not model["refusal"])["version"]
        self.assertNotEqual(milder, version)
        self.write_prices(self.rows + [("2021-01-01", *self.rows[-1][1:])])
        self.model("the next one", lambda model: model["to"] == "2021-01-01" and not model["refusal"])
        self.down()
        self.replays()

    def test_small_steps_do_not_lead_far_away(self):
        self.config.write_text(self.CONFIG.replace('"sample"', '"ewma"'))
        self.up()
        version = self.model("the model", lambda model: model["version"])["version"]
        refused = None
        for day in range(1, 19):
            _, a, b = self.rows[-1]
            move = 1 + (1 if day % 2 else -1) * 0.02 * 1.15 ** day
            self.rows.append((f"2021-01-{day:02}", a * move, b * move))
            self.write_prices(self.rows)
            model = self.model("the next one", lambda model: model["to"] == self.rows[-1][0] or model["refusal"])
            if model["refusal"]:
                refused = model["refusal"]
                break
            version = model["version"]
        self.assertIn("has gone in steps from", refused or "")
        self.down()
        self.up()  # a start does not forget from where
        self.refuses_model("has gone in steps from", version)
        self.signed("reload")
        self.model("the one that a person let in", lambda model: not model["refusal"])
        self.down()


class UnreadableTest(Held):
    GARBAGE = (("prices.csv", "\0" * 1_000, "header"), ("prices.csv", None, "cannot be read"),
               ("scenarios.toml", "[scenario", "scenarios.toml"))

    def test_the_last_model_serves_where_the_files_give_none(self):
        version = self.first_life()
        for name, text, why in self.GARBAGE:
            good = (self.folder / name).read_text()
            if text is None:
                (self.folder / name).unlink()
            else:
                (self.folder / name).write_text(text)
            self.up()
            self.log_says("THE MODEL OF THE LAST RUN STAYS IN FORCE")
            self.refuses_model(why, version)
            self.trade(self.one, 100, "AAPL", "buy", "100")
            self.assertIn(why, self.processes.run("bulwark", "check-config", "--config", str(self.config)).stderr)
            self.bulwark("reload", code=2)
            self.text_file(name, good)
            self.takes_model(version)
            self.down()
        self.replays()

    def test_a_crash_does_not_keep_it_from_coming_back(self):
        self.up()
        version = self.model("the model", lambda model: model["version"])["version"]
        (self.folder / "prices.csv").write_text("garbage")
        os.kill(self.status()["processes"]["bulwark-sidecar"], signal.SIGKILL)
        self.log_says("THE MODEL OF THE LAST RUN STAYS IN FORCE")
        self.refuses_model("header", version)

    def test_a_first_start_with_garbage_is_refused(self):
        (self.folder / "prices.csv").write_text("garbage")
        self.assertEqual(self.start("bulwark", "up").wait(HUNG), 2)
        self.log_says("the journal has no model that could serve instead: ")
        self.log_says('prices.csv:1: header: found "garbage"')
        self.write_prices(self.rows)
        self.up()
        self.down()

    def test_a_line_of_its_own_closes_that_was_cut_off_is_left_out(self):
        self.config.write_text(self.CONFIG.replace("refresh_s = 1", "refresh_s = 1\nown_closes = true"))
        version = self.first_life()
        own = self.folder / "journal" / "closes.csv"
        own.write_text("2021-01-01,AAPL,1")
        self.up()
        self.takes_model(version)
        self.log_says("closes.csv: its last line was cut off, and is left out")
        self.journal_says("its last line was cut off")
        self.down()
        own.write_text("2021-01-01,AAPL,1\n2021-01-01,XO\n")
        self.up()
        self.refuses_model("needed is date,symbol,close", version)
        self.down()


if __name__ == "__main__":
    unittest.main(verbosity=2)
