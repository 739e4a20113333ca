# SPDX-License-Identifier: Apache-2.0
"""The director's own line to the venue: the prices, and how many orders have left for the market after a moment."""
import queue
import socket
import threading

ANSWER_TIMEOUT_S = 8.0


class Ticker:
    def __init__(self, path: str):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.counts: queue.Queue = queue.Queue()
        self.opening: dict[str, float] = {}
        self.prices: dict[str, float] = {}
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        with self.socket.makefile() as lines:
            try:
                for line in lines:
                    words = line.split()
                    if words[0] == "quote":
                        self.prices[words[1]] = (float(words[2]) + float(words[3])) / 2
                        self.opening.setdefault(words[1], self.prices[words[1]])
                    elif words[0] == "count":
                        self.counts.put(int(words[1]))
            except (OSError, ValueError):
                return  # the market is closed

    def say(self, line: str) -> None:
        self.socket.sendall(line.encode() + b"\n")

    def sent_after(self, moment_ns: int) -> int:
        self.say(f"sent-after {moment_ns}")
        return self.counts.get(timeout=ANSWER_TIMEOUT_S)

    def change(self) -> float:
        """Of the average symbol since the opening."""
        prices = dict(self.prices)
        return sum(prices[symbol] / self.opening[symbol] for symbol in prices) / max(len(prices), 1) - 1.0

    def middle_symbol(self) -> str:
        """The symbol of the median price: neither dear nor cheap."""
        return sorted(self.prices, key=self.prices.get)[len(self.prices) // 2]
