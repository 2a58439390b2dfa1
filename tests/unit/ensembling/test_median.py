"""The median of the best models, one of each algorithm."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from podium_ml.ensembling import Costs, build_median, describe, save
from podium_ml.ensembling._folder import assemble
from podium_ml.models import BaggedModel, MedianEnsemble
from podium_ml.targets import TARGETS
from tests.unit.ensembling.test_steadied import pool
from tests.unit.forecasting.fitted import fitted, weekly


def test_best_models_of_each_algorithm_are_members_and_scored_on_other_windows() -> None:
    one = pool()
    built = build_median(one, budget=Costs())
    assert built is not None
    ensemble, oof = built
    assert [member.algorithm for member in ensemble.members] == ["ets", "theta", "baseline", "drift"]
    assert ensemble.score == pytest.approx(one.metric.score(one.y, oof.values))
    # A bad member hardly moves it, as it would the mean.
    assert ensemble.score < 0.7 * one.metric.score(one.y, one.oof[[0, 1, 4, 3]].mean(axis=0))


def test_a_budget_leaves_too_few() -> None:
    assert build_median(pool(), budget=Costs(row_seconds=0.25)) is None


def test_probabilities_have_no_median() -> None:
    assert build_median(replace(pool(), target=TARGETS["labels"])) is None


def test_the_saved_ensemble_predicts_the_median(tmp_path: Path) -> None:
    built = build_median(pool())
    assert built is not None
    save(tmp_path, *built)
    (ensemble,) = describe(tmp_path)
    makes = {"theta": "naive", "ets": "seasonal_mean", "baseline": "baseline", "drift": "drift"}
    forecasters = {name: fitted(weekly(), algorithms=(made,)) for name, made in makes.items()}
    models: dict[tuple[str, int], BaggedModel] = {
        (one.algorithm, one.trial): forecasters[one.algorithm].model for one in ensemble.members
    }
    model = assemble(tmp_path, ensemble, models)
    assert isinstance(model, MedianEnsemble)
    X = pd.DataFrame({"podium series": [0.0, 1.0], "podium step": [20_000.0, 20_000.0]})
    parts = [models[one.algorithm, one.trial].predict_raw(X) for one in ensemble.members]
    found = model.predict_raw(X)
    np.testing.assert_allclose(found[:, 0], np.median([part[:, 0] for part in parts], axis=0))
    assert (np.diff(found[:, 1:], axis=1) >= 0).all()
