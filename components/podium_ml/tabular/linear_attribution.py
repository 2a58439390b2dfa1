"""What each character of a text contributes to the margin of a linear model of terms, exactly."""

from typing import Any

import numpy as np
import pandas as pd

from podium_ml.tabular.encoders._term_places import term_places
from podium_ml.tabular.encoders.tfidf import TfidfEncoder


def character_weights(
    predictor: Any, row: pd.DataFrame, column: str, text: str, answer: int
) -> np.ndarray | None:
    """Return what each character of a text adds to the margin of a class; their sum is that of all of its terms.

    What a term adds is shared equally by its occurrences, and by the characters of each.

    Args:
        predictor: A model of classes.
        row: One row.
        column: The column of texts.
        text: Its text, or the beginning of it that is shown.
        answer: Code of the class.

    Returns:
        Contributions, shape ``(n,)``, for at least the characters of ``text``; ``None`` if the model is not one linear
        model of terms.
    """
    fold = _only_fold(predictor.model)
    slopes = None if fold is None else _slopes(fold.estimator, answer)
    if fold is None or slopes is None:
        return None
    X = predictor.featurizer.transform(row)
    encoded, first = fold.encoder.transform(X), 0
    for terms, source in zip(fold.encoder.terms_, _sources(fold.encoder), strict=True):
        if source == column:
            whole = str(X[terms.name].iloc[0])
            places = term_places(terms, whole) if whole.startswith(text) else None
            return None if places is None else _spread(places, len(whole), encoded, slopes, first)
        first += terms.width
    return None


def _only_fold(model: Any) -> Any:
    folds: tuple[Any, ...] = getattr(model, "folds", ())
    is_linear = len(folds) == 1 and isinstance(folds[0].encoder, TfidfEncoder)
    return folds[0] if is_linear and hasattr(folds[0].encoder, "terms_") else None


def _sources(encoder: TfidfEncoder) -> list[str]:
    by_name = {feature.name: feature.source for feature in encoder.schema.features}
    return [by_name[one.name] for one in encoder.terms_]


def _slopes(estimator: Any, answer: int) -> np.ndarray | None:
    """Return the weight of each term for a class, of logistic regressions and of calibrated margins."""
    inner = getattr(estimator, "estimator_", estimator)
    slopes, classes = getattr(inner, "coef_", None), list(getattr(estimator, "classes_", ()))
    if slopes is None or answer not in classes:
        return None
    slopes = np.asarray(slopes, dtype=np.float64) * np.asarray(getattr(estimator, "slope_", 1.0)).item()
    if len(classes) == 2:
        return slopes[0] if classes.index(answer) else -slopes[0]
    return slopes[classes.index(answer)]


def _spread(
    places: list[tuple[int, int, int]], length: int, encoded: Any, slopes: np.ndarray, first: int
) -> np.ndarray:
    values = encoded.toarray()[0] * slopes
    counts = np.bincount([at for at, _, _ in places], minlength=1)
    weights = np.zeros(length)
    for at, start, end in places:
        weights[start:end] += values[first + at] / counts[at] / (end - start)
    return weights
