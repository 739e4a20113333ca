# SPDX-License-Identifier: Apache-2.0
"""A client that trades as long as it is told to, and remembers every id that was answered: the oracle."""
import threading


class Trader:
    def __init__(self, client, name):
        self.client, self.name, self.answered, self.fault = client, name, [], None
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.trade, daemon=True)
        self.thread.start()

    def trade(self):
        number = 0
        try:
            while not self.ending.is_set():
                number += 1
                order = f"{self.name}-{number}"
                verdict = self.client.check(id=order, symbol="AAPL", side="buy" if number % 2 else "sell", quantity=1)
                if verdict.reason == "lease_expired":  # it may not have been asked at all
                    continue
                self.answered.append(order)
                if verdict.decision == "accepted":
                    self.client.done(id=order, why="canceled")
                self.ending.wait(0.0005)
        except Exception as fault:  # told to the test, which is another thread
            self.fault = fault

    def end(self):
        self.ending.set()
        self.thread.join(30)
        if self.thread.is_alive() or self.fault is not None:
            raise AssertionError(f"the client hung or failed: {self.fault}")
        return self.answered
