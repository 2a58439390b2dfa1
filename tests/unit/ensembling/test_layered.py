"""A second layer learns when members are wrong, and is left out where it gains nothing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from podium_ml.contracts import Problem
from podium_ml.ensembling import (
    Costs,
    Layer,
    Pool,
    PoolMember,
    build_layered,
    build_stacked,
    build_weighted,
    describe,
    load_oof,
    save,
)
from podium_ml.ensembling._folder import assemble
from podium_ml.explanation.own_importance import own_importance
from podium_ml.metrics import resolve_metric
from podium_ml.models import BaggedModel, FoldModel, LayeredEnsemble
from podium_ml.run.budget import Deadline
from tests.unit.ensembling.test_weighted import make_pool, make_problem

CASES = {"regression": "rmse", "multiclass": "log_loss", "binary": "log_loss"}


def deceived(task: str, *, rows: int = 600) -> Pool:
    """Return a pool in which some members are wrong wherever others, which know nothing, say certain things."""
    rng, classes = np.random.default_rng(0), 2 if task == "binary" else 3
    pool = make_pool(task, CASES[task], rows=rows, skills=(1.0, 0.0, 0.6) * 2, classes=classes)
    wrong = rng.random(rows) < 0.5
    for fooled, telling in ((0, 1), (3, 4)):
        if task == "regression":
            pool.oof[fooled] = pool.y + np.where(wrong, 8.0, 0.0) + rng.normal(0, 0.3, rows)
            # No weights can tell the middle from both ends.
            pool.oof[telling] = 10 + np.where(wrong, 0.0, rng.choice([-3, 3], rows))
        else:
            pool.oof[fooled] = 0.7 * np.eye(classes)[(pool.y + wrong) % classes] + 0.3 / classes
            pool.oof[telling, :, 0] = np.where(wrong, 0.2, 0.4)
            pool.oof[telling, :, 1:] = (1 - pool.oof[telling, :, :1]) / (classes - 1)
    return pool


def layers(pool: Pool, problem: Problem) -> list[Layer]:
    weighted, oof, _ = build_weighted(pool, deadline=Deadline())
    built = build_stacked(pool, problem=problem)
    assert built is not None
    return [Layer(weighted, oof), Layer(built[0], built[1])]


def build(pool: Pool, problem: Problem, **options: Any) -> Any:
    options = {"budget": Costs(), "deadline": Deadline(), **options}
    return build_layered(pool, layers(pool, problem), problem=problem, **options)


@pytest.mark.parametrize("task", CASES)
def test_forest_corrects_a_member_that_another_one_gives_away(task: str) -> None:
    pool, problem = deceived(task), make_problem(task, CASES[task])
    built = build(pool, problem)
    assert built is not None
    ensemble, oof, second = built
    before = min(one.ensemble.score for one in layers(pool, problem))
    assert ensemble.score < 0.9 * before
    assert ensemble.score == pytest.approx(pool.score(oof.full()))
    assert {"algorithm_0", "algorithm_1", "algorithm_2"} <= {one.algorithm for one in ensemble.members}
    assert sum(one.weight for one in ensemble.members) == pytest.approx(1.0)
    assert second.share == 0.5


def test_score_is_that_of_rows_that_the_forest_does_not_know() -> None:
    """A forest fits noise; only its score on other rows may say so."""
    rng = np.random.default_rng(0)
    pool = make_pool("regression", "rmse", rows=300, skills=(0.0, 0.0, 0.0))
    pool = replace(pool, y=rng.normal(10, 2, 300))
    assert build(pool, make_problem("regression", "rmse")) is None


@pytest.mark.parametrize("task", CASES)
def test_nothing_is_built_without_a_gain_time_or_ensemble(task: str) -> None:
    problem = make_problem(task, CASES[task])
    assert build(make_pool(task, CASES[task], classes=len(problem.classes)), problem) is None
    pool = deceived(task)
    assert build(pool, problem, deadline=Deadline.after(0.01)) is None
    assert build_layered(pool, [], problem=problem, budget=Costs(), deadline=Deadline()) is None


@pytest.mark.parametrize("metric", ["mae", "r2", "quantile_loss_90"])
def test_every_metric_decides_whether_it_gains(metric: str) -> None:
    pool, problem = deceived("regression"), make_problem("regression", metric)
    pool = replace(pool, metric=resolve_metric(metric, "regression"))
    built = build(pool, problem)
    best = max(pool.metric.utility(one.ensemble.score) for one in layers(pool, problem))
    assert built is None or pool.metric.utility(built[0].score) > best
    assert metric == "quantile_loss_90" or built is not None


def test_members_keep_within_the_budget() -> None:
    pool, problem = deceived("regression"), make_problem("regression", "rmse")
    members = [replace(one, costs=Costs(row_seconds=1.0)) for one in pool.members]
    extra = PoolMember("expensive", 0, pool.members[2].score, True, Costs(row_seconds=5.0))
    pool = replace(pool, members=(*members, extra), oof=np.concatenate([pool.oof, pool.oof[2:]]))
    found = build_layered(
        pool,
        layers(pool.subset(range(6)), problem),
        problem=problem,
        budget=Costs(row_seconds=7.5),
        deadline=Deadline(),
    )
    assert found is not None
    assert "expensive" not in {one.algorithm for one in found[0].members}


@pytest.mark.parametrize("task", CASES)
def test_saved_ensemble_predicts_the_mean_of_both_layers(task: str, tmp_path: Path) -> None:
    pool, problem = deceived(task), make_problem(task, CASES[task])
    built = build_stacked(pool, problem=problem)
    assert built is not None
    stacked, oof, meta = built
    layered, mixed, second = build(pool, problem)
    layered = replace(layered, first=stacked.name)
    save(tmp_path, stacked, oof, meta=meta)
    save(tmp_path, layered, mixed, meta=second)
    np.testing.assert_array_equal(load_oof(tmp_path, layered.name).values, mixed.values)
    models = {
        (one.algorithm, one.trial): BaggedModel(
            one.algorithm, {}, (FoldModel(None, None, len(problem.classes), target_type=pool.target.name),)
        )
        for one in pool.members
    }
    read = next(one for one in describe(tmp_path) if one.kind == "layered")
    model = assemble(tmp_path, read, models)
    assert isinstance(model, LayeredEnsemble)
    places = {one.algorithm: at for at, one in enumerate(pool.members)}
    raw = [pool.oof[places[one.algorithm]] for one in read.members]
    found = model.combine(raw, None)  # type: ignore[arg-type]
    first = assemble(tmp_path, stacked, models).combine(
        [pool.oof[places[one.algorithm]] for one in stacked.members],
        None,  # type: ignore[arg-type]
    )
    trees = pool.target.predict(second.forest, pool.target.meta_features(raw), n_outputs=problem.n_outputs)
    np.testing.assert_allclose(found, (1 - second.share) * first + second.share * trees)
    assert own_importance(model, {}) is None  # These members say nothing about columns.
