# SPDX-License-Identifier: Apache-2.0
"""Each kind of destination gets its alerts, in its form; what it does not take is told later, whatever ends in between."""
import copy
import json
import os
import signal
import stat
import time
import unittest

from targets import WELL, AlertsTest, Log, Post, breach, cleared, stop, wait_for

HOOK = """[alerts]
group_s = 0
repeat_s = {repeat}
[alerts.to.hook]
webhook = "{url}"
"""


class Destinations(AlertsTest):
    def test_webhook(self):
        web = self.web()
        self.configure(HOOK.format(url=web.url(), repeat=60))
        self.assertEqual(self.start(), 0)
        self.say(breach(seq=7))
        self.arrives(web, 1)
        body = web.bodies[0]
        alert = body["alerts"][0]
        self.assertEqual((body["schema"], body["instance"]), (1, "desk"))
        self.assertEqual({key: alert[key] for key in ("what", "severity", "rule", "on", "limit", "value", "max", "count")},
                         {"what": "raised", "severity": "critical", "rule": "breach", "on": {"account": "ACC1"},
                          "limit": "day", "value": "21000", "max": "20000", "count": 1})
        self.assertIn("daily_loss of account ACC1 is 21000, allowed is 20000", alert["text"])
        self.end()
        self.assertEqual(stat.S_IMODE((self.kept / "history.jsonl").stat().st_mode), 0o640)
        self.assertEqual(self.start(), 7)  # happenings go on behind it

    def test_slack_takes_no_markup_from_names(self):
        web = self.web()
        self.configure(f'[alerts.to.hook]\nslack = "{web.url()}"\n')
        self.start()
        self.say(breach(limit="<!channel> & co"))
        self.arrives(web, 1)
        self.assertEqual(list(web.bodies[0]), ["text"])
        self.assertIn("&lt;!channel&gt; &amp; co", web.bodies[0]["text"])

    def test_email(self):
        post = Post()
        self.addCleanup(post.stop)
        self.configure(f"""[alerts.to.mail]
            email = "smtp://127.0.0.1:{post.port}"
            from = "bulwark@example.com"
            to = ["ada@example.com", "bob@example.com"]
            """)
        self.start()
        self.say(breach(), stop(4))
        wait_for("the e-mail", lambda: post.messages)
        sender, to, message = post.messages[0]
        self.assertIn("<bulwark@example.com>", sender)
        self.assertEqual([one.strip() for one in to], ["<ada@example.com>", "<bob@example.com>"])
        self.assertTrue(message["Subject"].startswith('[critical] desk: Limit "day" is passed'), message["Subject"])
        self.assertTrue(message["Subject"].endswith("(and 1 more)"))
        text = message.get_content()
        self.assertIn("Stop 4 stopped all trading", text)
        self.assertIn("bulwark alerts acknowledge ID", text)

    def test_syslog(self):
        log = Log(self.folder / "log")
        self.addCleanup(log.socket.close)
        self.configure(f'[alerts.to.log]\nsyslog = "{self.folder}/log"\n')
        self.start()
        self.say(breach())
        self.assertRegex(log.line(), r'^<26>bulwark\[\d+\]: desk: critical, 20\d\d-.*Z: Limit "day" is passed')

    def test_command(self):
        told = self.folder / "told"
        program = self.folder / "tell"
        program.write_text(f'#!/bin/sh\n[ "$1" = "a b" ] && cat > {told}.new && mv {told}.new {told}\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.configure(f'[alerts.to.program]\ncommand = ["{program}", "a b"]\n')
        self.start()
        self.say(breach())
        wait_for("what the program was given", told.exists)
        self.assertEqual(json.loads(told.read_text())["alerts"][0]["rule"], "breach")
        wait_for("that it is told", lambda: self.waiting("program") == [])

    def test_a_command_that_fails_is_tried_again(self):
        count = self.folder / "count"
        self.configure(f"""[alerts.to.program]
            command = ["sh", "-c", "echo >> {count}; test $(wc -l < {count}) -ge 3"]
            """)
        self.start()
        self.say(breach())
        wait_for("that it is told", lambda: self.waiting("program") == [])
        self.assertEqual(len(count.read_text().splitlines()), 3)

    def test_a_secret_in_a_file_may_change(self):
        web = self.web()
        (self.folder / "url").write_text("http://127.0.0.1:1/\n")
        self.configure('[alerts.to.hook]\nwebhook_file = "url"\n')
        self.start()
        self.say(breach())
        wait_for("that it waits", lambda: self.waiting("hook"))
        (self.folder / "url").write_text(web.url() + "\n")
        self.arrives(web, 1)


class Delivery(AlertsTest):
    def open(self, repeat=60, more=""):
        self.hook = self.web()
        self.configure(HOOK.format(url=self.hook.url(), repeat=repeat) + more)
        self.start()

    def test_comes_together_goes_together(self):
        self.hook = self.web()
        self.configure(f'[alerts]\ngroup_s = 1\n[alerts.to.hook]\nwebhook = "{self.hook.url()}"\n')
        self.start()
        self.say(breach("a"), breach("b"), breach("b"), stop(4))
        self.arrives(self.hook, 1)
        self.assertEqual([alert["limit"] for alert in self.hook.bodies[0]["alerts"]], ["a", "b", None])
        self.assertEqual([alert["count"] for alert in self.hook.bodies[0]["alerts"]], [1, 2, 1])

    def test_the_same_is_told_once_and_its_end(self):
        self.open(repeat=1)
        self.say(breach(), cleared(), breach())
        self.arrives(self.hook, 1)
        self.say(cleared())
        wait_for("the end", lambda: ("cleared", "breach") in self.hook.told())
        self.assertLessEqual(len(self.hook.told()), 3)
        self.assertEqual(self.hook.told()[0], ("raised", "breach"))

    def test_states_fire_and_clear(self):
        self.open(repeat=1)
        halted = copy.deepcopy(WELL)
        halted["status"].update(state="halted", cause="limit day")
        self.say(halted)
        self.arrives(self.hook, 1)
        self.assertIn("only cancels", self.hook.alerts()[0]["text"])
        self.assertEqual(self.ask({"type": "list"})[0]["rule"], "state")

        def over():
            self.say(WELL)
            return ("cleared", "state") in self.hook.told()
        wait_for("the end", over, each=0.1)

    def test_escalates_what_nobody_acknowledges(self):
        boss = self.web()
        self.hook = self.web()
        self.configure(HOOK.format(url=self.hook.url(), repeat=60).replace(
            "group_s", 'escalate_to = ["boss"]\nescalate_after_s = 1\ngroup_s') +
            f'[alerts.to.boss]\nwebhook = "{boss.url()}"\n')
        self.start()
        self.say(breach("a"), breach("b"))
        self.arrives(self.hook, 1)
        by_limit = {row["limit"]: row["id"] for row in self.ask({"type": "list"})}
        self.assertTrue(self.ask({"type": "acknowledge", "id": by_limit["a"], "person": "ada"}))
        self.arrives(boss, 1)
        self.assertEqual([(alert["what"], alert["limit"]) for alert in boss.alerts()], [("escalated", "b")])
        row = next(row for row in self.ask({"type": "list"}) if row["limit"] == "a")
        self.assertEqual((row["acknowledged_by"], row["escalated"]), ("ada", False))

    def test_acknowledged_from_a_command_line(self):
        self.open()
        self.say(breach())
        self.arrives(self.hook, 1)
        wait_for("the list", lambda: self.stored().get("list"))
        config = str(self.folder / "desk.toml")
        listed = self.bulwark("alerts", "list", "--config", config, "--json")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        row = json.loads(listed.stdout)["alerts"][0]
        self.assertEqual((row["rule"], row["acknowledged_by"]), ("breach", None))
        self.assertIn('Limit "day" is passed', self.bulwark("alerts", "list", "--config", config).stdout)
        done = self.bulwark("alerts", "acknowledge", str(row["id"]), "--operator", "ada", "--config", config)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.ask({"type": "list"})[0]["acknowledged_by"], "ada")
        self.assertEqual(self.bulwark("alerts", "acknowledge", "99", "--operator", "ada", "--config", config).returncode,
                         1)

    def test_down_for_a_while(self):
        self.open()
        port = self.hook.port
        self.hook.server.shutdown()
        self.hook.server.server_close()
        for number in range(20):
            self.say(breach(f"limit-{number}", seq=number + 1))
        wait_for("that all wait", lambda: len(self.waiting("hook") or []) == 20)
        again = self.web(port)
        wait_for("all of them", lambda: len(again.told()) >= 20)
        self.assertEqual(sorted(alert["limit"] for alert in again.alerts()),
                         sorted(f"limit-{number}" for number in range(20)))

    def test_refused_by_the_server(self):
        self.open()
        self.hook.status = 503
        self.say(breach())
        self.arrives(self.hook, 2)
        self.hook.status = 200
        wait_for("that it is told", lambda: self.waiting("hook") == [])
        told = len(self.hook.bodies)
        time.sleep(1.5)
        self.assertEqual(len(self.hook.bodies), told)

    def test_one_that_hangs_holds_up_nobody(self):
        other = self.web()
        self.open(more=f'[alerts.to.other]\nwebhook = "{other.url()}"\n')
        self.hook.hold.clear()
        self.say(breach("a"))
        self.arrives(self.hook, 1)
        self.say(breach("b"))
        wait_for("the other", lambda: len(other.told()) == 2)


