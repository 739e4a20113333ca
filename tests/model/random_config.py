# SPDX-License-Identifier: Apache-2.0
"""A random configuration for random_test.py: accounts, strategies, instruments and limits over any meeting of keys."""

from random import Random

from random_model import random_model

SYMBOLS = ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF"]
SECTORS = ["Tech", "Energy", "Banks"]
ACCOUNTS = ["A1", "A2", "A3"]
STRATEGIES = ["s1", "s2", "s3"]
CLIENTS = ["c1", "c2"]
KEY_VALUES = {"symbol": SYMBOLS, "sector": SECTORS, "account": ACCOUNTS, "strategy": STRATEGIES, "client": CLIENTS}

# How large a max is: (smallest, largest, decimals); a third of them is hit now and then with orders of 1 to 200 at about 100.
SIZES = {
    "order_quantity": (90, 450, 0), "order_notional": (9000, 90000, 2), "adv_share": (0.02, 0.3, 4), "price_collar": (0.005, 0.3, 4),
    "self_trade": (0, 2, 0), "order_rate": (1, 6, 0), "message_rate": (5, 16, 0), "turnover": (8000, 120000, 0),
    "duplicate": (1, 2, 0), "open_orders": (2, 14, 0), "position": (80, 800, 0), "long": (10000, 150000, 0),
    "short": (5000, 80000, 0), "gross": (15000, 250000, 0), "net": (10000, 150000, 0), "leverage": (0.05, 0.8, 2),
    "concentration": (0.02, 0.3, 3), "daily_loss": (100, 3000, 2), "drawdown": (0.003, 0.15, 4),
    "repeated_execution": (0, 1, 0),
    "correlated_exposure": (2000, 20000, 0), "var": (150, 3000, 2), "es": (150, 3000, 2),
    "volatility": (0.01, 0.3, 4), "stress_loss": (600, 9000, 0), "reject_rate": (1, 6, 0), "loss_streak": (0, 1, 0),
    "price_move": (0.003, 0.15, 4), "volatility_spike": (2, 60, 1), "stale_mark": (0, 2, 0),
}
STATES = {"daily_loss", "drawdown"}
EXPOSURES = {"position", "long", "short", "gross", "net", "leverage", "concentration"}
MODELS = {"correlated_exposure", "var", "es", "volatility", "stress_loss"}
BREAKERS = {"reject_rate", "loss_streak", "price_move", "volatility_spike", "stale_mark"}
WINDOWED = {"order_rate", "message_rate", "turnover", "duplicate", "repeated_execution"} | BREAKERS
SESSIONS = [None, ("UTC", "22:14"), ("America/New_York", "17:00"), ("America/New_York", "02:30"), ("America/New_York", "01:30"),
            ("Europe/Berlin", "02:15"), ("Asia/Tokyo", "06:00")]


def _number(rng, size):
    smallest, largest, decimals = size
    value = round(rng.uniform(smallest, largest), decimals)
    return str(int(value)) if decimals == 0 else repr(value)


def _scope(rng, metric):
    if metric == "drawdown":
        allowed = ["account"]
    elif metric in EXPOSURES | STATES | MODELS | BREAKERS:
        allowed = ["symbol", "sector", "account", "strategy"]
    else:
        allowed = list(KEY_VALUES)
    count = rng.choice([0, 0, 1, 1, 1, 2, 2, 3])
    on = {}
    for key in rng.sample(allowed, min(count, len(allowed))):
        on[key] = "*" if rng.random() < 0.6 else rng.choice(KEY_VALUES[key])
    return on


def _action(rng, metric):
    if metric in STATES | BREAKERS:
        return rng.choice(["alert"] * 2 + ["reject"] * 7 + ["scale"] * 4 + ["reduce_only", "halt", "liquidate"])
    return rng.choice(["reject"] * 18 + ["resize"] * 12 + ["alert"] * 4 + ["reduce_only"] * 2 + ["halt", "liquidate"])


def _limit(rng, name, metric):
    lines = [f"[limit.{name}]"]
    on = _scope(rng, metric)
    if on:
        lines.append("on = { " + ", ".join(f'{key} = "{value}"' for key, value in on.items()) + " }")
    number = _number(rng, SIZES[metric])
    if rng.random() < 0.6:
        number = f'"{number}"'
    action = _action(rng, metric)
    lines += [f'metric = "{metric}"', f"max = {number}", f'action = "{action}"']
    if action == "scale":
        lines.append(f"factor = {rng.choice([0.25, 0.5, 0.75, 0.333])}")
    elif rng.random() < 0.3:
        lines.append("dynamic = true")
    if action == "liquidate" and rng.random() < 0.7:
        lines.append(f"to = {rng.choice([0, 0.25, 0.5, 0.333])}")
    if metric in ("var", "es") and rng.random() < 0.5:
        lines.append(f"confidence = {rng.choice([0.95, 0.99])}")
    if metric in WINDOWED:
        lines.append(f"window = {rng.choice([1, 2, 5, 30, 30])}")
    if rng.random() < 0.4:
        lines.append(f"warn = {rng.choice([0.5, 0.75, 0.9, 1.0])}")
    return "\n".join(lines) + "\n"


