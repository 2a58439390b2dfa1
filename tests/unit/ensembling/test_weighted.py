"""Tests of greedy ensemble weights and of the scores reported for ensembles."""

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from podium_ml.contracts import Problem
from podium_ml.ensembling import Costs, Pool, PoolMember, build_stacked, build_weighted, stackable
from podium_ml.ensembling._objectives import make_objective
from podium_ml.ensembling._weighted import select_weights
from podium_ml.metrics import resolve_metric
from podium_ml.run.budget import Deadline
from podium_ml.splits.folds import make_folds
from podium_ml.targets import sample_rows, target_of

METRICS = {
    "binary": ("roc_auc", "log_loss", "f1", "brier"),
    "multiclass": ("log_loss", "accuracy", "roc_auc_macro"),
    "regression": ("rmse", "mae", "r2", "spearman"),
}
CASES = [(task, metric) for task, metrics in METRICS.items() for metric in metrics]


def make_problem(task: str, metric: str, classes: int = 3) -> Problem:
    labels = {"binary": (0, 1), "multiclass": tuple(range(classes)), "regression": ()}[task]
    strategy: Any = "shuffled" if task == "regression" else "stratified"
    return Problem("p", task, "y", metric, (), classes=labels, fold_strategy=strategy)  # type: ignore[arg-type]


def make_pool(
    task: str,
    metric: str,
    *,
    rows: int = 200,
    skills: tuple[float, ...] = (1.0, 0.7, 0.4, 0.0),
    classes: int = 3,
    seed: int = 0,
    weighted: bool = False,
) -> Pool:
    """Return a pool of members with independent noise; a higher skill means less noise."""
    rng = np.random.default_rng(seed)
    problem = make_problem(task, metric, classes)
    if task == "regression":
        y: np.ndarray = rng.normal(10, 2, rows)
        oof = np.stack([10 + s * (y - 10) + rng.normal(0, 1, rows) for s in skills])
    else:
        count = len(problem.classes)
        y = np.arange(rows) % count
        logits = [2 * s * np.eye(count)[y] + rng.normal(0, 1, (rows, count)) for s in skills]
        oof = np.stack([np.exp(one) / np.exp(one).sum(axis=1, keepdims=True) for one in logits])
    weight = rng.uniform(0.2, 3, rows) if weighted else None
    scorer = resolve_metric(metric, task)
    scores = [scorer.score(y, one, weight) for one in oof]
    members = tuple(PoolMember(f"algorithm_{i}", 0, score, True) for i, score in enumerate(scores))
    folds = make_folds(problem, y=y)
    return Pool(members, oof, np.arange(rows), y, weight, folds, scorer, target_of(problem), rows)


def utility(pool: Pool, raw: np.ndarray) -> float:
    return pool.metric.utility(pool.score(raw))


def stack(pool: Pool, problem: Problem) -> Any:
    built = build_stacked(pool, problem=problem)
    assert built is not None
    return built


@pytest.mark.parametrize(("task", "metric"), CASES)
@pytest.mark.parametrize("weighted", [False, True])
def test_weighted_ensemble_is_no_worse_than_best_member(task: str, metric: str, weighted: bool) -> None:
    pool = make_pool(task, metric, weighted=weighted)
    weights = select_weights(pool, np.arange(len(pool.rows)), deadline=Deadline())
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    best = max(utility(pool, one) for one in pool.oof)
    assert utility(pool, np.tensordot(weights, pool.oof, axes=1)) >= best - 1e-9


@settings(max_examples=30, deadline=None)
@given(
    skills=st.lists(st.floats(0, 1), min_size=1, max_size=5),
    case=st.sampled_from([("binary", "roc_auc"), ("binary", "log_loss"), ("regression", "mae")]),
    seed=st.integers(0, 1000),
)
def test_weights_of_random_pools(skills: list[float], case: tuple[str, str], seed: int) -> None:
    pool = make_pool(*case, skills=tuple(skills), rows=40, seed=seed)
    weights = select_weights(pool, np.arange(40), deadline=Deadline())
    assert weights.sum() == pytest.approx(1)
    best = max(utility(pool, one) for one in pool.oof)
    assert utility(pool, np.tensordot(weights, pool.oof, axes=1)) >= best - 1e-9