class Restart(AlertsTest):
    def test_killed_in_mid_delivery(self):
        """Whatever instant it dies at: each alert at least once, and never again what it had noted as delivered."""
        web = self.web()
        self.configure(HOOK.format(url=web.url(), repeat=60))
        seq, kills, finished = 0, 12, {}
        limits = lambda: [alert["limit"] for alert in web.alerts()]  # noqa: E731
        for number in range(kills):
            handled = self.start()
            self.assertLessEqual(handled, seq)
            for missed in range(handled + 1, seq + 1):  # as the journal has them
                self.say(breach(f"limit-{missed}", seq=missed))
            for _ in range(5):
                seq += 1
                self.say(breach(f"limit-{seq}", seq=seq))
            time.sleep(0.023 * number)
            self.driver.send_signal(signal.SIGKILL)
            self.driver.wait()
            time.sleep(0.1)  # until the server has read what was sent
            waits = {row[3]["limit"] for row in self.waiting("hook") or []}
            for alert in self.stored().get("desk", {}).get("alerts", []):
                if alert["times"][3] and alert["limit"] not in waits:
                    finished.setdefault(alert["limit"], limits().count(alert["limit"]))
        handled = self.start()
        for missed in range(handled + 1, seq + 1):
            self.say(breach(f"limit-{missed}", seq=missed))
        expected = {f"limit-{number}" for number in range(1, seq + 1)}
        wait_for("every one of them", lambda: set(limits()) == expected)
        wait_for("that nothing waits", lambda: self.waiting("hook") == [])
        self.assertGreater(len(finished), seq // 2)
        self.assertEqual({limit: limits().count(limit) for limit in finished}, finished)
        total = len(web.alerts())
        self.end()
        self.start()
        time.sleep(1.0)
        self.assertEqual(len(web.alerts()), total)

    def test_killed_while_the_server_thinks(self):
        web = self.web()
        web.hold.clear()
        self.configure(HOOK.format(url=web.url(), repeat=60))
        self.start()
        self.say(breach())
        self.arrives(web, 1)
        self.driver.send_signal(signal.SIGKILL)
        self.driver.wait()
        web.hold.set()
        self.assertEqual(self.start(), 1)
        self.arrives(web, 2)
        wait_for("that it is told", lambda: self.waiting("hook") == [])
        self.assertEqual(web.told(), [("raised", "breach")] * 2)
        self.assertEqual(web.alerts()[0]["id"], web.alerts()[1]["id"])

    def test_what_was_before_the_first_start_is_only_told_where_it_stands(self):
        web = self.web()
        self.configure(HOOK.format(url=web.url(), repeat=60))
        self.start()
        self.say(WELL, {**stop(1), "t": 5}, {**breach("over"), "t": 6}, {**cleared("over"), "t": 7},
                 {**breach("stands", seq=9), "t": 8}, WELL)
        time.sleep(0.5)
        self.assertEqual(web.alerts(), [])  # the journal has not been read to its end: it may be over there
        self.say({"type": "caught_up"})
        self.arrives(web, 1)
        time.sleep(0.5)
        self.assertEqual([alert["limit"] for alert in web.alerts() if alert["rule"] == "breach"], ["stands"])

    def test_a_damaged_store_is_told_of(self):
        web = self.web()
        self.configure(HOOK.format(url=web.url(), repeat=60))
        self.kept.mkdir(parents=True)
        (self.kept / "alerts.json").write_text('{"schema": 1, "desk"')
        self.assertEqual(self.start(), 0)
        self.arrives(web, 1)
        self.assertIn("What alerts kept is lost", web.alerts()[0]["text"])
        self.assertTrue((self.kept / "alerts.json.damaged").exists())

    def test_without_a_store_people_are_told_all_the_same(self):
        web = self.web()
        self.configure(HOOK.format(url=web.url(), repeat=60))
        self.kept.mkdir(parents=True)
        (self.kept / "alerts.json.new").mkdir()  # it cannot be written, not even by root
        self.start()
        self.say(breach())
        wait_for("both", lambda: {("raised", "breach"), ("raised", "alerts")} <= set(web.told()))
        self.assertIn("Alerts cannot be kept", " ".join(alert["text"] for alert in web.alerts()))
        os.rmdir(self.kept / "alerts.json.new")
        wait_for("the store", self.stored)


if __name__ == "__main__":
    unittest.main()
