# SPDX-License-Identifier: Apache-2.0
"""The demo's exchange: moves the market, publishes every price to Bulwark, and matches the orders of the traders.

Its wire is lines over a Unix socket, so that the demo shows where a real order would leave the machine:
    trader -> venue   order ID SIDE SYMBOL QUANTITY PRICE SENT_NS | cancel ID
    venue -> trader   quote SYMBOL BID ASK | ack ID | fill ID EXEC_ID QUANTITY PRICE | done ID WHY
    director          freeze SYMBOL | thaw SYMBOL | sent-after NS, answered by: count N
The venue knows nothing of limits: whatever reaches it trades.
"""
import argparse
import random
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass
from decimal import Decimal

import bulwark
from market import Quote, SyntheticMarket
from prices import FileMarket

FILL_CHANCE = 0.06          # of a resting order at the touch, in each step
OUTPUT_BYTES_MAX = 1 << 20  # a trader that reads nothing for so long misses prices, never fills


@dataclass
class Order:
    id: str
    side: str
    symbol: str
    quantity: Decimal
    price: Decimal
    sent_ns: int


class Member:
    """One connected trader: what it has sent so far of a line, what it has not yet taken, its resting orders."""

    def __init__(self, connection: socket.socket):
        self.connection = connection
        self.input = b""
        self.output = b""
        self.orders: dict[str, Order] = {}

    def say(self, line: str) -> None:
        self.output += line.encode() + b"\n"

    def flush(self) -> None:
        while self.output:
            try:
                self.output = self.output[self.connection.send(self.output):]
            except BlockingIOError:
                return


class Venue:
    def __init__(self, market, publisher, listener: socket.socket, step_s: float, seed: int):
        self.market = market
        self.publisher = publisher
        self.listener = listener
        self.step_s = step_s
        self.random = random.Random(seed)
        self.quotes: dict[str, Quote] = {}
        self.frozen: set[str] = set()  # symbols whose price feed to Bulwark is dead
        self.members: dict[socket.socket, Member] = {}
        self.sent: list[int] = []      # when each order was looked at for the last time before the wire
        self.execution_count = 0
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ)

    # ------------------------------------------------------------------------------------------ the market moves
    def step(self) -> None:
        for symbol, quote in self.market.step().items():
            self.quotes[symbol] = quote
            if symbol not in self.frozen:
                self.publisher.mark(symbol, bid=quote.bid, ask=quote.ask, last=quote.last)
        prices = "".join(f"quote {symbol} {quote.bid} {quote.ask}\n" for symbol, quote in self.quotes.items()).encode()
        for member in self.members.values():
            for order in list(member.orders.values()):
                self.match(member, order, arriving=False)
            if len(member.output) < OUTPUT_BYTES_MAX:
                member.output += prices

    def match(self, member: Member, order: Order, arriving: bool) -> None:
        quote = self.quotes[order.symbol]
        ours, theirs, sign = (quote.bid, quote.ask, 1) if order.side == "buy" else (quote.ask, quote.bid, -1)
        crosses = sign * order.price >= sign * theirs
        at_touch = sign * order.price >= sign * ours
        if crosses:
            self.fill(member, order, theirs if arriving else order.price)
        elif at_touch and not arriving and self.random.random() < FILL_CHANCE:
            self.fill(member, order, order.price)

    def fill(self, member: Member, order: Order, price: Decimal) -> None:
        self.execution_count += 1
        del member.orders[order.id]
        member.say(f"fill {order.id} x{self.execution_count} {order.quantity} {price}")

    # ------------------------------------------------------------------------------------------ the members speak
    def receive(self, member: Member) -> None:
        try:
            data = member.connection.recv(65536)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data:
            self.selector.unregister(member.connection)
            self.members.pop(member.connection).connection.close()
            return
        *lines, member.input = (member.input + data).split(b"\n")
        for line in lines:
            self.obey(member, line.decode().split())

    def obey(self, member: Member, words: list[str]) -> None:
        match words:
            case ["order", id, side, symbol, quantity, price, sent_ns] if symbol in self.quotes:
                order = Order(id, side, symbol, Decimal(quantity), Decimal(price), int(sent_ns))
                self.sent.append(order.sent_ns)
                member.orders[id] = order
                member.say(f"ack {id}")
                self.match(member, order, arriving=True)
            case ["order", id, *_]:
                member.say(f"done {id} rejected")
            case ["cancel", id]:
                if member.orders.pop(id, None) is not None:
                    member.say(f"done {id} canceled")
            case ["freeze", symbol]:
                self.frozen.add(symbol)
            case ["thaw", symbol]:
                self.frozen.discard(symbol)
            case ["sent-after", ns]:
                member.say(f"count {sum(1 for sent in self.sent if sent > int(ns))}")

    def run(self) -> None:
        next_step = time.monotonic()
        while True:
            now = time.monotonic()
            if now >= next_step:
                self.step()
                next_step = max(next_step + self.step_s, now)
            for key, _ in self.selector.select(max(next_step - time.monotonic(), 0.0)):
                if key.fileobj is self.listener:
                    self.admit()
                elif key.fileobj in self.members:
                    self.receive(self.members[key.fileobj])
            for member in list(self.members.values()):
                try:
                    member.flush()
                except ConnectionError:
                    member.output = b""

    def admit(self) -> None:
        connection, _ = self.listener.accept()
        connection.setblocking(False)
        self.members[connection] = Member(connection)
        self.selector.register(connection, selectors.EVENT_READ)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--instance", required=True)
    options.add_argument("--socket", required=True, help="where the traders find the venue")
    options.add_argument("--steps-per-second", type=float, default=20.0)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--prices", default="", help="a file of prices instead of the synthetic market")
    options.add_argument("--from", dest="start", default="", help="first date of the file")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    market = FileMarket(chosen.prices, chosen.start) if chosen.prices else SyntheticMarket(chosen.seed)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(chosen.socket)
    listener.listen(16)
    publisher = bulwark.publish_marks(instance=chosen.instance)
    venue = Venue(market, publisher, listener, 1.0 / chosen.steps_per_second, chosen.seed)
    venue.step()
    print("open", flush=True)
    venue.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
