# SPDX-License-Identifier: Apache-2.0
"""Covariances, VaR, ES, components, sectors and back-tests of the reference panels, through `bulwark risk`."""

import csv
import gzip
import math
from statistics import NormalDist

from oracle import DATA, Panel, each, pick, pick_result

Z = NormalDist()
BACKTESTS = {
    "hs_type1": ("--method", "historical", "--convention", "type1"),
    "hs_type7": ("--method", "historical", "--convention", "type7"),
    "normal_mean_sample": ("--method", "parametric"),
    "ewma94_normal_zero_mean": ("--method", "parametric", "--estimator", "ewma"),
    "fhs_type1": ("--method", "filtered"),
}
CONFIDENCES = ("0.95", "0.975", "0.99")
SHORTFALL_TESTS = {"hs": "hs_type1", "normal": "normal_mean_sample", "ewma94": "ewma94_normal_zero_mean"}


def compare(ledger, desk):
    document = ledger.document
    for name, panel in document["panels"].items():
        compare_panel(ledger, Panel(desk, name, panel), f"oracle/panels/{name}", sector_file(desk, name))
    compare_wide(ledger, desk, document["wide"])


def sector_file(desk, universe):
    with open(DATA / "sectors.csv", newline="") as file:
        rows = [(row["symbol"], row["sector"]) for row in csv.DictReader(file) if row["universe"] == universe]
    return desk.file(f"{universe}-sectors.csv", [("symbol", "sector"), *rows])


def compare_panel(ledger, panel, path, sectors):
    for date, document in panel.document["asof"].items():
        at = f"{path}/asof/{date}"
        compare_ewma(ledger, panel, f"{at}/ewma94", date, document["ewma94"])
        closes = panel.rows(date)
        logs = [[math.log(now / then) for then, now in zip(*pair)] for pair in zip(closes, closes[1:])]
        covariance = panel.desk.one("ewma_covariance", {"returns": logs, "lambda": 0.94})
        ledger.same(f"{at}/ewma94_log_returns/vol_daily", [math.sqrt(row[k]) for k, row in enumerate(covariance)])
        for window in document["ledoit_wolf"]:
            compare_ledoit_wolf(ledger, panel, f"{at}/ledoit_wolf/{window}", date, window)
        for portfolio in document["risk"]:
            compare_risk(ledger, panel, f"{at}/risk/{portfolio}", date, portfolio, sectors)
    for portfolio in panel.document["series"]:
        compare_series(ledger, panel, f"{path}/series/{portfolio}", portfolio)


def compare_ewma(ledger, panel, path, date, reference):
    options = (*panel.options(), "--as-of", date, "--estimator", "ewma")
    covariance = panel.desk.risk("covariance", *options)
    volatilities = each(covariance, "volatility", panel.symbols)
    ledger.same(path, {"vol_daily": volatilities, "vol_annual_252": [v * math.sqrt(252) for v in volatilities],
                       "cov_trace": sum(row[k] for k, row in enumerate(pick(covariance, "covariance")))})
    found = pick_result(panel.desk.risk("correlation", *options), "correlation")
    size = len(panel.symbols)
    places = [found["symbols"].index(symbol) for symbol in reference["corr_block_symbols"]]
    entries = [entry for row in found["value"] for entry in row]
    ledger.same(path, {"corr_block": [[found["value"][i][j] for j in places] for i in places],
                       "corr_frobenius": math.sqrt(math.fsum(entry**2 for entry in entries)),
                       "corr_mean_offdiag": (math.fsum(entries) - size) / (size * (size - 1))})


def spread(desk, matrix):
    """Frobenius norm, lowest and highest eigenvalue."""
    values = desk.one("eigenvalues", matrix)
    return {"frobenius": math.sqrt(math.fsum(entry**2 for row in matrix for entry in row)), "min_eig": values[0],
            "max_eig": values[-1]}


def ledoit_wolf(panel, date, window):
    """Both targets, as the reference has them but for the name of the block."""
    results = panel.desk.risk("covariance", *panel.options(), "--as-of", date, "--estimator", "ledoit-wolf", "--window",
                              window.removeprefix("n"), "--convention", "identity", "--convention", "constant_correlation")
    found = {}
    for target in ("identity", "constant_correlation"):
        matrix = pick(results, "covariance", convention=target)
        found[target] = {"shrinkage": pick(results, "shrinkage", convention=target), "matrix": matrix,
                         **spread(panel.desk, matrix)}
    size, matrix = len(panel.symbols), found["constant_correlation"]["matrix"]
    found["identity"]["mu"] = math.fsum(row[k] for k, row in enumerate(found["identity"]["matrix"])) / size
    deviations = [math.sqrt(row[k]) for k, row in enumerate(matrix)]
    apart = math.fsum(matrix[i][j] / deviations[i] / deviations[j] for i in range(size) for j in range(size) if i != j)
    found["constant_correlation"]["rbar"] = apart / (size * (size - 1))  # the target's correlation is the sample's mean
    return found


