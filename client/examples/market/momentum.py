# SPDX-License-Identifier: Apache-2.0
"""An honest trader of the demo: buys what has been rising, sells what no longer does. No signal worth money."""
import sys
import time
from decimal import Decimal

from trader import Trader

ORDER_NOTIONAL = 30_000
CONVICTION_NOTIONAL = 240_000  # one order that the limits will cut down
DECIDE_EVERY_S = 0.25
HOLD_S = 6.0
FAST, SLOW = 0.20, 0.02        # how quickly the two averages follow the price


class Momentum:
    def __init__(self):
        self.trader = Trader("momentum", "MOMO", "momo")
        self.averages: dict[str, tuple[float, float]] = {}
        self.bought_at: dict[str, float] = {}
        self.told: set[str] = set()  # a refusal is told once for each reason

    def look(self) -> None:
        for symbol, (bid, ask) in self.trader.quotes.items():
            mid = float(bid + ask) / 2
            fast, slow = self.averages.get(symbol, (mid, mid))
            self.averages[symbol] = (fast + FAST * (mid - fast), slow + SLOW * (mid - slow))

    def trend(self, symbol: str) -> float:
        fast, slow = self.averages[symbol]
        return fast / slow - 1.0

    def trade(self, side: str, symbol: str, quantity: Decimal, what: str = "verdict") -> None:
        bid, ask = self.trader.quotes[symbol]
        price = ask if side == "buy" else bid
        verdict = self.trader.send(side, symbol, quantity, price, resize=True)
        if side == "buy" and verdict.decision != "rejected":
            self.bought_at[symbol] = time.monotonic()
        reason = verdict.reason if verdict.decision == "rejected" else verdict.decision
        if what != "verdict" or reason not in self.told:
            self.told.add(reason)
            self.trader.report_verdict(what, verdict, side, symbol, quantity, price)

    def units(self, symbol: str, notional: int) -> Decimal:
        return max(notional // self.trader.quotes[symbol][1], Decimal(1))

    def decide(self) -> None:
        now = time.monotonic()
        for symbol, position in self.trader.positions.items():
            old = now - self.bought_at.get(symbol, 0.0) > HOLD_S
            busy = any(other == symbol for _, other in self.trader.working.values())
            if position > 0 and old and not busy and self.trend(symbol) < 0:
                self.trade("sell", symbol, position)
        best = max(self.averages, key=self.trend)
        self.trade("buy", best, self.units(best, ORDER_NOTIONAL))

    def obey(self, words: list[str]) -> None:
        best = max(self.averages, key=self.trend)
        match words:
            case ["conviction"]:
                self.trade("buy", best, self.units(best, CONVICTION_NOTIONAL), "conviction")
            case ["one-order"]:
                self.trade("buy", best, self.units(best, ORDER_NOTIONAL), "one-order")

    def run(self) -> None:
        next_decision = time.monotonic() + DECIDE_EVERY_S
        while True:
            for line in self.trader.turn(max(next_decision - time.monotonic(), 0.0)):
                self.obey(line.split())
            if time.monotonic() >= next_decision:
                self.look()
                self.decide()
                next_decision = time.monotonic() + DECIDE_EVERY_S


if __name__ == "__main__":
    try:
        Momentum().run()
    except (BrokenPipeError, ConnectionError):
        sys.exit(0)
