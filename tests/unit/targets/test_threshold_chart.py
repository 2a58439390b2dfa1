"""Tests of the counts of right and wrong decisions at several thresholds."""

import numpy as np

from podium_ml.targets._class_charts import threshold_chart


def test_counts_are_those_of_the_decisions():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 500)
    score = np.clip(0.5 * y + 0.5 * rng.random(500), 0, 1)
    found = threshold_chart(y, score, used=0.37)
    assert found["used"] == 0.37
    assert 0.37 in found["thresholds"]
    assert found["thresholds"] == sorted(set(found["thresholds"]))
    for at, threshold in enumerate(found["thresholds"]):
        decided = score >= threshold
        assert found["hits"][at] == np.sum(decided & (y == 1))
        assert found["false_alarms"][at] == np.sum(decided & (y == 0))
        assert found["misses"][at] == np.sum(~decided & (y == 1))


def test_thresholds_fit_a_rare_class():
    """Nothing reaches 5 %, and still some thresholds find members."""
    rng = np.random.default_rng(0)
    score = 0.04 * rng.random(2000)
    y = (rng.random(2000) < score).astype(np.int64)
    found = threshold_chart(y, score, used=None)
    assert found["used"] == 0.5
    helpful = [at for at, threshold in enumerate(found["thresholds"]) if threshold < 0.05]
    assert len({found["hits"][at] for at in helpful}) >= 4
