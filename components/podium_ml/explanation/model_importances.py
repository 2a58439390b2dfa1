"""The cheap importances of all models of a run, measured while they are in memory."""

import traceback
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import pandas as pd

from podium_ml.contracts import FeatureSchema, ModelImportance, ModelImportances
from podium_ml.explanation.cheap_importance import cheap_importance
from podium_ml.run.budget import Deadline

# File in the folder of the evaluation.
IMPORTANCES = "importances.json"
# Share of the remaining time for all models that are still to come, and the most seconds for one.
_SHARE, _MOST_SECONDS = 0.3, 1.0

M = TypeVar("M")


class ImportanceCollector:
    """Measures one model after another.

    Args:
        X: Features of some rows.
        schema: The features.
        models: Number of models to come.
        seed: Seed of the shuffles.
        deadline: When to be done; models are then asked for their own numbers.
    """

    def __init__(
        self, X: pd.DataFrame, schema: FeatureSchema, *, models: int, seed: int, deadline: Deadline
    ) -> None:
        self._X, self._schema, self._left, self._seed, self._deadline = X, schema, models, seed, deadline
        self._found: dict[str, ModelImportance] = {}

    def look_at(self, name: str, model: M) -> M:
        """Measure a model and return it. If that fails, the model has no importance, and everything else goes on."""
        self._try(name, lambda: model)
        return model

    def complete(self, models: Mapping[str, Callable[[], Any]]) -> ModelImportances:
        """Measure the models that have not been looked at, and return all importances in the order of these models.

        Args:
            models: Functions that load the models, by name.
        """
        for name, load in models.items():
            if name not in self._found:
                self._try(name, load)
        return ModelImportances({name: self._found[name] for name in models if name in self._found})

    def _try(self, name: str, load: Callable[[], Any]) -> None:
        seconds = min(_MOST_SECONDS, _SHARE * self._deadline.remaining() / max(1, self._left))
        self._left -= 1
        try:
            self._found[name] = cheap_importance(
                load(), self._X, schema=self._schema, seed=self._seed, seconds=seconds
            )
        except Exception:
            traceback.print_exc()
