"""Tests of mixtures of forecasts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from podium_ml.forecasting.levels import LEVELS
from podium_ml.targets import TARGETS

FUTURE = TARGETS["future_values"]


def normal(mean, deviation):
    """Return points and quantiles of normal distributions."""
    return np.column_stack([mean, mean[:, None] + np.outer(deviation, norm.ppf(LEVELS))])


def test_mixture_is_as_wide_as_its_parts_are_apart():
    means = np.array([0.0, 10.0]), np.array([4.0, 10.0])
    found = FUTURE.mix([0.5, 0.5], [normal(one, np.ones(2)) for one in means])
    np.testing.assert_allclose(found[:, 0], [2.0, 10.0])
    np.testing.assert_allclose(found[1], normal(np.array([10.0]), np.ones(1))[0])
    # The variance of a half at 0 and a half at 4, each with variance 1, is 1 + 4.
    expected = normal(np.array([2.0]), np.array([np.sqrt(5.0)]))[0]
    np.testing.assert_allclose(found[0], expected)


@given(st.integers(0, 500))
def test_quantiles_of_mixtures_never_cross(seed):
    random = np.random.default_rng(seed)
    parts = [np.sort(random.normal(0, 3, (20, 1 + len(LEVELS))), axis=1) for _ in range(3)]
    parts = [np.column_stack([one[:, random.integers(0, 10)], one[:, 1:]]) for one in parts]
    weights = random.dirichlet(np.ones(3))
    assert (np.diff(FUTURE.mix(weights, parts)[:, 1:], axis=1) >= -1e-12).all()


def test_what_is_never_negative_stays_so():
    parts = [normal(np.array([1.0]), np.array([0.2])), normal(np.array([9.0]), np.array([0.2]))]
    assert (FUTURE.mix([0.5, 0.5], parts) >= 0).all()
