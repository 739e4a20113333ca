# SPDX-License-Identifier: Apache-2.0
"""An honest trader of the demo: buys what has been rising, sells what no longer does. No signal worth money."""
import sys
import time
from decimal import Decimal

from trader import Trader, on_grid_of

ORDER_NOTIONAL = 20_000
SYMBOL_NOTIONAL_MAX = 40_000   # its own idea of enough of one symbol
CONVICTION_NOTIONAL = 240_000  # one order that the limits will cut down
DECIDE_EVERY_S = 0.25
HOLD_S = 6.0
HASTE = Decimal("0.001")       # so much worse than the touch a price may be: it is to trade at once
PATIENCE_S = 1.0               # an order that waits longer in the market is canceled
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
        price = on_grid_of(ask * (1 + HASTE) if side == "buy" else bid * (1 - HASTE), bid)
        verdict = self.trader.send(side, symbol, quantity, price, resize=True)
        if side == "buy" and verdict.decision != "rejected":
            self.bought_at[symbol] = time.monotonic()
        reason = verdict.reason if verdict.decision == "rejected" else verdict.decision
        if what != "verdict" or reason not in self.told:
            self.told.add(reason)
            self.trader.report_verdict(what, verdict, side, symbol, quantity, price)

    def best(self, held_max: int) -> str | None:
        """The strongest riser of which no more than that is held."""
        held = self.trader.positions
        fitting = [symbol for symbol, (bid, _) in self.trader.quotes.items()
                   if symbol in self.averages and held.get(symbol, Decimal(0)) * bid <= held_max]
        return max(fitting, key=self.trend, default=None)

    def units(self, symbol: str, notional: int) -> Decimal:
        return max(notional // self.trader.quotes[symbol][1], Decimal(1))

    def decide(self) -> None:
        now = time.monotonic()
        for id, order in self.trader.working.items():
            if now - order.sent_s > PATIENCE_S and not order.canceling:
                self.trader.cancel(id)
        for symbol, position in self.trader.positions.items():
            old = now - self.bought_at.get(symbol, 0.0) > HOLD_S
            busy = any(order.symbol == symbol for order in self.trader.working.values())
            if position > 0 and old and not busy and self.trend(symbol) < 0:
                self.trade("sell", symbol, position)
        best = self.best(SYMBOL_NOTIONAL_MAX)
        if best is not None:
            self.trade("buy", best, self.units(best, ORDER_NOTIONAL))

    def obey(self, words: list[str]) -> None:
        """Orders that the director asks for, and hears of."""
        best = self.best(0) or max(self.averages, key=self.trend)
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
