"""Decides how much a model may cost so that it loses next to nothing."""

import math
from dataclasses import replace

import numpy as np

from podium_ml.ensembling._budget import Costs
from podium_ml.ensembling._pool import Pool
from podium_ml.ensembling._weighted import blend, select_weights
from podium_ml.evaluation.bootstrap import Answer, Bootstrap
from podium_ml.evaluation.intervals import ONE_STANDARD_ERROR
from podium_ml.run.budget import Deadline

# A loss of at most this share of the score is too small to pay for.
_NEGLIGIBLE = 0.002
# Learning from the test rows as well gains about this share of the score.
_GAIN_OF_REFIT = 0.01
# What a model may cost, as multiples of the usual budget.
_MULTIPLES = (1.0, 2.0, 4.0, 8.0)


def worthwhile_budget(pool: Pool, usual: Costs, most: Costs, *, deadline: Deadline) -> Costs:
    """Return the smallest multiple of the usual budget within which an ensemble loses next to nothing.

    A quick and small model that can be refitted in time is the default, but some problems, such as those with many
    classes, need larger ones. The loss is that of the out-of-fold score against an ensemble that may cost the highest
    multiple. Without time for the refit, a model may cost what it takes if that gains more than the refit would.

    Args:
        pool: The pool, with at least one member.
        usual: What a model may usually cost.
        most: What no model may cost, such as the user's own limits.
        deadline: When to stop looking.
    """
    largest = usual.times(_MULTIPLES[-1]).within(most)
    best = _best_blend(pool, largest, deadline)
    if math.isfinite(usual.fit_seconds):
        free = _best_blend(pool, replace(largest, fit_seconds=math.inf), deadline)
        if _loses(pool, best, free, share=_GAIN_OF_REFIT, deadline=deadline):
            usual, best = replace(usual, fit_seconds=math.inf), free
    for multiple in _MULTIPLES[:-1]:
        budget = usual.times(multiple).within(most)
        kept = _best_blend(pool, budget, deadline)
        if deadline.passed() or not _loses(pool, kept, best, share=_NEGLIGIBLE, deadline=deadline):
            return budget
    return usual.times(_MULTIPLES[-1]).within(most)


def _best_blend(pool: Pool, budget: Costs, deadline: Deadline) -> np.ndarray:
    every = np.arange(len(pool.rows))
    weights = select_weights(pool, every, budget=budget, deadline=deadline.share(1 / len(_MULTIPLES)))
    return blend(pool, weights, every)


def _loses(pool: Pool, kept: np.ndarray, best: np.ndarray, *, share: float, deadline: Deadline) -> bool:
    """Whether some predictions are worse than others by more than a share of the score, and by more than chance."""
    score = pool.score(best)
    lost = pool.metric.utility(score) - pool.metric.utility(pool.score(kept))
    if not lost > share * abs(score):
        return False
    compared = Bootstrap(pool.targets, seed=0, deadline=deadline)
    gain = compared.difference(pool.metric, Answer(best), Answer(kept), level=ONE_STANDARD_ERROR)
    return gain.low is not None and gain.low > 0
