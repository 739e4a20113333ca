# SPDX-License-Identifier: Apache-2.0
"""Drawdown, Kelly, GARCH, regimes, stress and attribution of the reference panels, through `bulwark risk` where it has them."""

import csv
import math
from statistics import fmean, stdev

from oracle import DATA, Panel, each, pick, pick_result
from oracle_risk import sector_file
from worked_series import drawdown_table

MORE_LIKELY = 0.01   # how much less likely than the reference's a fit may be
ERRORS = 0.15        # of a standard error: that is how far a likelihood of 0.01 reaches


def at_least(ledger, path, got):
    ledger.compared.add(path)
    if not got >= ledger.values[path]:
        ledger.wrong.append(f"{path}: reference {ledger.values[path]!r}, here {got!r}, which is less")


def near(ledger, path, got, distance):
    ledger.compared.add(path)
    if not abs(got - ledger.values[path]) <= distance:
        ledger.wrong.append(f"{path}: reference {ledger.values[path]!r}, here {got!r}, further than {distance!r}")


def expect(ledger, path, got, wanted):
    if any(a != b and not (isinstance(a, float) and math.isclose(a, b, rel_tol=1e-9)) for a, b in zip(got, wanted)):
        ledger.wrong.append(f"{path}: wanted {wanted!r}, here {got!r}")


def compare(ledger, desk):
    for name, document in ledger.document["panels"].items():
        panel, path = Panel(desk, name, document), f"oracle/panels/{name}"
        last = panel.dates[-1]
        returns = desk.one("simple_returns", panel.rows(last))
        for portfolio in document["series"]:
            weights = list(panel.book(portfolio).values())
            book = [sum(w * r for w, r in zip(weights, day)) for day in returns]
            compare_series(ledger, panel, f"{path}/series/{portfolio}", portfolio, book)
        for date, reference in document["asof"].items():
            for portfolio in reference["risk"]:
                compare_market(ledger, panel, f"{path}/asof/{date}/risk/{portfolio}", date, portfolio, returns)
            compare_kelly(ledger, panel, f"{path}/asof/{date}/kelly", date, reference["kelly"])
        compare_replays(ledger, panel, f"{path}/stress_replay_buy_and_hold", document["stress_replay_buy_and_hold"])
        compare_brinson(ledger, panel, f"{path}/brinson_fachler", document["brinson_fachler"], returns)
        compare_factors(ledger, panel, f"{path}/factor_attribution", document["factor_attribution"], returns)


def compare_series(ledger, panel, path, portfolio, book):
    desk, options = panel.desk, panel.options(panel.book(portfolio))
    ledger.same(f"{path}/drawdown", drawdown_table(desk, panel.dates, book))
    told = desk.risk("drawdown", *options)
    top = ledger.document["panels"][panel.name]["series"][portfolio]["drawdown"]["top5"][0]
    expect(ledger, path, [pick(told, "max_drawdown"), pick(told, "peak_date"), pick(told, "trough_date"), pick(told, "recovery_date")],
                  [top["depth"], top["peak"], top["trough"], top["recovery"]])
    for days in (1, 5, 10, 21):
        worst = desk.one("worst_run", {"returns": book, "days": days})
        ledger.same(f"{path}/worst_k_day_compounded/{days}",
                    {"worst_return": worst["compounded"], "end_date": panel.dates[worst["end"] + 1]})
    compare_target(ledger, desk, f"{path}/vol_target_10pct", book)
    compare_regimes(ledger, panel, f"{path}/hmm2", portfolio, [100 * r for r in book[-1500:]])
    for method in ("norm", "std"):
        compare_garch(ledger, panel, f"{path}/garch11_fgarch", method, portfolio, [100 * r for r in book[-2000:]])


def compare_target(ledger, desk, path, book):
    first = fmean(r * r for r in book[:250])
    variances = desk.one("ewma_variances", {"returns": book, "lambda": 0.94, "first": first})[250:]
    sizes = desk.one("leverage", {"variances": variances, "target": 0.10, "cap": 2})
    days, plain = sizes[:-1], book[250:]
    realised = [size * r for size, r in zip(days, plain)]
    ledger.same(path, {"last_leverage": days[-1], "next_leverage": sizes[-1], "mean_leverage": fmean(days),
                       "realised_vol_annual": desk.one("performance", realised)["annual_volatility"],
                       "unscaled_vol_annual": desk.one("performance", plain)["annual_volatility"],
                       "mean_abs_change": fmean(abs(b - a) for a, b in zip(days, days[1:]))})


