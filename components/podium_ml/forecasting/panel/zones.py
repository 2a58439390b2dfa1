"""Times with their offset from UTC: reading them, and finding the zone that explains several offsets."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

_OF_OFFSET = {
    "-10:00": "HST",
    "-09:00": "AKST",
    "-08:00": "PST AKDT",
    "-07:00": "MST PDT",
    "-06:00": "CST MDT",
    "-05:00": "EST CDT",
    "-04:00": "EDT AST",
    "-03:00": "ADT",
    "+00:00": "WET Z UTC GMT",
    "+01:00": "CET MEZ WEST BST",
    "+02:00": "CEST MESZ EET",
    "+03:00": "EEST MSK",
    "+08:00": "AWST",
    "+09:00": "JST KST",
    "+09:30": "ACST",
    "+10:00": "AEST",
    "+10:30": "ACDT",
    "+11:00": "AEDT",
    "+12:00": "NZST",
    "+13:00": "NZDT",
}
_ABBREVIATIONS = {name: offset for offset, names in _OF_OFFSET.items() for name in names.split()}
OFFSET = re.compile(
    rf"(?<=\d)\s*(?:(?:GMT|UTC)(?=[+-]))?(?P<offset>{'|'.join(_ABBREVIATIONS)}|[+-]\d{{2}}(?::?\d{{2}})?)$"
)
"""The offset at the end of a time of day."""
_TIME = re.compile(r"\d:\d{2}")
# Zones with clock changes, the most usual first; further ones with the same changes are not told apart.
_ZONES = (
    *(
        "Europe/Berlin",
        "Europe/London",
        "Europe/Athens",
        "Europe/Lisbon",
        "America/New_York",
        "America/Chicago",
    ),
    *("America/Denver", "America/Los_Angeles", "America/Anchorage", "America/Halifax", "America/St_Johns"),
    *("America/Sao_Paulo", "America/Santiago", "America/Mexico_City", "America/Havana", "America/Asuncion"),
    *("Australia/Sydney", "Australia/Adelaide", "Australia/Lord_Howe", "Pacific/Auckland", "Asia/Jerusalem"),
    *("Asia/Beirut", "Asia/Tehran", "Africa/Cairo", "Africa/Casablanca", "Europe/Chisinau", "Europe/Moscow"),
)


def offset_of(text: str) -> str:
    """Return the offset from UTC at the end of a time, ``+00:00`` for UTC; empty if there is none.

    >>> offset_of("2024-03-10T01:00:00-0530"), offset_of("2024-03-10 01:00 CET"), offset_of("2024-03-10")
    ('-05:30', '+01:00', '')
    """
    found = OFFSET.search(text.strip())
    if found is None or not _TIME.search(text):
        return ""
    offset = found["offset"]
    if offset in _ABBREVIATIONS:
        return _ABBREVIATIONS[offset]
    return f"{offset[:3]}:{offset[-2:] if len(offset) > 3 else '00'}"


def without_offset(text: str) -> str:
    """Return a time without its offset from UTC.

    >>> without_offset("2024-03-10T01:00:00-05:30"), without_offset("2024-03-10 01:00 CET")
    ('2024-03-10T01:00:00', '2024-03-10 01:00')
    """
    return OFFSET.sub("", text.strip()) if offset_of(text) else text


def zone_of(texts: Sequence[str]) -> str:
    """Return the zone of times with offsets: the offset if there is one, else a zone that explains all; else nothing.

    Args:
        texts: Distinct times, each with an offset.
    """
    offsets = [offset_of(text) for text in texts]
    distinct = set(offsets)
    if len(distinct) == 1:
        only = distinct.pop()
        return "UTC" if only == "+00:00" else only
    instants = pd.DatetimeIndex(read_instants(pd.Series(list(texts), dtype="string")), tz="UTC")
    wanted = pd.TimedeltaIndex(
        [pd.Timedelta(f"{'-' if one[0] == '-' else ''}{one[1:]}:00") for one in offsets]
    )
    return next((zone for zone in _ZONES if _explains(zone, instants, wanted)), "")


def _explains(zone: str, instants: pd.DatetimeIndex, offsets: pd.TimedeltaIndex) -> bool:
    local = instants.tz_convert(zone).tz_localize(None) - instants.tz_localize(None)
    return bool((local == offsets).all())


def read_instants(texts: pd.Series) -> np.ndarray:
    """Read times with offsets as UTC, ``datetime64[us]``; ``NaT`` for others."""
    plain = texts.str.replace(
        OFFSET, lambda found: _ABBREVIATIONS.get(found["offset"], found["offset"]), regex=True
    )
    read = pd.to_datetime(plain, utc=True, errors="coerce", format="ISO8601")
    if read.isna().any():
        others = pd.to_datetime(plain[read.isna()], utc=True, errors="coerce", format="mixed")
        read[read.isna()] = others
    return read.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")


def to_local(instants: np.ndarray, zone: str) -> np.ndarray:
    """Return the local times of instants in UTC, ``datetime64[us]``."""
    return (
        pd.DatetimeIndex(instants, tz="UTC")
        .tz_convert(zone)
        .tz_localize(None)
        .to_numpy(dtype="datetime64[us]")
    )


def to_instants(local: np.ndarray, zone: str) -> pd.DatetimeIndex:
    """Return local times with their zone; those that a clock change leaves out are moved on."""
    return pd.DatetimeIndex(local).tz_localize(zone, ambiguous=False, nonexistent="shift_forward")
