# SPDX-License-Identifier: Apache-2.0
"""An instance with its console, and a browser's part in it: HTTP and WebSocket by the standard library alone."""
import base64
import hashlib
import http.client
import json
import os
import socket
import ssl
import struct
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "control"))
from desk import CONFIG, HUNG, DeskTest, wait_for  # noqa: E402

TOKENS = {"ada": "ada's secret", "bob": "bob's secret", "eve": "eve's secret"}
ROLES = {"ada": "configure", "bob": "operate", "eve": "view"}


def persons():
    return "".join(f'[console.person.{name}]\nrole = "{ROLES[name]}"\n'
                   f'token_sha256 = "{hashlib.sha256(token.encode()).hexdigest()}"\n' for name, token in TOKENS.items())


class WebSocket:
    """What a browser does with one: the handshake, and whole messages from the server."""

    def __init__(self, connection, host, origin, cookie=""):
        self.connection, self.rest = connection, b""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = ["GET /ws HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        lines += [f"Origin: {origin}"] * (origin is not None) + [f"Cookie: {cookie}"] * bool(cookie)
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1) or self.ended()
        self.status = int(head.split()[1])

    @staticmethod
    def ended():
        raise ConnectionError("the server has closed it")

    def take(self, count):
        while len(self.rest) < count:
            self.rest += self.connection.recv(1 << 16) or self.ended()
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def raw(self):
        """(kind, data) of the next message; pings are answered on the way."""
        while True:
            first, size = self.take(2)
            if size == 126:
                size, = struct.unpack(">H", self.take(2))
            elif size == 127:
                size, = struct.unpack(">Q", self.take(8))
            data, kind = self.take(size), first & 15
            if kind == 9:
                self.say(data, kind=10)
            elif kind == 8:
                self.ended()
            else:
                return kind, data

    def message(self):
        """(type, what it says): of a frame the bytes."""
        kind, data = self.raw()
        if kind == 2:
            return "frame", data
        said = json.loads(data)
        return said["type"], said

    def say(self, data, kind=1):
        size = bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0xfe]) + struct.pack(">H", len(data))
        self.connection.sendall(bytes([0x80 | kind]) + size + b"\0\0\0\0" + data)

    def next(self, wanted, holds=lambda said: True):
        """The next one of that type for which something holds."""
        end = time.monotonic() + HUNG
        while time.monotonic() < end:
            kind, said = self.message()
            if kind == wanted and holds(said):
                return said
        raise AssertionError("in vain: " + wanted)

    def close(self):
        self.connection.close()


def decode(data, hello):
    """A frame's bytes, as docs/console.md lays them out: its number, scalars by name, rows by symbol."""
    magic, scalars, rows, columns = struct.unpack_from("<4I", data)
    assert magic == 0x31465742, hex(magic)
    number, t = struct.unpack_from("<2d", data, 16)
    values = dict(zip(hello["scalars"], struct.unpack_from(f"<{scalars}d", data, 32)))
    place = 32 + 8 * scalars
    symbols = struct.unpack_from(f"<{rows}i", data, place)
    place += 4 * (rows + rows % 2)
    table = {hello["symbols"][symbol]: {} for symbol in symbols}
    for column in hello["columns"][:columns]:
        for symbol, value in zip(symbols, struct.unpack_from(f"<{rows}f", data, place)):
            table[hello["symbols"][symbol]][column] = value
        place += 4 * rows
    assert place == len(data), (place, len(data))
    return number, t, values, table


class ConsoleTest(DeskTest):
    CONSOLE = "[console]\n" + persons()
    TLS = None

    def setUp(self):
        self.CONFIG = type(self).CONFIG + self.CONSOLE
        super().setUp()

    def up(self):
        super().up()
        self.find()

    def where(self):
        """What the console says of itself, once it lives and listens."""
        def said():
            try:
                found = json.loads((self.folder / "run" / "ctl" / "console").read_text())
                with socket.create_connection((urllib.parse.urlsplit(found["url"]).hostname, self.port_of(found))):
                    return found
            except (OSError, ValueError):
                return None
        return wait_for("the console", said)

    @staticmethod
    def port_of(found):
        return urllib.parse.urlsplit(found["url"]).port

    def find(self):
        found = self.where()
        parts = urllib.parse.urlsplit(found["url"])
        self.host, self.port, self.pid = parts.netloc, parts.port, found["pid"]
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.cookie = self.csrf = ""

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), 30)
        return self.TLS.wrap_socket(connection, server_hostname="localhost") if self.TLS else connection

    def ask(self, method, path, body=None, headers=None, raw=None):
        """(status, headers, what was said); `headers`: instead of a browser's own, None: without it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.sock = self.connect()
        own = {"Host": self.host, "Cookie": self.cookie}
        if method == "POST":
            own |= {"Origin": self.origin, "Content-Type": "application/json", "X-Bulwark-CSRF": self.csrf}
        own |= headers or {}
        own = {name: value for name, value in own.items() if value not in (None, "")}
        text = raw if raw is not None else json.dumps(body) if body is not None else None
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in own.items():
            connection.putheader(name, value)
        if text is not None:
            connection.putheader("Content-Length", str(len(text)))
        connection.endheaders()
        if text is not None:
            connection.send(text.encode())
        answer = connection.getresponse()
        said = answer.read().decode(errors="replace")  # the page is gzipped
        connection.close()
        kind = answer.headers.get("Content-Type") or ""
        return answer.status, answer.headers, json.loads(said) if kind.startswith("application/json") and said else said

    def get(self, path, status=200, **named):
        code, _, said = self.ask("GET", path, **named)
        self.assertEqual(code, status, said)
        return said

    def post(self, path, body, status=200, **named):
        code, _, said = self.ask("POST", "/api/v1/" + path, body, **named)
        self.assertEqual(code, status, said)
        return said

    def log_in(self, name):
        code, headers, said = self.ask("POST", "/api/v1/login", {"token": TOKENS[name], "person": name})
        self.assertEqual((code, said["person"], said["role"]), (200, name, ROLES[name]), said)
        self.cookie, self.csrf = headers["Set-Cookie"].split(";")[0], said["csrf"]
        return headers["Set-Cookie"]

    def page(self, **named):
        named = {"origin": self.origin, "cookie": self.cookie} | named
        socket_ = WebSocket(self.connect(), named.pop("host", self.host), **named)
        self.addCleanup(socket_.close)
        return socket_

    def is_alive(self):
        self.assertEqual(self.get("/livez"), "alive\n")
        self.assertEqual(self.where()["pid"], self.pid)

    def view(self):
        """Once the console has seen the instance, which has begun with it."""
        def known():
            view = self.get("/api/v1/view")
            return view if view["hello"] and view["state"] and view["state"]["controls"] is not None else None
        return wait_for("something to see", known)

    def kill_status(self):
        result = self.processes.run("killswitch", "status", "--json", "--instance", "ctl")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)


class ModelledTest(ConsoleTest):
    """With a model behind the gate, so that there is a VaR to show."""
    CONFIG = ConsoleTest.CONFIG.replace('max = "20000"', 'max = "200000"').replace(
        "[limit.loss]", '[model]\nprices = "prices.csv"\nscenarios = "scenarios.toml"\n[limit.loss]')

    def setUp(self):
        super().setUp()
        rows = "".join(f"2026-01-{day:02d},{100 + day % 3},{50 + day % 2}\n" for day in range(1, 29))
        (self.folder / "prices.csv").write_text("date,AAPL,XOM\n" + rows)
        (self.folder / "scenarios.toml").write_text('[scenario.crash]\nshock = { "*" = -0.1 }\n')
        self.up()
