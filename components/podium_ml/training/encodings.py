"""The encoded rows of every fold and of all rows, cached across the trials of one algorithm."""

import contextlib
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import FeatureSchema, Problem
from podium_ml.contracts.column_choice import ColumnRule
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.contracts.targets import Folds
from podium_ml.kinds import KINDS, Encoder
from podium_ml.kinds.fold_memory import Memory, remembering
from podium_ml.targets import target_of
from podium_ml.training.column_choices import ColumnChoices
from podium_ml.training.rows_of_model import ALL_ROWS, keeps_holdout, rows_of_model

# Beyond this size, folds are encoded again for each trial rather than run out of memory.
_MOST_BYTES = 1 << 30
# Encoding many rows takes at least this power of their number as long, whatever small samples say.
_LEAST_GROWTH = 0.7


@dataclass(frozen=True)
class EncodedFold:
    """The rows of one fold, encoded for one algorithm.

    Attributes:
        encoder: Encoder fitted on the training rows.
        train: Positions of the training rows; a subset if the algorithm limits their number.
        valid: Positions of the validation rows; none if all rows are training rows.
        X_train: Encoded training rows.
        X_valid: Encoded validation rows.
    """

    encoder: Any
    train: np.ndarray
    valid: np.ndarray
    X_train: Any
    X_valid: Any


