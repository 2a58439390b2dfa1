"""Choosing the encoder that an algorithm's ``needs`` names."""

from typing import cast

from podium_ml.algorithms import Encoding
from podium_ml.contracts import FeatureSchema, Problem
from podium_ml.contracts.problem import Task
from podium_ml.tabular.encoders._encoder import Encoder
from podium_ml.tabular.encoders.native import NativeEncoder
from podium_ml.tabular.encoders.onehot import OneHotEncoder
from podium_ml.tabular.encoders.ordinal import OrdinalEncoder
from podium_ml.tabular.encoders.target import TargetMeanEncoder


def make_encoder(needs: Encoding, *, schema: FeatureSchema, problem: Problem, seed: int) -> Encoder:
    """Make an unfitted encoder.

    Args:
        needs: ``"ordinal"`` (trees: integer codes, NaN for missing), ``"onehot"`` (linear models, distances: dense,
            imputed, scaled), ``"target"`` (like one-hot, but categories become target means: narrow) or ``"native"`` (a
            data frame with ``category`` columns).
        schema: Features of the table to encode.
        problem: Learning problem, of which only the task is used.
        seed: Seed of cross-fitting and of the text decomposition.
    """
    task = cast(Task, problem.task)
    if needs == "ordinal":
        return OrdinalEncoder(schema, task=task, seed=seed)
    if needs == "onehot":
        return OneHotEncoder(schema, task=task, seed=seed)
    if needs == "target":
        return TargetMeanEncoder(schema, task=task, seed=seed)
    if needs == "native":
        return NativeEncoder(schema, task=task, seed=seed)
    raise ValueError(f"There is no encoder for needs={needs!r}.")
