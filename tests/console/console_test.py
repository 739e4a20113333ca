# SPDX-License-Identifier: Apache-2.0
"""The console shows what the commands print, its buttons do what the commands do, and its death concerns nobody."""
import json
import math
import os
import re
import signal
import ssl
import subprocess
import threading
import unittest

from console_desk import ConsoleTest, ModelledTest, WebSocket, decode, wait_for
from processes import FrozenThread


def without_time(value):
    """Ages and lags move between two looks."""
    if isinstance(value, dict):
        return {key: without_time(item) for key, item in value.items()
                if key not in ("t", "age_ns", "lag", "journal", "took_ns", "seq", "ledger")}
    return [without_time(item) for item in value] if isinstance(value, list) else value


class Shows(ModelledTest):
    def setUp(self):
        super().setUp()
        self.log_in("eve")

    def test_what_the_commands_print(self):
        order = self.accepts(self.one, 500)
        self.one.fill(id=order, exec_id="e1", quantity="500", price="99")
        self.accepts(self.two, 30, "XOM", "sell")
        self.refuses(self.one, "gross", 600)
        self.mark(101)

        def agrees():
            view, state = self.view(), self.kill_status()
            book, controls = self.book(), json.loads(self.bulwark("status", "--controls", "--json"))["controls"]
            shown = [{key: value for key, value in row.items() if key != "use"} for row in view["state"]["controls"]]
            return view if (without_time(view["state"]["status"]) == without_time(state)
                            and without_time(shown) == without_time(controls)
                            and all(view["state"][part] == book[part] for part in
                                    ("accounts", "positions", "states", "cancels", "liquidations"))) else None
        view = wait_for("the same as the commands", agrees)
        state = view["state"]
        self.assertEqual(state["status"]["processes"]["bulwark-console"], self.pid)
        self.assertIsNone(state["why_not"])
        self.assertEqual((state["orders_count"], [order["symbol"] for order in state["orders"]]), (2, ["XOM", "AAPL"]))
        gross = next(row for row in state["controls"] if row["limit"] == "gross" and row["on"] == {"account": "ACC1"})
        self.assertAlmostEqual(gross["use"], float(gross["value"]) / float(gross["max"]))
        refusal = wait_for("the refusal", lambda: [row for row in self.view()["feed"] if row["type"] == "verdict"])[-1]
        self.assertEqual((refusal["reason"], refusal["asked"]["quantity"], refusal["asked"]["symbol"]),
                         ("gross", "600", "AAPL"))
        self.assertEqual((view["hello"]["symbols"], view["hello"]["sectors"]), (["AAPL", "XOM"], ["Tech", "Energy"]))
        self.assertEqual(view["hello"]["sectors_of"], [0, 1])
        self.assertEqual(state["sessions"], [])

    def test_what_alerts_tell_and_who_has_seen_it(self):
        self.log_in("bob")
        self.post("stop", {"reason": "to be seen"})

        def find():
            return next((one for one in self.view()["state"]["alerts"] if one["rule"] == "stop"), None)
        alert = wait_for("the alert", find)
        self.assertIn("to be seen", alert["text"])
        self.assertIsNone(alert["acknowledged_by"])
        for wrong, status in (({"alert": 10_000}, 404), ({"alert": "1"}, 400), ({"alert": -1}, 400), ({}, 400)):
            self.assertIn("error", self.post("acknowledge", wrong, status))
        self.post("acknowledge", {"alert": alert["id"]})
        wait_for("the acknowledgement", lambda: find()["acknowledged_by"] == "bob")
        wait_for("the command", lambda: [one for one in json.loads(self.bulwark("alerts", "list", "--json"))["alerts"]
                                         if (one["id"], one["acknowledged_by"]) == (alert["id"], "bob")])

    def test_metrics_are_those_of_the_instance(self):
        self.refuses(self.one, "order_notional", 5_000)

        def counted():
            said = self.get("/metrics")
            return said if 'bulwark_rejects_total{rule="order_notional"} 1' in said else None
        self.assertIn("bulwark_trading_permitted 1", wait_for("the refusal", counted))

    def same(self, found, wanted, what):
        if wanted is None:
            self.assertTrue(math.isnan(found), what)
        else:
            self.assertAlmostEqual(found, wanted, delta=1e-6 * max(1, abs(wanted)), msg=what)

    def test_frames_are_the_risk_page(self):
        order = self.accepts(self.one, 500)
        self.one.fill(id=order, exec_id="e1", quantity="500", price="99")
        self.mark(100)
        page = self.page()
        hello = page.next("hello")

        def agrees():
            before = json.loads(self.bulwark("status", "--risk", "--json"))["risk"]
            number, _, scalars, table = decode(page.next("frame"), hello)
            after = json.loads(self.bulwark("status", "--risk", "--json"))["risk"]
            known = before["exposure"]["gross"] == 50_000 and before["var"]["historical"] is not None
            return (number, scalars, table, after) if known and without_time(before) == without_time(after) else None
        for _ in range(20):
            page.next("frame")
        number, scalars, table, risk = wait_for("a quiet moment", agrees)
        for name, value in (("equity", risk["equity"]), ("drawdown", risk["drawdown"]),
                            ("profit_today", risk["profit"]["today"]), ("realised", risk["profit"]["realised"]),
                            ("unrealised", risk["profit"]["unrealised"]), ("fees", risk["profit"]["fees"]),
                            ("long_value", risk["exposure"]["long"]), ("short_value", risk["exposure"]["short"]),
                            ("gross", risk["exposure"]["gross"]), ("net", risk["exposure"]["net"]),
                            *((f"{method}_{what}", risk[what][method]) for what in ("var", "es")
                              for method in ("parametric", "historical", "filtered"))):
            self.same(scalars[name], value, name)
        self.assertGreater(number, 1)
        self.assertGreaterEqual(scalars["age_ms"], 0)
        self.assertEqual(scalars["accepted"], 2)
        self.assertEqual(set(table), {row["symbol"] for row in risk["symbols"]})
        for row in risk["symbols"]:
            for column in ("gross", "net", "profit_today", "realised", "unrealised", "component_var"):
                self.same(table[row["symbol"]][column], row[column], column)

    def test_two_pages_see_the_same(self):
        one, two = self.page(), self.page()
        self.view()
        self.assertEqual(one.next("hello"), two.next("hello"))
        self.refuses(self.one, "order_notional", 5_000)
        for page in (one, two):
            rows = page.next("feed", lambda said: any(row["type"] == "verdict" for row in said["rows"]))["rows"]
            verdicts = [row for row in rows if row["type"] == "verdict"]
            self.assertEqual((verdicts[0]["reason"], verdicts[0]["asked"]["quantity"]), ("order_notional", "5000"))
        frames = [dict(), dict()]
        while not frames[0].keys() & frames[1].keys():
            for page, seen in zip((one, two), frames):
                data = page.next("frame")
                seen[data[16:24]] = data
        number = (frames[0].keys() & frames[1].keys()).pop()
        self.assertEqual(frames[0][number], frames[1][number])

    def test_the_series_goes_on_after_a_death(self):
        before = wait_for("some points", lambda: (series := self.view()["series"]) and len(series["t"]) > 2 and series)
        wait_for("the file", lambda: (self.folder / "journal" / "console.series").exists(), each=0.2)
        kept = json.loads((self.folder / "journal" / "console.series").read_text())["t"]
        os.kill(self.pid, signal.SIGKILL)
        wait_for("another console", lambda: self.where()["pid"] != self.pid)
        self.find()
        self.log_in("eve")
        after = wait_for("its series", lambda: (series := self.view()["series"]) and series["t"])
        self.assertEqual(after[:len(kept)], kept)
        self.assertEqual(before["t"][0], after[0])


