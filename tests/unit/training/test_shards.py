"""Tests of branches that share the series of an algorithm."""

import json
from dataclasses import replace

import numpy as np
import pytest

from podium_ml.contracts import BranchSpec
from podium_ml.contracts.branch import parse_branch_name
from podium_ml.contracts.targets import Targets
from podium_ml.forecasting.kind import KIND
from podium_ml.kinds.features import build_feature_table
from podium_ml.settings import ForecastingPlan
from podium_ml.stages import train_candidate
from podium_ml.training.candidate_folder import CandidateFolder, mark_failed
from podium_ml.training.plan import plan_branches
from podium_ml.training.shards import join_shards, joined_folders
from tests.unit.forecasting.fitted import inferred, weekly

LOCAL = ["theta", "seasonal_mean", "exponential_smoothing", "harmonic_regression", "mstl"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Return a problem of seven series with a known column, and the folder with its features."""
    folder = tmp_path_factory.mktemp("features")
    table = weekly([f"shop {at}" for at in range(7)], 84)
    table["kind"] = np.random.default_rng(0).choice(["a", "b", "c"], len(table))
    found = inferred(table, known="kind")
    found.problem.save(folder / "problem.json")
    featurizer = KIND.plan_features(found.problem, found.train)
    build_feature_table(featurizer, found.train, found.problem).save(folder / "features")
    return found, folder


def trained(prepared, out, algorithm, shards, **more):
    """Train all shards of an algorithm, and return their folders."""
    _, folder = prepared
    paths = []
    for shard in range(shards):
        branch = BranchSpec(algorithm, shard=shard, shards=shards, max_trials=4, keep=12, **more)
        paths.append(str(out / branch.name))
        facts = train_candidate.run(
            features=str(folder / "features"),
            problem=str(folder / "problem.json"),
            branch=branch.to_dict(),
            candidate=paths[-1],
        )
        assert facts["algorithm"] == branch.name
    return paths


def joined(prepared, out, paths):
    found, folder = prepared
    targets = Targets.load(folder / "features")
    return [CandidateFolder(one) for one in join_shards(paths, out, targets=targets, problem=found.problem)]


@pytest.mark.parametrize("algorithm", LOCAL)
def test_one_and_three_shards_give_the_same_models_and_scores(prepared, tmp_path, algorithm):
    (one,) = joined(prepared, tmp_path / "a", trained(prepared, tmp_path, algorithm, 1))
    (three,) = joined(prepared, tmp_path / "b", trained(prepared, tmp_path, algorithm, 3))
    first, second = one.candidate, three.candidate
    assert first.algorithm == second.algorithm == algorithm
    assert len(second.kept) >= 2
    found, _ = prepared
    table = build_feature_table(KIND.plan_features(found.problem, found.train), found.test, found.problem)
    for mine, other in zip(first.kept, second.kept, strict=False):
        assert mine.parameters == other.parameters
        assert mine.score == pytest.approx(other.score, rel=1e-9)
        assert mine.sharpness == pytest.approx(other.sharpness, rel=1e-9)
        np.testing.assert_allclose(
            one.load_oof(mine.number).full(), three.load_oof(other.number).full(), rtol=1e-9
        )
        raw = [
            each.load_model(kept.number).predict_raw(table.X) for each, kept in ((one, mine), (three, other))
        ]
        np.testing.assert_allclose(*raw, rtol=1e-9)
    assert json.loads((three.path / "candidate.json").read_text())["n_trials"] == len(three.trials())


def test_algorithm_that_lacks_a_shard_has_failed(prepared, tmp_path):
    paths = trained(prepared, tmp_path, "theta", 3)
    mark_failed(tmp_path / "lost", "theta_2_of_3", "It was killed.")
    (folder,) = joined(prepared, tmp_path, [paths[0], str(tmp_path / "lost"), paths[2]])
    assert folder.candidate.status == "failed"
    assert folder.candidate.reason == "Shard 2 of 3 failed: It was killed."


def test_other_candidates_stay_as_they_are(prepared, tmp_path):
    whole = trained(prepared, tmp_path, "naive", 1)
    paths = whole + trained(prepared, tmp_path, "theta", 2)
    joined(prepared, tmp_path, paths)
    names = [CandidateFolder(one).candidate.algorithm for one in joined_folders(paths, tmp_path)]
    assert names == ["naive", "theta"]
    assert joined_folders(whole, tmp_path) == whole


def test_plan_splits_models_of_single_series_alone(prepared):
    found, _ = prepared
    options = {"images": {}, "n_jobs": 1, "slots": 2}
    settings = ForecastingPlan(shards=3, algorithms="theta,ridge_reduction")
    plan = plan_branches(found.problem, found.profile, settings=settings, **options)
    names = [parse_branch_name(one.name) for one in plan.branches]
    assert names == [
        ("baseline", 0, 1),
        *(("theta", shard, 3) for shard in range(3)),
        ("ridge_reduction", 0, 1),
    ]
    assert len({(one.index, one.algorithm, one.shard) for one in plan.branches}) == len(plan.branches)


def test_many_series_of_slow_models_are_split_by_themselves(prepared):
    found, _ = prepared
    task = replace(found.problem.series, labels=tuple((str(at),) for at in range(60_000)))
    problem = replace(found.problem, series=task)
    assert ForecastingPlan().shards_for(problem, seconds=1000) == 3
    assert ForecastingPlan().shards_for(problem, seconds=10) == 1
    assert ForecastingPlan().shards_for(found.problem, seconds=1000) == 1
    assert ForecastingPlan(shards=50).shards_for(found.problem, seconds=1) == 7