def _instruments(rng):
    rows = ["symbol,sector,currency,multiplier,tick_size,lot_size,adv"]
    for index, symbol in enumerate(SYMBOLS):
        currency = ["", "USD", "EUR", "USD", "JPY", "EUR"][index] if rng.random() < 0.7 else "USD"
        rows.append(",".join([
            symbol, SECTORS[index % 3], currency, rng.choice(["", "1", "1", "2", "0.33333333"]),
            rng.choice(["", "0.01", "0.05"]), rng.choice(["", "1", "1", "10", "0.00000001", "0.5"]),
            rng.choice(["", "10000", "10000", "2500", "2500", "2500", "2500", "2500"])]))
    return "\n".join(rows) + "\n"


def _dynamic(rng, learned):
    """`[dynamic]` with some of its ladders, low enough for a random walk to climb."""
    parts = [f"[dynamic]\nhysteresis = {rng.choice([0, 0.1, 0.3])}\nwindow = {rng.choice([1, 5, 30])}\n"]
    if rng.random() < 0.7:
        parts.append(f"floor = {rng.choice([0.1, 0.3, 0.5])}\n")
    ladders = {"volatility": ([10, 30, 60], [0.8, 0.5, 0.25]), "correlation": ([0.2], [0.9]),
               "spread": ([0.00002, 0.0001], [0.7, 0.333]), "drawdown": ([0.002, 0.01, 0.05], [0.75, 0.5, 0.25])}
    for name, (above, factor) in ladders.items():
        if rng.random() < 0.6:
            parts.append(f"[dynamic.{name}]\nabove = {above}\nfactor = {factor}\n")
    own = Random("".join(parts))
    if learned and own.random() < 0.8:
        parts.append(f"[dynamic.regime]\nabove = [0.1, 0.6]\nfactor = [0.8, 0.4]\nstale_after_days = {own.choice([1, 5, 30])}\n")
    return "".join(parts)


def _plan(rng):
    """`[liquidation]`: in slices, and within a collar."""
    parts = [f"[liquidation]\ninterval = {rng.choice([1, 2, 10])}\n"]
    if rng.random() < 0.7:
        parts.append(f"participation = {rng.choice([0.001, 0.01, 0.05])}\n")
    if rng.random() < 0.7:
        parts.append(f"collar = {rng.choice([0, 0.01, 0.003])}\n")
    return "".join(parts)


def random_config(rng):
    """The text of the TOML file, and of each file that it names."""
    session = rng.choice(SESSIONS)
    parts = ['[instance]\nname = "random"\n'
             + (f'session = {{ timezone = "{session[0]}", start = "{session[1]}" }}\n' if session else "")]
    parts.append(f"[marks]\nstale_after_ms = {rng.choice([3000, 60000, 60000, 600000])}\n"
                 f"market_slippage = {rng.choice([0.0, 0.01, 0.003])}\n")
    parts.append('[instruments]\nfile = "instruments.csv"\n')
    if rng.random() < 0.7:
        parts.append('[fx]\nEUR = "1.08"\n' + ('JPY = "0.0067"\n' if rng.random() < 0.7 else ""))
    for account in ACCOUNTS:
        equity = rng.choice(["0", "20000", "100000", "100000", "250000.01", "1000000", "1000000"])
        parts.append(f'[account.{account}]\nequity = "{equity}"\n')
    for strategy in STRATEGIES:
        account = f'account = "{rng.choice(ACCOUNTS)}"\n' if rng.random() < 0.7 else ""
        budget = f"risk_budget = {rng.choice([0.1, 0.25, 0.5])}\n" if rng.random() < 0.6 else ""
        parts.append(f"[strategy.{strategy}]\n{account}{budget}")
    sizing = [("kelly_fraction", 0.5), ("volatility_target", 0.1), ("max_fraction", 0.2)]
    if rng.random() < 0.8:
        parts.append("[sizing]\n" + "".join(f"{key} = {value}\n" for key, value in sizing if rng.random() < 0.8))
    model, files = random_model(rng, SYMBOLS, SECTORS)
    parts.append(model)
    if model and rng.random() < 0.5:
        parts.append(_dynamic(rng, "regime.json" in files))
    if rng.random() < 0.5:
        parts.append(_plan(rng))
    if rng.random() < 0.2:
        parts.append(f'[restricted]\nsymbols = ["{rng.choice(SYMBOLS)}"]\n')
    if rng.random() < 0.6:
        listed = [symbol for symbol in SYMBOLS if rng.random() < 0.8]
        parts.append("[locate]\n" + "".join(f'{symbol} = "{rng.choice([100, 200, 500, 2000])}"\n' for symbol in listed))
    limits = []
    if rng.random() < 0.8:
        limits.append('[limit.cover]\nmetric = "gross"\nmax = "100000000"\n')
    # Few metrics at a time: with all of them at once hardly an order would pass, and every later rule would see little.
    others = sorted(set(SIZES) - EXPOSURES - STATES - MODELS - BREAKERS)
    theme = rng.sample(sorted(EXPOSURES), rng.choice([0] + [3] * 9)) + rng.sample(sorted(STATES), 1)
    theme += rng.sample(others, 3)
    theme += rng.sample(sorted(MODELS), rng.choice([1, 2])) + rng.sample(sorted(BREAKERS), 1)
    chosen = [rng.choice(theme) for _ in range(rng.randint(5, 20))]
    limits += [_limit(rng, f"l{number}-{metric.replace('_', '-')}", metric) for number, metric in enumerate(chosen)]
    rng.shuffle(limits)
    if rng.random() < 0.4:
        limits.append('[limit.portfolio-var]\nmetric = "var"\nmax = "1500"\n')  # what risk budgets are shares of
    return "\n".join(parts + limits), files | {"instruments.csv": _instruments(rng)}
