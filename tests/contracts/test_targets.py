"""Common tests of all target types of tables, including new files."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Targets
from podium_ml.kinds import KINDS
from podium_ml.metrics import metrics_for, resolve_metric
from podium_ml.run.budget import Deadline
from podium_ml.settings import TabularSettings
from podium_ml.splits.cross_fit import cross_fit_folds
from podium_ml.splits.folds import make_folds
from podium_ml.targets import TARGETS, Fitting, predicted_rows, target_of
from podium_ml.targets._cross_fitted import sample_rows

ROWS = 120


def table() -> pd.DataFrame:
    random = np.random.default_rng(3)
    x, z = random.normal(size=ROWS), random.normal(size=ROWS)
    labels = [
        [name for name, has in (("high", a > 0), ("wide", b > 0.5)) if has] for a, b in zip(x, z, strict=True)
    ]
    return pd.DataFrame(
        {
            "x": x,
            "z": z,
            "binary": np.where(x + 0.3 * z > 0, "yes", "no"),
            "multiclass": np.where(x > 0.5, "a", np.where(x < -0.5, "b", "c")),
            "multilabel": pd.Series(labels, dtype=object),
            "regression": 30 + 3 * x + z,
        }
    )


def problem_of(task: str) -> tuple[Problem, pd.DataFrame]:
    rows = table()[["x", "z", task]]
    inferred = KINDS["tabular"].infer_problem(rows, TabularSettings(target=task, task=task, test_fraction=0))
    return inferred.problem, inferred.train


# Series have folds and encoded targets of their own; tests/unit/forecasting covers them.
TASKS = KINDS["tabular"].tasks
CASES = sorted((name, task) for name, target in TARGETS.items() for task in target.tasks if task in TASKS)


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def case(request):
    """Return a problem with this target type, and its rows."""
    name, task = request.param
    problem, rows = problem_of(task)
    assert problem.target_type == name
    return problem, rows


@pytest.fixture
def fitted(case):
    """Fit a decision tree, and return its features, encoded targets and raw predictions."""
    problem, rows = case
    target = target_of(problem)
    X, y = rows[["x", "z"]].to_numpy(), target.encode(rows[problem.target], problem)
    work = Fitting(
        KINDS["tabular"].algorithms["decision_tree"],
        {},
        problem,
        train=(X, y),
        valid=(X, y, None),
        weight=None,
        seed=0,
        n_jobs=1,
        deadline=Deadline(),
    )
    estimator = target.fit(work)
    return X, y, target.predict(estimator, X, n_outputs=problem.n_outputs)


def test_problem_without_target_type_is_supported(case):
    problem, _ = case
    assert target_of(replace(problem, target_type="")) is target_of(problem)


def test_decoding_undoes_encoding(case):
    problem, rows = case
    target = target_of(problem)
    y = target.encode(rows[problem.target], problem)
    assert len(y) == len(rows)
    assert target.known(y).all()
    again = target.encode(pd.Series(target.decode(y, problem)), problem)
    np.testing.assert_allclose(again, y)


def test_decoded_values_have_one_type(case):
    problem, rows = case
    target = target_of(problem)
    decoded = target.decode(target.encode(rows[problem.target], problem), problem)
    column = pd.Series(target.column(decoded))
    assert column.map(type).nunique() == 1
    assert all(isinstance(target.text(value), str) for value in decoded[:5])


def test_raw_predictions_have_one_column_per_output(case, fitted):
    problem, rows = case
    target = target_of(problem)
    raw = fitted[2]
    assert raw.shape == target.zeros(len(rows), problem).shape
    assert len(target.outputs(problem)) == problem.n_outputs
    assert np.isfinite(raw).all()
    assert list(predicted_rows(raw)) == list(range(len(rows)))
    matrix = raw.reshape(len(rows), problem.n_outputs)
    np.testing.assert_array_equal(target.raw(matrix), raw)
    if target.output == "probabilities":
        assert ((raw >= 0) & (raw <= 1)).all()


def test_predicted_rows_omit_missing_predictions(case, fitted):
    raw = fitted[2].copy()
    raw[[3, 7]] = np.nan
    assert set(range(ROWS)) - set(predicted_rows(raw)) == {3, 7}


def test_decisions_are_encoded_targets(case, fitted):
    problem, _ = case
    target, (_, y, raw) = target_of(problem), fitted
    decided = target.decide(raw, None)
    assert decided.shape == y.shape
    assert len(target.decode(decided, problem)) == len(y)
    main = target.main_output(raw, None)
    assert ((main >= 0) & (main < problem.n_outputs)).all()


def test_every_metric_prefers_model_to_shuffled_predictions(case, fitted):
    problem, _ = case
    _, y, raw = fitted
    shuffled = raw[np.random.default_rng(0).permutation(len(raw))]
    for metric in metrics_for(problem.task):
        assert metric.utility(metric.score(y, raw)) > metric.utility(metric.score(y, shuffled)), metric.name


def test_default_metric_belongs_to_task(case):
    problem, _ = case
    assert resolve_metric("auto", problem.task).name == metrics_for(problem.task)[0].name


def test_folds_cover_all_rows_once(case):
    problem, rows = case
    y = target_of(problem).encode(rows[problem.target], problem)
    once = replace(problem, n_repeats=1)
    valid = np.concatenate([valid for _, valid in make_folds(once, y=y)])
    assert sorted(valid) == list(range(len(rows)))


def test_strata_are_balanced_across_folds(case):
    problem, rows = case
    target = target_of(problem)
    y = target.encode(rows[problem.target], problem)
    strata = target.strata(y)
    if strata is None:
        pytest.skip("values have no strata")
    common = np.bincount(strata).argmax()
    shares = [(strata[valid] == common).mean() for _, valid in make_folds(problem, y=y)]
    assert max(shares) - min(shares) < 0.2


def test_rows_can_be_sampled_by_ordering(case):
    problem, rows = case
    target = target_of(problem)
    order = target.ordering(target.encode(rows[problem.target], problem))
    assert order.shape == (len(rows),)
    some = sample_rows(order, np.arange(len(rows)), most=20)
    assert len(set(some)) == 20


def test_correction_does_not_lower_utility(case, fitted):
    problem, _ = case
    _, y, raw = fitted
    target, metric = target_of(problem), resolve_metric(problem.metric, problem.task)
    noisy = np.clip(raw + np.random.default_rng(1).normal(scale=0.2, size=raw.shape), 1e-6, None)
    if target.name == "labels":
        noisy /= noisy.sum(axis=1, keepdims=True)
    targets = Targets(y=y)
    folds = cross_fit_folds(problem, targets, np.arange(len(y)))
    found = target.correct(noisy, targets, problem=problem, metric=metric, folds=folds)
    assert metric.utility(found.score) >= metric.utility(metric.score(y, noisy)) - 0.01
    assert isinstance(target.decision_note(found.threshold, problem), str)


def test_meta_model_combines_two_members(case, fitted):
    problem, _ = case
    _, y, raw = fitted
    target = target_of(problem)
    inputs = target.meta_features([raw, raw * 0.5 + raw.mean(axis=0) * 0.5])
    meta = target.make_meta(n_outputs=problem.n_outputs).fit(inputs, y, sample_weight=None)
    combined = target.predict(meta, inputs, n_outputs=problem.n_outputs)
    assert combined.shape == raw.shape
    assert np.isfinite(combined).all()
    assert len(meta.coef_) == 2


def test_charts_are_json_serializable(case, fitted):
    import json

    problem, _ = case
    _, y, raw = fitted
    charts = target_of(problem).charts(problem, y, raw, threshold=None)
    assert charts
    json.dumps(charts)
