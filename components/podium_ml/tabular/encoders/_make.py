"""Choosing the encoder that an algorithm's ``needs`` names."""

from typing import cast

from podium_ml.algorithms import Encoding
from podium_ml.contracts import FeatureSchema, Problem
from podium_ml.contracts.problem import Task
from podium_ml.tabular.encoders._encoder import Encoder
from podium_ml.tabular.encoders.imputing import ImputingEncoder
from podium_ml.tabular.encoders.native import NativeEncoder
from podium_ml.tabular.encoders.nothing import NothingEncoder
from podium_ml.tabular.encoders.onehot import OneHotEncoder
from podium_ml.tabular.encoders.ordinal import OrdinalEncoder
from podium_ml.tabular.encoders.pieces import PiecesEncoder
from podium_ml.tabular.encoders.pixels import PixelEncoder
from podium_ml.tabular.encoders.target import TargetMeanEncoder
from podium_ml.tabular.encoders.tfidf import TfidfEncoder
from podium_ml.tabular.encoders.words import WordsEncoder


def make_encoder(needs: Encoding, *, schema: FeatureSchema, problem: Problem, seed: int) -> Encoder:
    """Make an unfitted encoder.

    Args:
        needs: ``"ordinal"`` (trees: integer codes, NaN for missing), ``"onehot"`` (linear models, distances: dense,
            imputed, scaled), ``"target"`` (like one-hot, but categories become target means: narrow) ``"native"`` (a
            data frame with ``category`` columns), ``"pixels"`` (``PixelRows``), ``"tfidf"`` (words of texts, sparse),
            ``"words"`` or ``"pieces"`` (``WordRows`` of words, or of the word pieces of a pretrained network),
            ``"nothing"`` (no columns).
        schema: Features of the table to encode.
        problem: Learning problem: the task, and how the user wants missing values filled.
        seed: Seed of cross-fitting and of the text decomposition.
    """
    encoder = _plain_encoder(needs, schema=schema, task=cast(Task, problem.task), seed=seed)
    fills = {column.name: column.fill for column in problem.columns if column.fill}
    methods = {one.name: fills[one.source] for one in schema.features if one.source in fills}
    return ImputingEncoder(encoder, methods) if methods else encoder


def _plain_encoder(needs: Encoding, *, schema: FeatureSchema, task: Task, seed: int) -> Encoder:
    if needs == "nothing":
        return NothingEncoder(schema, task=task, seed=seed)
    if needs == "ordinal":
        return OrdinalEncoder(schema, task=task, seed=seed)
    if needs == "onehot":
        return OneHotEncoder(schema, task=task, seed=seed)
    if needs == "target":
        return TargetMeanEncoder(schema, task=task, seed=seed)
    if needs == "native":
        return NativeEncoder(schema, task=task, seed=seed)
    if needs == "pixels":
        return PixelEncoder(schema, task=task, seed=seed)
    if needs == "words":
        return WordsEncoder(_without_vectors(schema), task=task, seed=seed)
    if needs == "pieces":
        return PiecesEncoder(_without_vectors(schema), task=task, seed=seed)
    if needs == "tfidf":
        return TfidfEncoder(_without_vectors(schema), task=task, seed=seed)
    raise ValueError(f"There is no encoder for needs={needs!r}.")


def _without_vectors(schema: FeatureSchema) -> FeatureSchema:
    """Return features without the vectors of texts, so that models of words read the words alone."""
    texts = {feature.source for feature in schema.features if feature.kind == "text"}
    return FeatureSchema(
        tuple(one for one in schema.features if not (one.kind == "vector" and one.source in texts))
    )