def compare_ledoit_wolf(ledger, panel, path, date, window):
    found = ledoit_wolf(panel, date, window)
    identity, constant = found["identity"], found["constant_correlation"]
    ledger.same(path, {key: identity[key] for key in ("shrinkage", "mu", "frobenius", "min_eig", "max_eig")})
    ledger.same(f"{path}/constant_correlation", {key: constant[key] for key in ("shrinkage", "rbar", "frobenius")})
    for place, one in ((f"{path}/covariance_block", identity), (f"{path}/constant_correlation/covariance_block", constant)):
        size = next(n for n in range(1, 100) if f"{place}/{n}/0" not in ledger.values)
        ledger.same(place, [row[:size] for row in one["matrix"][:size]])


def named(*conventions):
    return [part for convention in conventions for part in ("--convention", convention)]


def tails(panel, options, confidence):
    """Every VaR and ES of a book at one confidence; all confidences and conventions are asked at once."""
    options = (*options, *(part for one in CONFIDENCES for part in ("--confidence", one)))

    def value(what, convention, *more, window=1000, **marks):
        results = panel.desk.risk(what, *options, "--window", window, *more)
        return pick(results, what, confidence=float(confidence), convention=convention, **marks)

    found = {}
    means = named("zero_mean", "with_mean")
    quantiles, averages = named("type1", "type7"), named("acerbi_tasche", "tail_mean_ge", "tail_mean_gt")
    for key, what in (("", "var"), ("_es", "es")):
        for mean in ("zero_mean", "with_mean"):
            found[f"normal{key}_{mean}"] = value(what, mean, *means)
        found[f"ewma_normal{key}"] = value(what, "zero_mean", "--estimator", "ewma")
        for degrees in (6, 4):
            found[f"t{degrees}{key}_zero_mean"] = value(what, "zero_mean", "--method", "student", "--degrees", degrees)
        found[f"t6_ewma{key}"] = value(what, "zero_mean", "--method", "student", "--estimator", "ewma")
    found["cornish_fisher_pop"] = value("var", "population_moments", "--method", "cornish-fisher")
    for convention in ("type1", "type7"):
        found[f"hist_{convention}"] = value("var", convention, "--method", "historical", *quantiles)
    for convention, key in (("acerbi_tasche", "es_acerbi_tasche"), ("tail_mean_ge", "es_tail_mean_ge_type1"),
                            ("tail_mean_gt", "es_mean_gt_type7")):
        found[key] = value("es", convention, "--method", "historical", *averages)
    filtered = ("--method", "filtered", *named("portfolio", "multi_asset"), *quantiles)
    for convention in ("type1", "type7"):
        found[f"fhs500_{convention}"] = value("var", convention, *filtered, window=500, filter="portfolio")
    found["fhs500_multi_asset_type1"] = value("var", "type1", *filtered, window=500, filter="multi_asset")
    found["fhs500_es"] = value("es", "acerbi_tasche", *filtered, window=500, filter="portfolio")
    found["fhs500_multi_asset_es"] = value("es", "acerbi_tasche", *filtered, window=500, filter="multi_asset")
    return found


def compare_risk(ledger, panel, path, date, portfolio, sectors):
    weights = panel.book(portfolio)
    options = (*panel.options(weights), "--as-of", date)
    for confidence in CONFIDENCES:
        found = tails(panel, options, confidence)
        drawn = pick_result(panel.desk.risk("var", *options, "--confidence", confidence, "--window", 1000, "--method",
                                            "montecarlo"), "var")
        found["t6_zero_mean_mc_se_100k"] = drawn["standard_error"]
        for name, value in found.items():  # Student quantiles of the reference are off by up to 2.3e-9
            ledger.same(f"{path}/{confidence}/{name}", value, 1e-8 if name.startswith("t") else 1e-9)
        error = abs(drawn["value"] - found["t6_zero_mean"]) / drawn["standard_error"]
        if error > 4:
            ledger.wrong.append(f"{path}/{confidence}: Monte Carlo is {error} standard errors from the closed form")
    compare_moments(ledger, panel, path, date, weights)
    compare_components(ledger, panel, path, options, weights)
    exposures = panel.desk.risk("sectors", *options, "--sectors", sectors)
    for sector in {one["sector"] for one in exposures}:
        ledger.same(f"{path}/sector_exposure/{sector}",
                    {name: pick(exposures, name, sector=sector) for name in ("net", "gross", "long", "short")})


