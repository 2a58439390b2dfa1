"""Tests of mixtures that are weighed anew by the rows of the test."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import BranchSpec, Selection
from podium_ml.ensembling import ENSEMBLES, describe
from podium_ml.files import pickles
from podium_ml.forecasting.kind import KIND
from podium_ml.kinds import load_predictor
from podium_ml.kinds.features import build_feature_table
from podium_ml.selection.corrections import load_corrections
from podium_ml.settings import ForecastingSettings, ModelLimits
from podium_ml.stages import build_ensemble, refit_model, select_model, train_candidate
from tests.unit.forecasting.fitted import inferred

ALGORITHMS = ("baseline", "naive", "drift", "theta")
MIXTURE = "weighted_ensemble"


def turning(*, days=84, turn=70):
    """Return a series that rises until a day, and falls from then on."""
    day = np.arange(days)
    noise = np.random.default_rng(0).normal(0, 4, days)
    sales = 100 + day - 4.0 * np.maximum(day - turn, 0) + noise
    stamps = pd.date_range("2024-01-01", periods=days)
    return pd.DataFrame({"shop": "A", "day": stamps, "sales": sales})


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Return the paths of a run with a mixture; the test comes after the rise."""
    folder = tmp_path_factory.mktemp("run")
    found = inferred(turning(), horizon=14, season=1)
    found.problem.save(folder / "problem.json")
    found.train.to_parquet(folder / "train.parquet")
    found.test.to_parquet(folder / "test.parquet")
    featurizer = KIND.plan_features(found.problem, found.train)
    pickles.dump(featurizer, folder / "featurizer.pkl", kind="featurizer")
    build_feature_table(featurizer, found.train, found.problem).save(folder / "features")
    paths = {"features": str(folder / "features"), "problem": str(folder / "problem.json")}
    candidates = [str(folder / name) for name in ALGORITHMS]
    for name, path in zip(ALGORITHMS, candidates, strict=True):
        branch = BranchSpec(algorithm=name, max_trials=1).to_dict()
        train_candidate.run(**paths, branch=branch, candidate=path)
    more = {
        **paths,
        "candidates": candidates,
        "model": str(folder / "model"),
        "limits": ForecastingSettings(source="x", target="sales", time_column="day", horizon=14).cut(
            ModelLimits
        ),
    }
    build_ensemble.run(**more)
    select_model.run(**more, train=str(folder / "train.parquet"), featurizer=str(folder / "featurizer.pkl"))
    selection = folder / "model" / "selection.json"
    replace(Selection.load(selection), chosen=MIXTURE).save(selection)
    return folder, candidates


def refit(folder, candidates):
    return refit_model.run(
        model=str(folder / "model"),
        train=str(folder / "train.parquet"),
        test=str(folder / "test.parquet"),
        problem=str(folder / "problem.json"),
        candidates=candidates,
        refitted=str(folder / "refitted"),
        enabled=True,
    )


def test_members_that_failed_the_test_lose_weight_and_intervals_widen(run):
    folder, candidates = run
    facts = refit(folder, candidates)
    assert facts["reason"].endswith("including the 14 test rows, and weighed anew.")
    before = next(one for one in describe(folder / "model" / ENSEMBLES) if one.name == MIXTURE)
    after = load_predictor(folder / "refitted" / "model.pkl")
    weights = {
        one.algorithm: share for one, share in zip(after.model.members, after.model.weights, strict=True)
    }
    assert weights["drift"] < next(one.weight for one in before.members if one.algorithm == "drift")
    assert sum(weights.values()) == pytest.approx(1)
    corrections = load_corrections(folder / "model")[MIXTURE]
    assert after.calibrator.sharpness < corrections.calibrator.sharpness
    assert after.predict()["day"].min() == pd.Timestamp("2024-03-25")
