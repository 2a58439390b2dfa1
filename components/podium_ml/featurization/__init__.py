"""Row-wise featurization shared by every algorithm; what is fitted on data, encoders fit inside the folds."""

from podium_ml.featurization.build import build_feature_table
from podium_ml.featurization.feature_table import FeatureTable
from podium_ml.featurization.featurizer import Featurizer

__all__ = ["FeatureTable", "Featurizer", "build_feature_table"]
