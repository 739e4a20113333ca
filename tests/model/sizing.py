# SPDX-License-Identifier: Apache-2.0
"""`size`: the largest quantity that each constraint would allow, and the smallest of them (sections 2 and 3)."""

from fractions import Fraction
from math import sqrt

import book
import measures
from decimals import POSITION_MAX, SCALE, show
from desk import Message
from judge import judge
from limits import Candidate, denominator_of, reduces
from scopes import Missing, base_money, exposure, units_by_symbol, with_order

QUANTITY_MAX = 10**10 * SCALE  # what an intent may ask for
NAMES = ["kelly", "volatility", "risk_budget", "balance", "limits", "max_fraction"]


def size(desk, event, outcome):
    strategy = event["strategy"]
    account = event.get("account") or desk.settings.strategies.get(strategy)
    keys = desk.keys_of(event.get("client"), account, strategy, event["symbol"])
    constraints = _constraints(desk, event, keys)
    allowed = {name: units for name, units in constraints.items() if units is not None}
    binding = min(allowed, key=allowed.get)  # of equal ones the first named
    outcome.verdicts.append({
        "type": "sized", "t": desk.t, "quantity": show(allowed[binding]), "binding": binding,
        "constraints": {name: None if units is None else show(units) for name, units in constraints.items()}})


def _constraints(desk, event, keys):
    """Each constraint's units; None for one that is not configured, 0 where an input is missing."""
    settings = desk.settings
    known = (keys["account"] in settings.accounts and keys["strategy"] in settings.strategies
             and keys["symbol"] in settings.instruments)
    if not known:
        return dict.fromkeys(NAMES) | {"limits": 0}
    sizer = Sizer(desk, event, keys)
    return {name: getattr(sizer, name)() for name in NAMES}


class Sizer:
    def __init__(self, desk, event, keys):
        self.desk, self.event, self.keys = desk, event, keys
        self.account, self.symbol = keys["account"], keys["symbol"]
        self.lot = desk.settings.instruments[self.symbol].lot
        self.rows = book.rows_of(desk)
        self.factor = Fraction(desk.factor_over(keys), SCALE)

    def setting(self, name):
        """A share of `[sizing]`, shrunk by the factor that holds; None where it is not given."""
        units = self.desk.settings.sizing.get(name)
        return None if units is None else Fraction(units, SCALE) * self.factor

    # --- from the strategy's own view of the trade

    def kelly(self):
        """Shrunk by the strategy's confidence; never a position the other way."""
        share = self.setting("kelly_fraction")
        if share is None:
            return None
        confidence = Fraction(self.event.get("confidence", SCALE), SCALE)
        if "edge" in self.event:
            deviation = self.daily_deviation()
            if not deviation:
                return 0
            days = Fraction(self.event.get("horizon_days", SCALE), SCALE)
            whole = Fraction(self.event["edge"], SCALE) / days / Fraction(deviation) ** 2
        else:
            win = Fraction(self.event["win_probability"], SCALE)
            whole = win - (1 - win) / Fraction(self.event["payoff"], SCALE)
        return self.units_for(share * confidence * whole)

    def volatility(self):
        target = self.setting("volatility_target")
        if target is None:
            return None
        deviation = self.daily_deviation()
        return self.units_for(target / Fraction(deviation * sqrt(measures.DAYS_OF_A_YEAR))) if deviation else 0

    def daily_deviation(self):
        model = self.desk.settings.model
        return model.volatility(self.symbol) if model and model.knows(self.symbol) else None

    def units_for(self, share):
        """The units whose notional is this share of the account's equity, rounded down to lots."""
        equity = denominator_of(self.desk, self.rows, {"account": self.account})
        reference = self.desk.reference(self.symbol)
        if equity is None or reference is None or share <= 0:
            return 0
        price = self.event.get("price") or self.desk.market_price(self.symbol, self.event["side"])
        try:
            unit = base_money(self.desk, self.symbol, SCALE, max(price, reference))
        except Missing:
            return 0
        if unit == 0:
            return 0
        return min(int(share * equity * SCALE / unit), POSITION_MAX) // self.lot * self.lot

    # --- from the book

    def candidate(self, units):
        return Candidate(self.keys, self.event["side"], units, self.event.get("price"), units)

    def largest(self, passes, most=POSITION_MAX):
        """What passes at a quantity passes at every smaller one."""
        low, high = 0, most // self.lot + 1
        while high - low > 1:
            middle = (low + high) // 2
            if passes(middle * self.lot):
                low = middle
            else:
                high = middle
        return low * self.lot

    def risk_budget(self):
        """The strategy's own VaR stays within its share of the portfolio's VaR limit."""
        budget = self.desk.settings.budgets.get(self.keys["strategy"])
        limit = next((one for one in self.desk.settings.limits if one.metric == "var" and not one.on), None)
        if budget is None or limit is None:
            return None
        allowed = self.factor * Fraction(budget, SCALE) * Fraction(self.desk.max_of(limit, {}), SCALE)
        scope = {"strategy": self.keys["strategy"]}

        def passes(units):
            if reduces(self.rows, self.candidate(units)):
                return True
            try:
                before, after = measures.around_order(self.desk, limit, scope, self.rows, self.candidate(units))
            except (Missing, measures.Lacking):
                return False
            return after <= allowed or after <= before
        return self.largest(passes)

    def balance(self):
        """The account's gross, worst case, stays within its equity."""
        return self.largest(lambda units: self.within({"account": self.account}, Fraction(1), units))

    def max_fraction(self):
        """The symbol's gross in the account stays within a share of the account's equity."""
        share = self.setting("max_fraction")
        if share is None:
            return None
        return self.largest(lambda units: self.within({"account": self.account, "symbol": self.symbol}, share, units))

    def within(self, scope, share, units):
        if reduces(self.rows, self.candidate(units)):
            return True
        before = units_by_symbol(self.desk, self.rows, scope)
        after = with_order(before, self.symbol, self.event["side"], units)
        try:
            value_before, value_after = (exposure(self.desk, "gross", scope, held) for held in (before, after))
        except Missing:
            return False
        equity = denominator_of(self.desk, self.rows, scope)
        return value_after <= value_before or (equity is not None and value_after <= share * equity)

    def limits(self):
        """What the gate would accept now of an intent without a name."""
        if self.desk.latch_over(self.keys, "halted"):
            return 0
        trial = self.desk.light_copy()
        trial.messages.append(Message(trial.t, self.keys))
        position = abs(book.position_of(self.rows, self.account, self.symbol))
        working = book.working_of(self.rows, self.account, self.symbol, self.event["side"])

        def passes(units):
            if position + working + units > POSITION_MAX:
                return False
            return judge(trial, self.candidate(units), units, False, False).decision == "accepted"
        return self.largest(passes, QUANTITY_MAX)
