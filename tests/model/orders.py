# SPDX-License-Identifier: Apache-2.0
"""An order and what is left of it, with a replace that may wait (rules 21 to 23)."""

from dataclasses import dataclass, field


@dataclass
class Waiting:
    """A replace that the market has not confirmed yet."""

    new_id: str
    quantity: int
    price: int | None


@dataclass
class Order:
    client: str | None
    ids: list
    account: str
    strategy: str | None
    symbol: str
    side: str
    quantity: int
    price: int | None
    reduce_only: bool = False
    done: bool = False
    waiting: Waiting | None = None
    withdrawn: set = field(default_factory=set)  # ids of replaces that the market refused
    executions: dict = field(default_factory=dict)  # exec_id to quantity
    located: int = 0  # units of the symbol's locate that this order took in this session
    asked_to_cancel: bool = False
    of_liquidation: bool = False  # sent by the engine itself

    @property
    def id(self):
        """The id under which the market knows the order now."""
        return self.ids[-1]

    @property
    def filled(self):
        return sum(self.executions.values())

    @property
    def remainder(self):
        """What the order counts with: the larger of its old and its new remainder (rule 22)."""
        if self.done:
            return 0
        new = self.waiting.quantity if self.waiting else 0
        return max(self.quantity - self.filled, new - self.filled, 0)

    @property
    def prices(self):
        """The prices at which the order may trade: the old one and a waiting new one (rule 20)."""
        return [self.price] + ([self.waiting.price] if self.waiting else [])

    def answers_to(self, order_id):
        return order_id in self.ids or order_id in self.withdrawn or bool(self.waiting and order_id == self.waiting.new_id)

    def confirm(self, order_id):
        """An ack of the new id, or a fill naming it, makes the new quantity and price hold (rule 22)."""
        if self.waiting and order_id == self.waiting.new_id:
            self.ids.append(self.waiting.new_id)
            self.quantity, self.price = self.waiting.quantity, self.waiting.price
            self.waiting = None
            self.close_if_filled()

    def withdraw(self):
        self.withdrawn.add(self.waiting.new_id)
        self.waiting = None
        self.close_if_filled()

    def close_if_filled(self):
        """An order with nothing left is done."""
        if self.remainder == 0:
            self.done = True
