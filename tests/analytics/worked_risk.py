# SPDX-License-Identifier: Apache-2.0
"""Worked examples of estimators, tails, components and back-tests."""

import csv
import math

from oracle import DATA, each, pick


def transposed(rows):
    return [list(column) for column in zip(*rows)]


def price_file(desk, name, symbols, days):
    """Prices that make these simple returns."""
    closes = [[1.0] * len(symbols)]
    for day in days:
        closes.append([price * (1 + move) for price, move in zip(closes[-1], day)])
    dates = [f"{2000 + k // 336:04d}-{k // 28 % 12 + 1:02d}-{k % 28 + 1:02d}" for k in range(len(closes))]
    rows = [("date", *symbols), *((date, *map(repr, row)) for date, row in zip(dates, closes))]
    return desk.file(name, rows)


def book_file(desk, name, weights):
    return desk.file(name, [("symbol", "weight"), *weights.items()])


def edhec(count=None, columns=None):
    """Names without blanks, and monthly returns."""
    with open(DATA / "reference" / "edhec_monthly.csv", newline="") as file:
        rows = list(csv.reader(file))
    names = [name.replace(" ", "_") for name in rows[0][1:]][:columns]
    return names, [[float(field) for field in row[1:len(names) + 1]] for row in rows[1:]][:count]


def ewma_riskmetrics(ledger, desk, path, inputs):
    lam, series = inputs["lam"], inputs["usd_dem_pct"]
    first = series[0] ** 2
    covariance, steps = desk.call(
        ("ewma_covariance", {"returns": transposed([series, inputs["sp500_pct"]]), "lambda": lam}),
        ("ewma_variances", {"returns": series[1:], "lambda": lam, "first": first}))
    truncated = covariance[0][0] - lam ** len(series) * first  # the first square with its own weight only
    deviations = [math.sqrt(covariance[k][k]) for k in range(2)]
    ledger.same(path, {
        "equal_weight_zero_mean_vol_pct": math.sqrt(math.fsum(r * r for r in series) / len(series)),
        "ewma_var_recursive_seed_first": steps, "ewma_vol_recursive": math.sqrt(steps[-1]),
        "ewma_vol_truncated_weights": math.sqrt(truncated),
        "ewma_vol_normalized_weights": math.sqrt(truncated / (1 - lam ** len(series))),
        "cov_recursive": covariance, "corr_recursive": covariance[0][1] / deviations[0] / deviations[1]})


def ewma_hull(ledger, desk, path, inputs):
    variance = desk.one("ewma_variances", {"returns": [inputs["ret"]], "lambda": inputs["lam"],
                                           "first": inputs["vol_prev"] ** 2})[1]
    ledger.same(path, {"var": variance, "vol": math.sqrt(variance)})


def ledoit_wolf_identity(ledger, desk, path, inputs):
    rows = inputs.get("X") or inputs["Y"]
    found = desk.one("shrunk_to_identity", rows)
    result = {"shrinkage": found["shrinkage"], "mu": found["target"]}
    if "X" in inputs:
        result |= {"covariance": found["covariance"], "location": [math.fsum(c) / len(rows) for c in zip(*rows)]}
    else:
        values = desk.one("eigenvalues", found["covariance"])
        result |= {"trace": math.fsum(row[k] for k, row in enumerate(found["covariance"])), "min_eig": values[0],
                   "max_eig": values[-1]}
    ledger.same(path, result)


def ledoit_wolf_constant_correlation(ledger, desk, path, _):
    names, days = edhec()
    prices = price_file(desk, "edhec.csv", names, days)
    results = desk.risk("covariance", "--prices", prices, "--estimator", "ledoit-wolf", "--convention",
                        "constant_correlation")
    found = next(one for one in results if one["name"] == "covariance")
    places = [found["symbols"].index(name) for name in names]
    ledger.same(path, {"shrinkage": pick(results, "shrinkage"),
                       "rbar": desk.one("shrunk_to_constant_correlation", days)["target"],
                       "covariance": [[found["value"][i][j] for j in places] for i in places]})


