"""Tests of trials that choose their columns."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Feature, FeatureSchema
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.run.budget import Deadline
from podium_ml.splits.folds import make_folds
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.training.column_choices import ALL_ROWS, ColumnChoices
from podium_ml.training.cross_validation import cross_validate
from podium_ml.training.encodings import Encodings
from podium_ml.training.fit import Fitter
from podium_ml.training.search import Search
from tests.unit.training.conftest import TASKS, make_problem, make_spec, make_table

Start = Callable[..., Search]


def with_noise(table: FeatureTable, columns: int, *, seed: int = 1) -> FeatureTable:
    """Return a table with further columns that say nothing."""
    noise = np.random.default_rng(seed).normal(size=(len(table.y), columns))
    added = pd.DataFrame(noise, columns=[f"noise_{at}" for at in range(columns)])
    features = tuple(Feature(name, "numeric", name, "the number") for name in added)
    schema = FeatureSchema((*table.schema.features, *features))
    return replace(table, X=table.X.join(added), schema=schema)


def make_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tables of more than twelve columns be wide, whose ten strongest columns are used."""
    monkeypatch.setattr("podium_ml.training.column_choices._MOST_COLUMNS", 12)
    monkeypatch.setattr("podium_ml.training.column_choices._STRONGEST", 10)


def pure_noise(rows: int, columns: int) -> FeatureTable:
    table = with_noise(make_table("binary", rows=rows), columns)
    y = np.random.default_rng(2).permutation(np.arange(rows) % 2)
    return replace(table, X=table.X.iloc[:, 3:], y=y, schema=FeatureSchema(table.schema.features[3:]))


def choices_of(table: FeatureTable, task: str = "binary") -> ColumnChoices:
    problem = make_problem(task)
    folds = make_folds(problem, y=table.y, group=table.group, time=table.time)
    return ColumnChoices(table, problem=problem, folds=folds, seed=0)


@pytest.mark.parametrize("task", TASKS)
def test_noise_columns_are_left_out(task: str) -> None:
    choices = choices_of(with_noise(make_table(task, rows=300, weighted=True), 40), task)
    choice = choices.describe("relevant")
    assert choice.used[0] == "size"
    assert {"size", "colour"} <= set(choice.used)
    assert len(choice.irrelevant) > 30
    assert {*choice.used, *choice.irrelevant} == {
        feature.source for feature in choices.schema("all", 0).features
    }
    shortest = choices.describe("shortest")
    assert set(shortest.used) | set(shortest.spare) == set(choice.used)
    assert shortest.used[0] == "size"


def test_of_a_wide_table_the_strongest_columns_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    table = with_noise(make_table("binary", rows=300), 40)
    assert choices_of(table).widest == "all"
    make_wide(monkeypatch)
    choices = choices_of(table)
    assert choices.widest == "strongest"
    choice = choices.describe("strongest")
    assert len(choice.used) == 10
    assert "size" in choice.used
    assert choice.weak == len(table.schema.sources) - 10
    ranked = choices.describe("relevant")
    assert set(ranked.used) | set(ranked.irrelevant) == set(choice.used)
    assert ranked.weak == choice.weak


def test_all_features_of_a_column_are_chosen_together() -> None:
    table = with_noise(make_table("binary", rows=300), 10)
    doubled = Feature("size squared", "numeric", "size", "its square")
    X = table.X.assign(**{"size squared": table.X["size"] ** 2})
    table = replace(table, X=X, schema=FeatureSchema((*table.schema.features, doubled)))
    schema = choices_of(table).schema("relevant", ALL_ROWS)
    assert {"size", "size squared"} <= {feature.name for feature in schema.features}