@pytest.mark.parametrize(("task", "metric"), CASES)
@pytest.mark.parametrize("weighted", [False, True])
def test_objectives_rank_members_like_the_metric(task: str, metric: str, weighted: bool) -> None:
    pool = make_pool(task, metric, weighted=weighted)
    objective = make_objective(pool, np.arange(len(pool.rows)))
    found = objective.utilities(objective.parts)
    assert np.array_equal(np.argsort(found), np.argsort([utility(pool, one) for one in pool.oof]))


@pytest.mark.parametrize("digits", [0, 1, 8])
def test_auc_counts_ties_as_half(digits: int) -> None:
    pool = make_pool("binary", "roc_auc", weighted=True)
    pool.oof[:] = pool.oof.round(digits)
    objective = make_objective(pool, np.arange(200))
    expected = [roc_auc_score(pool.y, one[:, 1], sample_weight=pool.weight) for one in pool.oof]
    assert objective.utilities(objective.parts) == pytest.approx(expected)


def test_ensemble_beats_its_members() -> None:
    pool = make_pool("binary", "log_loss", skills=(0.8, 0.8, 0.8), rows=600)
    ensemble, oof, _ = build_weighted(pool, deadline=Deadline())
    assert ensemble.score < min(member.score for member in pool.members)
    assert len(ensemble.members) == 3
    assert sum(member.weight for member in ensemble.members) == pytest.approx(1)
    assert pool.score(oof.values) == ensemble.score


@pytest.mark.parametrize(
    ("task", "metric"), [("binary", "roc_auc"), ("multiclass", "log_loss"), ("regression", "r2")]
)
def test_score_of_noise_is_not_inflated(task: str, metric: str) -> None:
    guessing = {"roc_auc": 0.5, "log_loss": np.log(3), "r2": 0.0}[metric]
    scores, stacked_scores = [], []
    for seed in range(20):
        pool = make_pool(task, metric, skills=(0.0,) * 8, rows=150, seed=seed)
        scores.append(build_weighted(pool, deadline=Deadline())[0].score)
        problem = make_problem(task, metric)
        stacked_scores.append(stack(pool, problem)[0].score)
    for found in (scores, stacked_scores):
        utilities = [pool.metric.utility(score) for score in found]
        assert np.mean(utilities) < pool.metric.utility(guessing) + 0.04


@pytest.mark.parametrize(("task", "metric"), CASES)
def test_stacking_gives_best_member_largest_weight(task: str, metric: str) -> None:
    pool = make_pool(task, metric, rows=400, weighted=True)
    problem = make_problem(task, metric)
    ensemble, oof, meta = stack(pool, problem)
    weights = [member.weight for member in ensemble.members]
    assert sum(weights) == pytest.approx(1)
    assert int(np.argmax(weights)) == 0
    assert oof.values.shape == pool.oof[0].shape
    assert pool.metric.utility(ensemble.score) > utility(pool, pool.oof[-1])
    if problem.is_classification:
        assert np.allclose(oof.values.sum(axis=1), 1)
        assert (meta.coef_ >= 0).all()


def test_stackable_keeps_best_member_per_branch() -> None:
    pool = make_pool("binary", "roc_auc")
    members = (PoolMember("a", 0, 0.6, True), PoolMember("a", 1, 0.5, False), *pool.members[2:])
    changed = replace(pool, members=members, weight=None)
    assert stackable(changed) == [0, 2, 3]


def test_rows_without_predictions_stay_nan() -> None:
    pool = make_pool("regression", "rmse", rows=60)
    part = replace(pool, rows=np.arange(20, 80), weight=None, n_rows=100)
    _, oof, _ = build_weighted(part, deadline=Deadline())
    assert oof.total - len(oof.rows) == 40
    assert list(oof.rows) == list(range(20, 80))


def test_expired_deadline_selects_best_member() -> None:
    pool = make_pool("binary", "roc_auc")
    weights = select_weights(pool, np.arange(200), deadline=Deadline(time.time() - 1))
    assert weights.tolist() == [1, 0, 0, 0]


