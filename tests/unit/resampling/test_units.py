"""Tests of what a bootstrap draws."""

import numpy as np
import pytest
from scipy.signal import lfilter

from podium_ml.contracts.targets import Targets
from podium_ml.resampling import Resamples, time_blocks, units_of


def wander(rows, correlation, seed=0):
    """Return a series whose values are correlated with the ones before."""
    return lfilter([1.0], [1.0, -correlation], np.random.default_rng(seed).normal(size=rows))


def test_rows_of_a_group_are_drawn_together():
    group = np.repeat([30, 10, 20, 40], 5)
    y = np.arange(20.0)
    units = units_of(Targets(y=y, group=group, time=np.arange(20)))
    counts = Resamples.draw(y, None, np.random.default_rng(0), units=units).counts
    assert units.kind == "groups"
    assert units.are_few
    np.testing.assert_array_equal(counts, np.repeat(counts[::5], 5, axis=0))
    assert len(np.unique(counts[::5], axis=1).T) > 20


def test_blocks_hold_consecutive_moments():
    time = np.random.default_rng(0).permutation(np.repeat(np.arange(100), 3))
    codes = time_blocks(time)
    order = np.argsort(time, kind="stable")
    assert (np.diff(codes[order]) >= 0).all()
    assert all(len(np.unique(codes[time == moment])) == 1 for moment in range(100))
    assert 10 <= len(np.unique(codes)) <= 25


def test_longer_memory_makes_longer_blocks():
    time = np.arange(2000)
    blocks = [len(np.unique(time_blocks(time, wander(2000, rho)))) for rho in (0.0, 0.5, 0.9, 0.999)]
    assert blocks == sorted(blocks, reverse=True)
    assert blocks[0] > 3 * blocks[2]
    assert 5 <= blocks[-1] < 20


def test_level_that_wanders_leaves_few_blocks():
    y = np.cumsum(np.random.default_rng(0).normal(size=300))
    units = units_of(Targets(y=y, time=np.arange(300)), y)
    assert units.kind == "blocks"
    assert units.are_few


def test_few_moments_are_few_units():
    units = units_of(Targets(y=np.zeros(300), time=np.repeat([1, 2, 3], 100)))
    assert units.number == 3
    assert units.are_few


def test_rare_class_is_in_every_resample():
    y = np.r_[np.zeros(197, dtype=int), np.ones(3, dtype=int)]
    counts = Resamples.draw(y, None, np.random.default_rng(0), strata=y).counts
    assert counts[y == 1].sum(axis=0).min() >= 1
    assert counts[y == 1].sum(axis=0).std() > 1  # The number of its rows is drawn, too.


@pytest.mark.parametrize("count", range(1, 30))
def test_few_moments_with_errors_are_cut_into_blocks(count: int) -> None:
    """The lags that matter may be more than there are moments."""
    errors = np.linspace(-1, 1, count) ** 3
    blocks = time_blocks(np.arange(count), errors)
    assert blocks.min() == 0
    assert len(np.unique(blocks)) >= min(5, count)
