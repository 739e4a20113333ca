# SPDX-License-Identifier: Apache-2.0
"""Bulwark for a trading process in Python, over libbulwark.so. Nothing but the standard library.

    import bulwark
    c = bulwark.attach(instance="desk", client="c1", account="ACC1", strategy="momo")
    v = c.check(id="o1", symbol="AAPL", side="buy", quantity="100", price="189.50")
    if v.accepted and c.clear_to_send(id="o1"):
        ...  # send v.quantity

Prices and quantities are str, int or Decimal. What cannot be said raises Error; what is refused is a rejected verdict."""

import ctypes
import decimal
from typing import Dict, List, NamedTuple, Optional, Union

import bulwark_library as _c

__all__ = ["Client", "Command", "Error", "MarkPublisher", "OrderStatus", "Refused", "Size", "Unavailable", "Verdict",
           "attach", "publish_marks"]

Decimal = decimal.Decimal
Number = Union[str, int, Decimal]
_library = _c.load()


class Error(Exception):
    """A call that could not be made, in words: which argument, what was found, what is allowed."""


class Unavailable(Error):
    """The instance does not run or does not answer: the same call may succeed later."""


class Refused(Error):
    """It was said, and the sidecar said no."""


class Verdict(NamedTuple):
    decision: str  # "accepted", "resized", "rejected"
    quantity: Decimal  # allowed; 0 where it was rejected
    reason: Optional[str]  # None where it was accepted
    limit: Optional[str]
    value: Optional[Decimal]
    max: Optional[Decimal]

    @property
    def accepted(self) -> bool:
        return self.decision in ("accepted", "resized")


class Command(NamedTuple):
    kind: str  # "cancel": an order of yours. "liquidate": send this one; its fills and its end are reported under its id
    id: str
    cause: str
    symbol: Optional[str] = None  # this and what follows: of "liquidate"
    side: Optional[str] = None
    quantity: Optional[Decimal] = None
    price: Optional[Decimal] = None  # None: a market order
    account: Optional[str] = None
    strategy: Optional[str] = None
    again: bool = False  # this client had it before it attached: ask the market for that id before you send it


class Size(NamedTuple):
    quantity: Decimal  # 0: nothing
    binding: str  # the constraint that it comes from
    constraints: Dict[str, Optional[Decimal]]  # each one's own quantity; None where it is not configured


class OrderStatus(NamedTuple):
    state: str  # "working"; "done": nothing works any more; "unknown": none accepted under that id, or over before today
    quantity: Decimal
    filled: Decimal
    remaining: Decimal


def _call(name: str, *arguments) -> None:
    code = getattr(_library, "bulwark_" + name)(*arguments)
    if code != 0:
        raise {-2: Unavailable, -3: Refused}.get(code, Error)(_library.bulwark_last_error().decode("utf-8", "replace"))


def _word(argument: str, value, optional: bool = False) -> Optional[bytes]:
    if value is None and optional:
        return None
    if not isinstance(value, str):
        raise Error("%s: %r is a %s; str is allowed" % (argument, value, type(value).__name__))
    if "\0" in value:
        raise Error("%s: %r has a zero in it; printable ASCII characters are allowed" % (argument, value))
    return value.encode("utf-8", "backslashreplace")


def _number(argument: str, value: Optional[Number], optional: bool = False) -> Optional[bytes]:
    if value is None and optional:
        return None
    if isinstance(value, str):
        return _word(argument, value)
    if isinstance(value, Decimal):
        return format(value, "f").encode("ascii")
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return str(value).encode("ascii")
        except ValueError:  # more digits than Python writes
            raise Error("%s: is out of range: at most 10000000000 is allowed" % argument) from None
    because = ", because a float is not exact" if isinstance(value, float) else ""
    raise Error("%s: %r is a %s; str, int and decimal.Decimal are allowed%s" % (argument, value, type(value).__name__, because))


def _estimate(argument: str, value: Union[Number, float, None], optional: bool = True) -> Optional[bytes]:
    """What is no money: a float is taken as it is written."""
    return _number(argument, Decimal(repr(value)) if isinstance(value, float) else value, optional)


