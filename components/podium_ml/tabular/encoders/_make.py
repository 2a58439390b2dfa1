"""The one place that knows which encoder an algorithm's ``needs`` means."""

from podium_ml.algorithms import Encoding
from podium_ml.contracts import FeatureSchema, Problem
from podium_ml.tabular.encoders._encoder import Encoder
from podium_ml.tabular.encoders.native import NativeEncoder
from podium_ml.tabular.encoders.onehot import OneHotEncoder
from podium_ml.tabular.encoders.ordinal import OrdinalEncoder
from podium_ml.tabular.encoders.target import TargetMeanEncoder


def make_encoder(needs: Encoding, *, schema: FeatureSchema, problem: Problem, seed: int) -> Encoder:
    """Make an unfitted encoder.

    Args:
        needs: ``"ordinal"`` (trees: integer codes, NaN for missing), ``"onehot"`` (linear models, distances: dense,
            imputed, scaled), ``"target"`` (like one-hot, categories as target means: narrow) or ``"native"`` (a data
            frame with ``category`` columns).
        schema: The features of the table that it will be given.
        problem: The learning problem; only its task is used.
        seed: Seed of cross-fitting and of the text decomposition.
    """
    if needs == "ordinal":
        return OrdinalEncoder(schema, task=problem.task, seed=seed)
    if needs == "onehot":
        return OneHotEncoder(schema, task=problem.task, seed=seed)
    if needs == "target":
        return TargetMeanEncoder(schema, task=problem.task, seed=seed)
    if needs == "native":
        return NativeEncoder(schema, task=problem.task, seed=seed)
    raise ValueError(f"There is no encoder for needs={needs!r}.")
