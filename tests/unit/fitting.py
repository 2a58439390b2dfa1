"""Scores a configuration on folds and fits it on all rows, as a branch does with a trial."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import Problem
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.contracts.targets import Folds
from podium_ml.models import BaggedModel
from podium_ml.run.budget import Deadline
from podium_ml.training.cross_validation import CrossValidated, cross_validate
from podium_ml.training.encodings import Encodings
from podium_ml.training.fit import FittedModel, Fitter


@dataclass(frozen=True)
class Trained:
    """A trial that was scored and fitted."""

    scored: CrossValidated
    fitted: FittedModel

    @property
    def model(self) -> BaggedModel:
        return self.fitted.model

    def __getattr__(self, name: str) -> Any:
        return getattr(self.scored, name)


def train(
    spec: AlgorithmSpec,
    parameters: Mapping[str, Any],
    table: FeatureTable,
    *,
    problem: Problem,
    folds: Folds,
    seed: int = 0,
    deadline: Deadline | None = None,
    **options: Any,
) -> Trained:
    """Return the scores on the folds, and the model of all rows."""
    encodings = Encodings(spec, table, problem=problem, folds=folds, seed=seed)
    fitter = Fitter(spec, parameters, table, problem=problem, seed=seed, n_jobs=1)
    scored = cross_validate(fitter, encodings, deadline=deadline, **options)
    end = deadline or Deadline()
    fitted = fitter.fit_all(encodings, deadline=end, rounds=scored.rounds, sharpness=scored.sharpness)
    return Trained(scored, fitted)
