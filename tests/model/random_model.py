# SPDX-License-Identifier: Apache-2.0
"""Random files of daily closes and of scenarios for random_test.py, and the table that names them."""

from datetime import date, timedelta
from random import Random

import regimes


def closes(rng, symbols):
    """Some 30 days: each symbol moves with a common market and by itself; now and then a price is missing."""
    listed = [symbol for symbol in symbols if rng.random() < 0.95]
    beta = {symbol: rng.choice([1.0, 0.5, 1.5, -0.7]) for symbol in listed}
    prices = {symbol: rng.choice([5.0, 20.0, 100.0, 250.0]) for symbol in listed}
    rows, days = [",".join(["date"] + listed)], []
    count = rng.randint(12, 40)
    for number in range(count):
        market = rng.gauss(0, 0.01)
        for symbol in listed:
            prices[symbol] *= 1 + beta[symbol] * market + rng.gauss(0, 0.01)
        days.append((date(2023, 11, 14) - timedelta(days=count - number)).isoformat())
        hole = rng.random() < 0.03
        cells = ["" if hole and symbol == listed[0] else f"{prices[symbol]:.2f}" for symbol in listed]
        rows.append(",".join([days[-1]] + cells))
    kept = [row.split(",")[0] for row in rows[1:] if ",," not in row]
    return "\n".join(rows) + "\n", listed, kept


def scenarios(rng, symbols, sectors, days):
    crash = {"*": rng.choice([-0.05, -0.1])}
    for symbol in rng.sample(symbols, 2):
        crash[symbol] = rng.choice([-0.2, 0.1, -0.3])
    crash[f"sector.{rng.choice(sectors)}"] = rng.choice([-0.15, 0.05])
    named = {"crash": "shock = { " + ", ".join(f'"{key}" = {value}' for key, value in crash.items()) + " }",
             "squeeze": 'shock = { "*" = 0.08 }'}
    if rng.random() < 0.5:
        start, end = sorted(rng.sample(days, 2))
        named["replay"] = f'from = "{start}"\nto = "{end}"'
    if rng.random() < 0.5:
        named["market"] = "market = -0.1"
    return "".join(f"[scenario.{name}]\n{text}\n\n" for name, text in named.items())


def random_model(rng, symbols, sectors):
    """The table `[model]` and the files that it names; nothing where there is no model."""
    if rng.random() < 0.1:
        return "", {}
    prices, listed, days = closes(rng, symbols)
    table = '[model]\nprices = "prices.csv"\n'
    files = {"prices.csv": prices}
    estimator = rng.choice([None, "ewma", "sample", "ledoit-wolf"])
    if estimator:
        table += f'estimator = "{estimator}"\n'
    if estimator == "ewma":
        table += f"lambda = {rng.choice([0.94, 0.9, 0.97])}\n"
    if rng.random() < 0.5:
        table += f"confidence = {rng.choice([0.95, 0.975, 0.99])}\n"
    if rng.random() < 0.9:
        table += 'scenarios = "scenarios.toml"\n'
        files["scenarios.toml"] = scenarios(rng, symbols, sectors, days)
    own = Random(prices)
    if own.random() < 0.5:
        table += 'regime = "regime.json"\n'
        book = own.sample(listed, 2)
        files["regime.json"] = regimes.text(book, [0.5, -0.25], [0.125, -0.25], [0.5, 4.5], [[0.75, 0.25], [0.5, 0.5]])
    return table, files
