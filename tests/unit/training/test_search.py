"""Tests of the search over the configurations of one algorithm."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from podium_ml.contracts import Candidate
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.training.search import Search
from tests.unit.training.conftest import TASKS, make_problem, make_spec, make_table, tree_spec

Start = Callable[..., Search]
NETWORK = ALGORITHMS["neural_network"]


def outcomes(search: Search) -> list[str]:
    return [trial.outcome for trial in search.run()]


@pytest.mark.parametrize("task", TASKS)
def test_portfolio_precedes_suggestions(start: Start, task: str) -> None:
    search = start(tree_spec(), table=make_table(task), problem=make_problem(task), max_trials=6)
    trials = search.run()
    assert [trial.origin for trial in trials] == ["portfolio"] * 2 + ["search"] * 4
    assert [trial.parameters for trial in trials[:2]] == [{}, {"max_depth": 5}]
    assert [trial.number for trial in trials] == list(range(6))
    assert all(1 <= trial.parameters["max_depth"] <= 8 for trial in trials[2:])


def test_replayed_configurations_precede_the_portfolio(start: Start) -> None:
    trials = start(tree_spec(), max_trials=3, configurations=({"max_depth": 7}, {})).run()
    assert [(one.origin, one.parameters) for one in trials] == [
        ("replay", {"max_depth": 7}),
        ("replay", {}),
        ("portfolio", {"max_depth": 5}),
    ]


def test_search_ends_when_the_space_is_exhausted(start: Start) -> None:
    from podium_ml.algorithms import Categorical

    spec = tree_spec(search_space={"max_depth": Categorical((1, 2, 3))})
    trials = start(spec, max_trials=50).run()
    tried = [json.dumps(trial.parameters) for trial in trials]
    assert len(tried) == len(set(tried)) <= 5
    assert len(trials) < 50


def test_algorithm_without_search_space_ends_after_its_portfolio(start: Start) -> None:
    assert len(start(ALGORITHMS["baseline"], max_trials=9).run()) == 1


@pytest.mark.parametrize("max_trials", [1, 3])
def test_max_trials(start: Start, max_trials: int) -> None:
    assert len(start(tree_spec(), max_trials=max_trials).run()) == max_trials


def test_target_score_ends_the_search(start: Start) -> None:
    assert len(start(tree_spec(), target_score=0.5, max_trials=20).run()) == 1


def test_target_score_of_an_error_metric(start: Start) -> None:
    regression = {"table": make_table("regression"), "problem": make_problem("regression"), "max_trials": 4}
    assert len(start(tree_spec(), target_score=1e6, **regression).run()) == 1
    assert len(start(tree_spec(), target_score=1e-6, **regression).run()) == 4


def test_patience_counts_trials_without_improvement(start: Start) -> None:
    search = start(tree_spec(), patience=4, max_trials=100)
    trials = search.run()
    scores = [trial.score for trial in trials]
    best = max(score for score in scores if score is not None)
    assert len(trials) - scores.index(best) == 5
    assert len(trials) < 100


@pytest.mark.parametrize("name", ["logistic_regression", "lightgbm", "xgboost", "catboost"])
def test_model_of_a_large_holdout_is_the_one_that_was_scored(start: Start, tmp_path: Path, name: str) -> None:
    table = make_table("binary", rows=400)
    problem = make_problem("binary", fold_strategy="holdout", n_folds=1, n_train=10**6)
    spec, folder = ALGORITHMS[name], CandidateFolder(tmp_path / "candidate")
    start(spec, table=table, problem=problem, max_trials=1).run()
    oof, model = folder.load_oof(0), folder.load_model(0)
    assert 0 < len(oof.rows) < 200
    np.testing.assert_allclose(model.predict_raw(table.X.iloc[oof.rows]), oof.values, rtol=1e-5)
    (kept,) = folder.candidate.kept
    assert kept.fit_seconds > 0
    assert kept.predict_seconds >= 0


def test_search_without_limits_ends(start: Start) -> None:
    assert 10 < len(start(tree_spec()).run()) < 200


def test_search_ends_at_the_deadline(start: Start) -> None:
    search = start(tree_spec(), max_trials=3)
    search.run()  # imports the modules that the timed search needs
    began = time.time()
    spec = tree_spec(portfolio=[{"max_depth": depth} for depth in range(1, 9)])
    trials = start(spec, deadline=Deadline.after(2.0), time_limit=60.0, patience=10_000).run()
    assert len(trials) > 2
    assert 1.0 < time.time() - began < 4.0


def test_no_trial_starts_if_it_cannot_finish_in_time(start: Start) -> None:
    def slow(estimator: Any, X: Any, y: Any, **_: Any) -> Any:
        time.sleep(0.4)
        return estimator.fit(X, y)

    began = time.time()
    trials = start(tree_spec(slow), deadline=Deadline.after(4.0), time_limit=60.0).run()
    assert 1 <= len(trials) <= 3
    assert {trial.outcome for trial in trials} == {"complete"}
    assert time.time() - began < 4.5


def test_first_trial_completes_even_in_a_very_short_time(start: Start) -> None:
    search = start(ALGORITHMS["lightgbm"], deadline=Deadline.after(0.01), time_limit=60.0)
    assert outcomes(search) == ["complete"]
    assert search.best is not None
    assert search.best > 0.5


def test_imports_leave_the_first_fold_its_time(start: Start) -> None:
    imported: list[bool] = []
    left: list[float] = []

    def build(problem: Any, **options: Any) -> Any:
        if not imported:
            time.sleep(1.5)
            imported.append(True)
        return tree_spec().build(problem, **options)

    def fit(estimator: Any, X: Any, y: Any, *, deadline: Deadline, **_: Any) -> Any:
        left.append(deadline.remaining())
        return estimator.fit(X, y)

    spec = tree_spec(fit, build=build)
    start(spec, deadline=Deadline.after(5.0), time_limit=60.0, max_trials=1).run()
    assert left[0] > 0.5 * left[1] > 0


def test_network_of_all_rows_gets_no_more_time_than_its_folds(start: Start) -> None:
    """It used to be late by up to the whole share of the branch, and was far better than its score."""
    pytest.importorskip("torch")
    whole = Deadline.after(4.0)
    given_seconds: list[float] = []
    allowed: list[float] = []
    took: list[float] = [0.0]

    def fit(estimator: Any, *given: Any, deadline: Deadline, **more: Any) -> Any:
        began = time.time()
        given_seconds.append(deadline.remaining())
        allowed.append(max(whole.remaining(), 2.5 * max(took)))
        fitted = NETWORK.fit(estimator, *given, deadline=deadline, **more)
        took.append(time.time() - began)
        return fitted

    cost = replace(NETWORK.cost, factors={}, cheaper=())
    spec = make_spec("neural_network", fit=fit, portfolio=[{"epochs": 100_000}], cost=cost)
    start(spec, deadline=whole, time_limit=60.0, max_trials=1).run()
    assert len(allowed) == 4
    assert given_seconds[3] <= allowed[3] + 0.1


def test_slow_configuration_completes_all_folds_in_time(start: Start) -> None:
    spec = make_spec("lightgbm", portfolio=[{"learning_rate": 1e-4}])
    table = make_table("binary", rows=2000)
    began = time.time()
    search = start(spec, table=table, deadline=Deadline.after(3.0), time_limit=60.0)
    trials = search.run()
    assert trials[0].outcome == "complete"
    assert len(trials[0].fold_scores) == 3
    assert time.time() - began < 6.0


def hang(estimator: Any, X: Any, y: Any, **_: Any) -> Any:
    while True:
        time.sleep(0.01)


def hang_if_deep(estimator: Any, X: Any, y: Any, **more: Any) -> Any:
    return hang(estimator, X, y) if estimator.max_depth == 5 else estimator.fit(X, y)


def test_hanging_trial_is_interrupted_after_its_timeout(start: Start) -> None:
    began = time.time()
    search = start(tree_spec(hang_if_deep), trial_timeout=1.0, max_trials=3)
    trials = search.run()
    assert [trial.outcome for trial in trials][:2] == ["complete", "timeout"]
    assert "exceeded" in trials[1].reason
    assert time.time() - began < 6.0


def test_hanging_algorithm_is_interrupted_at_the_deadline(start: Start) -> None:
    began = time.time()
    search = start(tree_spec(hang), deadline=Deadline.after(0.6), time_limit=60.0)
    assert outcomes(search) == ["timeout"]
    assert time.time() - began < 6.0  # a first trial may be three seconds late
    assert search.best is None


def test_swallowed_interruption_is_repeated(start: Start) -> None:
    def stubborn(estimator: Any, X: Any, y: Any, **_: Any) -> Any:
        try:
            hang(estimator, X, y)
        except Exception:
            hang(estimator, X, y)

    assert outcomes(start(tree_spec(stubborn), trial_timeout=0.3, max_trials=1)) == ["timeout"]


def fail_if_deep(estimator: Any, X: Any, y: Any, **_: Any) -> Any:
    if estimator.max_depth == 5:
        raise ValueError("Too\n  deep.")
    return estimator.fit(X, y)


def test_failed_trial_is_recorded_and_the_search_continues(start: Start) -> None:
    trials = start(tree_spec(fail_if_deep), max_trials=4).run()
    assert trials[1].outcome == "failed"
    assert trials[1].reason == "ValueError: Too deep."
    assert trials[1].score is None
    assert [trials[0].outcome, trials[2].outcome in ("complete", "failed")] == ["complete", True]
    assert len(trials) == 4


def test_search_stops_if_all_trials_fail(start: Start) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError("No.")

    search = start(tree_spec(fail), deadline=Deadline.after(60), time_limit=100.0)
    trials = search.run()
    assert {trial.outcome for trial in trials} == {"failed"}
    assert len(trials) < 10
    assert search.best is None


def test_memory_error_fails_only_the_trial(start: Start) -> None:
    def greedy(estimator: Any, X: Any, y: Any, **_: Any) -> Any:
        if estimator.max_depth == 3:
            np.empty(10**15)
        return estimator.fit(X, y)

    trials = start(tree_spec(greedy), max_trials=2).run()
    assert [trial.outcome for trial in trials] == ["failed", "complete"]
    assert "memory" in trials[0].reason


def test_undefined_score_fails_the_trial(start: Start) -> None:
    table = make_table("binary")
    object.__setattr__(table, "y", np.ones(200, dtype=np.int64))
    search = start(
        tree_spec(), table=table, problem=make_problem("binary", fold_strategy="shuffled"), max_trials=1
    )
    (trial,) = search.run()
    assert trial.outcome == "failed"
    assert "undefined" in trial.reason


def test_trials_with_bad_scores_are_pruned(start: Start) -> None:
    spec = tree_spec(portfolio=[{"max_depth": depth} for depth in (3, 4, 5, 6)])
    problem = make_problem("binary", n_folds=5)
    trials = start(spec, problem=problem, max_trials=20).run()
    pruned = [trial for trial in trials if trial.outcome == "pruned"]
    assert pruned
    assert all(trial.origin == "search" and trial.score is None for trial in pruned)
    assert all(0 < len(trial.fold_scores) < 5 and "median" in trial.reason for trial in pruned)


def test_only_the_best_trials_are_kept(start: Start, tmp_path: Path) -> None:
    trials = start(tree_spec(), max_trials=8, keep=2).run()
    folder = CandidateFolder(tmp_path / "candidate")
    scores = sorted((t.score for t in trials if t.score is not None), reverse=True)
    assert [one.score for one in folder.candidate.kept] == scores[:2]
    numbers = {str(one.number) for one in folder.candidate.kept}
    assert {file.stem for file in (folder.path / "models").iterdir()} == numbers
    assert {file.stem for file in (folder.path / "oof").iterdir()} == numbers


def test_saved_ledger_equals_the_returned_trials(start: Start, tmp_path: Path) -> None:
    trials = start(tree_spec(fail_if_deep), max_trials=4).run()
    assert CandidateFolder(tmp_path / "candidate").trials() == trials


def test_progress_events(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODIUM_EVENTS", str(tmp_path / "events.jsonl"))
    start(tree_spec(), max_trials=3).run()
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert [event["event"] for event in events] == ["trial_finished"] * 3
    assert [event["number"] for event in events] == [0, 1, 2]
    best = [event["best"] for event in events]
    assert best == sorted(best)


@pytest.mark.parametrize("algorithm", ["lightgbm", "logistic_regression"])
def test_equal_seeds_give_equal_ledgers_and_predictions(start: Start, tmp_path: Path, algorithm: str) -> None:
    count = len(ALGORITHMS[algorithm].portfolio) + 2
    ledgers = [start(ALGORITHMS[algorithm], max_trials=count, seed=7, folder=name).run() for name in "ab"]
    facts = [[(t.parameters, t.outcome, t.score, t.fold_scores) for t in trials] for trials in ledgers]
    assert facts[0] == facts[1]
    first, second = (CandidateFolder(tmp_path / name) for name in "ab")
    for one, other in zip(first.candidate.kept, second.candidate.kept, strict=True):
        assert one.number == other.number
        np.testing.assert_array_equal(first.load_oof(one.number).full(), second.load_oof(other.number).full())
        X = make_table("binary", seed=5).X
        np.testing.assert_array_equal(
            first.load_model(one.number).predict_raw(X), second.load_model(other.number).predict_raw(X)
        )


def test_different_seeds_try_different_configurations(start: Start) -> None:
    ledgers = [start(tree_spec(), max_trials=5, seed=seed).run() for seed in (0, 1)]
    assert [t.parameters for t in ledgers[0]] != [t.parameters for t in ledgers[1]]


def test_undefined_fold_scores_do_not_fail_the_trial(start: Start, tmp_path: Path) -> None:
    """With time-ordered folds, all validation rows of a fold may belong to one class."""
    table = make_table("binary")
    y = table.y.copy()
    y[np.r_[50:100]] = 1
    object.__setattr__(table, "y", y)
    object.__setattr__(table, "time", np.arange(200))
    problem = make_problem("binary", fold_strategy="ordered", time_column="t")
    search = start(tree_spec(), table=table, problem=problem, max_trials=2)
    assert outcomes(search) == ["complete"] * 2
    kept = Candidate.load(tmp_path / "candidate" / "candidate.json").kept
    assert all(len(one.fold_scores) == 2 for one in kept)
    assert np.isnan(CandidateFolder(tmp_path / "candidate").load_oof(0).full()[:50]).all()


def test_fewer_rows_are_used_if_encoding_takes_too_long(start: Start) -> None:
    search = start(
        make_spec("decision_tree"),
        table=make_table("binary", rows=6000),
        deadline=Deadline.after(0.002),
        time_limit=60.0,
    )
    assert outcomes(search)[0] == "complete"
    assert "of the 4,000 training rows" in search.note
    assert start(tree_spec(), max_trials=1).note == ""
