# SPDX-License-Identifier: Apache-2.0
"""What the demo's instance is told: its rules, the instruments of the market, and what the market did before it opened.

The past (daily closes, a few scenarios) is what VaR, correlations and stress rest on; without it there is no [model].
"""
import csv
import os
import shutil

from market import write_instruments

DAYS_MIN = 60    # fewer say little about how prices move together
DAYS_MAX = 500   # of a file that may go back for decades
MODEL = """
# ---- what VaR, correlations and stress rest on: daily closes before the opening, and what might happen

[model]
prices    = "prices.csv"
scenarios = "scenarios.toml"
"""
SCENARIOS = """# What might happen to the book; `bulwark status --risk` and the page say what it would lose.
[scenario.market-falls-10]    # each symbol by its beta
market = -0.10
[scenario.everything-down-5]
shock = { "*" = -0.05 }
[scenario.market-rises-10]    # for those who are short
market = 0.10
"""
SECTOR_FALLS = """[scenario.{name}-falls-20]
shock = {{ "sector.{sector}" = -0.20, "*" = -0.02 }}
"""
SECTORS_THAT_FALL = 2


def scenarios_for(listings) -> str:
    sectors = sorted({row.sector for row in listings if row.sector}, reverse=True)[:SECTORS_THAT_FALL]
    return SCENARIOS + "".join(SECTOR_FALLS.format(name=sector.lower(), sector=sector) for sector in sectors)


def write_past(folder: str, symbols: list[str], past) -> None:
    with open(os.path.join(folder, "prices.csv"), "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["date", *symbols])
        rows.writerows([date, *(closes[symbol] for symbol in symbols)] for date, closes in past)


def write_desk(folder: str, rules: str, market) -> None:
    """Everything that `bulwark up --config FOLDER/demo.toml` needs."""
    path = os.path.join(folder, "demo.toml")
    shutil.copy(rules, path)
    write_instruments(os.path.join(folder, "instruments.csv"), market.listings)
    past = market.past()[-DAYS_MAX:]
    if len(past) < DAYS_MIN:
        return
    write_past(folder, [row.symbol for row in market.listings], past)
    with open(os.path.join(folder, "scenarios.toml"), "w", encoding="utf-8") as file:
        file.write(scenarios_for(market.listings))
    with open(path, "a", encoding="utf-8") as file:
        file.write(MODEL)
