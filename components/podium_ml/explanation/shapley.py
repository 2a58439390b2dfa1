"""Choice of the method that computes Shapley values."""

import numpy as np
import pandas as pd

from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.sampled_shapley import sampled_shapley
from podium_ml.explanation.shapley_values import ShapleyValues
from podium_ml.explanation.tree_margins import count_leaves
from podium_ml.explanation.tree_shapley import imports_shap, tree_members, tree_shapley
from podium_ml.run.budget import Deadline

# Maximum number of row predictions for all walks of all rows, and of their cells: wide rows take longer.
MOST_PREDICTIONS = 100_000
_MOST_CELLS = 100_000_000
MOST_WALKS = 64
FEWEST_WALKS = 4
# With fewer walks than this, the structure of trees gives better values than sampling.
ENOUGH_WALKS = 16
# With more columns than this, the minimum is two walks.
_MANY_COLUMNS = 1000
_TREE_BACKGROUND = 20
# Maximum leaves for shap to visit over all rows, and maximum size of the contributions to all outputs.
_MAX_LEAVES, _MAX_NUMBERS = 10_000_000, 1_000_000
# With less time than this, importing shap is not worth it, because the import compiles a lot of code.
_SECONDS_FOR_SHAP = 30.0


def shapley_values(
    model: ColumnModel,
    X: pd.DataFrame,
    *,
    background: pd.DataFrame,
    walks: int,
    seed: int,
    deadline: Deadline,
    fewest: int = 0,
    at_once: int = 1000,
) -> ShapleyValues | None:
    """Explain predictions by sampling, or approximate by the trees if there are few walks and the model has only trees.

    Sampling estimates Shapley values of the prediction itself. The structure of trees (TreeSHAP) gives those of other
    games: of margins rather than probabilities, with columns left out along the paths of the trees. The differences
    can be large: on an exclusive-or of two columns, -0.03 where -0.32 is right.

    Args:
        model: The model.
        X: Features of the rows to explain, shape ``(n, d)``.
        background: Features of rows that represent the data.
        walks: Number of walks to average when sampling; see ``walks_for``.
        seed: Seed of the sampling.
        deadline: When to finish.
        fewest: Number of walks to finish regardless of the deadline.
        at_once: Rows to predict between two checks of the clock, if time is limited.

    Returns:
        The values, or ``None`` if there was not enough time.
    """
    if walks < ENOUGH_WALKS and applies_tree(model, deadline):
        chosen = np.random.default_rng(seed).permutation(len(background))[:_TREE_BACKGROUND]
        found = _by_trees(model, X, background=background.iloc[np.sort(chosen)], deadline=deadline)
        if found is not None:
            return found
    return sampled_shapley(
        model,
        X,
        background=background,
        walks=walks,
        seed=seed,
        deadline=deadline,
        fewest=fewest,
        at_once=at_once,
    )


def _by_trees(
    model: ColumnModel, X: pd.DataFrame, *, background: pd.DataFrame, deadline: Deadline
) -> ShapleyValues | None:
    """Explain by the trees, or return ``None`` if a library fails on its own model, so that sampling takes over."""
    try:
        return tree_shapley(model, X, background=background, deadline=deadline)
    except Exception as error:
        print(f"Explaining the trees directly failed; sampling instead. {type(error).__name__}: {error}")
        return None


def applies_tree(model: ColumnModel, deadline: Deadline) -> bool:
    """Return whether the model consists of trees and there is time for what explaining them requires."""
    members = tree_members(model.predictor.model)
    if not members:
        return False
    return not imports_shap(members) or deadline.remaining() > _SECONDS_FOR_SHAP


def rows_for_trees(model: ColumnModel) -> int:
    """Return how many rows the trees can explain in reasonable time and memory."""
    members = tree_members(model.predictor.model) or []
    leaves = sum(count_leaves(member.model.estimator) for member in members)
    small = _MAX_NUMBERS // max(1, len(model.columns) * model.n_outputs)
    return min(small, _MAX_LEAVES // max(1, leaves) - _TREE_BACKGROUND)


def most_predictions(model: ColumnModel) -> int:
    """Return how many rows may be predicted for all walks, if there is no shortage of time."""
    return min(MOST_PREDICTIONS, _MOST_CELLS // max(1, sum(map(len, model.features_of))))


def walks_for(rows: int, columns: int, *, most: float = MOST_PREDICTIONS) -> int:
    """Return how many walks each row can have: an even number.

    Args:
        rows: Number of rows to explain.
        columns: Number of columns.
        most: How many rows may be predicted.
    """
    affordable = most // max(1, rows * columns)
    fewest = FEWEST_WALKS if columns <= _MANY_COLUMNS else 2
    return int(np.clip(affordable, fewest, MOST_WALKS)) // 2 * 2
