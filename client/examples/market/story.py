# SPDX-License-Identifier: Apache-2.0
"""The demo's director: starts an instance, a market and three trading processes, and tells what happens, live.

Every act checks what the gate answered; an answer that is not the promised one ends the story with exit code 1.
On a terminal the market goes on until Ctrl-C; elsewhere the story ends by itself. Leaves nothing behind.
"""
import argparse
import json
import os
import queue
import signal
import sys
import time

from desk import write_desk
from market import SyntheticMarket
from prices import FileMarket, PriceFileError
from stage import Stage, StageError
from ticker import Ticker
from words import Narrator, measured, number, order, why

INSTANCE = "demo"
ACT_TIMEOUT_S = 8.0
CRASH_FALL = 0.03        # of the average price, within a second
STATUS_EVERY_S = 5.0
FOR_PRICE_FILES = {"MOMO_LOSS": "1000000000", "DESK_LOSS": "1000000000", "PRICE_COLLAR": "0.1"}
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


class Story:
    def __init__(self, stage: Stage, options: argparse.Namespace, market):
        self.stage = stage
        self.options = options
        self.market = market
        self.narrator = Narrator()
        self.tell = self.narrator.tell
        self.reduce_only_told = False

    # ------------------------------------------------------------------------------------------ the cast
    def prepare(self) -> None:
        os.mkdir(self.stage.run)
        write_desk(self.stage.folder, os.path.join(ROOT, "scripts", "demo.toml"), self.market)

    def open(self) -> None:
        stage = self.stage
        if self.options.prices:  # years in half a minute: no day's loss, and a step of 3 % is nothing unusual
            stage.environment |= {f"BULWARK__LIMIT__{name}__MAX": most for name, most in FOR_PRICE_FILES.items()}
        up = stage.start("bulwark up", stage.program("bulwark"), "up", "--config", stage.path("demo.toml"))
        up.wait_for_line("ready", 20.0)
        stage.watched = list(self.status()["processes"].values())
        venue_path = stage.path("venue.sock")
        source = ["--prices", os.path.abspath(self.options.prices), "--from", self.options.start]
        stage.start_python("the venue", "venue.py", "--instance", INSTANCE, "--socket", venue_path, "--seed",
                           str(self.options.seed), *(source if self.options.prices else [])
                           ).wait_for_line("open", 30.0)
        self.narrator.start = time.monotonic()
        self.ticker = Ticker(venue_path)
        where = ["--instance", INSTANCE, "--venue", venue_path]
        self.maker = stage.start("the market maker", stage.program("demo_market_maker"), *where)
        self.momentum = stage.start_python("momentum", "momentum.py", *where)
        self.rogue = stage.start_python("rogue", "rogue.py", *where)
        sectors = len({row.sector for row in self.market.listings if row.sector})
        market = f"{len(self.market.listings)} symbols" + (f" in {sectors} sectors" if sectors else "")
        self.tell("ready", f"the market is open: {market}; trading: maker (C++), momentum and rogue (Python)")
        self.tell("watch", stage.console(INSTANCE))

    # ------------------------------------------------------------------------------------------ hearing the cast
    def spontaneous(self, report: dict) -> None:
        """What nobody asked for and is still worth a line."""
        if report.get("reason") == "reduce_only" and not self.reduce_only_told:
            self.reduce_only_told = True
            self.tell("limited", "momentum has lost too much today: its account may only reduce from now on "
                                 "(limit momo-loss)")

    def hear(self, what: str, client: str) -> dict:
        end = time.monotonic() + ACT_TIMEOUT_S
        while True:
            try:
                report = self.stage.reports.get(timeout=max(end - time.monotonic(), 0.01))
            except queue.Empty:
                dead = self.stage.dead()
                raise StageError(f"{client} did not report '{what}' within {ACT_TIMEOUT_S:g} s"
                                 + (f"; dead: {', '.join(dead)}" if dead else "")) from None
            if report["what"] == what and report["client"] == client:
                return report
            self.spontaneous(report)

    def pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                self.spontaneous(self.stage.reports.get(timeout=left))
            except queue.Empty:
                return

    def expect(self, report: dict, decision: str, reasons: set[str]) -> None:
        if report["decision"] != decision or (reasons and report["reason"] not in reasons):
            raise StageError(f"{report['client']}: expected '{decision}' ({', '.join(sorted(reasons)) or 'any reason'}),"
                             f" got: {json.dumps(report)}")

    def status(self, *what: str) -> dict:
        result = self.stage.command("bulwark", "status", "--instance", INSTANCE, "--json", *what)
        if result.returncode != 0:
            raise StageError(f"bulwark status: {result.stderr.strip()}")
        return json.loads(result.stdout)

    # ------------------------------------------------------------------------------------------ the acts
    def first_order(self) -> None:
        report = self.hear("first", "maker")
        self.expect(report, "accepted", set())
        self.tell("accepted", f"maker may {order(report)}")
        self.pause(1.0)
        self.maker.say("latency")
        report = self.hear("latency", "maker")
        self.tell("accepted", f"and so on: {number(report['count'])} orders asked and answered, half of them within "
                              f"{report['p50_us']:.1f} us")

    def rogue_errs(self, what: str, reasons: set[str], comment: str) -> None:
        self.rogue.say(f"{what} {self.ticker.middle_symbol()}")
        report = self.hear(what, "rogue")
        self.expect(report, "rejected", reasons)
        self.tell("refused", f"rogue, {comment}: {order(report)}: {why(report)}")

    def resized(self) -> None:
        self.momentum.say("conviction")
        report = self.hear("conviction", "momentum")
        self.expect(report, "resized", set())
        self.tell("resized", f"momentum asks to {order(report)}, may {report['side']} {number(report['allowed'])}: "
                             f"{why(report)}")

    def warned(self) -> None:
        """Momentum's gross exposure comes near its limit; in a market of few symbols another limit does so first."""
        begin = time.monotonic()
        while (waited := time.monotonic() - begin) < ACT_TIMEOUT_S:
            for row in self.status("--controls")["controls"]:
                if row["on"].get("account") != "MOMO" or row["value"] is None or row["metric"] == "daily_loss":
                    continue
                used = float(row["value"]) / float(row["max"])
                if used >= 0.8 and (row["limit"] == "momo-gross" or waited > ACT_TIMEOUT_S / 2):
                    self.tell("warned", f"momentum's {row['metric']}, {measured(row['metric'], row['value'])}, is at "
                                        f"{used:.0%} of its limit {measured(row['metric'], row['max'])} ({row['limit']})")
                    return
            self.pause(0.2)
        raise StageError("no limit of momentum's account came to be used to 80 %")

    def runaway(self) -> None:
        self.rogue.say(f"runaway {self.ticker.middle_symbol()}")
        report = self.hear("runaway", "rogue")
        self.expect(report, "rejected", {"order_rate"})
        self.tell("refused", f"rogue, a loop gone wild: {report['quantity']} orders in {report['took_ms']} ms, "
                             f"{report['accepted_count']} accepted, the others refused: {why(report)}")

    def dead_prices(self) -> None:
        symbol = self.ticker.middle_symbol()
        self.ticker.say(f"freeze {symbol}")
        self.pause(1.3)
        self.rogue.say(f"stale-price {symbol}")
        report = self.hear("stale-price", "rogue")
        self.expect(report, "rejected", {"stale_mark"})
        self.tell("refused", f"rogue, on a price that nobody has renewed for over 900 ms: {order(report)}: stale_mark")
        self.ticker.say(f"thaw {symbol}")

    def crash(self) -> None:
        if self.options.prices:
            return
        changes = []
        while not changes or changes[-1] > max(changes[-10:]) - CRASH_FALL:
            self.pause(0.1)
            changes.append(self.ticker.change())
            if self.narrator.seconds() > 60:
                raise StageError("the market was to crash, and did not")
        self.tell("crash", f"the market falls by {max(changes[-10:]) - changes[-1]:.1%} within a second")
        self.pause(2.0)

    def stop(self) -> None:
        result = self.stage.command("killswitch", "stop", "--instance", INSTANCE, "--operator", "Ada",
                                    "--reason", "the market is falling", "--json")
        acknowledged_ns = time.monotonic_ns()
        if result.returncode != 0:
            raise StageError(f"killswitch stop: {result.stdout}{result.stderr}")
        clients = {row["client"]: row["microseconds"] for row in json.loads(result.stdout)["clients"]}
        if set(clients) != {"maker", "momentum", "rogue"}:
            raise StageError(f"killswitch stop: acknowledged by {sorted(clients)}, not by all three")
        each = ", ".join(f"{client} after {took:,.0f} us" for client, took in clients.items())
        self.tell("stopped", f"Ada pulls `killswitch stop`: all three have stopped ({each})")
        self.momentum.say("one-order")
        report = self.hear("one-order", "momentum")
        self.expect(report, "rejected", {"halted"})
        self.tell("refused", f"momentum, after the stop: {order(report)}: halted")
        self.pause(1.5)
        late = self.ticker.sent_after(acknowledged_ns)
        if late != 0:
            raise StageError(f"{late} orders left for the market after the stop was acknowledged")
        self.tell("stopped", "orders that have left for the market since: 0")

    def resume(self) -> None:
        who = ["--instance", INSTANCE, "--operator", "Grace", "--reason", "looked at the book, all is well"]
        result = self.stage.command("killswitch", "resume", *who)
        more = ""
        if result.returncode == 4:
            told = " ".join(line.strip() for line in result.stderr.removeprefix("killswitch: ").splitlines())
            self.tell("refused", f"Grace wants to resume: {told[:200]}")
            self.pause(1.0)
            more = ", and starts the day's loss anew"
            result = self.stage.command("killswitch", "resume", *who, "--new-baseline")
        if result.returncode != 0:
            raise StageError(f"killswitch resume: {result.stdout}{result.stderr}")
        self.tell("resumed", f"by Grace, with her name and a reason in the journal{more}")
        self.rogue.say(f"one-order {self.ticker.middle_symbol()}")
        report = self.hear("one-order", "rogue")
        self.expect(report, "accepted", set())
        self.tell("accepted", f"rogue may trade again, within its limits: {order(report)}")

    def play(self) -> None:
        self.first_order()
        self.rogue_errs("fat-finger", {"order_notional", "order_quantity"}, "too many zeros")
        self.pause(1.2)
        self.rogue_errs("wrong-price", {"price_collar"}, "20 % above the market")
        self.pause(1.2)
        self.resized()
        self.warned()
        self.pause(1.5)
        self.runaway()
        self.pause(1.2)
        self.dead_prices()
        self.crash()
        self.stop()
        self.pause(1.0)
        self.resume()
        self.pause(2.0)

    # ------------------------------------------------------------------------------------------ the end
    def show_book(self) -> None:
        result = self.stage.command("bulwark", "status", "--instance", INSTANCE, "--book")
        if result.returncode != 0:
            raise StageError(f"bulwark status: {result.stderr.strip()}")
        print("\n$ bulwark status --book\n" + result.stdout.rstrip() + "\n", flush=True)

    def go_on(self) -> None:
        print("The market goes on; Ctrl-C ends it and leaves nothing behind. In another terminal, try:\n"
              f"  export BULWARK_RUN_DIR={self.stage.run} PATH=$PATH:{self.stage.bin}\n"
              f"  bulwark status --instance {INSTANCE}; killswitch stop --instance {INSTANCE}\n"
              f"  killswitch resume --instance {INSTANCE} --operator YOU --reason WHY", flush=True)
        while not self.stage.dead():
            self.pause(STATUS_EVERY_S)
            status = self.status()
            cause = f" ({status['cause']})" if status.get("cause") else ""
            self.tell("", f"{status['state']}{cause}; the average price is {self.ticker.change():+.1%} since the open")
        raise StageError(f"ended by itself: {', '.join(self.stage.dead())}")


def arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="scripts/run", description=__doc__.partition("\n")[0])
    options.add_argument("--build", default=os.path.join(ROOT, "build", "release"), help=argparse.SUPPRESS)
    options.add_argument("--prices", default="", metavar="FILE", help="daily closes or a day of ticks, gzipped or not")
    options.add_argument("--from", dest="start", default="", metavar="DATE", help="first date of the file")
    options.add_argument("--seed", type=int, default=7, help="of the synthetic market")
    return options.parse_args()


def main() -> int:
    options = arguments()
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.default_int_handler)
    try:
        market = FileMarket(options.prices, options.start) if options.prices else SyntheticMarket(options.seed)
    except PriceFileError as error:
        print(f"run: {error}", file=sys.stderr)
        return 2
    code = 0
    stage = Stage(options.build)
    try:
        story = Story(stage, options, market)
        story.prepare()
        story.open()
        story.play()
        story.show_book()
        if sys.stdout.isatty():
            story.go_on()
    except KeyboardInterrupt:
        print()
    except (StageError, queue.Empty, OSError) as error:
        if isinstance(error, BrokenPipeError):  # nobody reads the story any more
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"run: {error or 'the venue does not answer'}", file=sys.stderr)
        code = 1
    for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(name, signal.SIG_IGN)
    left = stage.end()
    for thing in left:
        print(f"run: left behind: {thing}", file=sys.stderr)
    if not left:
        print("Ended; no process, run folder or file is left behind.")
    return code or (1 if left else 0)


if __name__ == "__main__":
    sys.exit(main())
