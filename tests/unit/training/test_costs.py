"""Tests of what trials are expected to cost. The costs are given, and no test looks at a clock."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium_ml.algorithms import Cost, FitSize, power
from podium_ml.contracts import Column, ColumnProfile, Profile
from podium_ml.training import costs
from podium_ml.training.costs import (
    TrialCosts,
    TrialSize,
    planned_characters,
    planned_columns,
    planned_topics,
    run_pace,
)
from tests.unit.training.conftest import make_problem, make_spec, tree_spec

LEVER = Cost(
    1.0,
    factors={"max_depth": power(3, 1.0)},
    cheaper=({"max_depth": 2}, {"max_depth": 1}),
)
SIZE = TrialSize(rows=10_000, columns=20, classes=2, folds=5)


def trial_costs(cost: Cost = LEVER, *, size: TrialSize = SIZE, pace: float = 1.0, **spec: int) -> TrialCosts:
    return TrialCosts(tree_spec(cost=cost, **spec), size, pace=pace)


def test_cost_is_a_product() -> None:
    cost = Cost(2.0, columns=0.5, classes=1.0, regression=3.0, factors={"depth": power(4, 2.0)})
    assert cost.fit_seconds(FitSize(1_000, 20, 2), {}) == 2.0
    assert cost.fit_seconds(FitSize(3_000, 80, 2), {}) == pytest.approx(12.0)
    assert cost.fit_seconds(FitSize(1_000, 20, 6), {}) == pytest.approx(6.0)
    assert cost.fit_seconds(FitSize(1_000, 20, 1), {"depth": 8}) == pytest.approx(24.0)
    assert cost.fit_seconds(FitSize(1_000, 20, 2), {"depth": None}) == 2.0
    assert Cost(2.0, flat_columns=0.9).fit_seconds(FitSize(1_000, 40, 2), {}) == pytest.approx(2.2)


def test_threads_divide_the_parallel_part() -> None:
    cost, size = Cost(1.0, parallel=0.5), FitSize(1_000, 20, 2)
    assert cost.fit_seconds(size, {}, threads=2) == pytest.approx(0.75)


def test_trial_fits_every_fold_and_all_rows() -> None:
    five, holdout = (trial_costs(size=TrialSize(1_000, 20, 2, folds)).usual({}) for folds in (5, 1))
    assert 6.0 < five < 7.0
    assert 2.0 < holdout < 3.0


def test_model_of_a_holdout_is_not_fitted_again() -> None:
    one, two = (trial_costs(size=TrialSize(1_000, 20, 2, 1, kept=kept)).usual({}) for kept in (True, False))
    assert one < two / 1.8


def test_whole_table_is_read_however_few_rows_are_learned_from() -> None:
    small, large = (
        trial_costs(
            size=TrialSize(rows, 20, 2, 1, table_columns=20, table_rows=rows), max_rows=50_000
        ).first()
        for rows in (50_000, 1_000_000)
    )
    assert large > small + 1.5


def test_sets_of_labels_need_a_model_a_label() -> None:
    one = trial_costs(size=TrialSize(1_000, 20, 2, 5)).usual({})
    assert trial_costs(size=TrialSize(1_000, 20, 2, 5, models=8)).usual({}) > 7 * one


def test_all_labels_at_once_need_one_model() -> None:
    size = TrialSize(1_000, 20, 2, 5, models=8)
    spec = tree_spec(cost=LEVER, joint_labels=True)
    assert TrialCosts(spec, size).usual({}) < trial_costs(size=size).usual({}) / 7


def test_expectation_follows_the_trials_of_the_branch() -> None:
    made = trial_costs(pace=2.0)
    usual = made.usual({})
    assert made.expected({}) == pytest.approx(2 * usual)
    for ratio in (3.0, 5.0, 4.0):
        made.learn({"max_depth": 1}, ratio * made.usual({"max_depth": 1}))
    assert made.expected({}) == pytest.approx(4 * usual)


def test_short_time_means_a_cheaper_configuration_and_then_fewer_rows() -> None:
    made = trial_costs()
    usual = made.usual({})
    assert made.within(1.01 * usual, {}) == ({}, 10_000)
    assert made.within(0.9 * usual, {"ccp_alpha": 0.1}) == ({"ccp_alpha": 0.1, "max_depth": 2}, 10_000)
    assert made.within(0.4 * usual, {}) == ({"max_depth": 1}, 10_000)
    parameters, rows = made.within(0.1 * usual, {})
    assert parameters == {"max_depth": 1}
    assert 1_000 < rows < 5_000
    assert made.within(0.0, {}) == ({"max_depth": 1}, 1_000)


def test_algorithm_that_learns_in_rounds_keeps_half_of_the_rows() -> None:
    spec = make_spec("lightgbm")
    assert TrialCosts(spec, SIZE).within(0.0, {}) == (dict(spec.cost.cheaper[-1]), 5_000)


def test_default_that_grows_with_the_classes_is_no_saving() -> None:
    """The default learning rate for many classes is 0.15, so that 0.1 would take longer."""
    made = TrialCosts(make_spec("lightgbm"), TrialSize(10_000, 20, 26, 5))
    assert made.usual({"learning_rate": 0.1}) > made.usual({})
    assert made.within(0.99 * made.usual({}), {})[0] != {"learning_rate": 0.1}


def test_cheaper_configuration_never_costs_more() -> None:
    """A configuration that is cheap already stays as it is."""
    assert trial_costs().within(0.0, {"max_depth": 1})[0] == {"max_depth": 1}


@given(st.floats(0.01, 1e4), st.integers(10, 10**7), st.integers(1, 2_000), st.floats(0.2, 5.0))
def test_trial_within_some_seconds_takes_no_longer_if_any_can(
    seconds: float, rows: int, columns: int, pace: float
) -> None:
    made = trial_costs(size=TrialSize(rows, columns, 2, 5), pace=pace)
    parameters, used = made.within(seconds, {})
    fewest = min(rows, max(1_000, rows // 10))
    possible = made.expected({"max_depth": 1}, rows=fewest) <= seconds
    assert fewest <= used <= rows
    assert not possible or made.expected(parameters, rows=used) <= seconds


def test_algorithm_that_limits_its_rows_costs_no_more_on_large_tables() -> None:
    usual = [trial_costs(size=TrialSize(rows, 20, 2, 5), max_rows=5_000).usual({}) for rows in (5_000, 10**6)]
    assert usual[0] == usual[1]


def test_first_trial_includes_imports() -> None:
    assert trial_costs(Cost(1.0, start=9.0)).first() > trial_costs(Cost(1.0)).first() + 8.9


def test_columns_of_encodings() -> None:
    kinds = {"a": "numeric", "b": "categorical", "c": "datetime", "d": "text"}
    problem = make_problem("binary", columns=tuple(Column(n, r, "any") for n, r in kinds.items()))  # type: ignore[arg-type]
    profile = Profile(rows=10, columns=(ColumnProfile("b", "categorical", 0.0, unique=12),))
    assert planned_columns(problem, profile, "onehot") == planned_columns(problem, profile, "native") + 11
    assert planned_columns(problem, Profile(rows=10, columns=()), "onehot") > 3


def test_branch_learns_the_pace_from_the_other_branches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(costs, "machine_pace", lambda: 1.5)
    path = tmp_path / "events.jsonl"
    monkeypatch.setenv("PODIUM_EVENTS", str(path))
    assert run_pace() == 1.5
    usual = [(0.01, 9.0, "complete"), (1.0, 50.0, "timeout"), *[(1.0, 3.0, "complete")] * 5]
    events = [
        {"event": "trial_finished", "usual": one, "seconds": seconds, "outcome": outcome}
        for one, seconds, outcome in usual
    ]
    path.write_text("\n".join(map(json.dumps, events)))
    assert run_pace() == 3.0


def test_pace_of_the_machine_is_bounded() -> None:
    assert 0.4 <= costs.machine_pace() <= 4.0


@pytest.mark.parametrize(("patience", "pace"), [(0.0, 3.0), (0.4, 3.0), (60.0, 1.0)])
def test_pace_waits_for_other_work_to_end(
    patience: float, pace: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The imports of the run's own processes say nothing about the trials, but work that goes on does."""
    usual = costs._USUAL_WORK
    ends = time.perf_counter() + 1.0

    def work() -> tuple[float, float]:
        return (usual if time.perf_counter() > ends else 3 * usual), usual

    monkeypatch.setattr(costs, "_work", work)
    assert costs.machine_pace(patience) == pytest.approx(pace)
    assert time.perf_counter() < ends + 1.0


