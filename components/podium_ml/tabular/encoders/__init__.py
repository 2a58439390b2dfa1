"""Encoders turn the feature table into the input of an algorithm; they are fitted inside each fold.

``make_encoder`` returns the encoder for an algorithm's ``needs``. Use ``fit_transform(X, y)`` on a fold's training
rows and ``transform(X)`` on all other rows. ``fit_transform`` cross-fits the columns that use the target, so that no
row sees its own target.
"""

from podium_ml.tabular.encoders._dense import DenseEncoder
from podium_ml.tabular.encoders._encoder import Encoder
from podium_ml.tabular.encoders._make import make_encoder
from podium_ml.tabular.encoders._pixel_rows import PixelRows
from podium_ml.tabular.encoders._word_rows import WordRows
from podium_ml.tabular.encoders.imputing import ImputingEncoder
from podium_ml.tabular.encoders.native import NativeEncoder
from podium_ml.tabular.encoders.onehot import OneHotEncoder
from podium_ml.tabular.encoders.ordinal import OrdinalEncoder
from podium_ml.tabular.encoders.target import TargetMeanEncoder

__all__ = [
    "DenseEncoder",
    "Encoder",
    "ImputingEncoder",
    "NativeEncoder",
    "OneHotEncoder",
    "OrdinalEncoder",
    "PixelRows",
    "TargetMeanEncoder",
    "WordRows",
    "make_encoder",
]
