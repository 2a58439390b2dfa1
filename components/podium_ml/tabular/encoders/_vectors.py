"""The block that turns vectors, such as those that describe a picture, into columns."""

import numpy as np

from podium_ml.contracts import FeatureSchema
from podium_ml.contracts.problem import Task
from podium_ml.tabular.encoders._block import Block, Output
from podium_ml.tabular.encoders._inputs import Inputs
from podium_ml.tabular.encoders._vector_model import VectorModel

# Components for trees, which gain little from more; and for models that weigh all columns, which get the vectors
# themselves as long as they have no more numbers.
FEW_COMPONENTS, MANY_COMPONENTS = 40, 512


class VectorColumns(Block):
    """The vectors of each column as principal components, and as scores from a linear model of them.

    Args:
        schema: Features of the table.
        task: Kind of problem.
        seed: Random seed.
        components: Maximum number of components of a column.
        scores: Whether to add scores.
    """

    def __init__(
        self, schema: FeatureSchema, *, task: Task, seed: int, components: int, scores: bool
    ) -> None:
        self.names = schema.of_kind("vector")
        sources = {feature.name: feature.source for feature in schema.features}
        self.groups: dict[str, list[int]] = {}
        for at, name in enumerate(self.names):
            self.groups.setdefault(sources[name], []).append(at)
        self.models = [
            VectorModel(task=task, components=components, scores=scores, seed=seed) for _ in self.groups
        ]

    def fit_transform(self, inputs: Inputs, y: np.ndarray) -> np.ndarray:
        """Learn components and scores, and return the training rows with cross-fitted scores."""
        parts = [
            model.fit_transform(vectors, y, widths=widths, weight=inputs.weight, group=inputs.group)
            for model, vectors, widths in zip(
                self.models, self._joined(inputs), self._widths(inputs), strict=True
            )
        ]
        first = [self.names[group[0]] for group in self.groups.values()]
        self.outputs = tuple(
            Output(f"{name}__{part}", name)
            for name, model in zip(first, self.models, strict=True)
            for part in model.outputs
        )
        return _columns(parts, len(inputs))

    def transform(self, inputs: Inputs) -> np.ndarray:
        """Return components and scores."""
        pairs = zip(self.models, self._joined(inputs), strict=True)
        return _columns([model.transform(vectors) for model, vectors in pairs], len(inputs))

    def _widths(self, inputs: Inputs) -> list[list[int]]:
        return [[inputs.vectors[at].shape[1] for at in group] for group in self.groups.values()]

    def _joined(self, inputs: Inputs) -> list[np.ndarray]:
        """Return the vectors of each column side by side."""
        return [
            np.concatenate([inputs.vectors[at] for at in group], axis=1) for group in self.groups.values()
        ]


def _columns(parts: list[np.ndarray], rows: int) -> np.ndarray:
    return np.concatenate(parts, axis=1) if parts else np.empty((rows, 0), dtype=np.float32)
