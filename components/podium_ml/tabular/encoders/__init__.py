"""Encoders: from the feature table to what an algorithm can read, fitted inside each fold.

``make_encoder`` gives the one that an algorithm's ``needs`` names. Fit it with ``fit_transform(X, y)`` on a fold's
training rows (columns made with the target's help are cross-fitted there, so that no row sees its own target), and use
``transform(X)`` on every other row.
"""

from podium_ml.tabular.encoders._dense import DenseEncoder
from podium_ml.tabular.encoders._encoder import Encoder
from podium_ml.tabular.encoders._make import make_encoder
from podium_ml.tabular.encoders.native import NativeEncoder
from podium_ml.tabular.encoders.onehot import OneHotEncoder
from podium_ml.tabular.encoders.ordinal import OrdinalEncoder
from podium_ml.tabular.encoders.target import TargetMeanEncoder

__all__ = [
    "DenseEncoder",
    "Encoder",
    "NativeEncoder",
    "OneHotEncoder",
    "OrdinalEncoder",
    "TargetMeanEncoder",
    "make_encoder",
]