def normal_and_t(ledger, desk, path, inputs):
    deviation = inputs["value"] * inputs["vol_annual"] / math.sqrt(inputs["days"])
    for place, confidence in enumerate(inputs["alpha"]):
        arguments = {"mean": 0, "deviation": deviation, "degrees": inputs["nu"], "confidence": confidence}
        normal, student = desk.call(("normal_loss", arguments), ("student_loss", arguments))
        for name, value, relative in (("VaR_normal", normal["var"], 1e-9), ("ES_normal", normal["es"], 1e-9),
                                      ("VaR_t4", student["var"], 1e-8), ("ES_t4", student["es"], 1e-8)):
            ledger.same(f"{path}/{name}/{place}", value, relative)


def component_jorion(ledger, desk, path, inputs):
    position, vol, z = inputs["position"], inputs["vol"], inputs["z"]
    covariance = [[vol[i] * vol[j] * (1 if i == j else inputs["rho"]) for j in range(2)] for i in range(2)]

    def parts(weights):
        return desk.one("components", {"weights": weights, "covariance": covariance, "factor": z, "means": []})

    whole = parts(position)
    ledger.same(path, {
        "VaR": whole["total"], "individual": [z * p * v for p, v in zip(position, vol)], "marginal": whole["marginal"],
        "component": whole["component"], "incremental_approx_10k_CAD": 10_000 * whole["marginal"][0],
        "incremental_remove": whole["incremental"]})
    ledger.same(f"{path}/incremental_exact_10k_CAD",
                parts([position[0] + 10_000, position[1]])["total"] - whole["total"], 1e-7)  # a difference of 1 in 500


def coverage(ledger, desk, path, inputs):
    hits = inputs.get("hit_positions", inputs.get("hits"))
    found = desk.one("coverage", {"hits": hits, "observations": inputs["N"], "tail": inputs["p"]})
    result = {"LR_uc": found["kupiec"][0], "LR_ind": found["independence"][0], "p_ind": found["independence"][1],
              "LR_cc_sum": found["sum"][0], "p_cc_sum": found["sum"][1], "LR_cc_joint": found["joint"][0],
              "p_cc_joint": found["joint"][1], **dict(zip(("n00", "n01", "n10", "n11"), found["transitions"]))}
    if f"{path}/p_uc" in ledger.values:
        result["p_uc"] = found["kupiec"][1]
    ledger.same(path, result)


def named_numbers(name):
    """As in "x=0,N=250,p=0.01"."""
    return {key: float(value) for key, value in (part.split("=") for part in name.split(","))}


def names_under(ledger, path):
    return sorted({one.removeprefix(path + "/").split("/")[0] for one in ledger.values if one.startswith(path + "/")})


def kupiec_nonrejection(ledger, desk, path, _):
    for name in names_under(ledger, path):
        numbers = named_numbers(name)
        calls = [("kupiec", {"hits": hits, "observations": int(numbers["N"]), "tail": numbers["p"]}) for hits in range(100)]
        passing = [hits for hits, (_, p_value) in enumerate(desk.call(*calls)) if p_value >= 0.05]
        ledger.same(f"{path}/{name}", [passing[0], passing[-1]])


def kupiec_edge(ledger, desk, path, _):
    for name in names_under(ledger, path):
        numbers = named_numbers(name)
        ledger.same(f"{path}/{name}", desk.one("kupiec", {"hits": int(numbers["x"]), "observations": int(numbers["N"]),
                                                          "tail": numbers["p"]}))


def traffic_light(ledger, desk, path, inputs):
    for hits in names_under(ledger, path):
        ledger.same(f"{path}/{hits}", desk.one("traffic_light", {"hits": int(hits), "observations": inputs["N"],
                                                                 "tail": inputs["p"]}))


def acerbi_szekely(ledger, desk, path, inputs):
    days = inputs["T"]
    pnl = [inputs["pnl"].get(str(day), inputs["pnl"]["else"]) for day in range(days)]
    found = desk.one("acerbi_szekely", {"pnl": pnl, "var": [inputs["VaR"]] * days, "es": [inputs["ES"]] * days,
                                        "tail": inputs["tail"]})
    ledger.same(path, {"N": sum(loss < -inputs["VaR"] for loss in pnl), "T": len(pnl), "Z1": found["z1"], "Z2": found["z2"]})


