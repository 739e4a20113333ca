# SPDX-License-Identifier: Apache-2.0
"""Positions, average cost and profit, told from the list of all fills each time that they are asked for (rules 8 to 10, 13)."""

from dataclasses import dataclass

from decimals import SCALE, divide, round8


@dataclass(frozen=True)
class Fill:
    account: str
    symbol: str
    strategy: str | None
    side: str
    quantity: int
    price: int
    fee: int
    t: int
    client: str | None


@dataclass
class Row:
    """One account, symbol and strategy."""

    position: int = 0
    cost: int = 0
    realised: int = 0
    fees: int = 0
    working_buy: int = 0
    working_sell: int = 0


def value_of(quantity, price, multiplier):
    """Money in the instrument's own currency."""
    return round8(round8(quantity, price), multiplier)


def apply_fill(row, fill, multiplier):
    """Rule 9: what adds moves the cost; what takes away realises against it; the rest after zero opens at its own price."""
    signed = fill.quantity if fill.side == "buy" else -fill.quantity
    row.fees += fill.fee
    rest = fill.quantity
    if row.position * signed < 0:
        taken = min(fill.quantity, abs(row.position))
        released = divide(row.cost * taken, abs(row.position))
        direction = 1 if row.position > 0 else -1
        row.realised += direction * (value_of(taken, fill.price, multiplier) - released)
        row.cost -= released
        row.position -= direction * taken
        rest -= taken
    if rest:
        row.cost += value_of(rest, fill.price, multiplier)
        row.position += rest if signed > 0 else -rest


def rows_of(desk):
    """(account, symbol, strategy) to Row, for each that has had a fill or an accepted order."""
    rows = {key: Row() for key in desk.touched}
    for fill in desk.fills:
        multiplier = desk.settings.instruments[fill.symbol].multiplier
        apply_fill(rows[fill.account, fill.symbol, fill.strategy], fill, multiplier)
    for order in desk.orders:
        row = rows[order.account, order.symbol, order.strategy]
        if order.side == "buy":
            row.working_buy += order.remainder
        else:
            row.working_sell += order.remainder
    return rows


def closings(desk):
    """Each fill that took something away from its row: when, whose, and what it realised."""
    rows, found = {}, []
    for fill in desk.fills:
        row = rows.setdefault((fill.account, fill.symbol, fill.strategy), Row())
        closes, realised = row.position * (1 if fill.side == "buy" else -1) < 0, row.realised
        apply_fill(row, fill, desk.settings.instruments[fill.symbol].multiplier)
        if closes:
            keys = desk.keys_of(fill.client, fill.account, fill.strategy, fill.symbol)
            found.append((fill.t, keys, row.realised - realised))
    return found


def average_cost(row, multiplier):
    if row.position == 0:
        return 0
    # cost / (units x multiplier), all three in 1e-8, rounded once.
    return divide(row.cost * SCALE * SCALE, abs(row.position) * multiplier)


def unrealised(desk, symbol, row):
    """0 without a mark (rule 10)."""
    reference = desk.reference(symbol)
    if reference is None or row.position == 0:
        return 0
    value = value_of(abs(row.position), reference, desk.settings.instruments[symbol].multiplier)
    return value - row.cost if row.position > 0 else row.cost - value


def profit(desk, symbol, row):
    """Of a row, in base currency; a row without a rate counts as 0."""
    rate = desk.rate(desk.settings.instruments[symbol].currency)
    if rate is None:
        return 0
    return round8(row.realised + unrealised(desk, symbol, row) - row.fees, rate)


def profits(desk, rows):
    return {key: profit(desk, key[1], row) for key, row in rows.items()}


def equity(desk, rows, account=None):
    """Configured equity, deposits and profit of one account, or of all."""
    names = [account] if account else list(desk.settings.accounts)
    total = sum(desk.settings.accounts[name] + desk.deposits[name] for name in names)
    return total + sum(profit(desk, key[1], row) for key, row in rows.items() if key[0] in names)


def equity_known(desk, rows, account=None):
    """False while a row of the account (of any, without one) has no rate (rule 10)."""
    return all(desk.rate(desk.settings.instruments[key[1]].currency) is not None
               for key in rows if account is None or key[0] == account)


def row_keys(desk, key):
    """What a row is to a scope: its symbol, sector, account and strategy."""
    account, symbol, strategy = key
    return {"account": account, "symbol": symbol, "strategy": strategy,
            "sector": desk.settings.instruments[symbol].sector or None}


def position_of(rows, account, symbol):
    """The account's position in a symbol over all strategies (rule 3)."""
    return sum(row.position for key, row in rows.items() if key[0] == account and key[1] == symbol)


def working_of(rows, account, symbol, side):
    return sum(row.working_buy if side == "buy" else row.working_sell
               for key, row in rows.items() if key[0] == account and key[1] == symbol)
