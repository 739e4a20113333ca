# SPDX-License-Identifier: Apache-2.0
"""Worked examples of drawdown, Kelly, attribution and of the models of volatility and regimes."""

import csv
import math
from statistics import fmean, variance

from oracle import DATA


def managers(column):
    """Months and returns of one manager; months without a return are left out."""
    with open(DATA / "reference" / "managers_monthly.csv", newline="") as file:
        rows = list(csv.reader(file))
    place = rows[0].index(column)
    found = [(row[0], row[place]) for row in rows[1:]]
    return [(date, float(value)) for date, value in found if value not in ("", "NA")]


def month_before(date):
    year, month = int(date[:4]), int(date[5:7])
    year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    days = (31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return f"{year:04d}-{month:02d}-{days[month - 1]:02d}"


def drawdown_table(desk, dates, returns, days_a_year=None):
    """As the reference has it; `dates` begin with the one before the first return."""
    found, performance = desk.call(("drawdowns", returns), ("performance", returns))
    top = [{"depth": one["depth"], "peak": dates[one["peak"]], "trough": dates[one["trough"]],
            "recovery": None if one["recovery"] is None else dates[one["recovery"]],
            "days_to_trough": one["days_to_trough"], "days_underwater": one["days_underwater"]}
           for one in found["episodes"][:5]]
    single = ("max_drawdown", "current_drawdown", "ulcer_index", "pain_index", "longest_underwater_days", "final_wealth")
    return {**{name: found[name] for name in single}, "top5": top, "n_episodes": len(found["episodes"]),
            "cagr": performance["cagr"], "calmar": performance["calmar"]}


def umbrella(ledger, desk, path, inputs):
    seen = [[p if one else 1 - p for p in inputs["emission_true"]] for one in inputs["observations"]]
    ledger.same(path, desk.one("chain", {"before": inputs["start_before_first_step"], "P": inputs["P"], "densities": seen}))


def federal_funds(ledger, desk, path, inputs):
    stay, back = inputs["p00"], inputs["p10"]
    found = desk.one("hmm", {"y": inputs["y"], "mu": inputs["mu"], "sigma2": [inputs["sigma2"]] * 2,
                             "P": [[stay, 1 - stay], [back, 1 - back]]})
    ledger.same(path, {"loglik": found["loglik"], "filtered_regime0": [row[0] for row in found["filtered"]]})


def garch_benchmark(ledger, desk, path, _):
    with open(DATA / "reference" / "dem2gbp_returns_pct.csv", newline="") as file:
        returns = [float(row[-1]) for row in list(csv.reader(file))[1:]]
    reference = {name: ledger.values[f"{path}/{name}"] for name in ("mu", "omega", "alpha", "beta", "loglik")}
    fitted = desk.one("fit_garch", {"returns": returns})
    ledger.same(path, dict(zip(("mu", "omega", "alpha", "beta"), fitted["parameters"])), 1e-3)
    ledger.same(path, {"loglik": desk.one("garch", {"returns": returns, **reference})["loglik"]})
    published = {"mu": -0.00619041, "omega": 0.0107613, "alpha": 0.153134, "beta": 0.805974}
    at = desk.one("garch", {"returns": returns, **published})
    ledger.same(path, {"loglik_at_benchmark": at["loglik"], "h1": at["h1"], "h_next": at["h_next"]})


def kelly(ledger, desk, path, _):
    bet = lambda p, win, loss=1: desk.one("kelly_binary", {"p": p, "win": win, "loss": loss})
    edge, var, free = 0.11 - 0.06, 0.15**2, 0.06
    full = desk.one("kelly_continuous", {"mean": edge, "variance": var})
    grown = lambda share, rate: desk.one("kelly_growth", {"fraction": share * full, "mean": edge, "variance": var,
                                                          "risk_free": rate})
    ledger.same(path, {
        "p51_b1": bet(0.51, 1), "p60_b1": bet(0.6, 1), "p40_b2": bet(0.4, 2), "p60_win20_lose10": bet(0.6, 0.2, 0.1),
        "p48_b1_negative_edge": bet(0.48, 1), "thorp_f": full, "thorp_growth": grown(1, free), "thorp_growth_sd": full * 0.15,
        "half_kelly_growth": grown(0.5, free), "fraction_of_excess_growth_half_kelly": grown(0.5, 0) / grown(1, 0)})


def kelly_of_a_manager(ledger, desk, path, _):
    excess = [value - 0.04 / 12 for _, value in managers("HAM1")]
    full = desk.one("kelly_continuous", {"mean": fmean(excess), "variance": variance(excess)})
    ledger.same(path, {"full": full, "half": full / 2})


def kelly_of_two(ledger, desk, path, inputs):
    excess = [mean - inputs["rf"] for mean in inputs["mu"]]
    f = desk.one("kelly_joint", {"covariance": inputs["cov"], "means": excess})
    risk = sum(f[i] * f[j] * inputs["cov"][i][j] for i in range(2) for j in range(2))
    gain = sum(a * b for a, b in zip(f, excess))
    ledger.same(path, {"f": f, "growth": desk.one("kelly_growth", {"fraction": 1, "mean": gain, "variance": risk,
                                                                   "risk_free": inputs["rf"]})})


def drawdown_of_an_index(ledger, desk, path, _):
    months = managers("SP500 TR")
    dates = [month_before(months[0][0]), *(date for date, _ in months)]
    ledger.same(path, drawdown_table(desk, dates, [value for _, value in months]))


def drawdown_of_managers(ledger, desk, path, _):
    names = [place.rsplit("/", 1)[1] for place in ledger.values if place.startswith(path + "/")]
    for name in names:
        found = desk.one("drawdowns", [value for _, value in managers(name)])
        ledger.same(path, {name: found["max_drawdown"]})


def brinson(ledger, desk, path, inputs):
    ledger.same(path, desk.one("brinson", inputs))


EXAMPLES = {
    "hmm_umbrella": umbrella, "hamilton_filter_fedfunds": federal_funds, "garch11_dem2gbp": garch_benchmark, "kelly": kelly,
    "kelly_ratio_performanceanalytics": kelly_of_a_manager, "kelly_multi": kelly_of_two,
    "drawdown_sp500tr": drawdown_of_an_index, "max_drawdown_managers": drawdown_of_managers, "brinson_fachler_bacon": brinson,
}
