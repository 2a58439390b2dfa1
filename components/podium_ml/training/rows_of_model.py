"""Which rows the model of a configuration learns from: all, or those that the holdout of a very large table leaves.

There, the model that was scored is nearly as good as one of all rows, whose fit would take as long again. The chosen
model is fitted on all rows in the end if there is time.
"""

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import Problem

# Stands for all rows in place of the number of a fold.
ALL_ROWS = -1
# Of fewer rows, the tenth that a holdout takes is worth more than further trials (``tests/benchmark/EXPERIMENTS.md``).
_MANY_ROWS = 200_000
# The fit of all rows, and measuring how fast it predicts, take as long as so many folds; and measuring alone.
_LAST_FIT, _MEASURING = 1.5, 0.2


def keeps_holdout(problem: Problem) -> bool:
    """Whether models that learned from what a holdout leaves are kept."""
    return problem.fold_strategy == "holdout" and problem.n_train >= _MANY_ROWS


def rows_of_model(spec: AlgorithmSpec, *, kept: bool) -> int:
    """Return the number of the fold whose model is kept, or ``ALL_ROWS`` for a model that is fitted on all rows.

    Args:
        spec: The algorithm. Networks that watch validation rows are not kept, because they predict with PyTorch.
        kept: Whether the model of a holdout is kept if that is possible; see ``keeps_holdout``.
    """
    can_be_kept = spec.rounds.shortened is not None if spec.rounds else "torch" not in spec.requires
    return 0 if kept and can_be_kept else ALL_ROWS


def last_fit(spec: AlgorithmSpec, *, kept: bool) -> float:
    """Return what follows the fits of the folds, as a multiple of the fit of a fold.

    Args:
        spec: The algorithm.
        kept: Whether the model of a holdout is kept if that is possible.
    """
    return _LAST_FIT if rows_of_model(spec, kept=kept) == ALL_ROWS else _MEASURING
