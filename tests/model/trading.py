# SPDX-License-Identifier: Apache-2.0
"""Intents, replaces, fills and the other events of an order's life (rules 18, 21 to 25)."""

import book
import executions
from decimals import POSITION_MAX, SCALE, show
from desk import Message, Refused
from judge import judge, rejected
from limits import Candidate, order_notional
from latches import set_off
from orders import Order, Waiting
from scopes import Missing, shown_max, shown_value

SET_OFF = ("order", "flow", "exposure", "model")  # the kinds whose actions an order sets off


def _verdict_line(desk, outcome, event_id, keys, client, verdict):
    line = {"type": "verdict", "t": desk.t, "id": event_id}
    if client is not None:
        line["client"] = client
    line |= {"decision": verdict.decision, "quantity": show(verdict.quantity)}
    if verdict.reason:
        line["reason"] = verdict.reason
    if verdict.objections:
        first = verdict.objections[0]
        metric = first.limit.metric
        line |= {"limit": first.limit.name, "on": first.scope, "value": shown_value(metric, first.reading),
                 "max": shown_max(metric, first.max)}
        factor, cause = first.shrinking
        if factor != SCALE:
            line["scaled"] = {"factor": factor / SCALE, "cause": cause}
    elif verdict.on is not None:
        line["on"] = verdict.on
    outcome.verdicts.append(line)
    if verdict.decision == "rejected":
        desk.refusals.append(Message(desk.t, keys))
        for objection in verdict.objections:
            # What could not be evaluated sets off nothing (rule 5); a state limit and a breaker act after events, and a
            # repeated execution at a fill (rule 4).
            acts = objection.limit.kind in SET_OFF and objection.limit.metric != "repeated_execution"
            if objection.reading is not None and acts:
                set_off(desk, outcome, objection.limit, objection.scope)


def _count(desk, candidate):
    """An accepted order enters the flows with the allowed quantity's notional (rule 18)."""
    try:
        notional = order_notional(desk, candidate)
    except Missing:
        notional = 0
    same = None if candidate.replaces else candidate.same
    desk.accepted.append(Message(desk.t, candidate.keys, notional, same))


def _check_range(desk, candidate):
    rows = book.rows_of(desk)
    position = book.position_of(rows, candidate.account, candidate.symbol)
    working = book.working_of(rows, candidate.account, candidate.symbol, candidate.side)
    if abs(position) + working + candidate.added > POSITION_MAX:
        raise Refused("the quantity is outside the range")


def intent(desk, event, outcome):
    client, strategy = event["client"], event["strategy"]
    account = event.get("account") or desk.settings.strategies.get(strategy)
    keys = desk.keys_of(client, account, strategy, event["symbol"])
    desk.messages.append(Message(desk.t, keys))
    verdict, candidate = _judge_intent(desk, event, keys)
    _verdict_line(desk, outcome, event["id"], keys, client, verdict)
    if verdict.decision == "rejected":
        return
    desk.locates[event["symbol"]] = desk.locates.get(event["symbol"], 0) - verdict.taken
    allowed = Candidate(keys, event["side"], verdict.quantity, event.get("price"), event["quantity"])
    _count(desk, allowed)
    desk.orders.append(Order(client, [event["id"]], account, strategy, event["symbol"], event["side"], verdict.quantity,
                             event.get("price"), event.get("reduce_only", False), located=verdict.taken))
    desk.touched.add((account, event["symbol"], strategy))


def _judge_intent(desk, event, keys):
    halted = desk.latch_over(keys, "halted")
    if halted:
        return rejected("halted", halted.on), None
    if keys["account"] not in desk.settings.accounts:
        return rejected("unknown_account"), None
    if keys["strategy"] not in desk.settings.strategies:
        return rejected("unknown_strategy"), None
    if keys["symbol"] not in desk.settings.instruments:
        return rejected("unknown_symbol"), None
    if desk.find(event["id"], keys["client"]):
        return rejected("duplicate_id"), None
    candidate = Candidate(keys, event["side"], event["quantity"], event.get("price"), event["quantity"])
    verdict = judge(desk, candidate, event["quantity"], event.get("reduce_only", False), event.get("resize"))
    if verdict.decision == "accepted":
        _check_range(desk, candidate)
    return verdict, candidate


def replace(desk, event, outcome):
    order = desk.find(event["id"], event.get("client"))
    if order:
        keys, client = desk.order_keys(order), order.client
    else:
        keys, client = desk.keys_of(event.get("client"), None, None, None), event.get("client")
    desk.messages.append(Message(desk.t, keys))
    verdict, candidate = _judge_replace(desk, event, order, keys)
    _verdict_line(desk, outcome, event["new_id"], keys, client, verdict)
    if verdict.decision == "rejected":
        return
    desk.locates[order.symbol] = desk.locates.get(order.symbol, 0) - verdict.taken
    order.located += verdict.taken
    _count(desk, candidate)
    order.waiting = Waiting(event["new_id"], event["quantity"], candidate.price)


