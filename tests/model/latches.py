# SPDX-License-Identifier: Apache-2.0
"""Latched states, and what a limit's action sets off: states, factors, liquidations (rules 4, 5, 29)."""

import liquidation
from desk import Latch
from scopes import text_of

STRENGTH = {"reduce_only": 1, "halted": 2}
STATE_OF_ACTION = {"reduce_only": "reduce_only", "halt": "halted", "liquidate": "halted"}


def latch(desk, outcome, on, state, cause):
    """Rule 29: a stronger state takes the place of a weaker one; an equal or weaker one changes nothing."""
    for present in desk.latches:
        if present.on == on:
            if STRENGTH[state] <= STRENGTH[present.state]:
                return
            desk.latches[desk.latches.index(present)] = Latch(present.on, state, cause)
            break
    else:
        desk.latches.append(Latch(dict(on), state, cause))
    outcome.states.append({"type": "state", "t": desk.t, "on": on, "state": state, "cause": cause})


def set_off(desk, outcome, limit, scope):
    """What a breach of a limit on a scope does beside refusing orders."""
    if limit.action in STATE_OF_ACTION:
        latch(desk, outcome, scope, STATE_OF_ACTION[limit.action], limit.name)
    if limit.action == "scale" and limit.kind not in ("order", "flow"):  # those have no value without an order
        desk.scales[limit.name, text_of(scope)] = (limit.factor, scope)
    if limit.action == "liquidate":
        liquidation.begin(desk, outcome, scope, limit.to, limit.name, by=limit.name)
