"""Tests of forecasts on a real Kubeflow Pipelines server."""

import os
from collections import Counter

import numpy as np
import pytest

import podium
from tests.pipelines.test_forecasting_runs import ASKED, priced

pytestmark = [pytest.mark.kubeflow, pytest.mark.timeout(1800)]
SETTINGS = {
    "task": "forecasting",
    "algorithms": "seasonal_mean,ridge_reduction",
    "max_trials": 1,
    "shards": 3,
    **ASKED,
}


@pytest.fixture(scope="module")
def sales(folder):
    """Return a file of six series with the prices of the next week, which no earlier session has sent."""
    table = priced(91)
    table.loc[table["day"] >= "2024-03-25", "sales"] = np.nan
    factor = np.random.default_rng(int.from_bytes(os.urandom(3))).uniform(0.9, 1.1)
    table.assign(sales=table["sales"] * factor).to_csv(folder / "sales.csv", index=False)
    return folder / "sales.csv"


@pytest.fixture(scope="module")
def forecasts(connections, sales, folder):
    """Return a finished run."""
    name = f"test-{os.urandom(4).hex()}"
    return podium.run(
        sales, "sales", engine="kubeflow", out=folder / "forecasts", name=name, **SETTINGS
    ).wait()


def test_forecasts_are_delivered(forecasts):
    assert forecasts.status == "succeeded"
    assert forecasts.leaderboard["status"].eq("ok").all()
    predicted = forecasts.predictor.predict()
    assert len(predicted) == 6 * 7
    assert predicted["day"].min() == "2024-03-25"  # written as in the file


def test_each_shard_of_the_series_is_a_pod(forecasts, pods):
    """Single series can be shared between pods; the table of a regression cannot."""
    names = Counter(algorithm for algorithm, _, _ in pods.branches(forecasts.state.run_id))
    assert (names["seasonal_mean"], names["ridge_reduction"]) == (3, 1)


def test_leaderboard_of_forecasters_matches_a_local_run(forecasts, sales, folder):
    local = podium.run(
        sales, "sales", out=folder / "local" / "forecasts", name=f"test-{os.urandom(4).hex()}", **SETTINGS
    ).wait()
    ours, theirs = (run.leaderboard.set_index("model") for run in (forecasts, local))
    scores = [name for name in ours if name.endswith(("_oof", "_test"))]
    assert scores
    assert set(ours.index) == set(theirs.index)
    # The last digits of a ridge regression depend on the machine, and the bias is near 0.
    np.testing.assert_allclose(ours[scores], theirs.loc[ours.index, scores], rtol=1e-3, atol=1e-3)
