"""Row-wise featurization shared by all algorithms; encoders fit what depends on data, inside the folds."""

from podium_ml.tabular.features._rows import Coded, Columns, FeatureRows
from podium_ml.tabular.features.featurizer import Featurizer

__all__ = ["Coded", "Columns", "FeatureRows", "Featurizer"]
