"""The dictionary of patches on real digits."""

import pickle

import numpy as np
import pytest
from sklearn.datasets import load_digits

from podium_ml.contracts import Problem
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.encoders import PixelRows


@pytest.fixture(scope="module")
def digits():
    images, y = load_digits(return_X_y=True)
    pixels = np.repeat(np.repeat(images.reshape(-1, 8, 8, 1) * 15.9, 2, axis=1), 2, axis=2).astype(np.uint8)
    others = np.random.default_rng(0).normal(size=(len(y), 2)).astype(np.float32)
    return PixelRows(pixels, others), y


def build(task, **more):
    problem = Problem("p", task, "y", "auto", (), classes=tuple(range(10)) if task == "multiclass" else ())
    return ALGORITHMS["patch_dictionary"].build(problem, seed=0, n_jobs=1, patches=60, cells=2, **more)


def test_digits_are_recognized_and_seeds_repeat(digits):
    X, y = digits
    model = build("multiclass").fit(X[:1200], y[:1200])
    proba = model.predict_proba(X[1200:])
    assert (model.classes_[proba.argmax(axis=1)] == y[1200:]).mean() > 0.93
    assert np.allclose(proba.sum(axis=1), 1)
    again = build("multiclass").fit(X[:1200], y[:1200])
    np.testing.assert_array_equal(again.predict_proba(X[1200:]), proba)
    copy = pickle.loads(pickle.dumps(model))
    np.testing.assert_allclose(copy.predict_proba(X[1200:1203]), proba[:3], atol=1e-5)


def test_values_and_other_columns_count(digits):
    X, _ = digits
    ink = X.pixels.mean(axis=(1, 2, 3))
    target = (ink - ink.mean()) / ink.std() + X.others[:, 0]
    model = build("regression", penalty=1.0).fit(X[:1200], target[:1200], sample_weight=np.ones(1200))
    error = ((model.predict(X[1200:]) - target[1200:]) ** 2).mean() / target.var()
    assert error < 0.5


def test_pictures_smaller_than_a_patch(digits):
    X, y = digits
    tiny = PixelRows(np.ascontiguousarray(X.pixels[:200, ::4, ::4]), X.others[:200])
    assert build("multiclass").fit(tiny, y[:200]).predict_proba(tiny).shape == (200, 10)
