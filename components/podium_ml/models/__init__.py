"""Fitted models, from a single fold to an ensemble. All of them predict from the feature table only."""

from podium_ml.models.bagged_model import BaggedModel
from podium_ml.models.fold_model import FoldModel
from podium_ml.models.stacked_ensemble import StackedEnsemble
from podium_ml.models.weighted_ensemble import WeightedEnsemble

__all__ = ["BaggedModel", "FoldModel", "StackedEnsemble", "WeightedEnsemble"]
