"""Tests of which models are tied with the best one."""

import numpy as np
import pytest

from podium_ml.contracts.targets import Targets
from podium_ml.evaluation.bootstrap import Answer
from podium_ml.evaluation.ties import tied_with_best
from podium_ml.metrics import resolve_metric

RMSE = resolve_metric("rmse", "regression")


def answers(y, **noise):
    """Return predictions that miss by a common error and by noise of the given standard deviation."""
    common = np.random.default_rng(9).normal(size=len(y))
    return {
        name: Answer(y + common + np.random.default_rng(at).normal(0, size, len(y)))
        for at, (name, size) in enumerate(noise.items())
    }


def test_models_within_noise_are_tied_and_distant_ones_are_not():
    y = np.random.default_rng(5).normal(size=400)
    found = tied_with_best(answers(y, bad=1.5, good=0.1, equal=0.1), Targets(y=y), RMSE)
    assert set(found) == {"good", "equal"}


def test_more_rows_separate_more_models():
    sizes = []
    for rows in (60, 6000):
        y = np.random.default_rng(5).normal(size=rows)
        sizes.append(len(tied_with_best(answers(y, one=0.3, two=0.5, three=0.6), Targets(y=y), RMSE)))
    assert sizes == [3, 1]


def test_groups_make_comparisons_less_certain():
    random = np.random.default_rng(0)
    group = np.repeat(np.arange(8), 100)
    y = random.normal(size=800)
    worse = Answer(y + 1 + 0.6 * random.normal(size=8)[group])
    found = [
        tied_with_best({"best": Answer(y + 1), "worse": worse}, Targets(y=y, group=groups), RMSE)
        for groups in (None, group)
    ]
    assert [len(one) for one in found] == [1, 2]


def test_rows_without_predictions_are_left_out():
    y = np.arange(100) % 2
    raw = np.eye(2)[y] * 0.6 + 0.2
    partly = raw.copy()
    partly[:30] = np.nan
    metric = resolve_metric("log_loss", "binary")
    found = tied_with_best({"a": Answer(raw), "b": Answer(partly)}, Targets(y=y), metric)
    assert set(found) == {"a", "b"}


def test_no_model_is_tied_where_too_few_rows_tell():
    y = np.r_[np.zeros(95, dtype=int), np.ones(5, dtype=int)]
    models = {str(at): Answer(np.random.default_rng(at).dirichlet([1, 1], 100)) for at in range(3)}
    assert len(tied_with_best(models, Targets(y=y), resolve_metric("roc_auc", "binary"))) == 1


@pytest.mark.parametrize("models", [{}, {"broken": Answer(np.full(50, np.nan))}])
def test_models_without_scores_are_not_tied(models):
    assert tied_with_best(models, Targets(y=np.arange(50.0)), RMSE) == ()
