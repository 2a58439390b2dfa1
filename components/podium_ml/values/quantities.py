"""Durations and sizes as people write them."""

import re

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|m|h|d)?")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kKmMgGtT]?)i?[bB]?")
_BYTES = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


def parse_duration(text: str) -> float:
    """Return a duration in seconds.

    >>> parse_duration("10m"), parse_duration("1h 30m"), parse_duration("5ms"), parse_duration("90")
    (600.0, 5400.0, 0.005, 90.0)

    Raises:
        ValueError: The text is not a positive duration.
    """
    parts = _DURATION.findall(text)
    if not parts or _DURATION.sub("", text).strip():
        raise ValueError(f"'{text}' is not a duration; write it like 90s, 10m, 1h30m or 5ms")
    seconds = sum(float(number) * _SECONDS[unit or "s"] for number, unit in parts)
    if seconds <= 0:
        raise ValueError(f"'{text}' must be longer than zero")
    return seconds


def parse_size(text: str) -> int:
    """Return a size in bytes.

    >>> parse_size("8G"), parse_size("512Mi"), parse_size("1.5k")
    (8589934592, 536870912, 1536)

    Raises:
        ValueError: The text is not a positive size.
    """
    match = _SIZE.fullmatch(text.strip())
    size = int(float(match[1]) * _BYTES[match[2].lower()]) if match else 0
    if size <= 0:
        raise ValueError(f"'{text}' is not a size; write it like 512M or 8G")
    return size


def parse_cpu(text: str) -> float:
    """Return a number of CPUs from Kubernetes notation.

    >>> parse_cpu("2"), parse_cpu("500m")
    (2.0, 0.5)
    """
    return float(text[:-1]) / 1000 if text.endswith("m") else float(text)