def test_long_texts_take_longer_to_encode_and_have_more_terms() -> None:
    problem = make_problem("binary", columns=(Column("d", "text", "any"),))
    short, long = (Profile(10, (ColumnProfile("d", "text", 0.0, 10, mean=mean),)) for mean in (50.0, 2_000.0))
    assert planned_columns(problem, long, "tfidf") > 20 * planned_columns(problem, short, "tfidf")
    assert planned_columns(problem, long, "onehot") == planned_columns(problem, short, "onehot")
    first = [
        trial_costs(
            size=TrialSize(3_000, 20, 2, 5, characters=planned_characters(problem, one, "tfidf"))
        ).first()
        for one in (short, long)
    ]
    assert first[1] > first[0] + 2


def test_reading_a_wide_table_costs_time_in_each_fold() -> None:
    def first(columns: int, folds: int) -> float:
        size = TrialSize(rows=1_000, columns=500, classes=2, folds=folds, table_columns=columns)
        return TrialCosts(make_spec("logistic_regression"), size).first()

    assert first(5_000, 3) > first(900, 3) + 2.0
    assert first(5_000, 5) - first(5_000, 3) > first(900, 5) - first(900, 3) + 0.5


def test_topics_of_texts_take_time_in_every_fold() -> None:
    problem = make_problem("binary", columns=(Column("d", "text", "any"),))
    assert [planned_topics(problem, needs) for needs in ("ordinal", "native", "tfidf", "words")] == [
        1,
        1,
        0,
        0,
    ]
    plain, topics = (trial_costs(size=TrialSize(3_000, 20, 2, 5, topics=count)).first() for count in (0, 1))
    assert 0.5 < topics - plain < 2


def test_baseline_reads_no_text() -> None:
    problem = make_problem("binary", columns=(Column("d", "text", "any"),))
    profile = Profile(10, (ColumnProfile("d", "text", 0.0, 10, mean=2_000.0),))
    assert planned_characters(problem, profile, "nothing") == 0
    assert planned_columns(problem, profile, "nothing") == 1
