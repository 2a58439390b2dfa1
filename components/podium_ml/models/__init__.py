"""Fitted models, from a single estimator to an ensemble. All of them predict from the feature table only."""

from podium_ml.models.bagged_model import BaggedModel
from podium_ml.models.encode_once import EncodedOnce
from podium_ml.models.fold_model import FoldModel
from podium_ml.models.group_weights import GroupWeights
from podium_ml.models.layered_ensemble import LayeredEnsemble, SecondLayer
from podium_ml.models.median_ensemble import MedianEnsemble
from podium_ml.models.share_encoders import share_encoders
from podium_ml.models.stacked_ensemble import StackedEnsemble
from podium_ml.models.used_columns import used_columns
from podium_ml.models.weighted_ensemble import WeightedEnsemble

__all__ = [
    "BaggedModel",
    "EncodedOnce",
    "FoldModel",
    "GroupWeights",
    "LayeredEnsemble",
    "MedianEnsemble",
    "SecondLayer",
    "StackedEnsemble",
    "WeightedEnsemble",
    "share_encoders",
    "used_columns",
]