def tails_edhec(ledger, desk, path, _):
    for at, count in ((path, None), (f"{path}/first100", 100)):
        names, days = edhec(count, 1)
        prices = ("--prices", price_file(desk, f"edhec-{count}.csv", names, days), "--confidence", 0.95)

        def loss(what, *more):
            return pick(desk.risk(what, *prices, *more), what)

        population = {key: desk.one("moments", [day[0] for day in days])[key] for key in ("mean", "deviation")}
        gauss = desk.one("normal_loss", {**population, "confidence": 0.95})
        historical = ("--method", "historical", "--convention")
        found = {"hist95": loss("var", *historical, "type7"), "mod95": loss("var", "--method", "cornish-fisher"),
                 "es_hist95": loss("es", *historical, "tail_mean_gt"), "es_gauss95": gauss["es"]}
        if count:
            found["gauss95"] = gauss["var"]
        else:
            found |= {"gauss95_popvar": gauss["var"], "gauss95_samplevar": loss("var", "--convention", "with_mean"),
                      "var_type1_95": loss("var", *historical, "type1"),
                      "es_acerbi_tasche95": loss("es", *historical, "acerbi_tasche")}
        ledger.same(at, found)


def components_edhec(ledger, desk, path, _):
    names, days = edhec(100, 3)
    weights = dict(zip(names, (0.3, 0.4, 0.3)))
    options = ("--prices", price_file(desk, "edhec-3.csv", names, days), "--positions",
               book_file(desk, "edhec-book.csv", weights), "--confidence", 0.95, "--convention", "with_mean")
    parts = desk.risk("components", *options)
    component, whole = each(parts, "component_var", names), pick(parts, "var")
    ledger.same(f"{path}/ddof1", {
        "VaR": whole, "marginal": each(parts, "marginal_var", names), "component": component,
        "pct": [part / whole for part in component], "ES": pick(parts, "es"),
        "component_ES": each(parts, "component_es", names),
        "incremental_remove": each(desk.risk("incremental", *options), "incremental_var", names)})
    compare_population(ledger, desk, f"{path}/ddof0", list(weights.values()), days)


def compare_population(ledger, desk, path, weights, days):
    """With the variance over n, which no option asks for."""
    covariance = [[entry * (len(days) - 1) / len(days) for entry in row] for row in desk.one("sample_covariance", days)]
    unit = desk.one("normal_loss", {"mean": 0, "deviation": 1, "confidence": 0.95})
    means = [math.fsum(column) / len(days) for column in zip(*days)]
    arguments = {"weights": weights, "covariance": covariance, "means": means}
    var, es = desk.call(("components", {**arguments, "factor": unit["var"]}), ("components", {**arguments, "factor": unit["es"]}))
    ledger.same(path, {"VaR": var["total"], "marginal": var["marginal"], "component": var["component"],
                       "pct": [part / var["total"] for part in var["component"]], "ES": es["total"],
                       "component_ES": es["component"], "incremental_remove": var["incremental"]})


def quantile_conventions(ledger, desk, path, inputs):
    for name in names_under(ledger, path):
        found = desk.one("quantiles", {"losses": inputs["losses"], "confidence": named_numbers(name)["a"]})
        ledger.same(f"{path}/{name}", {"type1": found["type1"], "type7": found["type7"],
                                       "es_acerbi_tasche": found["acerbi_tasche"], "es_ge": found["tail_mean_ge"],
                                       "es_pa": found["tail_mean_gt"]})


EXAMPLES = {
    "ewma_riskmetrics_td96": ewma_riskmetrics, "ewma_hull": ewma_hull, "ledoit_wolf_sklearn_doc": ledoit_wolf_identity,
    "ledoit_wolf_p_gt_n": ledoit_wolf_identity, "ledoit_wolf_constant_correlation": ledoit_wolf_constant_correlation,
    "var_es_normal_t4": normal_and_t, "component_var_jorion": component_jorion, "kupiec_christoffersen_matlab": coverage,
    "christoffersen_edge_all_zero": coverage, "christoffersen_edge_one_hit_last": coverage,
    "christoffersen_edge_one_hit_first": coverage, "christoffersen_edge_two_adjacent": coverage,
    "kupiec_nonrejection": kupiec_nonrejection, "kupiec_edge": kupiec_edge, "basel_traffic_light": traffic_light,
    "acerbi_szekely": acerbi_szekely, "var_es_edhec": tails_edhec, "component_var_edhec": components_edhec,
    "quantile_conventions": quantile_conventions,
}
