"""Histograms exist of any numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium_ml.values.histogram import histogram

LARGEST = np.finfo(np.float64).max


@pytest.mark.parametrize(
    "numbers",
    [
        [1.0, 0.9999999999999999],
        [9e17, 9e17 + 128],
        [LARGEST, -LARGEST],
        [LARGEST],
        [0.0, 5e-324],
        [1e18] * 5,
    ],
)
def test_numbers_that_numpy_refuses_have_a_histogram(numbers: list[float]) -> None:
    counts, edges = histogram(np.array(numbers), bins=20)
    assert counts.sum() == len(numbers)
    assert np.isfinite(edges).all()


def test_plain_numbers_get_the_bins_that_were_asked_for() -> None:
    counts, edges = histogram(np.arange(100.0), bins=10)
    assert counts.tolist() == [10] * 10
    assert np.allclose(np.diff(edges), 9.9)


def test_weights_are_summed() -> None:
    counts, _ = histogram(np.array([0.0, 1.0, np.nan]), bins=2, weights=np.array([0.5, 2.0, 9.0]))
    assert counts.tolist() == [0.5, 2.0]


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=50), st.integers(1, 30))
def test_every_finite_number_is_counted_once(numbers: list[float], bins: int) -> None:
    counts, edges = histogram(np.array(numbers, dtype=np.float64), bins=bins)
    assert counts.sum() == np.isfinite(numbers).sum()
    assert len(counts) <= bins
    assert len(edges) in (len(counts) + 1, 0)
    assert (np.diff(edges) > 0).all()
