"""Row-wise featurization shared by all algorithms; encoders fit what depends on data, inside the folds."""

from podium_ml.tabular.features.featurizer import Featurizer

__all__ = ["Featurizer"]
