# SPDX-License-Identifier: Apache-2.0
"""A console among strangers: whatever changes something is refused to who may not, and nothing that is sent ends it."""
import resource
import socket
import unittest

from console_desk import TOKENS, ConsoleTest, wait_for

CHANGES = {"stop": {"reason": "x"}, "preflight": {}, "resume": {"reason": "x"}, "logout": {}, "acknowledge": {"alert": 1},
           "override": {"limit": "size", "max": "1", "until": "+1h", "reason": "x"}}
CONNECTIONS = 10_000
READERS_OF_NOTHING = 1_200  # more than the console has places


class Security(ConsoleTest):
    def setUp(self):
        super().setUp()
        self.up()

    def nothing_happened(self):
        self.is_alive()
        self.assertEqual(self.status()["state"], "normal")
        self.accepts(self.one)

    def refused(self, status, path, body, **named):
        with self.subTest(path=path, **named):
            self.assertIn("error", self.post(path, body, status, **named))

    def test_no_change_without_a_log_in(self):
        for path, body in CHANGES.items():
            self.refused(401, path, body)
            for cookie in ("bulwark-ctl=", "bulwark-ctl=" + "0" * 64, "bulwark-ctl=ada", "other=1; bulwark-ctl=; bulwark-ctl=x"):
                self.refused(401, path, body, headers={"Cookie": cookie})
        self.get("/api/v1/view", 401)
        self.assertEqual(self.get("/api/v1/session")["role"], "none")
        self.assertEqual(self.page().status, 401)
        self.nothing_happened()

    def test_no_change_for_another_page(self):
        self.log_in("ada")
        for path, body in CHANGES.items():
            for origin in (None, "null", "http://evil.example", f"https://127.0.0.1:{self.port}",
                           f"http://127.0.0.1:{self.port + 1}", f"http://127.0.0.1:{self.port}.evil.example",
                           "http://127.0.0.1"):
                self.refused(403, path, body, headers={"Origin": origin})
            for csrf in (None, "0" * 64, self.csrf[:-1], self.csrf + "0"):
                self.refused(403, path, body, headers={"X-Bulwark-CSRF": csrf})
            for kind in (None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
                self.refused(415, path, body, headers={"Content-Type": kind})
        self.refused(403, "login", {"token": TOKENS["ada"]}, headers={"Origin": None})
        self.nothing_happened()

    def test_no_change_by_get(self):
        self.log_in("ada")
        for path in (*CHANGES, "login"):
            for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"):
                code, headers, _ = self.ask(method, "/api/v1/" + path, headers={"X-Bulwark-CSRF": self.csrf})
                self.assertEqual((code, headers["Allow"]), (405, "POST"), (method, path))
        for path in ("/", "/api/v1/view", "/livez"):
            self.assertEqual(self.ask("POST", path, {})[0], 405)
        self.nothing_happened()

    def test_a_role_ends_where_it_ends(self):
        self.log_in("eve")
        for path in set(CHANGES) - {"logout"}:
            self.refused(403, path, CHANGES[path])
            self.refused(403, path, CHANGES[path] | {"role": "configure", "person": "ada"})
            self.refused(403, path, CHANGES[path], headers={"Cookie": self.cookie + "; role=configure; person=ada"})
        self.log_in("bob")
        self.refused(403, "override", CHANGES["override"])
        self.nothing_happened()

    def test_a_session_ends_for_good(self):
        self.log_in("ada")
        page = self.page()
        self.assertEqual(page.status, 101)
        cookie, csrf = self.cookie, self.csrf
        self.post("logout", {})
        self.cookie, self.csrf = cookie, csrf
        self.refused(401, "stop", {})
        with self.assertRaises(ConnectionError):
            while True:
                page.message()
        # The seventeenth session of one person ends that one's first.
        self.log_in("ada")
        cookie, csrf = self.cookie, self.csrf
        for _ in range(16):
            self.cookie = self.csrf = ""
            self.log_in("ada")
        self.cookie, self.csrf = cookie, csrf
        self.refused(401, "stop", {})
        self.nothing_happened()

    def test_wrong_tokens_have_an_end(self):
        for token in ("", "x", TOKENS["ada"] + "x", TOKENS["ada"][:-1], "\u00e9" * 30):
            self.refused(401, "login", {"token": token})
        code, headers, said = self.ask("POST", "/api/v1/login", {"token": TOKENS["ada"]})
        self.assertEqual(code, 429, said)
        self.assertGreater(int(headers["Retry-After"]), 0)
        self.assertLessEqual(int(headers["Retry-After"]), 61)
        self.nothing_happened()

    def test_a_token_is_its_owners(self):
        self.refused(401, "login", {"token": TOKENS["eve"], "person": "ada"})
        self.refused(400, "login", {"person": "ada"})
        self.refused(400, "login", {"token": 5})

    def test_a_name_that_is_not_its_own_is_refused(self):
        self.log_in("ada")
        for host in ("evil.example", f"evil.example:{self.port}", "127.0.0.1", f"127.0.0.2:{self.port}", ""):
            for path in ("/", "/api/v1/view", "/livez", "/metrics"):
                self.assertEqual(self.ask("GET", path, headers={"Host": host})[0], 403, (host, path))
            self.refused(403, "stop", {}, headers={"Host": host})
        self.assertEqual(self.page(host="evil.example").status, 403)
        for origin in (None, "http://evil.example", "null"):
            self.assertEqual(self.page(origin=origin).status, 403)
        self.assertEqual(self.page(host=f"LOCALHOST:{self.port}", origin=f"http://localhost:{self.port}").status, 101)
        self.nothing_happened()

    def test_nonsense_is_refused(self):
        self.log_in("ada")
        for raw in ("", "{", "[]", "null", "5", '"stop"', "{} {}", "[" * 16_000, '{"reason": "\udcff"}'.encode(
                "utf-8", "surrogateescape").decode("latin-1"), "\0"):
            if raw.isascii():
                self.refused(400, "stop", None, raw=raw)
        for path, body in (("stop", {"reason": 5}), ("stop", {"on": "account=ACC1"}), ("stop", {"on": {"account": 5}}),
                           ("stop", {"on": {"desk": "x"}}), ("stop", {"on": {"account": "ACC9"}}),
                           ("stop", {"liquidate": "yes"}), ("resume", {}), ("resume", {"reason": ""}),
                           ("resume", {"reason": "x" * 128}), ("resume", {"reason": "a\nb"}),
                           ("resume", {"reason": "x", "stage": "all"}), ("resume", {"reason": "x", "stge": "half"}),
                           ("resume", {"reason": "x", "new_baseline": 1}), ("preflight", {"stage": 5}),
                           ("override", {}), ("override", CHANGES["override"] | {"max": "-1"}),
                           ("override", CHANGES["override"] | {"max": 1e300}),
                           ("override", CHANGES["override"] | {"until": "tomorrow"})):
            self.refused(400, path, body)
        self.nothing_happened()

    def test_what_is_too_large_is_refused(self):
        self.log_in("ada")
        self.refused(413, "stop", {"reason": "x" * 17_000})
        self.assertEqual(self.ask("POST", "/api/v1/stop", headers={"Content-Length": str(1 << 60)})[0], 413)
        self.assertEqual(self.ask("GET", "/livez", headers={"X-Long": "x" * 9_000})[0], 431)
        self.assertEqual(self.ask("GET", "/" + "x" * 9_000)[0], 431)
        page = self.page()
        page.say(b"x" * 2_000)
        with self.assertRaises(ConnectionError):
            while True:
                page.message()
        self.nothing_happened()

    def raw(self, data):
        """The first line of what is answered to these bytes."""
        with self.connect() as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            said = b""
            while more := connection.recv(4096):
                said += more
            return said.split(b"\r\n")[0]

    def test_what_is_no_http_is_refused(self):
        for data in (b"\r\n\r\n", b"GET\r\n\r\n", b"stop!\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
                     b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nHost\r\n\r\n", b"\0" * 100,
                     b"POST /api/v1/stop HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
                     b"POST /api/v1/stop HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345",
                     b"POST /api/v1/stop HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
            with self.subTest(data=data[:60]):
                self.assertRegex(self.raw(data), rb"^(HTTP/1.1 4\d\d.*)?$")
        self.nothing_happened()

    def test_no_path_leads_out(self):
        for path in ("/../desk.toml", "/..%2fdesk.toml", "//etc/passwd", "/api/v1/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
                     "/app.js/../../x", "/api/v1/stop/", "/api/v2/view", "/console.token", "http://evil.example/"):
            self.assertEqual(self.ask("GET", path)[0], 404, path)
        self.nothing_happened()

    def test_every_answer_is_armed(self):
        self.log_in("ada")
        for path in ("/", "/livez", "/api/v1/session", "/api/v1/view", "/nothing"):
            headers = self.ask("GET", path)[1]
            self.assertIn("default-src 'self'", headers["Content-Security-Policy"])
            self.assertIn("frame-ancestors 'none'", headers["Content-Security-Policy"])
            self.assertEqual((headers["X-Content-Type-Options"], headers["Referrer-Policy"]), ("nosniff", "no-referrer"))
            self.assertNotIn("Access-Control-Allow-Origin", headers)
        cookie = self.log_in("bob")
        for word in ("HttpOnly", "SameSite=Strict", "Path=/"):
            self.assertIn(word, cookie)

    def test_who_only_holds_connections_keeps_nobody_out(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        self.log_in("bob")
        page, held = self.page(), []
        self.addCleanup(lambda: [connection.close() for connection in held])
        for number in range(min(CONNECTIONS, hard - 200)):
            connection = self.guest(held)
            if number % 3:  # a slow-loris has begun a request, and never ends it
                connection.sendall(b"POST /api/v1/stop HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n" + b"\r\n" * (number % 2))
        self.is_alive()
        page.next("state")
        self.assertTrue(self.post("stop", {"reason": "in the crowd"})["whole"])
        # Whoever says nothing for ten seconds is let go.
        wait_for("the last to be let go", lambda: self.is_closed(held[-1]))
        self.is_alive()

    def guest(self, held, **options):
        connection = socket.socket()
        held.append(connection)
        for name, value in options.items():
            connection.setsockopt(socket.SOL_SOCKET, getattr(socket, name), value)
        connection.settimeout(30)
        connection.connect(("127.0.0.1", self.port))
        return connection

    def test_who_asks_and_does_not_read_keeps_nobody_out(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        self.log_in("bob")
        page, held = self.page(), []
        self.addCleanup(lambda: [connection.close() for connection in held])
        for _ in range(READERS_OF_NOTHING):
            self.ask_and_not_read(held)
        for _ in range(20):  # while they fill up, and when all of them are stuck
            self.is_alive()
            page.next("state")
            for _ in range(10):
                self.ask_and_not_read(held)
        self.assertTrue(self.post("stop", {"reason": "in the crowd"})["whole"])

    def ask_and_not_read(self, held):
        connection = self.guest(held, SO_RCVBUF=2_048)
        connection.setblocking(False)
        try:
            connection.send(f"GET /app.js HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode() * 400)
        except OSError:  # it has gone already, to make room
            pass

    @staticmethod
    def is_closed(connection):
        connection.settimeout(0.1)
        try:
            return connection.recv(1) == b""
        except TimeoutError:
            return False
        except ConnectionError:
            return True


if __name__ == "__main__":
    unittest.main()
