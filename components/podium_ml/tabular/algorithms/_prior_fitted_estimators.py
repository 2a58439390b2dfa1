"""TabPFN as scikit-learn estimators; imported only when PyTorch is used."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from tabpfn import TabPFNClassifier, TabPFNRegressor

from podium_ml.errors import TrainingError
from podium_ml.tabular.algorithms._prior_fitted_checkpoint import Checkpoint, read_checkpoint
from podium_ml.tabular.algorithms._reads_rows import ReadingClassifier, ReadingRegressor


class PriorFittedClassifier(ReadingClassifier):
    """Predicts class probabilities."""

    def _read_weights(self, folder: Path) -> Checkpoint:
        checkpoint = read_checkpoint(folder, classes=True)
        most = checkpoint.specs().inference_config.MAX_NUMBER_OF_CLASSES
        if len(self.classes_) > most:
            raise TrainingError(f"This version of TabPFN knows at most {most} classes.")
        return checkpoint

    def _make_reader(self) -> Any:
        made = TabPFNClassifier(softmax_temperature=self.temperature, **_options(self))
        return made.fit(self.rows_, self.targets_)


class PriorFittedRegressor(ReadingRegressor):
    """Predicts values."""

    def _read_weights(self, folder: Path) -> Checkpoint:
        return read_checkpoint(folder, classes=False)

    def _make_reader(self) -> Any:
        return TabPFNRegressor(**_options(self)).fit(self.rows_, self.targets_)

    def _ask_quantile(self, X: np.ndarray, level: float) -> np.ndarray:
        return np.asarray(self._ask(X, "predict", output_type="quantiles", quantiles=[level]))


def _options(model: PriorFittedClassifier | PriorFittedRegressor) -> dict[str, Any]:
    return {
        "n_estimators": model.views,
        "model_path": model.checkpoint_.specs(),
        "fit_mode": "fit_with_cache" if model._is_cached else "fit_preprocessors",
        # How many rows are too many is decided when the run is planned.
        "ignore_pretraining_limits": True,
        # Less precise numbers would give a row another answer alone than among others.
        "inference_precision": torch.float32,
        "random_state": model.seed,
    }
