# SPDX-License-Identifier: Apache-2.0
"""When a session starts: a local time of day, put into UTC day by day with its clock changes (rule 27)."""

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

SECOND = 10**9
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def _seconds(moment):
    return int((moment - _EPOCH).total_seconds())


@lru_cache(maxsize=4096)
def _start_of_day(year, month, day, start, zone_name):
    """The start of that local day in seconds since the epoch."""
    zone = ZoneInfo(zone_name)
    local = datetime(year, month, day, *start, tzinfo=zone)  # fold=0: of two, the first
    moment = local.astimezone(timezone.utc)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return _seconds(moment)
    # The local time does not exist: find the moment of the change, before which the clock shows less than `start`.
    low, high = _seconds(moment) - 86400, _seconds(moment)
    naive = local.replace(tzinfo=None)
    while high - low > 1:
        middle = (low + high) // 2
        shown = (_EPOCH + timedelta(seconds=middle)).astimezone(zone).replace(tzinfo=None)
        low, high = (middle, high) if shown < naive else (low, middle)
    return high


def session_start(t, start, zone_name):
    """The latest start of a session at or before t, in nanoseconds since the epoch."""
    local = (_EPOCH + timedelta(seconds=t // SECOND)).astimezone(ZoneInfo(zone_name))
    starts = []
    for shift in (-2, -1, 0, 1):
        day = local.date() + timedelta(days=shift)
        starts.append(_start_of_day(day.year, day.month, day.day, start, zone_name) * SECOND)
    return max(moment for moment in starts if moment <= t)