def compare_regimes(ledger, panel, path, portfolio, y):
    reference = panel.document["series"][portfolio]["hmm2"]
    at = panel.desk.one("hmm", {"y": y, **{name: reference[name] for name in ("mu", "sigma2", "P")}})
    wild = [row[1] for row in at["filtered"]]
    ledger.same(path, {"loglik": at["loglik"], "filtered_high_vol_last10": wild[-10:], "filtered_high_vol_mean": fmean(wild),
                       "share_days_high_vol_gt_half": fmean(p > 0.5 for p in wild)})
    fitted = panel.desk.one("fit_hmm", {"y": y, "states": 2})
    ledger.same(path, {name: fitted[name] for name in ("mu", "sigma2", "P")}, 0.05)
    at_least(ledger, f"{path}/loglik", fitted["loglik"] + MORE_LIKELY)
    told = panel.desk.risk("regime", *panel.options(panel.book(portfolio)), "--window", 1500)
    at_least(ledger, f"{path}/loglik", pick(told, "log_likelihood") + MORE_LIKELY)


def compare_garch(ledger, panel, path, method, portfolio, y):
    desk, reference = panel.desk, panel.document["series"][portfolio]["garch11_fgarch"]
    coefficients, student = reference[method]["coef"], {"student": method == "std"}
    given = dict(zip(("mu", "omega", "alpha", "beta", "degrees"), coefficients.values()))
    at = desk.one("garch", {"returns": y, **given, **student})
    ledger.same(f"{path}/{method}", {"loglik": at["loglik"]}, 1e-6)
    ledger.same(f"{path}/{method}", {name: at[name] for name in ("h1", "h_last", "sd_forecast_1", "sd_forecast_10")}, 1e-6)
    inverse = inverted(desk.one("garch_curvature", {"returns": y, **given, **student}))
    errors = [math.sqrt(-inverse[k][k]) for k in range(len(coefficients))]
    # The reference's come from differences of the likelihood itself, ours from those of its exact slope.
    ledger.same(f"{path}/{method}/se", dict(zip(coefficients, errors)), 0.1)
    options = ("--window", 2000, *(("--method", "student") if method == "std" else ()))
    told = desk.risk("garch", *panel.options(panel.book(portfolio)), *options)
    at_least(ledger, f"{path}/{method}/loglik", pick(told, "log_likelihood") + MORE_LIKELY)
    names = ("mu", "omega", "alpha", "beta", "degrees")
    for name, key, error in zip(names, coefficients, errors):
        near(ledger, f"{path}/{method}/coef/{key}", pick(told, name), ERRORS * error)
        if method == "norm":
            near(ledger, f"{path}/own_mle_norm/{key}", pick(told, name), ERRORS * error)
    if method == "norm":
        ledger.same(f"{path}/own_mle_norm", {"loglik": pick(told, "log_likelihood")}, 1e-6)


def inverted(matrix):
    """Gauss and Jordan."""
    size = len(matrix)
    rows = [[*row, *(float(i == k) for k in range(size))] for i, row in enumerate(matrix)]
    for k in range(size):
        best = max(range(k, size), key=lambda i: abs(rows[i][k]))
        rows[k], rows[best] = rows[best], rows[k]
        rows[k] = [value / rows[k][k] for value in rows[k]]
        for i in range(size):
            if i != k:
                rows[i] = [a - rows[i][k] * b for a, b in zip(rows[i], rows[k])]
    return [row[size:] for row in rows]


def compare_market(ledger, panel, path, date, portfolio, returns):
    count = panel.dates.index(date)
    ledger.same(f"{path}/beta_to_equal_weight_market_500d", panel.desk.one("market_betas", returns[:count]))
    file = panel.desk.file("market.toml", [["[scenario.fall]"], ["market = -0.10"]])
    prices = only_panel(panel)
    told = panel.desk.risk("stress", "--prices", prices, *panel.options(panel.book(portfolio))[2:], "--as-of", date, "--scenarios", file)
    ledger.same(f"{path}/stress_conditional_equal_weight_market_minus10pct", -pick(told, "loss"))


def only_panel(panel):
    """The market is all symbols of a price file: a file of the panel's alone."""
    rows = [[date, *(repr(panel.closes[date][symbol]) for symbol in panel.symbols)] for date in panel.dates]
    return panel.desk.file(f"{panel.name}-closes.csv", [["date", *panel.symbols], *rows])


def compare_kelly(ledger, panel, path, date, reference):
    symbols, desk = reference["symbols"], panel.desk
    equal = panel.options(panel.book("EW"))
    common = ("--as-of", date, "--window", reference["window"], "--risk-free", reference["rf_annual"])
    told = desk.risk("kelly", *equal, *common, "--convention", "mean_variance", "--convention", "log_optimal")
    single = each(told, "fraction", symbols, convention="mean_variance")
    n = min(reference["window"], len(panel.rows(date)) - 1)
    ledger.same(path, {"rf_daily": reference["rf_annual"] / 252, "continuous_sample": single,
                       "continuous_pop": [f * n / (n - 1) for f in single], "half_sample": [f / 2 for f in single],
                       "EW_portfolio_continuous": pick(told, "book_fraction", convention="mean_variance")})
    ledger.same(path, {"log_optimal_excess": each(told, "fraction", symbols, convention="log_optimal"),
                       "EW_portfolio_log_optimal": pick(told, "book_fraction", convention="log_optimal")})
    some = desk.file(f"some-{panel.name}.csv", [("symbol", "weight"), *((s, 0.1) for s in symbols)])
    for estimator in ("sample", "ledoit-wolf"):
        told = desk.risk("kelly", "--prices", only_panel(panel), "--positions", some, *common, "--convention", "joint", "--estimator",
                         estimator)
        ledger.same(path, {f"multi_asset_{estimator.replace('-', '_')}": each(told, "fraction", symbols)})
    ledger.same(path, {"rf_annual": 252 * ledger.values[f"{path}/rf_daily"]})


