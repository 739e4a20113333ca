# SPDX-License-Identifier: Apache-2.0
"""The one line that `--snapshot` appends (rule 33)."""

import book
from decimals import show
from limits import standing_reading
from lines import scopes_of_limit
from scopes import covers, shown_max, shown_value


def snapshot(desk):
    rows = book.rows_of(desk)
    return {"type": "snapshot", "t": desk.t, "positions": _positions(desk, rows), "accounts": _accounts(desk, rows),
            "limits": _limits(desk, rows),
            "states": [{"on": entry.on, "state": entry.state, "cause": entry.cause} for entry in desk.latches]}


def _positions(desk, rows):
    shown = []
    for (account, symbol, strategy), row in sorted(rows.items(), key=lambda item: tuple(part or "" for part in item[0])):
        multiplier = desk.settings.instruments[symbol].multiplier
        shown.append({
            "account": account, "symbol": symbol, "strategy": strategy or "", "position": show(row.position),
            "average_cost": show(book.average_cost(row, multiplier)), "realised": show(row.realised),
            "unrealised": show(book.unrealised(desk, symbol, row)), "fees": show(row.fees),
            "working_buy": show(row.working_buy), "working_sell": show(row.working_sell)})
    return shown


def _accounts(desk, rows):
    shown = []
    profits = book.profits(desk, rows)
    for account in sorted(desk.settings.accounts):
        today = sum(profit - desk.zeros.get(key, 0) for key, profit in profits.items() if key[0] == account)
        shown.append({"account": account, "equity": show(book.equity(desk, rows, account)), "profit_today": show(today),
                      "peak": show(desk.peaks[account])})
    return shown


def _limits(desk, rows):
    shown = []
    profits = book.profits(desk, rows)
    active = [book.row_keys(desk, key) for key, row in rows.items()
              if row.position or row.working_buy or row.working_sell or profits[key]]
    for limit in desk.settings.limits:
        if limit.kind not in ("exposure", "model", "state"):
            continue
        for scope in scopes_of_limit(desk, limit, rows):
            if "*" in limit.on.values() and not any(covers(scope, keys) for keys in active):
                continue
            shown.append({"limit": limit.name, "on": scope,
                          "value": shown_value(limit.metric, standing_reading(desk, limit, scope, rows)),
                          "max": shown_max(limit.metric, desk.max_of(limit, scope))})
    return shown
