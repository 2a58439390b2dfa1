"""Series that move together are forecast with their sum."""

import numpy as np
import pytest

from podium_ml.forecasting.algorithms._batch import Smoothing, Theta
from podium_ml.forecasting.algorithms._top_down import TopDown, together
from podium_ml.forecasting.history import Past

LENGTH, HORIZON = 60, 6


def rows(*series, firsts=None):
    starts = firsts or [0] * len(series)
    X = np.concatenate(
        [
            np.column_stack([np.full(len(y), code), first + np.arange(len(y))])
            for code, (y, first) in enumerate(zip(series, starts, strict=True))
        ]
    )
    return X.astype(float), np.concatenate(series).astype(float)


def ahead(codes, last=LENGTH - 1):
    return np.column_stack([np.repeat(codes, HORIZON), np.tile(last + 1 + np.arange(HORIZON), len(codes))])


def noisy(count, *, bend, seed=0):
    """Return series with much noise of their own, that begin to rise together."""
    rng, t = np.random.default_rng(seed), np.arange(LENGTH + HORIZON)
    common = 1 + 0.06 * np.maximum(t - bend, 0)
    return 100 * common * rng.uniform(0.5, 2, (count, 1)) + rng.normal(0, 30, (count, len(t)))


@pytest.mark.parametrize(("base", "single"), [("smoothing", Smoothing), ("theta", Theta)])
def test_forecasts_add_up_to_that_of_the_sum(base, single):
    series = list(noisy(5, bend=30)[:, :LENGTH])
    found = TopDown(HORIZON, 1, base).fit(*rows(*series)).predict(ahead(np.arange(5)))[:, 0]
    whole = single(HORIZON, 1).fit(*rows(np.sum(series, axis=0))).predict(ahead([0]))[:, 0]
    np.testing.assert_allclose(found.reshape(5, -1).sum(axis=0), whole, rtol=1e-5)


def test_what_series_have_in_common_is_seen_earlier():
    values = noisy(30, bend=50)
    X, y = rows(*values[:, :LENGTH])
    errors = [
        np.abs(model.fit(X, y).predict(ahead(np.arange(30)))[:, 0] - values[:, LENGTH:].ravel()).mean()
        for model in (TopDown(HORIZON), Smoothing(HORIZON))
    ]
    assert errors[0] < errors[1]


def test_ended_and_late_series_are_left_as_they_are():
    series = [*noisy(4, bend=30)[:, :LENGTH], np.full(20, 7.0) + np.arange(20) % 3, np.arange(5.0) + 3]
    X, y = rows(*series, firsts=[0, 0, 0, 0, 0, LENGTH - 5])
    found, alone = (model.fit(X, y) for model in (TopDown(HORIZON), Smoothing(HORIZON)))
    np.testing.assert_allclose(found.point_[4:], alone.point_[4:])
    assert not np.allclose(found.point_[:4], alone.point_[:4])
    members, start = together(found.past_)
    assert (members.tolist(), start) == ([0, 1, 2, 3], 0)


def test_series_that_begin_later_count_if_others_lose_few_steps():
    past = Past(np.arange(3), np.array([0, 2, 50]), np.array([0, 60, 118, 128]), np.ones(128))
    members, start = together(past)
    assert (members.tolist(), start) == ([0, 1], 2)
