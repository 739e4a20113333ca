# SPDX-License-Identifier: Apache-2.0
"""`[control] four_eyes = true`: what loosens a limit waits for a second operator, what does not is done at once."""
import re
import signal
import unittest

from desk import CONFIG, DeskTest

RAISE = ("control", "override", "--limit", "size", "--max", "30000", "--until", "+1h")


class FourEyes(DeskTest):
    CONFIG = CONFIG + "[control]\nfour_eyes = true\n"

    def propose(self, *command):
        said = self.signed_json(*command, code=1)
        self.assertFalse(said["done"])
        self.journal_says("proposes: because of it; ")
        return str(said["proposal"])

    def reload(self, text, *arguments, code):
        self.config.write_text(text)
        return self.bulwark("reload", *arguments, code=code)

    def test_an_override_that_raises_waits(self):
        self.up()
        number = self.propose(*RAISE)
        self.refuses(self.one, "order_notional", 250)
        for same in ("Ada", "ada", "A DA"):
            said = self.signed("control", "confirm", number, by=same, code=4)
            self.assertIn("somebody else", said)
        self.journal_says(f"may not confirm {number}: because of it")
        self.refuses(self.one, "order_notional", 250)
        self.assertIn("is confirmed and done", self.signed("control", "confirm", number, by="Ben"))
        self.journal_says(f"confirms {number}: because of it")
        self.accepts(self.one, 250)
        self.assertIn("nothing waits", self.signed("control", "confirm", number, by="Ben", code=4))

    def test_text_says_what_to_do(self):
        self.up()
        said = self.signed(*RAISE, code=1)
        self.assertRegex(said, r"limit size: max 30000 until [\dT:-]+Z: waits for a second operator")
        self.assertRegex(said, r"bulwark control confirm \d+ --instance ctl")

    def test_stricter_is_done_at_once(self):
        self.up()
        self.signed("control", "override", "--limit", "size", "--max", "1000", "--until", "+1h")
        self.refuses(self.one, "order_notional", 20)
        self.propose("control", "override", "--limit", "size", "--max", "1500", "--until", "+1h")  # more than is now
        self.propose("control", "override", "--limit", "size", "--max", "1000", "--until", "+1s")  # ends sooner
        self.assertIn("changed", self.reload(self.CONFIG.replace('"100000"', '"90000"'), code=0))
        self.signed("control", "halt", "--on", "sector=Tech")
        self.signed("control", "resume")

    def test_what_is_wrong_is_refused_at_once(self):
        self.up()
        raised = ("control", "override", "--max", "99999999")
        self.assertIn("unknown", self.signed(*raised, "--limit", "nobody", "--until", "+1h", code=4))
        self.assertIn("future", self.signed(*raised, "--limit", "size", "--until", "2020-01-01T00:00Z", code=4))
        self.assertIn("nothing waits", self.signed("control", "confirm", "12345", by="Ben", code=4))

    def test_a_reload_that_raises_or_removes_waits(self):
        self.up()
        raised = self.CONFIG.replace('"20000"', '"30000"')
        said = self.reload(raised, code=2)
        self.assertIn("limit size from 20000 to 30000", said)
        self.assertIn("--operator and --reason", said)
        self.instance.send_signal(signal.SIGHUP)  # a signal has no name
        self.log_says("not reloaded: this loosens limits (limit size from 20000 to 30000), which takes two operators")
        signed = ("--operator", "Ada", "--reason", "because of it")
        said = self.reload(raised, *signed, code=1)
        number = re.search(r"confirm (\d+) ", said).group(1)
        self.refuses(self.one, "order_notional", 250)
        self.signed("control", "confirm", number, by="Ben")
        self.accepts(self.one, 250)
        self.journal_says("reload: because of it")
        removed = raised.replace('[limit.loss]\non = { account = "*" }\nmetric = "daily_loss"\nmax = "500"\n'
                                 'action = "halt"\n', "")
        self.assertIn("limit loss is removed", self.reload(removed, *signed, code=1))
        off = raised.replace("four_eyes = true", "four_eyes = false")
        self.assertIn("control.four_eyes: this change needs a restart", self.reload(off, *signed, code=2))

    def test_a_reload_in_between_makes_a_proposal_void(self):
        self.up()
        signed = ("--operator", "Ada", "--reason", "because of it")
        said = self.reload(self.CONFIG.replace('"20000"', '"30000"'), *signed, code=1)
        number = re.search(r"confirm (\d+) ", said).group(1)
        self.reload(self.CONFIG.replace('"100000"', '"50000"'), *signed, code=0)
        said = self.signed("control", "confirm", number, by="Ben", code=4)
        self.assertIn("the configuration has changed since", said)
        self.refuses(self.one, "order_notional", 250)

    def test_a_proposal_lapses_with_its_sidecar(self):
        self.up()
        number = self.propose(*RAISE)
        self.down()
        self.up()
        self.assertIn("nothing waits", self.signed("control", "confirm", number, by="Ben", code=4))
        self.refuses(self.one, "order_notional", 250)


class TwoEyes(DeskTest):
    def test_are_enough_without_it(self):
        self.up()
        self.signed(*RAISE)
        self.accepts(self.one, 250)
        self.assertIn("nothing waits", self.signed("control", "confirm", "1", by="Ben", code=4))


if __name__ == "__main__":
    unittest.main()