def test_undefined_scores_select_first_member() -> None:
    pool = make_pool("binary", "roc_auc")
    one_class = np.flatnonzero(pool.y == 0)
    assert select_weights(pool, one_class, deadline=Deadline()).tolist() == [1, 0, 0, 0]


def test_sample_is_stratified() -> None:
    y = np.repeat([0, 1], [9000, 1000])
    rows = sample_rows(y, np.arange(10_000), most=100)
    assert len(rows) == 100
    assert 5 <= y[rows].sum() <= 15
    assert sample_rows(y, np.arange(50), most=100).tolist() == list(range(50))


def test_large_problem_finishes_in_seconds() -> None:
    pool = make_pool("multiclass", "log_loss", rows=16_000, classes=26, skills=tuple(np.linspace(0, 1, 20)))
    began = time.process_time()
    build_weighted(pool, deadline=Deadline())
    stack(pool, make_problem("multiclass", "log_loss", 26))
    assert time.process_time() - began < 20


def test_expired_deadline_skips_stacking() -> None:
    pool = make_pool("binary", "roc_auc")
    late = Deadline(time.time() - 1)
    assert build_stacked(pool, problem=make_problem("binary", "roc_auc"), deadline=late) is None


def test_ensembles_are_compared_by_their_own_thresholds() -> None:
    """A stack of rare positives predicts none of them at one half."""
    problem = Problem("p", "binary", "y", "f1", (), classes=(0, 1), target_type="labels")
    pool = make_pool("binary", "f1", rows=600)
    shy = pool.oof.copy()
    shy[..., 1] *= 0.3
    shy[..., 0] = 1 - shy[..., 1]
    pool = replace(pool, oof=shy, problem=problem)
    assert pool.score(shy[0]) < 0.2
    assert pool.decided_score(shy[0]) > 0.5
    built = build_weighted(pool, deadline=Deadline())
    assert built[0].score > 0.5


def test_shy_models_of_label_sets_get_weights_by_how_well_they_tell_labels_apart() -> None:
    """At one half a bold and worse model has the better F1, but thresholds are tuned after the weights are chosen."""
    rng = np.random.default_rng(5)
    logit = rng.normal(-3.5, 1.5, (4000, 2))
    y = (rng.random(logit.shape) < 1 / (1 + np.exp(-logit))).astype(np.int64)
    oof = np.stack([1 / (1 + np.exp(-one)) for one in (logit, logit + 2.2 + rng.normal(0, 1.5, logit.shape))])
    problem = Problem(
        "p",
        "multilabel",
        "y",
        "f1_micro",
        (),
        classes=("a", "b"),
        target_type="label_sets",
        fold_strategy="shuffled",
    )
    metric, rows = resolve_metric("f1_micro", "multilabel"), np.arange(4000)
    scores = [metric.score(y, one) for one in oof]
    assert scores[1] > scores[0] + 0.05
    members = tuple(PoolMember(f"algorithm_{i}", 0, score, True) for i, score in enumerate(scores))
    pool = Pool(
        members, oof, rows, y, None, make_folds(problem, y=y), metric, target_of(problem), 4000, problem
    )
    assert select_weights(pool, rows, deadline=Deadline())[0] > 0.8


def with_costs(pool: Pool, costs: list[Costs]) -> Pool:
    members = tuple(replace(one, costs=cost) for one, cost in zip(pool.members, costs, strict=True))
    return replace(pool, members=members)


@pytest.mark.parametrize("kind", ["row_seconds", "batch_seconds", "size_bytes", "fit_seconds"])
def test_members_together_keep_within_the_budget(kind: str) -> None:
    """The best member costs too much, so the others are combined as far as the budget goes."""
    pool = make_pool("binary", "log_loss", rows=600, skills=(1.0, 0.9, 0.9, 0.8))
    costs = [Costs(**{kind: cost}) for cost in (3.0, 0.6, 0.3, 0.3)]
    pool, budget = with_costs(pool, costs), Costs(**{kind: 1.0})
    ensemble, _, _ = build_weighted(pool, budget=budget, deadline=Deadline())
    names = {member.algorithm for member in ensemble.members}
    assert "algorithm_0" not in names
    assert len(names) > 1
    assert sum(getattr(costs[int(name[-1])], kind) for name in names) <= 1.0
    built = build_stacked(pool, problem=make_problem("binary", "log_loss"), budget=budget)
    assert built is not None
    assert {member.algorithm for member in built[0].members} <= names | {"algorithm_1"}