class Acts(ConsoleTest):
    def setUp(self):
        super().setUp()
        self.up()
        self.log_in("bob")

    def test_stop_and_resume_by_stages(self):
        page = self.page()
        stopped = self.post("stop", {"reason": "fat finger"})
        self.assertEqual((stopped["operator"], stopped["reason"], stopped["whole"]), ("bob", "fat finger", True))
        self.assertEqual([client["client"] for client in stopped["clients"]], ["c1", "c2"])
        for client in stopped["clients"]:
            self.assertTrue(client["acknowledged"])
            self.assertGreater(client["microseconds"], 0)
        self.refuses(self.one, "halted")
        self.assertEqual(self.kill_status()["operator"], "bob")
        page.next("state", lambda said: (said["status"] or {}).get("state") == "halted")
        self.assertEqual(self.get("/readyz"), "ready\n")
        self.assertEqual(self.post("preflight", {}), {"ready": True, "failing": []})
        said = self.post("resume", {"reason": "looked at it", "stage": "reduce_only"})
        self.assertEqual((said["resumed"], said["stage"], said["operator"]), (True, "reduce_only", "bob"))
        self.refuses(self.one, "reduce_only")
        self.assertEqual(self.post("resume", {"reason": "good", "stage": "half"})["stage"], "half")
        self.assertEqual(self.post("resume", {"reason": "good", "stage": "full"})["stage"], "full")
        self.accepts(self.one)
        self.journal_says("looked at it")

    def test_a_stop_of_a_scope(self):
        stopped = self.post("stop", {"reason": "x", "on": {"account": "ACC1"}})
        self.assertEqual(stopped["on"], {"account": "ACC1"})
        self.refuses(self.one, "halted")
        self.accepts(self.two)
        self.post("resume", {"reason": "x", "on": {"account": "ACC1"}})
        self.accepts(self.one)

    def test_what_fails_is_named(self):
        order = self.accepts(self.one, 100)
        self.one.fill(id=order, exec_id="e1", quantity="100", price="110")
        self.books("the loss", lambda book: book["states"])
        failing = self.post("preflight", {})
        self.assertFalse(failing["ready"])
        self.assertIn("loss", " ".join(failing["failing"]))
        refused = self.post("resume", {"reason": "x", "on": {"account": "ACC1"}}, 409)
        self.assertIn("loss", " ".join(refused["failing"]))
        self.assertEqual(self.post("preflight", {"stage": "reduce_only"})["ready"], True)
        self.post("resume", {"reason": "x", "new_baseline": True})
        self.accepts(self.one)

    def test_an_override(self):
        self.log_in("ada")
        self.refuses(self.one, "order_notional", 250)
        said = self.post("override", {"limit": "size", "max": "30000", "until": "+1h", "reason": "a block trade"})
        self.assertEqual((said["command"], said["done"], said["max"]), ("override", True, "30000"))
        self.accepts(self.one, 250)
        refused = self.post("override", {"limit": "siez", "max": "1", "until": "+1h", "reason": "x"}, 409)
        self.assertIn("limit is unknown", refused["error"])

    def test_a_stop_while_everything_else_hangs(self):
        sidecar = self.status()["processes"]["bulwark-sidecar"]
        os.kill(sidecar, signal.SIGSTOP)
        self.addCleanup(os.kill, sidecar, signal.SIGCONT)
        waiting = [threading.Thread(target=self.ask, args=("POST", "/api/v1/preflight", {})) for _ in range(8)]
        for thread in waiting:
            thread.start()
        stopped = self.post("stop", {"reason": "hung"})
        self.assertEqual([client["acknowledged"] for client in stopped["clients"]], [True, True])
        self.assertEqual(self.get("/livez"), "alive\n")
        os.kill(sidecar, signal.SIGCONT)
        for thread in waiting:
            thread.join()

    def test_an_instance_that_is_gone_is_told(self):
        self.log_in("ada")
        page = self.page()
        sidecar = self.status()["processes"]["bulwark-sidecar"]
        os.kill(sidecar, signal.SIGSTOP)
        wait_for("not ready", lambda: self.ask("GET", "/readyz")[0] == 503)
        checks = {row["name"]: row["ready"] for row in self.get("/readyz?verbose", 503)["checks"]}
        self.assertFalse(checks["sidecar"])
        os.kill(sidecar, signal.SIGKILL)
        page.next("state", lambda said: said["status"]["processes"].get("bulwark-sidecar", sidecar) != sidecar)
        wait_for("ready again", lambda: self.ask("GET", "/-/ready")[0] == 200)
        self.assertEqual(self.where()["pid"], self.pid)
        wait_for("a resume", lambda: self.ask("POST", "/api/v1/resume", {"reason": "it is back"})[0] == 200, each=0.1)


