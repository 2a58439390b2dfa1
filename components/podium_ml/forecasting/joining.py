"""One model of all series from models of shards of them."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from podium_ml.forecasting.features import PanelEncoder
from podium_ml.forecasting.forecaster import PanelForecaster
from podium_ml.forecasting.given import Given
from podium_ml.forecasting.history import Past, joined_past
from podium_ml.models import BaggedModel


def join_models(models: Sequence[BaggedModel]) -> BaggedModel:
    """Return one model of the series of several; see ``Kind.join_models``."""
    folds = [model.folds[0] for model in models]
    fold = replace(
        folds[0],
        encoder=PanelEncoder.joined([one.encoder for one in folds]),
        estimator=join_forecasters([one.estimator for one in folds]),
        fallback=float(np.mean([one.fallback for one in folds])),
    )
    return replace(models[0], folds=(fold,))


def join_forecasters(parts: Sequence[PanelForecaster]) -> PanelForecaster:
    """Return a forecaster of the series of several, which learned each series on its own and with equal parameters.

    What a forecaster learned of a series is a row of an array, or an entry of a dictionary by the series' position.
    """
    pasts = [part.past_ for part in parts]
    past, order = joined_past(pasts)
    joined = copy.copy(parts[0])
    for name, value in vars(parts[0]).items():
        several = [vars(part)[name] for part in parts]
        if isinstance(value, np.ndarray) and len(value) == len(pasts[0]):
            setattr(joined, name, np.concatenate(several)[order])
        elif isinstance(value, Mapping) and not isinstance(value, Past) and name.endswith("_"):
            setattr(joined, name, _joined_entries(several, pasts, order))
    joined.past_ = past
    joined.given_ = Given(past, _joined_rows([part.given_.table for part in parts], pasts, order))
    joined.usual_ = float(np.median(joined.final_))
    return joined


def _joined_entries(
    several: Sequence[Mapping[int, Any]], pasts: Sequence[Past], order: np.ndarray
) -> dict[int, Any]:
    starts = np.cumsum([0, *map(len, pasts)])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return {
        int(place[start + at]): entry
        for start, entries in zip(starts[:-1], several, strict=True)
        for at, entry in entries.items()
    }


def _joined_rows(tables: Sequence[np.ndarray], pasts: Sequence[Past], order: np.ndarray) -> np.ndarray:
    """Return the rows of all steps of all series in the order of the series."""
    lengths = np.concatenate([past.lengths for past in pasts])
    starts = np.append(0, np.cumsum(lengths))[:-1]
    ordered = lengths[order]
    ends = np.cumsum(ordered)
    rows = np.repeat(starts[order] - (ends - ordered), ordered) + np.arange(int(ends[-1]))
    return np.concatenate(tables)[rows]
