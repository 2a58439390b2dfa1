"""TabICL as scikit-learn estimators; imported only when PyTorch is used."""

from pathlib import Path
from typing import Any

import numpy as np
from tabicl import TabICLClassifier, TabICLRegressor

from podium_ml.tabular.algorithms._in_context_checkpoint import Checkpoint, read_checkpoint
from podium_ml.tabular.algorithms._reads_rows import ReadingClassifier, ReadingRegressor


class _FromCheckpoint:
    """Takes the network from a checkpoint, and never from a hub."""

    checkpoint: Checkpoint

    def _load_model(self) -> None:
        self.model_ = self.checkpoint.network()


class _Classifier(_FromCheckpoint, TabICLClassifier):  # type: ignore[misc]
    pass


class _Regressor(_FromCheckpoint, TabICLRegressor):  # type: ignore[misc]
    pass


class InContextClassifier(ReadingClassifier):
    """Predicts class probabilities."""

    def _read_weights(self, folder: Path) -> Checkpoint:
        return read_checkpoint(folder, classes=True)

    def _make_reader(self) -> Any:
        cached = self._is_cached and len(self.classes_) <= self.checkpoint_.network().max_classes
        made = _Classifier(softmax_temperature=self.temperature, **_options(self, cached=cached))
        made.checkpoint = self.checkpoint_
        return made.fit(self.rows_, self.targets_)


class InContextRegressor(ReadingRegressor):
    """Predicts values."""

    def _read_weights(self, folder: Path) -> Checkpoint:
        return read_checkpoint(folder, classes=False)

    def _make_reader(self) -> Any:
        made = _Regressor(**_options(self, cached=self._is_cached))
        made.checkpoint = self.checkpoint_
        return made.fit(self.rows_, self.targets_)

    def _ask_quantile(self, X: np.ndarray, level: float) -> np.ndarray:
        return self._ask(X, "predict", output_type="quantiles", alphas=[level])


def _options(model: InContextClassifier | InContextRegressor, *, cached: bool) -> dict[str, Any]:
    return {
        "n_estimators": model.views,
        "kv_cache": cached,
        "allow_auto_download": False,
        "random_state": model.seed,
        "n_jobs": model.n_jobs,
    }
