"""Tests of fits in stages of iterations."""

import time

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms._iterations import fit

RNG = np.random.default_rng(0)
PAST = Deadline(time.time() - 1)


def fitted(rows: int, deadline: Deadline, **options: object) -> LogisticRegression:
    X = RNG.normal(size=(rows, 40)) * np.geomspace(0.01, 100, 40)
    y = (X @ RNG.normal(size=40) + RNG.normal(size=rows) > 0).astype(int)
    model = LogisticRegression(max_iter=500, **options)
    return fit(model, X, y, sample_weight=None, validation=None, deadline=deadline)


@pytest.mark.parametrize("deadline", [PAST, Deadline()])
def test_few_rows_converge_however_little_time_is_left(deadline):
    assert fitted(700, deadline).n_iter_[0] > 50


def test_many_rows_stop_after_the_first_stage():
    assert fitted(200_000, PAST).n_iter_[0] <= 25


def test_slow_solvers_stop_sooner():
    assert fitted(20_000, PAST, solver="saga", l1_ratio=0.5).n_iter_[0] <= 12