class Lives(ConsoleTest):
    def test_its_death_concerns_nobody(self):
        self.up()
        page = WebSocket(self.connect(), self.host, self.origin)
        self.assertEqual(page.status, 401)
        before = self.status()["processes"]
        for _ in range(3):
            os.kill(self.pid, signal.SIGKILL)
            wait_for("another console", lambda: self.where()["pid"] != self.pid)
            port = self.port
            self.find()
            self.assertEqual(self.port, port)  # pages find it again
            self.accepts(self.one)
        after = self.status()["processes"]
        self.assertEqual({name: pid for name, pid in after.items() if name != "bulwark-console"},
                         {name: pid for name, pid in before.items() if name != "bulwark-console"})
        self.down()

    def test_it_ends_at_once_whatever_hangs(self):
        self.up()
        self.log_in("bob")
        page = self.page()
        sidecar = self.status()["processes"]["bulwark-sidecar"]
        os.kill(sidecar, signal.SIGSTOP)
        self.addCleanup(os.kill, sidecar, signal.SIGCONT)
        threading.Thread(target=lambda: self.assertRaises(Exception, self.post, "preflight", {}), daemon=True).start()
        page.next("frame")
        os.kill(self.pid, signal.SIGTERM)
        wait_for("another console", lambda: self.where()["pid"] != self.pid)
        self.assertEqual(os.getpriority(os.PRIO_PROCESS, self.where()["pid"]), 5)
        os.kill(sidecar, signal.SIGCONT)

    def test_metrics_are_told_without_the_instance(self):
        self.processes.start("bulwark-console", "--config", str(self.config))
        self.find()
        said = wait_for("a look", lambda: text if "bulwark_state_age_seconds" in (text := self.get("/metrics")) else None)
        self.assertIn('bulwark_up{program="bulwark-sidecar"} 0', said)
        self.assertIn("process_open_fds", said)
        self.assertNotIn("bulwark_state{", said)

    def test_metrics_do_not_tell_what_was(self):
        self.up()
        wait_for("a look", lambda: "bulwark_state{" in self.get("/metrics"))
        watch = FrozenThread(self.pid, "bw-watch")
        self.addCleanup(watch.thaw)
        said = wait_for("its age", lambda: text if "bulwark_state{" not in (text := self.get("/metrics")) else None)
        self.assertGreater(float(re.search(r"^bulwark_state_age_seconds (\S+)$", said, re.M)[1]), 3)
        self.assertIn("bulwark_lease_lapses_total", said)

    def test_two_of_an_instance_are_one_too_many(self):
        self.up()
        second = self.processes.run("bulwark-console", "--config", str(self.config))
        self.assertEqual(second.returncode, 4, second.stderr)
        self.assertIn("running already", second.stderr)
        self.is_alive()


