"""Tables of extreme size, which are made, and of unusual content, which are other tables changed.

``SIZES`` have many rows, columns, classes or levels. ``contents`` takes tables of ``sources.sources`` and leaves few
rows, or few of the rarer class, removes cells, or adds what tables often have: row numbers, keys, moments, long tails.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from tests.benchmark.scale import part
from tests.benchmark.tables.sources import Source

_MILLION = 1_000_000
Change = Callable[[pd.DataFrame, str, np.random.Generator], pd.DataFrame]


def _wide() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(2_860, 5_000)).round(3)
    signal = values[:, :20] @ rng.normal(size=20) + 2 * values[:, 20] * values[:, 21]
    table = pd.DataFrame(values).add_prefix("x")
    return table.assign(target=np.where(signal + rng.normal(size=len(table)) > 0, "yes", "no"))


def _classes() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    centres, labels = rng.normal(size=(1_000, 10)), np.tile(np.arange(1_000), 28)
    values = centres[labels] + 0.4 * rng.normal(size=(len(labels), 10))
    return pd.DataFrame(values.round(3)).add_prefix("x").assign(target=[f"class_{label}" for label in labels])


def _levels() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = _MILLION * 12 // 10 + 20_000
    # Half of the rows share a thousand levels; almost all others have one of their own.
    level = np.where(rng.random(rows) < 0.5, rng.integers(0, 1_000, rows), rng.integers(0, 2_000_000, rows))
    effect = rng.normal(size=2_000_000)
    values = pd.DataFrame(rng.normal(size=(rows, 3)).round(3)).add_prefix("x")
    signal = effect[level] + values["x0"] - values["x1"] * values["x2"] + rng.normal(size=rows)
    names = pd.Series(level).astype(str).radd("customer_")
    return values.assign(customer=names, target=np.where(signal > 0, "yes", "no"))


SIZES = (
    Source("rows_1000000", "binary", "target", lambda: part(0, _MILLION + 20_000, 20), most_train=_MILLION),
    Source("columns_5000", "binary", "target", _wide),
    Source("classes_1000", "multiclass", "target", _classes),
    Source("levels_1000000", "binary", "target", _levels, most_train=2 * _MILLION),
)


def contents(known: Iterable[Source]) -> Iterator[Source]:
    """Return changed tables.

    Args:
        known: The tables that are changed.
    """
    by_name = {source.name: source for source in known}
    for name in ("german_credit", "ames_housing", "vehicle", "wa_churn", "concrete", "flchain"):
        yield replace(by_name[name], name=f"{name}_200_rows", most_train=200)
    for kind, (change, names) in _CHANGES.items():
        for name in names:
            yield _changed(by_name[name], kind, change)


def _changed(source: Source, kind: str, change: Change) -> Source:
    def load() -> pd.DataFrame:
        table = source.load().dropna(subset=[source.target]).reset_index(drop=True)
        return change(table, source.target, np.random.default_rng(0))

    return replace(source, name=f"{source.name}_{kind}", load=load)


def _rare(table: pd.DataFrame, target: str, rng: np.random.Generator) -> pd.DataFrame:
    """Leave so many rows of the rarer class that one in a hundred has it."""
    positive = (table[target] == table[target].value_counts().index[-1]).to_numpy()
    kept = rng.permutation(np.flatnonzero(positive))[: (~positive).sum() // 99]
    return table.iloc[np.sort(np.concatenate([np.flatnonzero(~positive), kept]))].reset_index(drop=True)


def _gaps(table: pd.DataFrame, target: str, rng: np.random.Generator) -> pd.DataFrame:
    """Remove between none and nine in ten cells of each column."""
    features = table.drop(columns=target)
    return features.mask(rng.random(features.shape) < rng.uniform(0, 0.9, features.shape[1])).assign(
        **{target: table[target]}
    )


def _ids(table: pd.DataFrame, target: str, rng: np.random.Generator) -> pd.DataFrame:
    """Add numbers of rows, random keys, moments without meaning, and names that few rows share."""
    rows = len(table)
    seconds = pd.to_timedelta(rng.integers(0, 10**8, rows), unit="s")
    return table.assign(
        row_number=np.arange(1, rows + 1),
        key=[f"{number:012x}" for number in rng.integers(0, 2**48, rows)],
        seen=(pd.Timestamp("2021-03-01") + pd.Series(seconds)).dt.strftime("%Y-%m-%d %H:%M:%S"),
        agent=[f"agent {number}" for number in rng.integers(0, rows // 4, rows)],
    )


def _dated(table: pd.DataFrame, target: str, rng: np.random.Generator) -> pd.DataFrame:
    """Write the strongest number as the days between two dates, and the second as a time of day."""
    numbers = table.drop(columns=target).select_dtypes("number")
    codes = (
        table[target].rank()
        if pd.api.types.is_numeric_dtype(table[target])
        else pd.factorize(table[target])[0]
    )
    first, second = numbers.corrwith(pd.Series(codes), method="spearman").abs().nlargest(2).index
    start = pd.Timestamp("2019-01-01") + pd.Series(
        pd.to_timedelta(rng.integers(0, 1_000, len(table)), unit="D")
    )
    days = numbers[first].rank(method="dense").fillna(0)
    minutes = (numbers[second].rank(pct=True).fillna(0) * 1_439).astype(int)
    clock = [f"{one // 60:02d}:{one % 60:02d}" for one in minutes]
    return table.drop(columns=[first, second]).assign(
        opened=start.dt.strftime("%d/%m/%Y"),
        closed=(start + pd.to_timedelta(days, unit="D")).dt.strftime("%d/%m/%Y"),
        clock=clock,
    )


def _tail(table: pd.DataFrame, target: str, rng: np.random.Generator) -> pd.DataFrame:
    """Make the target so that its logarithm is the old one."""
    values = table[target].astype(float)
    spread = (values - values.mean()) / values.std()
    return table.assign(**{target: np.exp(1.2 * spread.clip(-4, 4)).round(4)})


def _zeros(table: pd.DataFrame, target: str, rng: np.random.Generator) -> pd.DataFrame:
    """Make nine in ten values zero: those that are not the highest."""
    values = table[target].astype(float)
    return table.assign(**{target: (values - values.quantile(0.9)).clip(lower=0)})


_CHANGES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "rare": (_rare, ("wa_churn", "police_stops", "flchain")),
    "gaps": (_gaps, ("diamonds", "satimage", "wa_churn", "concrete")),
    "ids": (_ids, ("german_credit", "bikeshare", "vehicle")),
    "dates": (_dated, ("concrete", "phoneme", "flchain")),
    "tail": (_tail, ("concrete", "bikeshare", "ames_housing")),
    "zeros": (_zeros, ("diamonds", "bikeshare", "Sacramento")),
}
