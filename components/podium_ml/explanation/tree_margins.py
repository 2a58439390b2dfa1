"""Contributions of encoded features to the output of one tree estimator (TreeSHAP; Lundberg et al., 2020).

The boosting libraries compute these themselves. scikit-learn's trees need ``shap``, which is imported only for them
because the import takes seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

# How the class names of scikit-learn's tree estimators start.
_SCIKIT_TREES = ("DecisionTree", "RandomForest", "ExtraTrees", "HistGradientBoosting")


@dataclass(frozen=True)
class TreeMargins:
    """Contributions of encoded features to the sums from which an estimator predicts.

    Attributes:
        base: Start of the sums, shape ``(K,)``: one number per class that the estimator knows, or one value.
        values: Contributions, shape ``(n, encoded, K)``.
        are_log_odds: Whether a softmax turns the sums into probabilities.
    """

    base: np.ndarray
    values: np.ndarray
    are_log_odds: bool

    @property
    def sums(self) -> np.ndarray:
        """The margin of each row, shape ``(n, K)``."""
        return self.base + self.values.sum(axis=1)


Explainer = Callable[[Any, Any], TreeMargins]


def tree_explainer(estimator: Any) -> Explainer | None:
    """Return the function that explains this estimator's encoded rows, or ``None`` if it is not a tree model."""
    from sklearn.pipeline import Pipeline

    if isinstance(estimator, Pipeline):
        return _pipeline if tree_explainer(estimator[-1]) else None
    libraries = {kind.__module__.split(".")[0] for kind in type(estimator).__mro__}
    for library, explain in (("lightgbm", _lightgbm), ("xgboost", _xgboost), ("catboost", _catboost)):
        if library in libraries:
            return explain
    is_scikit = hasattr(estimator, "for_shap") or type(estimator).__name__.startswith(_SCIKIT_TREES)
    return _scikit if is_scikit else None


def needs_shap(estimator: Any) -> bool:
    """Return whether explaining the estimator imports ``shap``."""
    return tree_explainer(estimator) is _scikit


def count_leaves(estimator: Any) -> int:
    """Return how many leaves ``shap`` has to visit for one row; 0 for libraries with a fast method of their own."""
    if not needs_shap(estimator):
        return 0
    if hasattr(estimator, "n_leaves"):
        return int(estimator.n_leaves)
    if hasattr(estimator, "_predictors"):
        return sum(tree.get_n_leaf_nodes() for stage in estimator._predictors for tree in stage)
    return sum(int(tree.tree_.n_leaves) for tree in getattr(estimator, "estimators_", [estimator]))


def _pipeline(pipeline: Any, encoded: Any) -> TreeMargins:
    explain = tree_explainer(pipeline[-1])
    assert explain is not None
    return explain(pipeline[-1], pipeline[:-1].transform(encoded))


def _lightgbm(estimator: Any, encoded: Any) -> TreeMargins:
    predict = estimator.predict_proba if hasattr(estimator, "classes_") else estimator.predict
    found = np.asarray(predict(_by_position(encoded), pred_contrib=True), dtype=np.float64)
    return _from_columns(found.reshape(len(found), -1, estimator.n_features_in_ + 1), estimator)


def _xgboost(estimator: Any, encoded: Any) -> TreeMargins:
    from xgboost import DMatrix

    rows = DMatrix(_by_position(encoded), enable_categorical=True, nthread=estimator.n_jobs or 1)
    rounds = (0, estimator.best_iteration + 1) if estimator.early_stopping_rounds else (0, 0)
    found = estimator.get_booster().predict(
        rows, pred_contribs=True, iteration_range=rounds, validate_features=False
    )
    return _from_columns(found.reshape(len(found), -1, found.shape[-1]).astype(np.float64), estimator)


def _catboost(estimator: Any, encoded: Any) -> TreeMargins:
    from catboost import Pool

    pool = Pool(encoded, cat_features=estimator.get_cat_feature_indices())
    found = np.asarray(estimator.get_feature_importance(pool, type="ShapValues", thread_count=1))
    return _from_columns(found.reshape(len(found), -1, found.shape[-1]), estimator)


def _by_position(encoded: Any) -> Any:
    """Name the columns by position, as the boosting libraries reject some names."""
    if hasattr(encoded, "set_axis"):
        return encoded.set_axis([f"feature_{at}" for at in range(encoded.shape[1])], axis=1)
    return encoded


def _from_columns(found: np.ndarray, estimator: Any) -> TreeMargins:
    """Build margins from an array of shape ``(n, K, encoded + 1)`` whose last column is the base."""
    values, base = np.swapaxes(found[:, :, :-1], 1, 2), found[0, :, -1]
    return (
        _log_odds(base, values) if hasattr(estimator, "predict_proba") else TreeMargins(base, values, False)
    )


def _log_odds(base: np.ndarray, values: np.ndarray) -> TreeMargins:
    """Give the negative class of a binary model a margin of zero."""
    if len(base) == 1:
        base = np.concatenate([np.zeros(1), base])
        values = np.concatenate([np.zeros_like(values), values], axis=2)
    return TreeMargins(base, values, True)


def _scikit(estimator: Any, encoded: Any) -> TreeMargins:
    from shap import TreeExplainer

    trees = estimator.for_shap() if hasattr(estimator, "for_shap") else estimator
    explainer = TreeExplainer(trees, feature_perturbation="tree_path_dependent")
    found = np.asarray(explainer.shap_values(encoded, check_additivity=False), dtype=np.float64)
    values = found[:, :, None] if found.ndim == 2 else found
    base = np.asarray(explainer.expected_value, dtype=np.float64).reshape(-1)
    if type(estimator).__name__ == "HistGradientBoostingClassifier":
        return _log_odds(base, values)
    return TreeMargins(base, values, False)
