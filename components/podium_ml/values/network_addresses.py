"""Addresses of computers, such as ``10.1.11.1``."""

import re

import numpy as np

IPV4 = "IPv4"
_PART = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_ADDRESS = re.compile(rf"{_PART}\.{_PART}\.{_PART}\.{_PART}")


def read_ipv4(text: str) -> float:
    """Return an address as the number of 32 bits that it is, so that a network is a range; NaN for other texts.

    >>> read_ipv4("10.1.11.1"), read_ipv4("10.11.1.1"), read_ipv4("10.1.11")
    (167840513.0, 168493313.0, nan)
    """
    match = _ADDRESS.fullmatch(text.strip())
    if match is None:
        return np.nan
    return float(int.from_bytes(bytes(map(int, match.groups()))))
