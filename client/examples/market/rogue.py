# SPDX-License-Identifier: Apache-2.0
"""The trader that every firm has had once: too many zeros, a wrong price, a loop that never ends, dead prices.

It does nothing by itself; the director tells it which mistake to make next, and it reports what the gate said.
"""
import sys
import time
from decimal import Decimal

from trader import Trader, on_grid_of

FAT_QUANTITY = 1_000_000
RUNAWAY_COUNT = 400
RUNAWAY_SIZES = 6


class Rogue:
    def __init__(self):
        self.trader = Trader("rogue", "ROGUE", "rogue")

    def one(self, what: str, symbol: str, quantity, price) -> None:
        verdict = self.trader.send("buy", symbol, quantity, price)
        self.trader.report_verdict(what, verdict, "buy", symbol, quantity, price)

    def runaway(self, symbol: str) -> None:
        """A loop without an end: one small order after the other, well below the market."""
        bid, ask = self.trader.quotes[symbol]
        price = on_grid_of(bid * Decimal("0.90"), bid)
        accepted, first_refused, started_ns = [], None, time.monotonic_ns()
        for number in range(RUNAWAY_COUNT):
            verdict = self.trader.send("buy", symbol, 1 + number % RUNAWAY_SIZES, price)
            if verdict.decision == "rejected":
                first_refused = first_refused or verdict
            else:
                accepted.append(f"{self.trader.client}-{self.trader.order_count}")
        took_ms = (time.monotonic_ns() - started_ns) / 1e6
        verdict = first_refused or verdict
        self.trader.report_verdict("runaway", verdict, "buy", symbol, RUNAWAY_COUNT, price,
                                   accepted_count=len(accepted), took_ms=round(took_ms, 1))
        for id in accepted:
            self.trader.cancel(id)

    def obey(self, words: list[str]) -> None:
        what, symbol = words
        bid, ask = self.trader.quotes[symbol]
        match what:
            case "fat-finger":
                self.one(what, symbol, FAT_QUANTITY, ask)
            case "wrong-price":
                self.one(what, symbol, max(1000 // ask, Decimal(1)), on_grid_of(ask * Decimal("1.20"), ask))
            case "stale-price" | "one-order":
                self.one(what, symbol, max(1000 // ask, Decimal(1)), on_grid_of(bid * Decimal("0.97"), bid))
            case "runaway":
                self.runaway(symbol)

    def run(self) -> None:
        while True:
            for line in self.trader.turn(1.0):
                self.obey(line.split())


if __name__ == "__main__":
    try:
        Rogue().run()
    except (BrokenPipeError, ConnectionError):
        sys.exit(0)
