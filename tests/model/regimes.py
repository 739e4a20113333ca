# SPDX-License-Identifier: Apache-2.0
"""`[model] regime`: how likely the wildest state of a learned hidden Markov chain is at the last close (Hamilton's filter),
and such a model as `bulwark risk regime --fit` writes it."""

import hashlib
import json
from datetime import date
from math import exp, pi, sqrt

DAY_NS = 86_400 * 10**9


def stationary(transition):
    shares = [1 / len(transition)] * len(transition)
    for _ in range(20_000):
        shares = [sum(p * row[k] for p, row in zip(shares, transition)) for k in range(len(transition))]
    return shares


def wildest(document, symbols, returns):
    """`returns`: day by day, a share for each symbol."""
    chain, states = document["transition"], range(len(document["mean"]))
    before = stationary(chain)
    for day in returns:
        moved = sum(100 * w * day[symbols.index(s)] for s, w in zip(document["symbols"], document["weights"]))
        ahead = [sum(before[i] * chain[i][k] for i in states) for k in states]
        joint = [p * exp(-((moved - mean) ** 2) / (2 * variance)) / sqrt(2 * pi * variance)
                 for p, mean, variance in zip(ahead, document["mean"], document["variance"])]
        before = [p / sum(joint) for p in joint]
    return before[-1]


def seen_ns(day):
    return (date.fromisoformat(day).toordinal() - date(1970, 1, 1).toordinal() + 1) * DAY_NS


def text(symbols, weights, means, variances, transition):
    document = {"schema": 1, "what": "regime", "returns_in": "percent", "symbols": symbols, "weights": weights, "mean": means,
                "variance": variances, "transition": transition,
                "trained": {"from": "2020-01-02", "to": "2023-08-31", "returns": 920, "log_likelihood": -1234.5}}
    plain = json.dumps(document, separators=(",", ":"))
    return json.dumps(document | {"sha256": hashlib.sha256(plain.encode()).hexdigest()}, indent=2) + "\n"
