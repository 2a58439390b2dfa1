"""Tests of explainable boosting machines with a time limit."""

import time

import numpy as np
import pytest

from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms.explainable_boosting_machine import build, fit

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 3))
Y = 3 * X[:, 0] + X[:, 1] ** 2 + RNG.normal(size=400) / 4
PROBLEM = Problem(name="p", task="regression", target="y", metric="rmse", columns=())


@pytest.mark.parametrize("deadline", [Deadline(time.time() - 1), Deadline.after(30)])
def test_learns_however_little_time_is_left(deadline):
    model = build(PROBLEM, seed=0, n_jobs=1)
    fit(model, X[:300], Y[:300], sample_weight=None, validation=None, deadline=deadline)
    assert model.score(X[300:], Y[300:]) > 0.85


def test_pairs_are_left_out_if_there_is_no_time():
    late, early = (build(PROBLEM, seed=0, n_jobs=1) for _ in range(2))
    fit(late, X, Y, sample_weight=None, validation=None, deadline=Deadline(time.time() - 1))
    fit(early, X, Y, sample_weight=None, validation=None, deadline=Deadline.after(30))
    assert len(late.term_features_) == 3
    assert len(early.term_features_) == 6
