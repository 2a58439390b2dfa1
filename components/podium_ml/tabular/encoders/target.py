"""The narrow encoding for linear models, distances and neural networks."""

import numpy as np

from podium_ml.tabular.encoders._block import Block
from podium_ml.tabular.encoders._categories import LevelIndicators
from podium_ml.tabular.encoders._dense import DenseEncoder
from podium_ml.tabular.encoders._levels import Levels
from podium_ml.tabular.encoders._numbers import MissingIndicators, ScaledNumbers
from podium_ml.tabular.encoders._scaled import Scaled
from podium_ml.tabular.encoders._target_means import TargetMeans
from podium_ml.tabular.encoders._texts import TextColumns
from podium_ml.tabular.encoders._vectors import MANY_COMPONENTS, VectorColumns


class TargetMeanEncoder(DenseEncoder):
    """Like one-hot, but each category becomes its target mean: one column per feature.

    With several classes, there is one column per class, so features with no more levels than classes stay one-hot.
    """

    def _make_blocks(self, levels: Levels, n_classes: int) -> list[Block]:
        numeric = self.schema.of_kind("numeric")
        few = levels.counts <= (n_classes if self.task in ("multiclass", "multilabel") else 0)
        return [
            ScaledNumbers(numeric),
            MissingIndicators(numeric),
            LevelIndicators(levels, np.flatnonzero(few), most=int(levels.counts.max(initial=1))),
            Scaled(TargetMeans(levels, np.flatnonzero(~few), task=self.task, seed=self.seed)),
            TextColumns(self.schema.of_kind("text"), task=self.task, seed=self.seed),
            VectorColumns(
                self.schema, task=self.task, seed=self.seed, components=MANY_COMPONENTS, scores=False
            ),
        ]