@pytest.mark.parametrize("rule", ["strongest", "relevant", "shortest"])
def test_each_fold_chooses_without_the_rows_that_score_it(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_wide(monkeypatch)
    table = with_noise(make_table("binary", rows=300), 20)
    problem = make_problem("binary")
    folds = make_folds(problem, y=table.y)
    y, X = table.y.copy(), table.X.copy()
    y[folds[0][1]] = 1 - y[folds[0][1]]
    X.loc[folds[0][1], "size"] = 1e6
    other = replace(table, X=X, y=y)
    first, second = (ColumnChoices(one, problem=problem, folds=folds, seed=0) for one in (table, other))
    assert first.schema(rule, 0) == second.schema(rule, 0)  # type: ignore[arg-type]
    assert first.describe("relevant") != second.describe("relevant")
    assert first.describe("relevant", 0) == second.describe("relevant", 0)
    assert set(first.describe("relevant", 0).used) == set(first.schema("relevant", 0).sources)


def test_selection_finds_nothing_in_pure_noise() -> None:
    rows = 200
    table, spec = pure_noise(rows, 300), make_spec("logistic_regression")
    problem = make_problem("binary", n_folds=5)
    folds = make_folds(problem, y=table.y)
    choices = ColumnChoices(table, problem=problem, folds=folds, seed=0)

    def score(table: FeatureTable, choices: ColumnChoices | None) -> float:
        encodings = Encodings(spec, table, problem=problem, folds=folds, seed=0, choices=choices)
        encodings.choose("relevant" if choices else "all")
        fitter = Fitter(spec, {}, table, problem=problem, seed=0, n_jobs=1)
        return cross_validate(fitter, encodings).score

    chance = 2 * np.sqrt((rows + 1) / (12 * (rows / 2) ** 2))
    honest = score(table, choices)
    assert honest < 0.5 + chance
    # Columns that were chosen with the rows that score them would seem to predict something.
    assert score(replace(table, schema=choices.schema("relevant", ALL_ROWS)), None) > max(0.55, honest)


@pytest.mark.parametrize("name", ["nearest_neighbors", "decision_tree"])
def test_noise_columns_cost_little(start: Start, tmp_path: Path, name: str) -> None:
    clean, spec = make_table("binary", rows=300), make_spec(name, portfolio=[{}], search_space={})
    without = start(spec, table=clean, max_trials=1).run()[0].score
    search = start(spec, table=with_noise(clean, 40), max_trials=4)
    trials = search.run()
    assert [(one.origin, one.columns) for one in trials][:2] == [
        ("portfolio", "all"),
        ("features", "relevant"),
    ]
    scores = [one.score for one in trials if one.score is not None]
    assert without is not None
    assert max(scores) == search.best
    assert max(scores) > scores[0]
    assert max(scores) > 0.98 * without
    (best, *_) = CandidateFolder(tmp_path / "candidate").candidate.kept
    assert best.columns.how != "all"
    assert len(best.columns.used) < 12
    model = CandidateFolder(tmp_path / "candidate").load_model(best.number)
    assert set(model.folds[0].encoder.schema.sources) == set(best.columns.used)


def test_portfolio_goes_on_with_the_better_columns(start: Start) -> None:
    spec = make_spec("nearest_neighbors", portfolio=[{}, {"n_neighbors": 9}])
    trials = start(spec, table=with_noise(make_table("binary", rows=300), 40), max_trials=6).run()
    assert [one.columns for one in trials[:3]] == ["all", "relevant", "relevant"]
    assert all(one.columns != "all" for one in trials[3:])
    assert trials[-1].origin == "search"


def test_columns_are_not_chosen_without_time(start: Start) -> None:
    spec = make_spec("decision_tree")
    table = with_noise(make_table("binary", rows=300), 40)
    trials = start(spec, table=table, deadline=Deadline.after(0.5), time_limit=60.0).run()
    assert {one.columns for one in trials} == {"all"}


def test_baseline_chooses_no_columns(start: Start) -> None:
    table = with_noise(make_table("binary", rows=300), 40)
    assert len(start(make_spec("baseline"), table=table, max_trials=5).run()) == 1


@pytest.mark.parametrize(("name", "columns"), [("baseline", "all"), ("decision_tree", "strongest")])
def test_models_of_wide_tables_use_their_strongest_columns(
    start: Start, monkeypatch: pytest.MonkeyPatch, name: str, columns: str
) -> None:
    make_wide(monkeypatch)
    table = with_noise(make_table("binary", rows=300), 40)
    trials = start(make_spec(name), table=table, max_trials=1).run()
    assert [one.columns for one in trials] == [columns]


@pytest.mark.parametrize("kind", ["group", "time"])
def test_grouped_and_ordered_rows(kind: str) -> None:
    table = with_noise(make_table("binary", rows=300), 20)
    table = replace(table, **{kind: np.arange(300) // 5})
    assert "size" in choices_of(table).describe("relevant").used


def test_missing_values_and_constant_columns() -> None:
    table = with_noise(make_table("regression", rows=300), 10)
    X = table.X.assign(noise_0=np.nan, noise_1=1.0)
    choice = choices_of(replace(table, X=X), "regression").describe("relevant")
    assert {"noise_0", "noise_1"} <= set(choice.irrelevant)


def test_equal_seeds_choose_equally() -> None:
    table = with_noise(make_table("multiclass", rows=300), 20)
    assert choices_of(table, "multiclass").describe("shortest") == choices_of(table, "multiclass").describe(
        "shortest"
    )


def test_failed_ranking_does_not_end_the_search(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(ColumnChoices, "_of", fail)
    trials = start(make_spec("decision_tree"), table=with_noise(make_table("binary"), 40), max_trials=3).run()
    assert {(one.outcome, one.columns) for one in trials} == {("complete", "all")}