def test_single_member_is_used_if_all_cost_too_much() -> None:
    pool = with_costs(make_pool("binary", "log_loss"), [Costs(row_seconds=9.0)] * 4)
    ensemble, _, _ = build_weighted(pool, budget=Costs(row_seconds=1.0), deadline=Deadline())
    assert [member.algorithm for member in ensemble.members] == ["algorithm_0"]


def test_no_member_has_hardly_any_weight() -> None:
    pool = make_pool("binary", "log_loss", rows=2000, skills=(1.0, 0.9, 0.0, 0.0, 0.0, 0.0))
    ensemble, _, meta = stack(pool, make_problem("binary", "log_loss"))
    assert min(member.weight for member in ensemble.members) >= 0.02
    assert len(meta.coef_) == len(ensemble.members) < 6


def test_ensembles_of_ordered_rows_are_not_scored_on_the_earliest_rows() -> None:
    problem = replace(make_problem("binary", "log_loss"), fold_strategy="ordered")
    pool = make_pool("binary", "log_loss", rows=240)
    moments = np.arange(240) // 4
    folds = make_folds(problem, y=pool.y, time=moments)
    pool = replace(pool, folds=folds, problem=problem, time=moments)
    for ensemble, oof in (
        build_weighted(pool, deadline=Deadline())[:2],
        stack(pool, problem)[:2],
    ):
        earliest = np.setdiff1d(np.arange(240), np.concatenate([valid for _, valid in folds]))
        assert len(earliest)
        assert np.array_equal(np.setdiff1d(np.arange(oof.total), oof.rows), earliest)
        assert np.isfinite(ensemble.score)


def forecast_pool(errors: tuple[float, ...], *, rows: int = 40) -> Pool:
    """Return a pool of forecasts of one series, whose errors are independent."""
    rng = np.random.default_rng(5)
    problem = Problem("p", "forecasting", "y", "mase", (), kind="forecasting")
    y = np.column_stack([rng.normal(100, 10, rows), np.full((rows, 2), 5.0)])
    oof = np.repeat(np.stack([y[:, :1] + rng.normal(0, one, (rows, 1)) for one in errors]), 10, axis=2)
    metric = resolve_metric("mase", "forecasting")
    members = tuple(PoolMember(f"algorithm_{i}", 0, metric.score(y, one), True) for i, one in enumerate(oof))
    return Pool(members, oof, np.arange(rows), y, None, [], metric, target_of(problem), rows, problem)


def test_forecasts_that_are_good_alone_have_weight_whatever_the_best_mixture_is() -> None:
    pool = forecast_pool((5.0, 5.0, 5.0, 5.0, 50.0))
    weights = select_weights(pool, np.arange(40), deadline=Deadline())
    assert weights.sum() == pytest.approx(1.0)
    assert (weights[:4] > 0.02).all()
    assert weights[4] < 0.02


def test_weights_by_score_keep_within_the_budget() -> None:
    pool = forecast_pool((5.0, 5.0, 5.0))
    members = tuple(replace(one, costs=Costs(size_bytes=1.0)) for one in pool.members)
    weights = select_weights(
        replace(pool, members=members), np.arange(40), budget=Costs(size_bytes=2.0), deadline=Deadline()
    )
    assert (weights > 0).sum() == 2


def test_a_mixture_of_forecasts_goes_before_a_member_that_only_seems_best() -> None:
    pool = forecast_pool((5.0,) * 8)
    folds = [(np.setdiff1d(np.arange(40), part), part) for part in np.array_split(np.arange(40), 5)]
    ensemble, _, _ = build_weighted(replace(pool, folds=folds), deadline=Deadline())
    assert ensemble.goes_first
    poor = forecast_pool((0.01, 50.0, 60.0))
    assert select_weights(poor, np.arange(40), deadline=Deadline())[0] > 0.9


def test_ensembles_of_tables_do_not_go_first() -> None:
    ensemble, _, _ = build_weighted(make_pool("regression", "rmse"), deadline=Deadline())
    assert not ensemble.goes_first