def compare_moments(ledger, panel, path, date, weights):
    book = [math.fsum(w * r for w, r in zip(weights.values(), day)) for day in panel.returns(date)]
    moments, variances = panel.desk.call(("moments", book[-1000:]), ("ewma_variances", {"returns": book, "lambda": 0.94}))
    options = (*panel.options(weights), "--as-of", date, "--confidence", 0.99, "--estimator", "ewma")
    compare_student_fit(ledger, panel, path, (*panel.options(weights), "--as-of", date), book[-1000:])
    ledger.same(path, {"mean": moments["mean"], "sd_sample": moments["sample_deviation"], "sd_pop": moments["deviation"],
                       "fhs_sigma_next": math.sqrt(variances[-1]),
                       "ewma94_portfolio_sd": pick(panel.desk.risk("var", *options), "var") / Z.inv_cdf(0.99)})


def compare_student_fit(ledger, panel, path, options, book):
    """The likelihood of the reference's parameters, and that our own fit is no worse; parameters are not compared."""
    reference = {key: ledger.values[f"{path}/t_mle/{key}"] for key in ("nu", "loc", "scale", "loglik")}
    found = panel.desk.one("fit_student", {"returns": book, "degrees": reference["nu"], "location": reference["loc"],
                                           "scale": reference["scale"]})
    ledger.same(f"{path}/t_mle/loglik", found["given"], 1e-6)
    ledger.compared.update(f"{path}/t_mle/{key}" for key in ("nu", "loc", "scale"))
    fitted = pick_result(panel.desk.risk("var", *options, "--window", 1000, "--method", "student", "--degrees", "fit"), "var")
    if found["fitted"] < reference["loglik"] - 0.01 or abs(fitted["degrees"] - found["degrees"]) > 1e-3:
        ledger.wrong.append(f"{path}/t_mle: our fit has {found}, the reference {reference}, the program {fitted}")


def compare_components(ledger, panel, path, options, weights):
    for key, confidence, estimator in (("component_99_normal_sample_cov_zero_mean", 0.99, "sample"),
                                       ("component_95_normal_ewma94", 0.95, "ewma")):
        asked = (*options, "--window", 1000, "--estimator", estimator, "--confidence", confidence)
        parts = panel.desk.risk("components", *asked)
        whole = pick(parts, "var")
        component = each(parts, "component_var", panel.symbols)
        ledger.same(f"{path}/{key}", {
            "VaR": whole, "marginal": each(parts, "marginal_var", panel.symbols), "component": component,
            "pct": [part / whole for part in component], "ES": pick(parts, "es"),
            "component_ES": each(parts, "component_es", panel.symbols),
            "incremental_remove": each(panel.desk.risk("incremental", *asked), "incremental_var", panel.symbols)})
    parts = panel.desk.risk("components", *options, "--window", 1000, "--method", "historical", "--confidence", 0.975)
    ledger.same(f"{path}/component_es_975_historical", each(parts, "component_es", panel.symbols))
    first = panel.symbols[0]
    more = (*panel.options({**weights, first: weights[first] + 0.01}), *options[len(panel.options(weights)):])
    asked = ("--window", 1000, "--confidence", 0.99)
    ledger.same(f"{path}/incremental_add_1pct_first_symbol_99_normal",
                pick(panel.desk.risk("var", *more, *asked), "var") - pick(panel.desk.risk("var", *options, *asked), "var"))


def compare_series(ledger, panel, path, portfolio):
    weights = panel.book(portfolio)
    options = panel.options(weights)
    returns = panel.desk.one("simple_returns", panel.rows(panel.dates[-1]))
    book = [math.fsum(w * r for w, r in zip(weights.values(), day)) for day in returns]
    ledger.same(path, {"sum_returns": math.fsum(book), "first5": book[:5], "last5": book[-5:]})
    for model, method in BACKTESTS.items():
        results = panel.desk.risk("backtest", *options, *method, "--confidence", 0.99, "--convention", "sum", "--convention",
                                  "joint")
        compare_backtest(ledger, panel.desk, f"{path}/var_backtest_99/models/{model}", results)
    for name, model in SHORTFALL_TESTS.items():
        results = panel.desk.risk("backtest", *options, *BACKTESTS[model], "--confidence", 0.975)
        z1, z2 = (pick(results, f"acerbi_szekely_{z}") for z in ("z1", "z2"))
        ledger.same(f"{path}/es_backtest_975/{name}", {"N": pick(results, "exceptions"), "T": pick(results, "observations"),
                                                       "Z1": z1, "Z2": z2})