def compare_replays(ledger, panel, path, reference):
    lines = []
    for name, one in reference.items():
        lines += [[f"[scenario.{name}]"], [f'from = "{one["start"]}"'], [f'to = "{one["end"]}"']]
    file = panel.desk.file(f"replays-{panel.name}.toml", [])
    with open(file, "w") as out:
        out.write("\n".join(line[0] for line in lines))
    losses = {}
    for portfolio in ("EW", "LS"):
        told = panel.desk.risk("stress", *panel.options(panel.book(portfolio)), "--scenarios", file)
        for name in reference:
            losses[portfolio, name] = -pick(told, "loss", scenario=name)
    for name, one in reference.items():
        start, end = panel.closes[one["start"]], panel.closes[one["end"]]
        worst = min(panel.symbols, key=lambda s: end[s] / start[s])
        alone = panel.desk.file(f"{worst}.csv", [("symbol", "weight"), *((s, float(s == worst)) for s in panel.symbols)])
        told = panel.desk.risk("stress", *panel.options()[:2], "--positions", alone, *panel.options()[4:], "--scenarios", file)
        ledger.same(f"{path}/{name}", {**{p: losses[p, name] for p in ("EW", "LS")},
                                       "worst_symbol": [worst, -pick(told, "loss", scenario=name)]})


def compare_brinson(ledger, panel, path, reference, returns):
    count = panel.dates.index(reference["start"])
    inverse = [1 / stdev(day[k] for day in returns[count - 250:count]) for k in range(len(panel.symbols))]
    weights = {symbol: one / math.fsum(inverse) for symbol, one in zip(panel.symbols, inverse)}
    equal = panel.desk.file(f"equal-{panel.name}.csv", [("symbol", "weight"), *((s, repr(1 / len(weights))) for s in panel.symbols)])
    options = panel.options(weights)
    told = panel.desk.risk("attribution", *options[:4], "--from", reference["start"], "--to", reference["end"], "--benchmark", equal,
                           "--sectors", sector_file(panel.desk, panel.name))
    effects = {name: each(told, name, reference["sectors"], key="sector") for name in ("allocation", "selection", "interaction")}
    ledger.same(path, {**effects, "portfolio": pick(told, "total"), "benchmark": pick(told, "benchmark_return"),
                       "active": pick(told, "active_return"),
                       "wp": each(told, "portfolio_weight", reference["sectors"], key="sector"),
                       "wb": each(told, "benchmark_weight", reference["sectors"], key="sector"),
                       "rp": each(told, "portfolio_sector_return", reference["sectors"], key="sector"),
                       "rb": each(told, "benchmark_sector_return", reference["sectors"], key="sector")})


def compare_factors(ledger, panel, path, reference, returns):
    if panel.name == "us20":
        told = panel.desk.risk("attribution", *panel.options(panel.book(reference["portfolio"])), "--factors",
                               DATA / "us_factor_etf_daily.csv.gz")
        found = {"alpha_daily": pick(told, "alpha"), "betas": each(told, "beta", reference["factors"], key="factor"),
                 "t_stats": [pick_result(told, "alpha")["t_statistic"],
                             *(pick_result(told, "beta", factor=f)["t_statistic"] for f in reference["factors"])],
                 "r2": pick(told, "r_squared"), "resid_sd_dof": pick(told, "residual_deviation"),
                 "mean_return": pick(told, "mean_return"),
                 "mean_contribution": each(told, "mean_contribution", reference["factors"], key="factor"),
                 "variance_total": pick(told, "variance_total"), "variance_systematic": pick(told, "variance_systematic")}
        return ledger.same(path, found, 1e-8)
    with open(DATA / "sectors.csv", newline="") as file:
        sector = {row["symbol"]: row["sector"] for row in csv.DictReader(file) if row["universe"] == panel.name}
    days = [day for date, day in zip(panel.dates[1:], returns) if reference["first"] <= date <= reference["last"]]
    market = [fmean(day) for day in days]
    factors = [market]
    for name in reference["factors"][1:]:
        places = [k for k, s in enumerate(panel.symbols) if sector[s] == name.removesuffix(" minus market")]
        factors.append([fmean(day[k] for k in places) - m for day, m in zip(days, market)])
    weights = list(panel.book(reference["portfolio"]).values())
    book = [sum(w * r for w, r in zip(weights, day)) for day in days]
    ledger.same(path, panel.desk.one("factor_regression", {"returns": book, "factors": [list(row) for row in zip(*factors)]}), 1e-8)
