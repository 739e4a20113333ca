# SPDX-License-Identifier: Apache-2.0
"""What the Python traders of the demo share: the gate (Bulwark), the wire (the venue), and the way of an order.

The order of things is the whole lesson: ask the gate, look once more, only then write to the wire; tell the gate about
every fill and every end. Reports for the story go to standard output, one JSON object a line.
"""
import argparse
import json
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from decimal import Decimal

import bulwark

LAPSE_RETRIES = 40  # a lease that ran out comes back by itself, where the machine only stalled
LAPSE_PAUSE_S = 0.025


@dataclass
class Working:
    side: str
    symbol: str
    sent_s: float
    canceling: bool = False


def on_grid_of(price: Decimal, like: Decimal) -> Decimal:
    """A price with as many decimals as the venue's own."""
    return price.quantize(Decimal(1).scaleb(like.as_tuple().exponent))


class Trader:
    def __init__(self, client: str, account: str, strategy: str):
        options = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__.partition("\n")[0])
        options.add_argument("--instance", required=True)
        options.add_argument("--venue", required=True, help="the socket of the venue")
        chosen = options.parse_args()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        self.client = client
        self.gate = bulwark.attach(instance=chosen.instance, client=client, account=account, strategy=strategy)
        self.wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.wire.connect(chosen.venue)
        self.partial = b""
        self.quotes: dict[str, tuple[Decimal, Decimal]] = {}
        self.positions: dict[str, Decimal] = {}
        self.working: dict[str, Working] = {}  # by id
        self.order_count = 0

    def report(self, what: str, **fields) -> None:
        print(json.dumps({"what": what, "client": self.client, **fields}, default=str), flush=True)

    def ask(self, side: str, symbol: str, quantity, price, resize: bool | None):
        """The verdict, and the id that was asked for. A lapse of the lease is waited for, a stop is not."""
        for _ in range(LAPSE_RETRIES):
            self.order_count += 1
            id = f"{self.client}-{self.order_count}"
            verdict = self.gate.check(id=id, symbol=symbol, side=side, quantity=quantity, price=price,
                                      **({} if resize is None else {"resize": resize}))
            if verdict.reason != "lease_expired":
                break
            time.sleep(LAPSE_PAUSE_S)
        return verdict, id

    def send(self, side: str, symbol: str, quantity, price, resize: bool | None = None):
        """Asks; sends what is allowed; gives the verdict."""
        verdict, id = self.ask(side, symbol, quantity, price, resize)
        if verdict.decision in ("accepted", "resized"):
            self.working[id] = Working(side, symbol, time.monotonic())
            looked_ns = time.monotonic_ns()
            if self.gate.clear_to_send(id=id):
                self.wire.sendall(f"order {id} {side} {symbol} {verdict.quantity} {price} {looked_ns}\n".encode())
            else:
                self.end(id, "canceled")  # stopped between the verdict and the wire: it was never sent
        return verdict

    def report_verdict(self, what: str, verdict, side: str, symbol: str, quantity, price, **more) -> None:
        self.report(what, side=side, symbol=symbol, quantity=quantity, price=price, decision=verdict.decision,
                    allowed=verdict.quantity, reason=verdict.reason, limit=verdict.limit, value=verdict.value,
                    max=verdict.max, **more)

    def cancel(self, id: str) -> None:
        if id in self.working:
            self.working[id].canceling = True
        self.gate.cancel(id=id)
        self.wire.sendall(f"cancel {id}\n".encode())

    def liquidate(self, order: bulwark.Command) -> None:
        """Sends an order that Bulwark wants sent, under its id: it is this trader's from now on. One that it may have sent
        before it died (`again`) is for its venue to tell; this one forgets the dead, so that a person has to look."""
        bid, ask = self.quotes.get(order.symbol, (order.price, order.price))
        price = order.price or (bid if order.side == "sell" else ask)
        if order.again or price is None or not self.gate.clear_to_send(id=order.id):
            return
        self.working[order.id] = Working(order.side, order.symbol, time.monotonic())
        self.wire.sendall(f"order {order.id} {order.side} {order.symbol} {order.quantity} {price} "
                          f"{time.monotonic_ns()}\n".encode())

    def end(self, id: str, why: str) -> None:
        if self.working.pop(id, None) is not None:
            self.gate.done(id=id, why=why)

    def hear(self, words: list[str]) -> None:
        match words:
            case ["quote", symbol, bid, ask]:
                self.quotes[symbol] = (Decimal(bid), Decimal(ask))
            case ["ack", id]:
                self.gate.ack(id=id)
            case ["fill", id, exec_id, quantity, price]:
                order = self.working.pop(id)
                change = Decimal(quantity) if order.side == "buy" else -Decimal(quantity)
                self.positions[order.symbol] = self.positions.get(order.symbol, Decimal(0)) + change
                self.gate.fill(id=id, exec_id=exec_id, quantity=quantity, price=price)
            case ["done", id, why]:
                self.end(id, why)

    def turn(self, wait_s: float) -> list[str]:
        """Hears the venue for at most `wait_s`; gives the lines that the director has said meanwhile."""
        for command in self.gate.commands():
            if command.kind == "liquidate":
                self.liquidate(command)
            elif command.id in self.working and not self.working[command.id].canceling:
                self.cancel(command.id)
        ready, _, _ = select.select([self.wire, sys.stdin], [], [], wait_s)
        if self.wire in ready:
            data = self.wire.recv(1 << 20)
            if not data:
                sys.exit(0)  # the market is closed
            *lines, self.partial = (self.partial + data).split(b"\n")
            for line in lines:
                self.hear(line.decode().split())
        if sys.stdin in ready:
            line = sys.stdin.readline()
            if not line:
                sys.exit(0)  # the director is gone
            return [line.strip()]
        return []