class Encodings:
    """Encodes each fold, and all rows together, once for all trials of one algorithm.

    Args:
        spec: The algorithm, which determines the encoding and the maximum number of rows.
        table: Features and target.
        problem: The problem.
        folds: Training and validation rows of each fold.
        seed: Seed of the encoders and of row subsets.
        choices: Chooses the columns of each fold; see ``choosing``.
    """

    def __init__(
        self,
        spec: AlgorithmSpec,
        table: FeatureTable,
        *,
        problem: Problem,
        folds: Folds,
        seed: int,
        choices: ColumnChoices | None = None,
    ) -> None:
        self._spec, self.table, self._problem, self._seed = spec, table, problem, seed
        self.folds, self._choices = folds, choices
        self._columns: ColumnRule = "all"
        self._memory: Memory = {}
        self.most_rows = spec.max_rows
        self._kept: dict[tuple[ColumnRule, int], EncodedFold] = {}
        self._bytes = 0
        self._seconds: dict[ColumnRule, float] = {}
        #: The fold whose model is kept, or ``ALL_ROWS``.
        self.of_model = rows_of_model(spec, kept=keeps_holdout(problem))
        self.spent, self.width = 0.0, 0  # seconds so far, and the encoded columns of the last fold

    def __getitem__(self, number: int) -> EncodedFold:
        """Return a fold's encoded rows."""
        return self._encoded(number, *self.folds[number])

    def choose(self, columns: ColumnRule) -> None:
        """Choose the columns of each fold from now on.

        Args:
            columns: How to choose.
        """
        self._columns = columns

    def all_rows(self) -> EncodedFold:
        """Return all rows as training rows, without validation rows."""
        rows = np.arange(len(self.table.y))
        return self._encoded(ALL_ROWS, rows, rows[:0])

    def _encoded(self, number: int, train: np.ndarray, valid: np.ndarray) -> EncodedFold:
        key = self._columns, number
        if key in self._kept:
            return self._kept[key]
        began = time.perf_counter()
        with remembering(self._memory):
            encoded = self._encode(self._encoder(self.schema(number)), train, valid)
        self._seconds[self._columns] = time.perf_counter() - began
        self.spent, self.width = self.spent + self._seconds[self._columns], _width(encoded.X_train)
        size = _size(encoded.X_train) + _size(encoded.X_valid)
        if self._bytes + size <= _MOST_BYTES:
            self._kept[key] = encoded
            self._bytes += size
        return encoded

    def limit_rows(self, most: int) -> None:
        """Limit the training rows of each fold from now on, because time is short.

        Args:
            most: Maximum number of training rows.
        """
        self.most_rows = min(most, self.most_rows or most)
        self._kept, self._bytes = {}, 0

    def largest_fold(self) -> int:
        """Return the training rows of the largest fold."""
        return max(len(train) for train, _ in self.folds)

    def expected_seconds(self, number: int, *, sample: int) -> float:
        """Estimate how many seconds encoding a fold will take, from samples of its training rows.

        Seconds grow with the rows as they do from a third of the sample to the sample: less than the rows where these
        repeat each other, as texts repeat words.

        Args:
            number: The fold.
            sample: Number of rows to try; if the fold has fewer than twice as many, the estimate is 0.
        """
        train, valid = self.folds[number]
        schema = self.schema(number)
        self._encode_sample(schema, train, sample // 10)  # A warm-up call, so that imports do not count.
        if len(train) < 2 * sample:
            return 0.0
        third, whole = (self._encode_sample(schema, train, rows) for rows in (sample // 3, sample))
        growth = float(np.clip(np.log(whole / third) / np.log(3), _LEAST_GROWTH, 1.0))
        return whole * ((len(train) + len(valid)) / sample) ** growth

    def _encode_sample(self, schema: FeatureSchema, rows: np.ndarray, sample: int) -> float:
        """Encode a random sample of the rows, and return the seconds that it took."""
        encoder = self._encoder(schema)
        few = np.random.default_rng(self._seed).choice(rows, min(sample, len(rows)), replace=False)
        began = time.perf_counter()
        with contextlib.suppress(
            ValueError
        ):  # The sample may be too small to encode, although the fold is not.
            encoder.fit_transform(self.table.X.iloc[few], self.table.y[few])
        return time.perf_counter() - began

    def seconds_ahead(self, number: int) -> float:
        """Estimate the seconds for encoding what comes after fold ``number``, from the last fold that was encoded."""
        later = {*range(number + 1, len(self.folds)), self.of_model} - {number}
        ahead = sum(1 for one in later if (self._columns, one) not in self._kept)
        return ahead * self.seconds_each()

    def seconds_each(self) -> float:
        """Return how long the last fold took to encode; 0 if none was encoded."""
        return self._seconds.get(self._columns, 0.0)

    def schema(self, number: int) -> FeatureSchema:
        """Return the features that the models of a fold use."""
        return self._choices.schema(self._columns, number) if self._choices else self.table.schema

    def _encode(self, encoder: Encoder, train: np.ndarray, valid: np.ndarray) -> EncodedFold:
        train = self._capped(train)
        table = self.table
        rows = table.of_rows(train)
        X_train = encoder.fit_transform(table.X.iloc[train], rows.y, weight=rows.weight, group=rows.group)
        X_valid = encoder.transform(table.X.iloc[valid]) if len(valid) else X_train[:0]
        return EncodedFold(encoder, train, valid, X_train, X_valid)

    def _encoder(self, schema: FeatureSchema) -> Encoder:
        kind = KINDS[self._problem.kind]
        return kind.make_encoder(self._spec.needs, schema=schema, problem=self._problem, seed=self._seed)

    def _capped(self, train: np.ndarray) -> np.ndarray:
        """Return at most as many rows as the algorithm or the time allows, stratified by class."""
        most = self.most_rows
        if not most or len(train) <= most:
            return train
        from sklearn.model_selection import train_test_split

        strata = target_of(self._problem).strata(self.table.y[train])
        stratify = (
            strata if strata is not None and np.unique(strata, return_counts=True)[1].min() > 1 else None
        )
        try:
            kept, _ = train_test_split(train, train_size=most, random_state=self._seed, stratify=stratify)
        except ValueError:  # There are more classes than rows.
            kept, _ = train_test_split(train, train_size=most, random_state=self._seed)
        return np.sort(kept)


def _width(encoded: Any) -> int:
    """Return the number of columns; of sparse rows, the mean number of those that are not 0."""
    if not hasattr(encoded, "indptr"):
        return int(encoded.shape[1])
    return max(1, round(encoded.nnz / max(1, encoded.shape[0])))


def _size(encoded: Any) -> int:
    if isinstance(encoded, pd.DataFrame):
        return int(encoded.memory_usage(deep=False).sum())
    if hasattr(encoded, "indptr"):  # a sparse matrix
        return int(encoded.data.nbytes + encoded.indices.nbytes + encoded.indptr.nbytes)
    return int(encoded.nbytes)
