"""The choice of how Shapley values are computed."""

import numpy as np
import pandas as pd

from podium_ml.explanation.column_model import ColumnModel
from podium_ml.explanation.labelled_rows import sample
from podium_ml.explanation.sampled_shapley import sampled_shapley
from podium_ml.explanation.shapley_values import ShapleyValues
from podium_ml.explanation.tree_margins import count_leaves
from podium_ml.explanation.tree_shapley import imports_shap, tree_members, tree_shapley
from podium_ml.run.budget import Deadline

# Predictions of single rows that the walks of all rows may cost together.
MOST_PREDICTIONS = 20_000
MOST_WALKS = 32
FEWEST_WALKS = 4
# With more columns than this, two walks must do.
_MANY_COLUMNS = 1000
_TREE_BACKGROUND = 20
# Leaves that shap may visit for all rows together, and numbers that contributions to all outputs may take.
_MOST_LEAVES, _MOST_NUMBERS = 10_000_000, 1_000_000
# With less time than this the import of shap, which compiles much, is not worth it.
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
    """Explain predictions by the trees themselves where the model has nothing else, else by sampling.

    Args:
        model: The model.
        X: Features of the rows to explain, shape ``(n, d)``.
        background: Features of rows that stand for the data at large.
        walks: Walks to average where sampling is needed; see ``walks_for``.
        seed: Seed of the sampling.
        deadline: When to be done.
        fewest: Walks to finish whatever the deadline.
        at_once: Where time is limited, rows to predict between two looks at the clock.

    Returns:
        The values, or ``None`` where time did not suffice.
    """
    if applies_tree(model, deadline):
        chosen = sample(np.arange(len(background)), _TREE_BACKGROUND, seed=seed)
        found = _by_trees(model, X, background=background.iloc[chosen], deadline=deadline)
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
    """Ask the trees; where a library cannot cope with its own model, sampling can."""
    try:
        return tree_shapley(model, X, background=background, deadline=deadline)
    except Exception as error:
        print(f"The trees could not be explained by themselves: {type(error).__name__}: {error}")
        return None


def applies_tree(model: ColumnModel, deadline: Deadline) -> bool:
    """Whether the model is made of trees, and there is time for what explaining them needs."""
    members = tree_members(model.predictor.model)
    if not members:
        return False
    return not imports_shap(members) or deadline.remaining() > _SECONDS_FOR_SHAP


def rows_for_trees(model: ColumnModel) -> int:
    """Return how many rows the trees can be asked about in reasonable time and memory."""
    members = tree_members(model.predictor.model) or []
    leaves = sum(count_leaves(member.model.estimator) for member in members)
    small = _MOST_NUMBERS // max(1, len(model.columns) * model.n_outputs)
    return min(small, _MOST_LEAVES // max(1, leaves) - _TREE_BACKGROUND)


def walks_for(rows: int, columns: int) -> int:
    """Return how many walks a number of rows can have; an even number."""
    affordable = MOST_PREDICTIONS // max(1, rows * columns)
    fewest = FEWEST_WALKS if columns <= _MANY_COLUMNS else 2
    return int(np.clip(affordable, fewest, MOST_WALKS)) // 2 * 2