def _judge_replace(desk, event, order, keys):
    halted = desk.latch_over(keys, "halted")
    if halted:
        return rejected("halted", halted.on), None
    if order is None or order.done:
        return rejected("unknown_order"), None
    if order.waiting:
        return rejected("replace_pending"), None
    if desk.find(event["new_id"], order.client):
        return rejected("duplicate_id"), None
    price = event.get("price", order.price)
    candidate = Candidate(keys, order.side, event["quantity"] - order.filled, price, event["quantity"], order)
    verdict = judge(desk, candidate, event["quantity"], order.reduce_only, False)
    if verdict.decision == "accepted":
        _check_range(desk, candidate)
    return verdict, candidate


def _known(desk, event):
    order = desk.find(event["id"], event.get("client"))
    if order is None:
        raise Refused(f"order {event['id']} was never seen")
    return order


def ack(desk, event, outcome):
    order = _known(desk, event)
    if not order.done:
        order.confirm(event["id"])


def cancel(desk, event, outcome):
    order = _known(desk, event)
    desk.messages.append(Message(desk.t, desk.order_keys(order)))


def done(desk, event, outcome):
    order = _known(desk, event)
    if order.done:
        return
    if event["why"] == "rejected":
        if order.waiting and event["id"] == order.waiting.new_id:
            order.withdraw()
            return
        if event["id"] in order.withdrawn:
            return  # the second `done` of a replace that is withdrawn already
    back = min(order.remainder, order.located)
    order.located = 0
    desk.locates[order.symbol] = desk.locates.get(order.symbol, 0) + back
    order.done = True


def fill(desk, event, outcome):
    order = desk.find(event["id"], event.get("client"))
    if order and event["exec_id"] in order.executions:
        return
    unknown = order is None
    if unknown:
        order = _stranger(desk, event)
    _check_position(desk, order, event)
    if unknown:
        desk.orders.append(order)
    elif not order.done:
        order.confirm(event["id"])
    stray = "of an unknown order" if unknown else "after the order was done" if order.done else None
    if stray is None and event["quantity"] > order.remainder:
        stray = "beyond what was left of the order"
    order.executions[event["exec_id"]] = event["quantity"]
    order.close_if_filled()
    desk.fills.append(book.Fill(order.account, order.symbol, order.strategy, order.side, event["quantity"], event["price"],
                                event.get("fee", 0), desk.t, order.client))
    desk.touched.add((order.account, order.symbol, order.strategy))
    if stray:
        outcome.warnings.append({"type": "warning", "t": desk.t, "id": event["id"], "message": f"a fill {stray} was applied"})
    executions.count_fill(desk, outcome)
    _ask_for_cancels(desk, order.account, order.symbol, outcome)


def _stranger(desk, event):
    """An order that is done, for a fill of an unknown one (rule 23)."""
    for key in ("symbol", "side", "account"):
        if key not in event:
            raise Refused(f"a fill of the unknown order {event['id']} needs {key}")
    if event["symbol"] not in desk.settings.instruments or event["account"] not in desk.settings.accounts:
        raise Refused("symbol or account is unknown")
    if "strategy" in event and event["strategy"] not in desk.settings.strategies:
        raise Refused("strategy is unknown")
    return Order(event.get("client"), [event["id"]], event["account"], event.get("strategy"), event["symbol"], event["side"],
                 0, None, done=True)


def _check_position(desk, order, event):
    signed = event["quantity"] if order.side == "buy" else -event["quantity"]
    if abs(book.position_of(book.rows_of(desk), order.account, order.symbol) + signed) > POSITION_MAX:
        raise Refused("the position would leave its range")


def _ask_for_cancels(desk, account, symbol, outcome):
    """Rule 24: reduce-only orders that exceed the position that they are against are asked for, the newest first."""
    position = book.position_of(book.rows_of(desk), account, symbol)
    for side, against in (("buy", max(-position, 0)), ("sell", max(position, 0))):
        working = [o for o in desk.orders if (o.account, o.symbol, o.side) == (account, symbol, side)
                   and o.reduce_only and o.remainder > 0 and not o.asked_to_cancel]
        while working and sum(o.remainder for o in working) > against:
            newest = working.pop()
            newest.asked_to_cancel = True
            outcome.requests.append({"type": "cancel_request", "t": desk.t, "id": newest.id, "cause": "reduce_only"})