def compare_backtest(ledger, desk, path, results):
    exceptions, forecasts = pick_result(results, "exceptions"), pick_result(results, "forecast")
    dates, days = exceptions["dates"], forecasts["dates"]
    hits = [days.index(date) for date in dates]
    count = len(days)
    kupiec, independence = (pick_result(results, name) for name in ("kupiec", "christoffersen_independence"))
    transitions = desk.one("coverage", {"hits": hits, "observations": count, "tail": 0.01})["transitions"]
    found = {"N": pick(results, "observations"), "x": exceptions["value"], "LR_uc": kupiec["value"],
             "p_uc": kupiec["p_value"], "LR_ind": independence["value"], "p_ind": independence["p_value"],
             **dict(zip(("n00", "n01", "n10", "n11"), transitions))}
    for coverage in ("sum", "joint"):
        one = pick_result(results, "christoffersen_conditional_coverage", coverage=coverage)
        found |= {f"LR_cc_{coverage}": one["value"], f"p_cc_{coverage}": one["p_value"]}
    ledger.same(path, found)
    zone = pick_result(results, "basel_zone")
    at_least = desk.one("traffic_light", {"hits": zone["exceptions"], "observations": 250, "tail": 0.01})["type1_prob_ge"]
    ledger.same(f"{path}/basel_last250", {"x": zone["exceptions"], "zone": zone["value"], "cum_prob": zone["probability"],
                                          "type1_prob_ge": at_least, "multiplier": pick(results, "basel_multiplier")})
    years = {}
    for date in dates:
        years[date[:4]] = years.get(date[:4], 0) + 1
    worst = max(sum(start <= hit < start + 250 for hit in hits) for start in range(count - 249))
    values = forecasts["value"]
    ledger.same(path, {"max_x_in_any_250": worst, "exceptions_by_year": years, "first3": values[:3], "last3": values[-3:],
                       "sum_var": math.fsum(values), "last_exception_dates": dates[-5:]})


def compare_wide(ledger, desk, document):
    """The panel of some 470 symbols; the rule: those with a price on every date."""
    panel = Panel(desk, "wide", {**document, "symbols": whole_symbols(document["file"])})
    size = len(panel.symbols)
    options = panel.options({symbol: 1 / size for symbol in panel.symbols})
    for window in document["windows"]:
        found = ledoit_wolf(panel, document["last"], window)
        shrunk = pick(desk.risk("var", *options, "--estimator", "ledoit-wolf", "--window", window.removeprefix("n")), "var")
        identity, constant = found["identity"], found["constant_correlation"]
        path = f"oracle/wide/windows/{window}"
        ledger.same(path, {key: identity[key] for key in ("shrinkage", "mu", "frobenius", "min_eig", "max_eig")})
        ledger.same(path, {"ew_portfolio_vol_daily": shrunk / Z.inv_cdf(0.99),
                           "block3": [row[:3] for row in identity["matrix"][:3]]})
        ledger.same(f"{path}/constant_correlation", {key: constant[key] for key in ("shrinkage", "rbar", "frobenius")})
    covariance = desk.risk("covariance", *options, "--estimator", "ewma")
    historical = ("--method", "historical", "--window", 500)
    volatilities = each(covariance, "volatility", panel.symbols)
    ledger.same("oracle/wide/ewma94", {
        "ew_portfolio_sd": pick(desk.risk("var", *options, "--estimator", "ewma"), "var") / Z.inv_cdf(0.99),
        "trace": math.fsum(v * v for v in volatilities), "vol_first10": volatilities[:10],
        "hist99_type1_last500": pick(desk.risk("var", *options, *historical), "var"),
        "es975_last500": pick(desk.risk("es", *options, *historical, "--confidence", 0.975), "es")})


def whole_symbols(file):
    seen, dates = {}, set()
    with gzip.open(DATA / file, "rt", newline="") as rows:
        for row in csv.DictReader(rows):
            seen[row["symbol"]] = seen.get(row["symbol"], 0) + 1
            dates.add(row["date"])
    return sorted(symbol for symbol, count in seen.items() if count == len(dates))
