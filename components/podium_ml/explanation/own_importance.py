"""What a model's own numbers say about its features: gains of trees, sizes of coefficients."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from podium_ml.models import BaggedModel, FoldModel, LayeredEnsemble, StackedEnsemble, WeightedEnsemble


def own_importance(model: Any, source_of: Mapping[str, str]) -> dict[str, float] | None:
    """Return the share of each of the user's columns, or ``None`` if the model has no such numbers.

    Members of an ensemble count by their weight in it.

    Args:
        model: A fold's model, a bag of them, or an ensemble.
        source_of: The user's column that each feature was built from.
    """
    match model:
        case FoldModel():
            return _of_fold(model, source_of)
        case BaggedModel():
            return _average([own_importance(fold, source_of) for fold in model.folds], None)
        case WeightedEnsemble() | LayeredEnsemble():
            parts = [own_importance(member, source_of) for member in model.members]
            return _average(parts, np.asarray(model.weights, dtype=np.float64))
        case StackedEnsemble():
            parts = [own_importance(member, source_of) for member in model.members]
            return _average(parts, _meta_weights(model))
        case _:
            return None


def _of_fold(fold: FoldModel, source_of: Mapping[str, str]) -> dict[str, float] | None:
    if not hasattr(fold.encoder, "get_feature_sources"):  # series, texts and pictures as they are
        return None
    sizes, sources = _sizes(fold.estimator), fold.encoder.get_feature_sources()
    if sizes is None or len(sizes) != len(sources) or not np.isfinite(sizes).all():
        return None
    total = dict.fromkeys(source_of.values(), 0.0)
    for feature, size in zip(sources, sizes.tolist(), strict=True):
        total[source_of[feature]] += size
    return shares_of(total)


def _sizes(estimator: Any) -> np.ndarray | None:
    """Return one number per encoded feature, or ``None``."""
    if hasattr(estimator, "estimators") and isinstance(estimator.estimators, tuple):  # one per label
        parts = [_sizes(one) for one in estimator.estimators]
        known = [part / (part.sum() or 1.0) for part in parts if part is not None]
        return np.mean(known, axis=0) if known else None
    if hasattr(estimator, "steps"):
        return _sizes(estimator.steps[-1][1])
    found = _coefficients(estimator) if hasattr(estimator, "coef_") else _gains(estimator)
    for inner in ("estimator_", "regressor_"):
        if found is None and hasattr(estimator, inner):
            return _sizes(getattr(estimator, inner))
    return found


def _coefficients(estimator: Any) -> np.ndarray | None:
    """Return mean sizes of coefficients over classes; the encoding has brought all features to one scale."""
    try:
        coefficients = np.abs(np.asarray(estimator.coef_, dtype=np.float64))
    except (AttributeError, TypeError, ValueError):  # e.g. a kernel that is not linear
        return None
    return coefficients.reshape(-1, coefficients.shape[-1]).mean(axis=0)


def _gains(estimator: Any) -> np.ndarray | None:
    if hasattr(estimator, "booster_"):
        return np.asarray(estimator.booster_.feature_importance("gain"), dtype=np.float64)
    try:
        return np.asarray(estimator.feature_importances_, dtype=np.float64)
    except (AttributeError, TypeError, ValueError):
        return None


def _meta_weights(model: StackedEnsemble) -> np.ndarray | None:
    """Return the size of the meta-model's coefficients by member, whose inputs come in equal blocks."""
    coefficients = np.abs(np.asarray(model.meta.coef_, dtype=np.float64))
    per_input = coefficients.reshape(-1, coefficients.shape[-1]).sum(axis=0)
    if len(per_input) % len(model.members):
        return None
    return per_input.reshape(len(model.members), -1).sum(axis=1)


def _average(parts: list[dict[str, float] | None], weights: np.ndarray | None) -> dict[str, float] | None:
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    if weights is None or not weights.sum() > 0:
        weights = np.ones(len(parts))
    return shares_of(
        {c: sum(w * part[c] for w, part in zip(weights.tolist(), known, strict=True)) for c in known[0]}
    )


def shares_of(sizes: Mapping[str, float]) -> dict[str, float]:
    """Return sizes scaled so that they sum to 1, largest first; all zero if all sizes are."""
    total = sum(sizes.values())
    scaled = {column: size / total if total > 0 else 0.0 for column, size in sizes.items()}
    return dict(sorted(scaled.items(), key=lambda pair: (-pair[1], pair[0])))