def _flag(argument: str, value) -> bool:
    if isinstance(value, bool):
        return value
    raise Error("%s: %r is a %s; True and False are allowed" % (argument, value, type(value).__name__))


def _whole(argument: str, value, least: int, most: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
        return value
    raise Error("%s: %r is not allowed; whole numbers from %d to %d are" % (argument, value, least, most))


def _sized(struct):
    return struct(size=ctypes.sizeof(struct))


def _said(text: bytes) -> Optional[str]:
    return text.decode("utf-8", "replace") if text else None


def _decimal(text: bytes) -> Optional[Decimal]:
    return Decimal(text.decode("ascii")) if text else None


def _verdict(verdict: _c.Verdict) -> Verdict:
    return Verdict({1: "accepted", 2: "resized"}.get(verdict.decision, "rejected"), _decimal(verdict.quantity) or Decimal(0),
                   _said(verdict.reason), _said(verdict.limit), _decimal(verdict.value), _decimal(verdict.max))


def _command(command: _c.Command) -> Command:
    id, cause = command.id.decode("ascii"), command.cause.decode("utf-8", "replace")
    if command.kind != 2:
        return Command("cancel", id, cause)
    return Command("liquidate", id, cause, _said(command.symbol), _said(command.side), _decimal(command.quantity),
                   _decimal(command.price), _said(command.account), _said(command.strategy), command.again == 1)


class _Handle:
    """Owns a handle of the C library, and gives it back once."""

    _free = "free"

    def __init__(self, handle):
        self._handle = handle
        self._give_back = getattr(_library, "bulwark_" + self._free)  # the module may be gone when we are

    def __del__(self):
        handle, self._handle = getattr(self, "_handle", None), None
        if handle:
            self._give_back(handle)


class Client(_Handle):
    """An attached trading process. Made by attach()."""

    def check(self, id: str, symbol: str, side: str, quantity: Number, price: Optional[Number] = None,
              resize: Optional[bool] = None, reduce_only: bool = False) -> Verdict:
        """May this order be sent? Without a price it is a market order."""
        order, verdict = _sized(_c.Order), _sized(_c.Verdict)
        order.id, order.symbol, order.side = _word("id", id), _word("symbol", symbol), _word("side", side)
        order.quantity, order.price = _number("quantity", quantity), _number("price", price, optional=True)
        order.resize = 0 if resize is None else 1 if _flag("resize", resize) else 2
        order.reduce_only = _flag("reduce_only", reduce_only)
        _call("check", self._handle, order, verdict)
        return _verdict(verdict)

    def replace(self, id: str, new_id: str, quantity: Number, price: Optional[Number] = None) -> Verdict:
        """May this order be changed so? `quantity` is the new total; without a price it keeps its own."""
        change, verdict = _sized(_c.Replacement), _sized(_c.Verdict)
        change.id, change.new_id = _word("id", id), _word("new_id", new_id)
        change.quantity, change.price = _number("quantity", quantity), _number("price", price, optional=True)
        _call("replace", self._handle, change, verdict)
        return _verdict(verdict)

    def clear_to_send(self, id: Optional[str] = None) -> bool:
        """The last look before the wire. Without an id: is the instance trading?"""
        clear = ctypes.c_int(0)
        _call("clear_to_send", self._handle, _word("id", id, optional=True), clear)
        return clear.value == 1

    def fill(self, id: str, exec_id: str, quantity: Number, price: Number, fee: Optional[Number] = None,
             symbol: Optional[str] = None, side: Optional[str] = None) -> None:
        """The order was executed, in part or whole. symbol and side: only for an order that may not be known."""
        execution = _sized(_c.Execution)
        execution.id, execution.exec_id = _word("id", id), _word("exec_id", exec_id)
        execution.quantity, execution.price = _number("quantity", quantity), _number("price", price)
        execution.fee = _number("fee", fee, optional=True)
        execution.symbol, execution.side = _word("symbol", symbol, optional=True), _word("side", side, optional=True)
        _call("fill", self._handle, execution)

    def done(self, id: str, why: str) -> None:
        """The order is over: "canceled", "rejected" or "expired"."""
        _call("done", self._handle, _word("id", id), _word("why", why))

    def ack(self, id: str) -> None:
        """The market has confirmed the order or the replace."""
        _call("ack", self._handle, _word("id", id))

    def cancel(self, id: str) -> None:
        """A cancel is on its way. Always passes."""
        _call("cancel", self._handle, _word("id", id))

    def size(self, symbol: str, side: str, price: Optional[Number] = None, edge: Union[Number, float, None] = None,
             horizon_days: Union[Number, float, None] = None, win_probability: Union[Number, float, None] = None,
             payoff: Union[Number, float, None] = None, confidence: Union[Number, float, None] = None) -> Size:
        """How much of this trade would pass, and what bounds it. It needs an edge, or win_probability and payoff."""
        trade, answer = _sized(_c.Trade), _sized(_c.SizeAnswer)
        trade.symbol, trade.side = _word("symbol", symbol), _word("side", side)
        trade.price = _number("price", price, optional=True)
        trade.edge, trade.horizon_days = _estimate("edge", edge), _estimate("horizon_days", horizon_days)
        trade.win_probability, trade.payoff = _estimate("win_probability", win_probability), _estimate("payoff", payoff)
        trade.confidence = _estimate("confidence", confidence)
        _call("size", self._handle, trade, answer)
        return Size(_decimal(answer.quantity) or Decimal(0), answer.binding.decode("ascii"),
                    {name: _decimal(getattr(answer, name)) for name in _c.CONSTRAINTS})

    def order_status(self, id: str) -> OrderStatus:
        """What became of the order asked for under this id: for whoever has no answer, because a death cut off the check."""
        answer = _sized(_c.OrderState)
        _call("order_status", self._handle, _word("id", id), answer)
        return OrderStatus({1: "working", 2: "done"}.get(answer.state, "unknown"), Decimal(answer.quantity.decode("ascii")),
                           Decimal(answer.filled.decode("ascii")), Decimal(answer.remaining.decode("ascii")))

    def commands(self) -> List[Command]:
        """What the sidecar asks for, since the last call. Who never calls it is never given an order of a liquidation."""
        result = []
        while True:
            command = _sized(_c.Command)
            _call("next_command", self._handle, command)
            if command.kind == 0:
                return result
            result.append(_command(command))

    def detach(self) -> None:
        """Leaves in good order. Working orders stay."""
        _call("detach", self._handle)


class MarkPublisher(_Handle):
    """A publisher of marks. Made by publish_marks()."""

    _free = "publisher_free"

    def mark(self, symbol: str, bid: Optional[Number] = None, ask: Optional[Number] = None,
             last: Optional[Number] = None) -> None:
        """The newest mark of a symbol, or of a pair like "EUR/USD": bid and ask, or last, or all three."""
        _call("mark", self._handle, _word("symbol", symbol), _number("bid", bid, optional=True),
              _number("ask", ask, optional=True), _number("last", last, optional=True))

    def close(self) -> None:
        _call("publisher_close", self._handle)


def attach(instance: str, client: str, account: Optional[str] = None, strategy: Optional[str] = None,
           timeout_ms: int = 1000, spin_us: int = 20) -> Client:
    """Attaches this process to a running instance, under a name that is its own for as long as it lives."""
    options, handle = _sized(_c.Options), _c.handle()
    options.instance, options.client = _word("instance", instance), _word("client", client)
    options.account = _word("account", account, optional=True)
    options.strategy = _word("strategy", strategy, optional=True)
    options.timeout_ms = _whole("timeout_ms", timeout_ms, 1, 60_000)
    options.spin_us = _whole("spin_us", spin_us, 1, 1_000_000)
    _call("attach", options, handle)
    return Client(handle)


def publish_marks(instance: str) -> MarkPublisher:
    """Becomes a publisher of marks for a running instance."""
    handle = _c.handle()
    _call("publish_marks", _word("instance", instance), handle)
    return MarkPublisher(handle)
