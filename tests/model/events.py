# SPDX-License-Identifier: Apache-2.0
"""One line of input into one event: which fields it has and of which kind (contract, section 3; rule 31)."""

import json
from decimal import Decimal

from decimals import MONEY_MAX, SCALE, NotANumber, parse


class Malformed(Exception):
    """The line is no valid event; `t` is its time where it has one."""

    def __init__(self, message, t=None):
        super().__init__(message)
        self.t = t


def _text(value, longest):
    if not isinstance(value, str) or not 1 <= len(value) <= longest or not all(" " <= c <= "~" for c in value):
        raise Malformed(f"must be a text of 1 to {longest} printable characters")
    return value


def name(value):
    return _text(value, 32)


def order_id(value):
    return _text(value, 64)


def free_text(value):
    if not isinstance(value, str) or value == "":
        raise Malformed("must be a text that is not empty")
    return value


def loose_text(value):
    """Of a control, which is itself to judge an empty name: a stop is never refused for lack of one (rule 28)."""
    if not isinstance(value, str):
        raise Malformed("must be a text")
    return value


def decimal(value):
    return parse(value)


def money(value):
    return parse(value, MONEY_MAX)


def positive(value):
    units = parse(value)
    if units <= 0:
        raise Malformed("must be positive")
    return units


def share(value):
    units = parse(value)
    if not 0 <= units <= SCALE:
        raise Malformed("must lie between 0 and 1")
    return units


def whole(value):
    if type(value) is not int or not 0 <= value < 2**63:
        raise Malformed("must be an integer")
    return value


def boolean(value):
    if type(value) is not bool:
        raise Malformed("must be true or false")
    return value


def one_of(*words):
    def check(value):
        if not isinstance(value, str) or value not in words:
            raise Malformed(f"must be one of {', '.join(words)}")
        return value
    return check


def scope(value):
    if not isinstance(value, dict):
        raise Malformed("must be an object")
    for key, item in value.items():
        if key not in ("symbol", "sector", "account", "strategy", "client"):
            raise Malformed(f'does not take "{key}"')
        if name(item) == "*":
            raise Malformed('a control names one scope: "*" is not one')
    return value


SIDE = one_of("buy", "sell")

# Each field: its kind and whether it must be there.
FIELDS = {
    "mark": {"symbol": (name, True), "bid": (positive, False), "ask": (positive, False), "last": (positive, False)},
    "intent": {"client": (name, True), "account": (name, False), "strategy": (name, True), "id": (order_id, True),
               "symbol": (name, True), "side": (SIDE, True), "quantity": (decimal, True), "price": (decimal, False),
               "resize": (boolean, False), "reduce_only": (boolean, False)},
    "replace": {"id": (order_id, True), "new_id": (order_id, True), "quantity": (decimal, True), "price": (decimal, False),
                "client": (name, False)},
    "ack": {"id": (order_id, True), "client": (name, False)},
    "cancel": {"id": (order_id, True), "client": (name, False)},
    "fill": {"id": (order_id, True), "exec_id": (order_id, True), "quantity": (positive, True), "price": (positive, True),
             "fee": (money, False), "client": (name, False), "symbol": (name, False), "side": (SIDE, False),
             "account": (name, False), "strategy": (name, False)},
    "done": {"id": (order_id, True), "why": (one_of("canceled", "rejected", "expired"), True), "client": (name, False)},
    "size": {"account": (name, False), "strategy": (name, True), "symbol": (name, True), "side": (SIDE, True),
             "price": (positive, False), "edge": (decimal, False), "horizon_days": (positive, False),
             "win_probability": (share, False), "payoff": (positive, False), "confidence": (share, False),
             "client": (name, False)},
    "equity": {"account": (name, True), "amount": (money, True)},
    "clock": {},
}
CONTROLS = {
    "halt": {"on": (scope, False), "operator": (loose_text, False), "reason": (loose_text, False)},
    "reduce_only": {"on": (scope, False), "operator": (loose_text, False), "reason": (loose_text, False)},
    "liquidate": {"on": (scope, False), "operator": (loose_text, False), "reason": (loose_text, False)},
    "resume": {"on": (scope, False), "operator": (free_text, True), "reason": (free_text, True),
               "new_baseline": (boolean, False), "stage": (one_of("reduce_only", "half", "full"), False)},
    "override": {"on": (scope, False), "operator": (free_text, True), "reason": (free_text, True), "limit": (name, True),
                 "max": (money, True), "until": (whole, True)},
}


def _no_constant(word):
    raise ValueError(f"{word} is no number")


def read(line):
    """The event of a line: a dict with `type`, `t` and the fields of its type, decimals in units of 1e-8."""
    try:
        found = json.loads(line.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise Malformed(f"not JSON: {problem}") from problem
    if not isinstance(found, dict):
        raise Malformed("not an object")
    try:
        t = whole(found.get("t"))
    except Malformed as problem:
        raise Malformed(f"t {problem}") from problem
    try:
        return {"t": t} | _event(found)
    except Malformed as problem:
        raise Malformed(str(problem), t) from problem


def _event(found):
    kind = found.get("type")
    if kind == "control":
        command = found.get("command")
        if not isinstance(command, str) or command not in CONTROLS:
            raise Malformed(f"command {command!r} is unknown")
        return {"type": kind, "command": command} | _fields(found, CONTROLS[command])
    if not isinstance(kind, str) or kind not in FIELDS:
        raise Malformed(f"type {kind!r} is unknown")
    event = {"type": kind} | _fields(found, FIELDS[kind])
    if kind == "mark" and (("bid" in event) != ("ask" in event) or not ("bid" in event or "last" in event)):
        raise Malformed("a mark has bid and ask, or last, or all three")
    if kind == "size" and [key in event for key in ("edge", "win_probability", "payoff")] not in (
            [True, False, False], [False, True, True]):
        raise Malformed("a size has edge, or win_probability and payoff")
    return event


def _fields(found, fields):
    event = {}
    for key, (kind, required) in fields.items():
        if key not in found:
            if required:
                raise Malformed(f"{key} is missing")
            continue
        try:
            event[key] = kind(found[key])
        except (Malformed, NotANumber) as problem:
            raise Malformed(f"{key}: {problem}") from problem
    return event
