# SPDX-License-Identifier: Apache-2.0
"""Destinations of alerts, for real: an HTTP server, an SMTP server, a log's socket, a program; and a console without an
instance that tells them."""
import email
import email.policy
import http.server
import json
import os
import pathlib
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from processes import HUNG, clean_environment, wait_for  # noqa: E402

PROGRAMS = pathlib.Path(os.environ.get("BULWARK_BUILD", "build/test")) / "bin"

HEAD = """[instance]
name = "desk"
[instruments]
file = "instruments.csv"
[account.ACC1]
[limit.all]
metric = "gross"
max = 1
"""

WELL = {"type": "state", "status": {
    "state": "normal", "cause": "", "since": 0, "epoch": 1, "lease": {"running": True, "lapses": 0},
    "liquidation": {"orders": 0, "untaken": 0},
    "journal": {"state": "healthy", "seq": 1, "lag": 0, "files_left": 9, "error": ""}, "ledger": None,
    "processes": {"bulwark-sidecar": 1, "bulwark-watchdog": 2}, "clients": []},
    "states": [], "controls": [], "stale": [], "risk": None, "why_not": None}


class Web:
    """Keeps the body of each request, and when it came; answers with `status`."""

    def __init__(self, port=0):
        self.bodies, self.times, self.status, self.hold = [], [], 200, threading.Event()
        self.hold.set()
        self.start(port)

    def start(self, port):
        keeper = self

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                keeper.times.append(time.time())
                keeper.bodies.append(json.loads(body))
                keeper.hold.wait(HUNG)
                try:
                    self.send_response(keeper.status)
                    self.end_headers()
                except OSError:
                    pass  # who asked has gone

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            allow_reuse_address, daemon_threads = True, True

        self.server = Server(("127.0.0.1", port), Answer)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.port}/secret"

    def stop(self):
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()

    def alerts(self):
        return [alert for body in list(self.bodies) for alert in body["alerts"]]

    def told(self):
        """What was told: (raised, breach), ..."""
        return [(alert["what"], alert["rule"]) for alert in self.alerts()]


class Post:
    """As much of SMTP as a client needs; keeps each message with its envelope."""

    def __init__(self):
        self.messages, keeper = [], self

        class Talk(socketserver.StreamRequestHandler):
            def say(self, text):
                self.wfile.write(text.encode() + b"\r\n")

            def handle(self):
                self.say("220 test ESMTP")
                sender, to = "", []
                while line := self.rfile.readline().decode().strip():
                    word = line[:4].upper()
                    if word == "MAIL":
                        sender, to = line.split(":", 1)[1], []
                    elif word == "RCPT":
                        to.append(line.split(":", 1)[1])
                    elif word == "DATA":
                        self.say("354 go on")
                        lines = []
                        while (part := self.rfile.readline()) != b".\r\n":
                            lines.append(part[1:] if part.startswith(b"..") else part)
                        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
                        keeper.messages.append((sender, to, message))
                    elif word == "QUIT":
                        return self.say("221 bye")
                    self.say("250 done")

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address, daemon_threads = True, True

        self.server = Server(("127.0.0.1", 0), Talk)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Log:
    """The socket of a system's log."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.settimeout(HUNG)

    def line(self):
        return self.socket.recv(65536).decode()


def breach(limit="day", seq=1, value="21000", **more):
    return {"seq": seq, "t": time.time_ns(), "type": "breach", "limit": limit, "on": {"account": "ACC1"},
            "metric": "daily_loss", "value": value, "max": "20000", "action": "halt", **more}


def cleared(limit="day", seq=2):
    return breach(limit, seq, "100", type="cleared")


def stop(epoch, seq=3):
    return {"seq": seq, "t": time.time_ns(), "type": "stop", "epoch": epoch, "trading": False}


class AlertsTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bulwark-alerts-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.environment = clean_environment(self.folder / "run")
        (self.folder / "instruments.csv").write_text(
            "symbol,sector,currency,multiplier,tick_size,lot_size,adv\nAAPL,,USD,1,0.01,1,\n")
        self.kept = self.folder / "journal" / "alerts"
        self.driver = None

    def configure(self, text):
        (self.folder / "desk.toml").write_text(HEAD + text)

    def web(self, port=0):
        web = Web(port)
        self.addCleanup(web.stop)
        return web

    def start(self):
        """The number of the last record that was handled before."""
        self.driver = subprocess.Popen([PROGRAMS / "alerts_driver", str(self.folder / "desk.toml")],
                                       env=self.environment, text=True, bufsize=1, stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE)
        self.addCleanup(self.kill, self.driver)
        return json.loads(self.driver.stdout.readline())["handled"]

    @staticmethod
    def kill(driver):
        if driver.poll() is None:
            driver.kill()
        driver.wait(HUNG)
        for pipe in (driver.stdin, driver.stdout):
            try:
                pipe.close()
            except OSError:
                pass

    def end(self):
        self.driver.stdin.close()
        self.assertEqual(self.driver.wait(HUNG), 0)

    def say(self, *rows):
        for row in rows:
            self.driver.stdin.write(json.dumps(row) + "\n")
        self.driver.stdin.flush()

    def ask(self, row):
        self.say(row)
        return json.loads(self.driver.stdout.readline())

    def stored(self):
        try:
            return json.loads((self.kept / "alerts.json").read_text())
        except (OSError, ValueError):
            return {}

    def waiting(self, target):
        return self.stored().get("desk", {}).get("waiting", {}).get(target)

    def bulwark(self, *arguments):
        return subprocess.run([PROGRAMS / "bulwark", *arguments], env=self.environment, text=True, capture_output=True,
                              timeout=2 * HUNG)

    def arrives(self, target, count):
        wait_for(f"{count} messages", lambda: len(target.bodies) >= count)
