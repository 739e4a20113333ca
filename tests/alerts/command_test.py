# SPDX-License-Identifier: Apache-2.0
"""`bulwark alerts test` says which destinations take an alert; Redis publishes them; secrets are shown to nobody."""
import json
import os
import subprocess
import sys
import unittest

from targets import AlertsTest, Log, Post, breach, wait_for

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "ledger"))
from servers import Redis  # noqa: E402


class Command(AlertsTest):
    def test_every_destination_is_tried(self):
        web, post, log = self.web(), Post(), Log(self.folder / "log")
        self.addCleanup(post.stop)
        self.addCleanup(log.socket.close)
        self.configure(f"""
            [alerts.to.hook]
            webhook = "{web.url()}"
            [alerts.to.chat]
            slack = "http://127.0.0.1:1/secret"
            [alerts.to.mail]
            email = "smtp://127.0.0.1:{post.port}"
            from = "a@example.com"
            to = ["b@example.com"]
            [alerts.to.log]
            syslog = "{self.folder}/log"
            [alerts.to.program]
            command = ["false"]
            """)
        config = str(self.folder / "desk.toml")
        done = self.bulwark("alerts", "test", "--config", config)
        self.assertEqual(done.returncode, 1, done.stderr)
        said = dict(line.split(": ", 1) for line in done.stdout.splitlines())
        self.assertEqual({name: said[name] for name in ("hook", "mail", "log", "program")},
                         {"hook": "taken", "mail": "taken", "log": "taken", "program": "the command ended with 1"})
        self.assertNotEqual(said["chat"], "taken")
        self.assertNotIn("secret", done.stdout + done.stderr)
        self.assertEqual(web.told(), [("test", "test")])
        self.assertIn("Nothing is wrong", log.line())
        one = self.bulwark("alerts", "test", "--config", config, "--to", "hook")
        self.assertEqual((one.returncode, one.stdout), (0, "hook: taken\n"))
        self.assertEqual(self.bulwark("alerts", "test", "--config", config, "--to", "nobody").returncode, 2)
        self.assertNotIn("secret", self.bulwark("check-config", "--config", config).stdout)

    def test_list_where_no_console_ever_ran(self):
        self.configure('[alerts.to.program]\ncommand = ["true"]\n')
        done = self.bulwark("alerts", "list", "--config", str(self.folder / "desk.toml"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("no console has kept alerts here", done.stderr)


class Published(AlertsTest):
    def setUp(self):
        super().setUp()
        self.redis = Redis()
        self.addCleanup(self.redis.remove)
        self.configure(f'[alerts.to.redis]\nredis = "{self.redis.url()}"\n')

    def listen(self):
        heard = self.folder / "heard"
        with open(heard, "w") as file:
            listening = subprocess.Popen(["redis-cli", "-s", str(self.redis.socket), "SUBSCRIBE", "bulwark:alerts"],
                                         stdout=file)
        self.addCleanup(listening.wait)
        self.addCleanup(listening.kill)
        wait_for("that it listens", lambda: "subscribe" in heard.read_text())
        return heard

    def test_is_published(self):
        heard = self.listen()
        self.start()
        self.say(breach())
        line = wait_for("the alert", lambda: [text for text in heard.read_text().splitlines() if text[:1] == "{"])[0]
        self.assertEqual(json.loads(line)["rule"], "breach")

    def test_waits_for_redis(self):
        self.redis.kill()
        self.start()
        self.say(breach())
        wait_for("that it waits", lambda: self.waiting("redis"))
        self.redis.start()
        wait_for("that it is told", lambda: self.waiting("redis") == [])


if __name__ == "__main__":
    unittest.main()
