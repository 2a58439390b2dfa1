"""Kinds of problems: each is a folder with a declaration, ``kind.py``, and is found by being there.

A kind of your own may be any importable package with such a module; the environment variable ``PODIUM_KINDS`` names
it, several with the path separator in between.
"""

from podium_ml.kinds._kind import Encoder, Featurizer, InferredProblem, Kind, Usage
from podium_ml.kinds._predictor import Predictor, load_predictor, prediction_table, score
from podium_ml.kinds._registry import KINDS, kind_of_parsed, kind_of_settings, parse_settings
from podium_ml.kinds._view import Input, Question, Table, View, read_table, view_folder, view_of, write_row

__all__ = [
    "KINDS",
    "Encoder",
    "Featurizer",
    "InferredProblem",
    "Input",
    "Kind",
    "Predictor",
    "Question",
    "Table",
    "Usage",
    "View",
    "kind_of_parsed",
    "kind_of_settings",
    "load_predictor",
    "parse_settings",
    "prediction_table",
    "read_table",
    "score",
    "view_folder",
    "view_of",
    "write_row",
]
