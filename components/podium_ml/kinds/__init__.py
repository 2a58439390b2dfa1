"""Kinds of problems: each is a folder with a declaration, ``kind.py``, and is found by being there.

A kind of your own may be any importable package with such a module; the environment variable ``PODIUM_KINDS`` names
it, several with the path separator in between.
"""

from podium_ml.kinds._kind import Encoder, Featurizer, InferredProblem, Kind, Usage
from podium_ml.kinds._predictor import Predictor, load_predictor, prediction_table
from podium_ml.kinds._registry import KINDS, kind_of_parsed, kind_of_settings, parse_settings

__all__ = [
    "KINDS",
    "Encoder",
    "Featurizer",
    "InferredProblem",
    "Kind",
    "Predictor",
    "Usage",
    "kind_of_parsed",
    "kind_of_settings",
    "load_predictor",
    "parse_settings",
    "prediction_table",
]
