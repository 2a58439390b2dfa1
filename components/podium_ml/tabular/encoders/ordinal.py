"""The encoding for trees."""

import numpy as np

from podium_ml.tabular.encoders._block import Block
from podium_ml.tabular.encoders._categories import LevelCodes
from podium_ml.tabular.encoders._dense import DenseEncoder
from podium_ml.tabular.encoders._levels import MANY_LEVELS, Levels
from podium_ml.tabular.encoders._numbers import RawNumbers
from podium_ml.tabular.encoders._target_means import TargetMeans
from podium_ml.tabular.encoders._texts import TextColumns
from podium_ml.tabular.encoders._vectors import FEW_COMPONENTS, VectorColumns


class OrdinalEncoder(DenseEncoder):
    """Unchanged numbers, categories as integer codes, text as topics and scores; NaN for missing.

    Features with many levels also get target means.
    """

    def _make_blocks(self, levels: Levels, n_classes: int) -> list[Block]:
        many = np.flatnonzero(levels.counts > MANY_LEVELS)
        return [
            RawNumbers(self.schema.of_kind("numeric")),
            LevelCodes(levels, np.arange(len(levels.names))),
            TargetMeans(levels, many, task=self.task, seed=self.seed),
            TextColumns(self.schema.of_kind("text"), task=self.task, seed=self.seed),
            VectorColumns(
                self.schema, task=self.task, seed=self.seed, components=FEW_COMPONENTS, scores=True
            ),
        ]
