"""The block that turns free text into a few numbers."""

import numpy as np

from podium_ml.contracts.problem import Task
from podium_ml.tabular.encoders._block import Block, Output
from podium_ml.tabular.encoders._inputs import Inputs
from podium_ml.tabular.encoders._text_model import TextModel

# Measured: scores carry most of the information; more topics than this hurt trees as often as they help them.
MOST_TOPICS = 30
# Number of topics of all text features together, so that many text features stay affordable.
TOPICS_IN_ALL = 100


class TextColumns(Block):
    """Each text feature as topics, and as scores from a linear model of its words.

    Args:
        names: Text features.
        task: Kind of problem.
        seed: Random seed.
    """

    def __init__(self, names: list[str], *, task: Task, seed: int) -> None:
        self.names, self.task, self.seed = names, task, seed
        self.models: list[TextModel] = []

    def fit_transform(self, inputs: Inputs, y: np.ndarray) -> np.ndarray:
        """Learn vocabularies, topics and scores, and return the training rows with cross-fitted scores."""
        topics = max(4, min(MOST_TOPICS, TOPICS_IN_ALL // max(1, len(self.names))))
        self.models = [TextModel(task=self.task, topics=topics, seed=self.seed) for _ in self.names]
        pairs = list(zip(self.names, self.models, inputs.texts, strict=True))
        parts = [
            model.fit_transform(texts, y, weight=inputs.weight, group=inputs.group)
            for _, model, texts in pairs
        ]
        self.outputs = tuple(
            Output(f"{name}__{part}", name) for name, model, _ in pairs for part in model.outputs
        )
        return _join(parts, len(inputs))

    def transform(self, inputs: Inputs) -> np.ndarray:
        """Return topics and scores."""
        parts = [model.transform(texts) for model, texts in zip(self.models, inputs.texts, strict=True)]
        return _join(parts, len(inputs))


def _join(parts: list[np.ndarray], rows: int) -> np.ndarray:
    return np.concatenate(parts, axis=1) if parts else np.empty((rows, 0), dtype=np.float32)
