"""Which rows the model of a configuration learns from: all, or those that a single holdout leaves.

With a holdout there are so many rows that the model that was scored is nearly as good as one of all rows, whose fit
would take as long again. The chosen model is fitted on all rows in the end, unless this is switched off.
"""

from podium_ml.algorithms import AlgorithmSpec

# Stands for all rows in place of the number of a fold.
ALL_ROWS = -1
# The fit of all rows, and measuring how fast it predicts, take as long as so many folds; and measuring alone.
_LAST_FIT, _MEASURING = 1.5, 0.2


def rows_of_model(spec: AlgorithmSpec, *, holdout: bool) -> int:
    """Return the number of the fold whose model is kept, or ``ALL_ROWS`` for a model that is fitted on all rows.

    Args:
        spec: The algorithm. Networks that watch validation rows are not kept, because they predict with PyTorch.
        holdout: Whether the models are scored on a single holdout.
    """
    can_be_kept = spec.rounds.shortened is not None if spec.rounds else "torch" not in spec.requires
    return 0 if holdout and can_be_kept else ALL_ROWS


def last_fit(spec: AlgorithmSpec, *, holdout: bool) -> float:
    """Return what follows the fits of the folds, as a multiple of the fit of a fold.

    Args:
        spec: The algorithm.
        holdout: Whether the models are scored on a single holdout.
    """
    return _LAST_FIT if rows_of_model(spec, holdout=holdout) == ALL_ROWS else _MEASURING
