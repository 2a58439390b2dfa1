"""Tests of the network that predicts quantiles."""

import pickle
import subprocess
import sys

import numpy as np
import pytest

from podium_ml.forecasting.algorithms._network import QuantileNetwork
from podium_ml.forecasting.levels import LEVELS

pytest.importorskip("torch")


def noisy(rows, *, seed):
    """Return rows whose values spread more the larger their first feature is."""
    random = np.random.default_rng(seed)
    X = random.uniform(-1, 1, (rows, 3))
    return X, 2 * X[:, 1] + np.exp(X[:, 0]) * random.normal(0, 0.5, rows)


def test_quantiles_cover_and_follow_the_spread():
    network = QuantileNetwork(seed=1).fit(*noisy(6_000, seed=0))
    X, y = noisy(4_000, seed=1)
    found = network.predict(X)
    assert (np.diff(found, axis=1) >= 0).all()
    for place, level in enumerate(LEVELS):
        assert np.mean(y <= found[:, place]) == pytest.approx(level, abs=0.05)
    wide, narrow = (np.mean(found[rows, -1] - found[rows, 0]) for rows in (X[:, 0] > 0.5, X[:, 0] < -0.5))
    assert wide > 1.8 * narrow


def test_prediction_needs_no_torch(tmp_path):
    X, y = noisy(300, seed=0)
    (tmp_path / "network.pkl").write_bytes(pickle.dumps(QuantileNetwork().fit(X, y)))
    code = (
        "import pickle, sys, numpy as np; "
        f"found = pickle.load(open({str(tmp_path / 'network.pkl')!r}, 'rb')).predict(np.zeros((2, 3))); "
        "assert found.shape == (2, 9) and 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_equal_seeds_give_equal_networks():
    X, y = noisy(300, seed=0)
    first, second = (QuantileNetwork(seed=3).fit(X, y).predict(X) for _ in range(2))
    np.testing.assert_allclose(first, second, rtol=1e-4)
