"""The encoding for algorithms that handle categories and missing values themselves."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from podium_ml.tabular.encoders._block import Block, Output
from podium_ml.tabular.encoders._categories import LevelCodes
from podium_ml.tabular.encoders._dense import join
from podium_ml.tabular.encoders._encoder import Encoder
from podium_ml.tabular.encoders._inputs import Inputs, read_inputs
from podium_ml.tabular.encoders._levels import MANY_LEVELS, Levels
from podium_ml.tabular.encoders._target_means import TargetMeans
from podium_ml.tabular.encoders._texts import TextColumns
from podium_ml.tabular.encoders._vectors import FEW_COMPONENTS, VectorColumns
from podium_ml.tabular.features import FeatureRows


class NativeEncoder(Encoder):
    """A data frame: float32 numbers, ``category`` columns with the training rows' levels, text as topics and scores.

    Features with many levels become codes and target means, as in the ordinal encoding, because algorithms memorize
    such categories. Missing values, and levels of ``category`` columns unseen during fit, are NaN.

    ``FeatureRows`` become a matrix with the same columns, in which categories are codes.
    """

    # Whether the estimators read matrices; those of version 0.1.0 need a frame, and their encoders lack the attribute.
    plain_ = False

    def fit_transform(
        self,
        X: pd.DataFrame,
        y: np.ndarray,
        *,
        weight: np.ndarray | None = None,
        group: np.ndarray | None = None,
    ) -> pd.DataFrame:
        """Learn levels, target means and texts, and return the encoded training rows."""
        self.plain_ = True
        self.levels_ = Levels(self.schema.of_kind("categorical")).fit(X)
        self.few_ = np.flatnonzero(self.levels_.counts <= MANY_LEVELS)
        self.dtypes_ = [
            pd.CategoricalDtype(list(self.levels_.codes_by_level[position])) for position in self.few_
        ]
        self.blocks_ = self._make_blocks(np.flatnonzero(self.levels_.counts > MANY_LEVELS))
        inputs = replace(read_inputs(X, self.schema, self.levels_), weight=weight, group=group)
        return self._frame(inputs, [block.fit_transform(inputs, y) for block in self.blocks_], X.index)

    def transform(self, X: pd.DataFrame | FeatureRows) -> pd.DataFrame | np.ndarray:
        """Encode rows; the columns and levels do not depend on the rows."""
        inputs = read_inputs(X, self.schema, self.levels_)
        parts = [block.transform(inputs) for block in self.blocks_]
        if isinstance(X, pd.DataFrame):
            return self._frame(inputs, parts, X.index)
        if not self.plain_:
            return self._frame(inputs, parts, pd.RangeIndex(len(X)))
        codes = inputs.codes[:, self.few_].astype(np.float32)
        codes[codes < 0] = np.nan
        return join([inputs.numbers, codes, *parts], len(X))

    def _make_blocks(self, many: np.ndarray) -> list[Block]:
        return [
            LevelCodes(self.levels_, many),
            TargetMeans(self.levels_, many, task=self.task, seed=self.seed),
            TextColumns(self.schema.of_kind("text"), task=self.task, seed=self.seed),
            VectorColumns(
                self.schema, task=self.task, seed=self.seed, components=FEW_COMPONENTS, scores=True
            ),
        ]

    def _outputs(self) -> list[Output]:
        plain = self.schema.of_kind("numeric") + [self.levels_.names[position] for position in self.few_]
        return [Output(name, name) for name in plain] + [o for block in self.blocks_ for o in block.outputs]

    def _frame(self, inputs: Inputs, parts: list[np.ndarray], index: pd.Index) -> pd.DataFrame:
        columns: dict[str, Any] = dict(zip(self.schema.of_kind("numeric"), inputs.numbers.T, strict=True))
        for position, dtype in zip(self.few_, self.dtypes_, strict=True):
            codes = np.maximum(inputs.codes[:, position], -1)
            columns[self.levels_.names[position]] = pd.Categorical.from_codes(
                codes, dtype=dtype, validate=False
            )
        for block, part in zip(self.blocks_, parts, strict=True):
            columns |= zip((output.name for output in block.outputs), part.T, strict=True)
        return pd.DataFrame(columns, index=index)
