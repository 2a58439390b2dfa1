"""Row-wise featurization shared by every algorithm; what is fitted on data, encoders fit inside the folds."""

from podium_ml.tabular.features.build import build_feature_table
from podium_ml.tabular.features.featurizer import Featurizer

__all__ = ["Featurizer", "build_feature_table"]
