# SPDX-License-Identifier: Apache-2.0
"""`repeated_execution`: fills of one strategy in one symbol and side, and the latch that a breach leaves (rule 19)."""

from dataclasses import dataclass

from latches import set_off
from scopes import Reading, covers, scope_of, shown_max


@dataclass(frozen=True)
class Repeat:
    """A breach that lasts until a resume."""

    limit: object
    on: dict  # the limit's scope with strategy and symbol
    side: str
    value: int  # the count that passed the max


def count_fill(desk, outcome):
    """After a fill: the limits that it carries over their max."""
    fill = desk.fills[-1]
    keys = desk.keys_of(fill.client, fill.account, fill.strategy, fill.symbol)
    for limit in desk.settings.limits:
        scope = scope_of(limit.on, keys)
        if limit.metric != "repeated_execution" or scope is None or fill.strategy is None:
            continue
        on = scope | {"strategy": fill.strategy, "symbol": fill.symbol}
        if find(desk, limit, on, fill.side):
            continue
        value, limit_max = _count(desk, limit, on, fill.side), desk.max_of(limit, scope)
        if not Reading(value, 1).above(limit_max):
            continue
        desk.repeats.append(Repeat(limit, on, fill.side, value))
        tell(desk, outcome, "breach", desk.repeats[-1])
        set_off(desk, outcome, limit, on)


def find(desk, limit, on, side):
    wanted = (limit, on, side)
    return next((repeat for repeat in desk.repeats if (repeat.limit, repeat.on, repeat.side) == wanted), None)


def over(desk, limit, scope, candidate):
    """The latch that stands against an order, or None."""
    on = scope | {key: candidate.keys[key] for key in ("strategy", "symbol")}
    return find(desk, limit, on, candidate.side)


def tell(desk, outcome, word, repeat):
    limit = repeat.limit
    scope = {key: repeat.on[key] for key in limit.on}
    outcome.warnings.append({
        "type": word, "t": desk.t, "limit": limit.name, "on": repeat.on, "metric": limit.metric,
        "value": repeat.value if word == "breach" else 0, "max": shown_max(limit.metric, desk.max_of(limit, scope)),
        "action": limit.action})


def end(desk, outcome, on):
    """A resume ends the latches that have at least the given keys, and starts their counts anew."""
    ended = [repeat for repeat in desk.repeats if covers(on, repeat.on)]
    for repeat in ended:
        desk.count_starts[_key(repeat.limit, repeat.on, repeat.side)] = len(desk.fills)
        tell(desk, outcome, "cleared", repeat)
    desk.repeats = [repeat for repeat in desk.repeats if repeat not in ended]


def _key(limit, on, side):
    return limit.name, tuple(sorted(on.items())), side


def _count(desk, limit, on, side):
    start = desk.count_starts.get(_key(limit, on, side), 0)
    return sum(fill.side == side and fill.t > desk.t - limit.window_ns
               and covers(on, desk.keys_of(fill.client, fill.account, fill.strategy, fill.symbol))
               for fill in desk.fills[start:])