class Alone(ConsoleTest):
    """One person on one machine: looking needs no log-in, acting the token that was drawn."""
    CONSOLE = "[console]\n"

    def test_the_drawn_token(self):
        self.up()
        self.assertEqual((self.get("/api/v1/session")["role"], self.get("/api/v1/session")["login"]), ("view", "token"))
        self.assertEqual(self.view()["hello"]["instance"], "ctl")
        self.assertEqual(self.page().status, 101)
        self.post("stop", {}, 401)
        path = self.folder / "run" / "ctl" / "console.token"
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        token = path.read_text().strip()
        self.post("login", {"token": token}, 400)
        self.post("login", {"token": "0" * 64, "person": "Ada L"}, 401)
        _, headers, said = self.ask("POST", "/api/v1/login", {"token": token, "person": "Ada L"})
        self.assertEqual((said["person"], said["role"]), ("Ada L", "configure"))
        self.cookie, self.csrf = headers["Set-Cookie"].split(";")[0], said["csrf"]
        self.assertEqual(self.post("stop", {})["operator"], "Ada L")
        os.kill(self.pid, signal.SIGKILL)
        wait_for("another console", lambda: self.where()["pid"] != self.pid)
        self.find()
        self.post("login", {"token": token, "person": "Ada L"})  # the same token still


class Tls(ConsoleTest):
    CONSOLE = ConsoleTest.CONSOLE.replace("[console]\n", """[console]
listen = "0.0.0.0:0"
tls_certificate = "cert.pem"
tls_key = "key.pem"
origins = ["https://risk.example.com"]
""")

    def setUp(self):
        super().setUp()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", self.folder / "key.pem", "-out", self.folder / "cert.pem", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        self.TLS = ssl.create_default_context(cafile=self.folder / "cert.pem")

    def test_everything_goes_by_tls(self):
        self.up()
        self.assertTrue(self.origin.startswith("https://127.0.0.1:"))
        self.assertIn("Secure", self.log_in("ada"))
        self.assertEqual(self.view()["hello"]["instance"], "ctl")
        self.assertTrue(self.post("stop", {"reason": "x"})["whole"])
        page = self.page(host="risk.example.com", origin="https://risk.example.com")
        self.assertEqual(page.next("hello")["instance"], "ctl")
        page.next("frame")
        plain, self.TLS = self.TLS, None
        with self.assertRaises(OSError):
            self.ask("GET", "/livez")
        self.TLS = plain
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        self.TLS = old
        with self.assertRaises(OSError):
            self.connect()
        self.TLS = plain
        self.is_alive()

    def test_a_certificate_that_is_none_is_told(self):
        (self.folder / "cert.pem").write_text("none")
        (self.folder / "run" / "ctl").mkdir()
        result = self.processes.run("bulwark-console", "--config", str(self.config))
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn("cert.pem", result.stderr)


if __name__ == "__main__":
    unittest.main()
