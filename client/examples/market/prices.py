# SPDX-License-Identifier: Apache-2.0
"""A market from a file, for `scripts/run --prices FILE`: daily closes (each day is one step), or a day of ticks.

Read, gzipped or not: `date,symbol,close` and `date,SYM1,SYM2,...`; `time_ms,type,price,...` with T (trade), B and A (best
bid and ask); `time_ms,bid,...,ask,...[,last]`; `time_ms,open,high,low,close,...`. At the end the file starts again.
"""
import csv
import gzip
import itertools
import os
import re
from collections.abc import Iterator
from decimal import Decimal

from market import Listing, Quote, quote_around

HALF_SPREAD = 0.0002     # where the file has closes only
STEPS_OF_A_DAY = 600     # a day of ticks is shown in so many steps
DECIMALS_MAX = 8
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class PriceFileError(Exception):
    """The file can't be used; says why."""


def open_text(path: str):
    if path.endswith(".gz"):
        return gzip.open(path, "rt", newline="")
    return open(path, newline="")


def symbol_from_name(path: str) -> str:
    """ticks_IBM_20131007.csv.gz is IBM, btcusd_seconds_20161007.csv.gz is BTCUSD."""
    words = os.path.basename(path).split(".")[0].split("_")
    kinds = {"ticks", "seconds", "fx", "minutes", "daily"}
    return next((word for word in words if word.lower() not in kinds and not word.isdigit()), "FILE").upper()[:32]


def decimals_of(texts: Iterator[str]) -> int:
    """How many decimals the prices of a file have: its tick. Two at least."""
    found = (len(text.rstrip("0").partition(".")[2]) for text in itertools.islice(texts, 5000))
    return min(max(found, default=2), DECIMALS_MAX) if found else 2


def positive(text: str) -> float:
    price = float(text)
    if not 0 < price < 1e9:
        raise ValueError(f"{text!r} is no price: prices are positive numbers")
    return price


class FileMarket:
    """The same interface as SyntheticMarket: `listings`, and `step()` with the quotes of the next moment."""

    def __init__(self, path: str, start: str = ""):
        self.before: list[tuple[str, dict[str, str]]] = []
        try:
            with open_text(path) as file:
                rows = csv.reader(file)
                header = next(rows, [])
                reader = self.reader_of(header)
                self.steps = reader(path, header, [row for row in rows if len(row) == len(header)], start)
        except (OSError, EOFError, UnicodeDecodeError, ArithmeticError, ValueError) as error:
            raise PriceFileError(f"{path}: {error}") from error
        if not self.steps:
            raise PriceFileError(f"{path}: no prices" + (f" from {start} on" if start else ""))
        self.day_steps = len(self.steps)
        self.step_number = 0

    def past(self) -> list[tuple[str, dict[str, str]]]:
        """The file's own closes of the days before the start, where every symbol has one."""
        return self.before

    def reader_of(self, header: list[str]):
        if header == ["date", "symbol", "close"]:
            return self.read_long
        if header[:1] == ["date"] and len(header) > 1:
            return self.read_wide
        if header[:3] == ["time_ms", "type", "price"]:
            return self.read_ticks
        if header[:1] == ["time_ms"] and ({"bid", "ask"} <= set(header) or "close" in header):
            return self.read_times
        raise ValueError(f"the header {','.join(header)[:80]!r} is none of date,symbol,close | date,SYM1,... | "
                         "time_ms,type,price,... | time_ms,bid,...,ask | time_ms,open,high,low,close,...")

    def list_symbols(self, symbols, prices: Iterator[str]) -> None:
        self.tick = Decimal(1).scaleb(-max(decimals_of(prices), 2))
        self.listings = [Listing(symbol, "", self.tick) for symbol in symbols]

    # ------------------------------------------------------------------------------------------ daily closes
    def daily(self, days: dict[str, dict[str, str]], start: str) -> list[dict[str, Quote]]:
        chosen = [days[date] for date in sorted(days) if date >= start]
        symbols = sorted({symbol for day in chosen for symbol in day})
        self.list_symbols(symbols, (price for day in chosen for price in day.values()))
        self.before = [(date, days[date]) for date in sorted(days) if date < start and ISO_DATE.fullmatch(date)
                       and all(symbol in days[date] and positive(days[date][symbol]) for symbol in symbols)]
        return [{symbol: quote_around(positive(price), self.tick, HALF_SPREAD) for symbol, price in day.items()}
                for day in chosen]

    def read_long(self, path, header, rows, start):
        days: dict[str, dict[str, str]] = {}
        for date, symbol, close in rows:
            days.setdefault(date, {})[symbol] = close
        return self.daily(days, start)

    def read_wide(self, path, header, rows, start):
        return self.daily({row[0]: {symbol: price for symbol, price in zip(header[1:], row[1:]) if price}
                           for row in rows}, start)

    # ------------------------------------------------------------------------------------------ a day of ticks
    def by_time(self, symbol: str, moments: list[tuple[int, Quote]]) -> list[dict[str, Quote]]:
        """The last quote of each of so many equal parts of the file's time."""
        if not moments:
            return []
        first, last = moments[0][0], moments[-1][0]
        part = max((last - first) // STEPS_OF_A_DAY, 1)
        newest = {(time - first) // part: quote for time, quote in moments}
        return [{symbol: newest[key]} for key in sorted(newest)]

    def read_ticks(self, path, header, rows, start):
        symbol = symbol_from_name(path)
        self.list_symbols([symbol], (row[2] for row in rows))
        suspicious = header.index("suspicious") if "suspicious" in header else None
        bid = ask = last = None  # one last bid and one last ask: the rows are updates of the best of all markets
        moments = []
        for row in rows:
            price = Decimal(row[2]).quantize(self.tick)
            if price <= 0 or (suspicious is not None and row[suspicious] == "1"):
                continue
            bid, ask, last = (price if row[1] == kind else old for kind, old in (("B", bid), ("A", ask), ("T", last)))
            if bid and ask:
                moments.append((int(row[0]), Quote(bid, ask, last or bid)))
        return self.by_time(symbol, moments)

    def read_times(self, path, header, rows, start):
        symbol = symbol_from_name(path)
        close = header.index("close") if "close" in header else None
        sides = [header.index("bid"), header.index("ask")] if close is None else [close, close]
        self.list_symbols([symbol], (row[column] for row in rows for column in sides))
        moments = []
        for row in rows:
            if not row[sides[0]] or not row[sides[1]]:
                continue
            bid, ask = (Decimal(row[column]).quantize(self.tick) for column in sides)
            quote = Quote(bid, ask, bid) if close is None else quote_around(positive(row[close]), self.tick, HALF_SPREAD)
            moments.append((int(row[0]), quote))
        return self.by_time(symbol, moments)

    def step(self) -> dict[str, Quote]:
        quotes = self.steps[self.step_number % self.day_steps]
        self.step_number += 1
        return quotes
