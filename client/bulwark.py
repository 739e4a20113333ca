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
import os
from typing import List, NamedTuple, Optional, Union

__all__ = ["Client", "Command", "Error", "MarkPublisher", "Refused", "Unavailable", "Verdict", "attach", "publish_marks"]

Decimal = decimal.Decimal
Number = Union[str, int, Decimal]
_text = ctypes.c_char_p


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
    kind: str  # "cancel"
    id: str
    cause: str


class _Options(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("timeout_ms", ctypes.c_int32), ("spin_us", ctypes.c_int32),
                ("spare", ctypes.c_int32), ("instance", _text), ("client", _text), ("account", _text),
                ("strategy", _text)]


class _Order(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("resize", ctypes.c_int32), ("reduce_only", ctypes.c_int32),
                ("spare", ctypes.c_int32), ("id", _text), ("symbol", _text), ("side", _text), ("quantity", _text),
                ("price", _text)]


class _Replacement(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("spare", ctypes.c_uint32), ("id", _text), ("new_id", _text),
                ("quantity", _text), ("price", _text)]


class _Execution(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("spare", ctypes.c_uint32), ("id", _text), ("exec_id", _text),
                ("quantity", _text), ("price", _text), ("fee", _text), ("symbol", _text), ("side", _text)]


class _Verdict(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("decision", ctypes.c_int32), ("quantity", ctypes.c_char * 32),
                ("reason", ctypes.c_char * 32), ("limit", ctypes.c_char * 40), ("value", ctypes.c_char * 48),
                ("max", ctypes.c_char * 48)]


class _Command(ctypes.Structure):
    _fields_ = [("size", ctypes.c_uint32), ("kind", ctypes.c_int32), ("id", ctypes.c_char * 72),
                ("cause", ctypes.c_char * 128)]


_handle = ctypes.c_void_p
_CALLS = {
    "attach": [ctypes.POINTER(_Options), ctypes.POINTER(_handle)],
    "detach": [_handle],
    "check": [_handle, ctypes.POINTER(_Order), ctypes.POINTER(_Verdict)],
    "replace": [_handle, ctypes.POINTER(_Replacement), ctypes.POINTER(_Verdict)],
    "clear_to_send": [_handle, _text, ctypes.POINTER(ctypes.c_int)],
    "fill": [_handle, ctypes.POINTER(_Execution)],
    "done": [_handle, _text, _text],
    "ack": [_handle, _text],
    "cancel": [_handle, _text],
    "next_command": [_handle, ctypes.POINTER(_Command)],
    "publish_marks": [_text, ctypes.POINTER(_handle)],
    "mark": [_handle, _text, _text, _text, _text],
    "publisher_close": [_handle],
    "free": [_handle],
    "publisher_free": [_handle],
}
_ABI_VERSION = 1


def _load() -> ctypes.CDLL:
    here = os.path.dirname(os.path.abspath(__file__))
    places = [os.path.normpath(os.path.join(here, folder, "libbulwark.so.0")) for folder in (".", "../lib")]
    place = next((place for place in places if os.path.exists(place)), None)
    if place is None:
        raise ImportError("libbulwark.so.0 is neither beside bulwark.py nor in ../lib (looked for %s)" % ", ".join(places))
    library = ctypes.CDLL(place)
    if library.bulwark_abi_version() != _ABI_VERSION:
        raise ImportError("%s has ABI version %d, this bulwark.py needs %d" %
                          (place, library.bulwark_abi_version(), _ABI_VERSION))
    for name, arguments in _CALLS.items():
        call = getattr(library, "bulwark_" + name)
        call.argtypes, call.restype = arguments, None if name.endswith("free") else ctypes.c_int
    library.bulwark_last_error.restype = _text
    return library


_library = _load()


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


def _verdict(verdict: _Verdict) -> Verdict:
    def said(text: bytes) -> Optional[str]:
        return text.decode("utf-8", "replace") if text else None

    def number(text: bytes) -> Optional[Decimal]:
        return Decimal(text.decode("ascii")) if text else None

    return Verdict({1: "accepted", 2: "resized"}.get(verdict.decision, "rejected"), number(verdict.quantity) or Decimal(0),
                   said(verdict.reason), said(verdict.limit), number(verdict.value), number(verdict.max))


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
        order, verdict = _sized(_Order), _sized(_Verdict)
        order.id, order.symbol, order.side = _word("id", id), _word("symbol", symbol), _word("side", side)
        order.quantity, order.price = _number("quantity", quantity), _number("price", price, optional=True)
        order.resize = 0 if resize is None else 1 if _flag("resize", resize) else 2
        order.reduce_only = _flag("reduce_only", reduce_only)
        _call("check", self._handle, order, verdict)
        return _verdict(verdict)

    def replace(self, id: str, new_id: str, quantity: Number, price: Optional[Number] = None) -> Verdict:
        """May this order be changed so? `quantity` is the new total; without a price it keeps its own."""
        change, verdict = _sized(_Replacement), _sized(_Verdict)
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
        execution = _sized(_Execution)
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

    def commands(self) -> List[Command]:
        """What the sidecar asks for, since the last call."""
        result = []
        while True:
            command = _sized(_Command)
            _call("next_command", self._handle, command)
            if command.kind == 0:
                return result
            result.append(Command("cancel", command.id.decode("ascii"), command.cause.decode("utf-8", "replace")))

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
    options, handle = _sized(_Options), _handle()
    options.instance, options.client = _word("instance", instance), _word("client", client)
    options.account = _word("account", account, optional=True)
    options.strategy = _word("strategy", strategy, optional=True)
    options.timeout_ms = _whole("timeout_ms", timeout_ms, 1, 60_000)
    options.spin_us = _whole("spin_us", spin_us, 1, 1_000_000)
    _call("attach", options, handle)
    return Client(handle)


def publish_marks(instance: str) -> MarkPublisher:
    """Becomes a publisher of marks for a running instance."""
    handle = _handle()
    _call("publish_marks", _word("instance", instance), handle)
    return MarkPublisher(handle)
