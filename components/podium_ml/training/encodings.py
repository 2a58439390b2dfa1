"""The encoded rows of every fold, kept while trials of one algorithm go on."""

import contextlib
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.splits.folds import Folds
from podium_ml.tabular.encoders import Encoder, make_encoder

# Beyond this, encoding again is cheaper than running out of memory.
_MOST_BYTES = 1 << 30


@dataclass(frozen=True)
class EncodedFold:
    """One fold's rows as an algorithm wants them.

    Attributes:
        encoder: Fitted on the training rows.
        train: Positions of the training rows; a subset where the algorithm caps them.
        valid: Positions of the validation rows.
        X_train: Encoded training rows.
        X_valid: Encoded validation rows.
    """

    encoder: Any
    train: np.ndarray
    valid: np.ndarray
    X_train: Any
    X_valid: Any


class FoldEncodings:
    """Encodes each fold once, for all trials of one algorithm.

    Args:
        spec: The algorithm: which encoding it needs and how many rows it takes.
        table: Features and target.
        problem: The problem.
        folds: Training and validation rows of each fold.
        seed: Seed of the encoders and of row subsets.
    """

    def __init__(
        self, spec: AlgorithmSpec, table: FeatureTable, *, problem: Problem, folds: Folds, seed: int
    ) -> None:
        self._spec, self._table, self._problem, self._seed = spec, table, problem, seed
        self.folds = folds
        self.most_rows = spec.max_rows
        self._kept: dict[int, EncodedFold] = {}
        self._bytes = 0
        self._seconds: list[float] = []

    def __getitem__(self, number: int) -> EncodedFold:
        """Return a fold's encoded rows."""
        if number in self._kept:
            return self._kept[number]
        began = time.perf_counter()
        encoded = self._encode(number)
        self._seconds.append(time.perf_counter() - began)
        size = _size(encoded.X_train) + _size(encoded.X_valid)
        if self._bytes + size <= _MOST_BYTES:
            self._kept[number] = encoded
            self._bytes += size
        return encoded

    def limit_rows(self, most: int) -> None:
        """Fit on at most so many rows of each fold from now on, for lack of time.

        Args:
            most: Number of training rows.
        """
        self.most_rows = min(most, self.most_rows or most)
        self._kept, self._bytes = {}, 0

    def expected_seconds(self, number: int, *, sample: int) -> float:
        """Return how long encoding a fold will take, judged by a few of its training rows.

        Args:
            number: The fold.
            sample: How many rows to try; where there are not many more, nothing is tried and the answer is 0.
        """
        train, valid = self.folds[number]
        self._encode_sample(
            train, sample // 10
        )  # the first call pays for imports, which are not to be counted
        if len(train) < 2 * sample:
            return 0.0
        return self._encode_sample(train, sample) * (len(train) + len(valid)) / sample

    def _encode_sample(self, rows: np.ndarray, sample: int) -> float:
        """Encode a random few of the rows, and return how many seconds that took."""
        few = np.random.default_rng(self._seed).choice(rows, min(sample, len(rows)), replace=False)
        began = time.perf_counter()
        with contextlib.suppress(ValueError):  # too few rows to encode: that is no fault of the whole
            self._encoder().fit_transform(self._table.X.iloc[few], self._table.y[few])
        return time.perf_counter() - began

    def seconds_ahead(self, number: int) -> float:
        """Seconds that encoding the folds after ``number`` will take, as those before did."""
        ahead = sum(1 for one in range(number + 1, len(self.folds)) if one not in self._kept)
        return ahead * self._seconds[-1] if self._seconds else 0.0

    def _encode(self, number: int) -> EncodedFold:
        train, valid = self.folds[number]
        train = self._capped(train)
        table = self._table
        encoder = self._encoder()
        X_train = encoder.fit_transform(table.X.iloc[train], table.y[train])
        return EncodedFold(encoder, train, valid, X_train, encoder.transform(table.X.iloc[valid]))

    def _encoder(self) -> Encoder:
        needs, schema = self._spec.needs, self._table.schema
        return make_encoder(needs, schema=schema, problem=self._problem, seed=self._seed)

    def _capped(self, train: np.ndarray) -> np.ndarray:
        """Return at most so many rows as the algorithm or the time allows, in proportion to the classes."""
        most = self.most_rows
        if not most or len(train) <= most:
            return train
        from sklearn.model_selection import train_test_split

        y = self._table.y[train]
        stratify = (
            y if self._problem.is_classification and np.unique(y, return_counts=True)[1].min() > 1 else None
        )
        try:
            kept, _ = train_test_split(train, train_size=most, random_state=self._seed, stratify=stratify)
        except ValueError:  # more classes than rows
            kept, _ = train_test_split(train, train_size=most, random_state=self._seed)
        return np.sort(kept)


def _size(encoded: Any) -> int:
    if isinstance(encoded, np.ndarray):
        return encoded.nbytes
    return int(encoded.memory_usage(deep=False).sum())
