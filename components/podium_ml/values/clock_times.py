"""Durations as clocks show them, such as ``36:15:00`` and ``4:07.5``."""

import re

import numpy as np

CLOCK = "h:m:s"
_DURATION = re.compile(
    r"(?P<sign>-)?(?:(?P<days>\d+) days?,? )?\+?(?:(?P<hours>\d+):)?(?P<minutes>\d+):(?P<seconds>[0-5]\d(?:\.\d+)?)"
)


def read_clock(text: str) -> float:
    """Return a duration in seconds; NaN for other texts.

    The last part is always seconds, so that ``59:30`` and ``1:02:30`` in one column are comparable.

    >>> read_clock("36:15:00"), read_clock("4:07.5"), read_clock("1 day, 2:00:00"), read_clock("10:75")
    (130500.0, 247.5, 93600.0, nan)
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None or (match["hours"] and int(match["minutes"]) > 59):
        return np.nan
    hours = 24 * int(match["days"] or 0) + int(match["hours"] or 0)
    seconds = 3600 * hours + 60 * int(match["minutes"]) + float(match["seconds"])
    return -seconds if match["sign"] else seconds
