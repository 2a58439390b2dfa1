import time
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator

from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms._row_ramp import fit, fit_quick, fit_sums

X = np.zeros((5000, 2))
Y = np.repeat([0, 1], [4999, 1])


class Slow(BaseEstimator):
    """An estimator that sleeps 0.1 ms per row and records its training data."""

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> "Slow":
        time.sleep(len(y) / 10_000)
        self.rows, self.classes, self.weight = len(y), set(y), sample_weight
        return self


def fit_slow(deadline: Deadline, weight: np.ndarray | None = None) -> Any:
    return fit(Slow(), X, Y, sample_weight=weight, validation=None, deadline=deadline)


def test_fits_all_rows_if_time_allows() -> None:
    assert fit_slow(Deadline()).rows == 5000
    assert fit_slow(Deadline.after(60)).rows == 5000


def test_stops_early_and_keeps_every_class() -> None:
    model = fit_slow(Deadline.after(0.3), np.arange(5000.0))
    assert 1000 <= model.rows < 5000
    assert model.classes == {0, 1}
    assert model.weight[-1] == 4999


def test_deadline_in_the_past_gives_the_smallest_fit() -> None:
    assert fit_slow(Deadline(time.time() - 1)).rows in (1001, 1002)


def test_few_rows_are_all_used_however_little_time_is_left() -> None:
    past = Deadline(time.time() - 1)
    few = X[-900:], Y[-900:]
    assert fit(Slow(), *few, sample_weight=None, validation=None, deadline=past).rows == 900
    assert fit_quick(Slow(), X, Y, sample_weight=None, validation=None, deadline=past).rows == 5000


def test_sums_of_terms_go_from_the_first_rows_to_all() -> None:
    class Counting(Slow):
        sizes: ClassVar[list[int]] = []

        def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Slow:
            self.sizes.append(len(y))
            return super().fit(X, y, sample_weight)

    fit_sums(Counting(), X, Y, sample_weight=None, validation=None, deadline=Deadline.after(2))
    assert len(Counting.sizes) == 2
    assert Counting.sizes[1] == 5000
