# SPDX-License-Identifier: Apache-2.0
"""How the story speaks: numbers that a person reads at a glance, and what the gate said in a sentence."""
import os
import sys
import time
from decimal import Decimal

FRACTIONS = {"price_collar", "concentration"}
COLOURS = {"accepted": "32", "resumed": "32", "ready": "32", "watch": "36", "refused": "31", "stopped": "1;31", "limited": "33",
           "resized": "33", "warned": "33", "crash": "35"}


def number(value) -> str:
    """1234567.8 is 1,234,567.80; whole numbers stay whole."""
    if value is None:
        return "unknown"
    exact = Decimal(str(value))
    if exact == exact.to_integral_value():
        return f"{int(exact):,}"
    return f"{exact:,.2f}" if abs(exact) >= 1 else f"{exact.normalize():f}"


def measured(metric: str | None, value) -> str:
    if value is not None and metric in FRACTIONS:
        return f"{Decimal(str(value)) * 100:.1f} %"
    if value is not None and metric in {"gross", "net", "long", "short", "daily_loss"}:
        return number(int(Decimal(str(value))))
    return f"{Decimal(str(value)):.2f}" if metric == "leverage" and value is not None else number(value)


def why(report: dict) -> str:
    """Which limit objected, with its numbers; or the reason alone."""
    if report["limit"] is None or report["value"] is None:
        return f"{report['reason']}"
    reason = report["reason"]
    return (f"{reason} {measured(reason, report['value'])} is over {measured(reason, report['max'])} "
            f"(limit {report['limit']})")


def order(report: dict) -> str:
    return f"{report['side']} {number(report['quantity'])} {report['symbol']} at {report['price']}"


class Narrator:
    """Writes the lines of the story, each with the seconds since the opening."""

    def __init__(self):
        self.start = time.monotonic()
        self.colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def seconds(self) -> float:
        return time.monotonic() - self.start

    def tell(self, what: str, text: str) -> None:
        word = f"{what:<9}"
        if self.colours and what in COLOURS:
            word = f"\033[{COLOURS[what]}m{word}\033[0m"
        print(f"{self.seconds():5.1f} s  {word} {text}", flush=True)
