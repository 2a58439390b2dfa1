"""The encoding for linear models, distances and neural networks."""

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

MOST_LEVELS = 50
# Number of columns of all categorical features together, but at least two per feature.
MOST_INDICATORS = 5_000


class OneHotEncoder(DenseEncoder):
    """Finite numbers on one scale: scaled numbers, missing indicators, level indicators, text as topics and scores.

    Features with more levels than columns are target-encoded as well.
    """

    def _make_blocks(self, levels: Levels, n_classes: int) -> list[Block]:
        numeric = self.schema.of_kind("numeric")
        most = max(2, min(MOST_LEVELS, MOST_INDICATORS // max(1, len(levels.names))))
        every, many = np.arange(len(levels.names)), np.flatnonzero(levels.counts > most)
        return [
            ScaledNumbers(numeric),
            MissingIndicators(numeric),
            LevelIndicators(levels, every, most=most),
            Scaled(TargetMeans(levels, many, task=self.task, seed=self.seed)),
            TextColumns(self.schema.of_kind("text"), task=self.task, seed=self.seed),
            VectorColumns(
                self.schema, task=self.task, seed=self.seed, components=MANY_COMPONENTS, scores=False
            ),
        ]
