# SPDX-License-Identifier: Apache-2.0
"""`bulwark top` of a running instance: its numbers are those of the other commands, and in a terminal it answers keys and
sizes, outlives the instance, and gives the terminal back as it was however it ends."""
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / folder) for folder in ("control", "live")]
from desk import BUILD, CONFIG, DeskTest, HUNG, wait_for  # noqa: E402
from live_test import MODEL, SCENARIOS, prices, text_of  # noqa: E402

OTHER_SCREEN, OWN_SCREEN = "\x1b[?1049h", "\x1b[?1049l"
HIDDEN, SHOWN = "\x1b[?25l", "\x1b[?25h"


class Screen:
    """A terminal of a given size with `bulwark top` in it; what it shows is what was drawn last."""

    def __init__(self, test, columns=80, lines=24, environment=(), *arguments):
        self.size, self.all = (columns, lines), ""
        self.ours, self.theirs = pty.openpty()
        test.addCleanup(os.close, self.ours)
        test.addCleanup(os.close, self.theirs)
        self.resize(columns, lines)
        self.before = termios.tcgetattr(self.theirs)
        program = [os.path.join(BUILD, "bin", "bulwark"), "top", "--instance", "ctl", "--interval", "50", *arguments]
        self.process = subprocess.Popen(program, stdin=self.theirs, stdout=self.theirs, stderr=self.theirs,
                                        start_new_session=True, env={**test.processes.environment, "TERM": "xterm",
                                                                     **dict(environment)},
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        test.processes.started.append(self.process)

    def resize(self, columns, lines):
        self.size = (columns, lines)
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def type(self, keys):
        os.write(self.ours, keys.encode())

    def read(self):
        while select.select([self.ours], [], [], 0)[0]:
            self.all += os.read(self.ours, 65536).decode()
        return self.all

    def lines(self):
        """Of the last picture that is whole: drawn from the first place on, each line cleared before."""
        drawn = self.read().replace(OWN_SCREEN, "").replace(SHOWN, "").split("\x1b[H")
        return [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in (drawn[-2] if len(drawn) > 2 else "").split("\x1b[K")[1:]]

    def shows(self, text):
        wait_for(f'"{text}" on the screen', lambda: any(text in line for line in self.lines()))

    def ended(self):
        def gone():
            self.read()
            return self.process.poll() is not None
        wait_for("the end of top", gone)
        self.read()
        return self.process.returncode


class TopTest(DeskTest):
    CONFIG = (CONFIG.replace('max = "20000"', 'max = "200000"').replace('max = "100000"', 'max = "400000"')
              .replace('max = "500"', 'max = "50000"') + MODEL)

    def setUp(self):
        super().setUp()
        (self.folder / "prices.csv").write_text(text_of(prices()))
        (self.folder / "scenarios.toml").write_text(SCENARIOS)

    def traded(self):
        self.up()
        for client, quantity, symbol, side, price in ((self.one, 500, "AAPL", "buy", "99"),
                                                      (self.two, 300, "XOM", "sell", "101")):
            order = self.accepts(client, quantity, symbol, side)
            client.fill(id=order, exec_id=order, quantity=quantity, price=price)
        self.refuses(self.one, "order_notional", 3000)
        wait_for("the trades", lambda: (risk := self.state()["risk"])["exposure"]["gross"] == 80_000
                 and risk["var"]["historical"])

    def state(self):
        return json.loads(self.bulwark("top", "--json"))

    def given_back(self, screen):
        """The terminal is as it was: its settings, its screen, its cursor."""
        self.assertEqual(termios.tcgetattr(screen.theirs), screen.before)
        self.assertGreater(screen.all.rindex(OWN_SCREEN), screen.all.rindex(OTHER_SCREEN))
        self.assertGreater(screen.all.rindex(SHOWN), screen.all.rindex(HIDDEN))

    def ends(self, screen, code=0):
        self.assertEqual(screen.ended(), code)
        self.given_back(screen)

    def test_one_picture_says_what_the_commands_say(self):
        self.traded()
        self.signed("control", "reduce_only", "--on", "sector=Energy")
        told = wait_for("the state of the sector",
                        lambda: "sector Energy is reduce_only" in (told := self.bulwark("top", "--once")) and told)
        self.assertRegex(told, r"\A[\x20-\x7e\n]*\Z", "nothing but text")
        self.assertLessEqual(max(map(len, told.splitlines())), 100)
        state = self.state()
        self.assertEqual(state["risk"]["exposure"], json.loads(self.bulwark("status", "--risk", "--json"))["risk"]["exposure"])
        risk, words = state["risk"], " ".join(told.split())
        amounts = {"equity": risk["equity"], "profit today": risk["profit"]["today"],
                   "unrealised": risk["profit"]["unrealised"], "gross": risk["exposure"]["gross"],
                   "net": risk["exposure"]["net"], "short": risk["exposure"]["short"],
                   "ES parametric": risk["es"]["parametric"], "worst: crash": risk["stress"]["worst_loss"],
                   **{f"VaR {method}": value for method, value in risk["var"].items()}}
        for name, value in amounts.items():
            self.assertIn(f"{name} {value:,.2f} ", words + " ")
        for row in state["accounts"]:
            self.assertIn(f"{row['account']} {float(row['equity']):,.2f} {float(row['profit_today']):,.2f} ", words)
        var = {row["symbol"]: row for row in json.loads(self.bulwark("status", "--risk", "--json"))["risk"]["symbols"]}
        for symbol, row in var.items():
            self.assertIn(f"{symbol} {row['net']:,.2f} {row['profit_today']:,.2f} {row['gross']:,.2f} "
                          f"{row['component_var']:,.2f}", words)
        used = [(float(row["value"]) / float(row["max"]), row) for row in state["controls"] if row["use"] is not None]
        self.assertGreater(len(used), 3)
        shown = re.findall(r"^(\S+) +(everything|account ACC\d) +\[[#.]+\] +([\d.]+) %", told, flags=re.M)
        self.assertEqual([use for *_, use in shown], [f"{100 * use:.1f}" for use, _ in sorted(used, key=lambda row: -row[0])])
        self.assertIn("refused c1 buy 3000 AAPL: order_notional 300000 over 200000 (size)", told)
        self.assertIn("Ada: reduce_only sector Energy (because of it)", told)
        for client in state["status"]["clients"]:
            self.assertRegex(told, rf"{client['client']} +{client['pid']} +acknowledged")
        self.assertEqual(state["status"]["processes"], self.status()["processes"])
        self.signed("control", "halt")
        self.assertIn("HALTED  because of it", self.bulwark("top", "--once"))
        self.down()
        self.bulwark("top", "--once", code=3)

    def test_it_is_drawn_for_the_screen_and_leaves_it_as_it_was(self):
        self.traded()
        for size in ((80, 24), (200, 50), (40, 10), (3, 2)):
            screen = Screen(self, *size)
            wait_for("a picture", lambda: len(screen.lines()) == size[1])
            screen.resize(100, 30)
            screen.process.send_signal(signal.SIGWINCH)
            shown = wait_for("the new size", lambda: len(lines := screen.lines()) == 30 and lines)
            self.assertLessEqual(max(len(line.rstrip("\r\n")) for line in shown), 100)
            for words in ("normal, trading", "profit today", "limits", "accounts", "clients", "refused c1 buy 3000 AAPL"):
                screen.shows(words)
            screen.type("xyz")
            self.assertIsNone(screen.process.poll())
            screen.type("q")
            self.ends(screen)
        self.down()

    def test_it_follows_what_happens_and_outlives_the_instance(self):
        self.traded()
        screen = Screen(self)
        screen.shows("normal, trading")
        self.signed("control", "halt")
        screen.shows("HALTED  because of it")
        screen.shows("stop 2 by Ada: because of it")
        self.down()
        screen.shows('no instance "ctl" is running')
        self.up_again()
        screen.shows("HALTED")
        self.signed("control", "resume")
        screen.shows("normal, trading")
        screen.type("q")
        self.ends(screen)
        self.instance.terminate()
        self.assertEqual(self.instance.wait(HUNG), 0)

    def up_again(self):
        self.instance = self.start("bulwark", "up")
        self.assertTrue(any(line.startswith("ready") for line in self.instance.stdout))

    def test_however_it_ends_the_terminal_is_given_back(self):
        self.traded()
        for how, code in ((lambda screen: screen.type("\x03"), 0), (lambda screen: screen.type("\x1c"), 0),
                          (lambda screen: screen.process.terminate(), 0),
                          (lambda screen: screen.process.send_signal(signal.SIGHUP), 0),
                          (lambda screen: screen.process.send_signal(signal.SIGSEGV), -signal.SIGSEGV),
                          (lambda screen: screen.process.send_signal(signal.SIGABRT), -signal.SIGABRT)):
            screen = Screen(self)
            screen.shows("normal, trading")
            self.assertNotEqual(termios.tcgetattr(screen.theirs), screen.before)
            how(screen)
            self.ends(screen, code)
        self.down()

    def test_it_can_be_stopped_and_goes_on(self):
        self.traded()
        screen = Screen(self)
        screen.shows("normal, trading")
        screen.type("\x1a")
        state = pathlib.Path(f"/proc/{screen.process.pid}/stat")
        wait_for("the stop", lambda: screen.read() and state.read_text().rpartition(")")[2].split()[0] == "T")
        self.given_back(screen)
        screen.process.send_signal(signal.SIGCONT)
        screen.shows("normal, trading")
        wait_for("the other screen", lambda: screen.read().rindex(OTHER_SCREEN) > screen.all.rindex(OWN_SCREEN))
        screen.type("q")
        self.ends(screen)
        self.down()

    def test_a_terminal_that_takes_nothing_holds_nobody(self):
        self.traded()
        screen = Screen(self)
        screen.shows("normal, trading")
        wait_for("a full terminal", lambda: not select.select([], [screen.theirs], [], 0)[1])
        screen.process.terminate()
        screen.process.wait(HUNG)
        self.down()

    def test_colour_can_be_refused(self):
        self.traded()
        colours = re.compile(r"\x1b\[[0-9;]*m")
        for arguments, environment, coloured in (((), {}, True), (("--no-color",), {}, False),
                                                 ((), {"NO_COLOR": "1"}, False)):
            screen = Screen(self, 80, 24, environment, *arguments)
            screen.shows("normal, trading")
            self.assertEqual(bool(colours.search(screen.all)), coloured)
            screen.type("q")
            self.ends(screen)
        dumb = Screen(self, 80, 24, {"TERM": "dumb"})
        self.assertEqual(dumb.ended(), 0)
        self.assertNotIn("\x1b", dumb.all)
        self.down()


if __name__ == "__main__":
    unittest.main(verbosity=2)
