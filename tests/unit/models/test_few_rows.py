"""Tests of the thread limit for predictions on few rows."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_info, threadpool_limits

from podium_ml.models.few_rows import one_thread_for_few


def most_threads() -> int:
    return max(one["num_threads"] for one in threadpool_info())


@pytest.mark.parametrize(("rows", "threads"), [(1, 1), (256, 1), (257, 2)])
def test_few_rows_use_one_thread(rows: int, threads: int) -> None:
    HistGradientBoostingClassifier(max_iter=1).fit(np.arange(50.0)[:, None], np.arange(50) % 2)
    with threadpool_limits(limits=2):
        with one_thread_for_few(rows):
            assert most_threads() == threads
        assert most_threads() == 2
