"""Tests of fitting one configuration on all folds."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Feature, FeatureSchema
from podium_ml.contracts.feature_table import FeatureTable
from podium_ml.errors import TrainingError
from podium_ml.metrics import resolve_metric
from podium_ml.run.budget import Deadline
from podium_ml.splits.folds import make_folds
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.training.encodings import Encodings
from podium_ml.training.fit import Fitter
from tests.unit import fitting
from tests.unit.training.conftest import TASKS, make_problem, make_spec, make_table, tree_spec


def bag_of(spec: Any, table: Any, problem: Any, **more: Any) -> fitting.Trained:
    folds = more.pop("folds", None) or make_folds(problem, y=table.y, group=table.group, time=table.time)
    return fitting.train(
        spec, more.pop("parameters", {}), table, problem=problem, folds=folds, seed=0, **more
    )


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("algorithm", ["random_forest", "lightgbm"])
def test_model_beats_the_baseline_on_unseen_rows(task: str, algorithm: str) -> None:
    table, problem = make_table(task), make_problem(task)
    metric = resolve_metric(problem.metric, task)
    parameters = ALGORITHMS[algorithm].portfolio[0]
    bag = bag_of(ALGORITHMS[algorithm], table, problem, parameters=parameters)
    baseline = bag_of(ALGORITHMS["baseline"], table, problem)
    assert metric.utility(bag.score) > metric.utility(baseline.score)
    assert len(bag.fold_scores) == 3
    assert len(bag.model.folds) == 1
    assert bag.oof.full().shape == ((200,) if task == "regression" else (200, problem.n_outputs))
    assert np.isfinite(bag.oof.full()).all()
    assert bag.oof.full().dtype == np.float64


@pytest.mark.parametrize("task", TASKS)
def test_out_of_fold_predictions_come_from_models_that_did_not_see_the_row(task: str) -> None:
    table, problem = make_table(task), make_problem(task)
    folds = make_folds(problem, y=table.y)
    bag = bag_of(make_spec(), table, problem, folds=folds)
    for learned, valid in folds:
        part = FeatureTable(X=table.X.iloc[learned], schema=table.schema, y=table.y[learned])
        alone = fitting.train(make_spec(), {}, part, problem=problem, folds=make_folds(problem, y=part.y))
        np.testing.assert_allclose(bag.oof.full()[valid], alone.model.predict_raw(table.X.iloc[valid]))


def test_trials_are_compared_by_their_own_thresholds() -> None:
    """At one half, a model of 8% positives predicts few of them."""
    table = make_table("regression", rows=600)
    rare = np.random.default_rng(0).random(600) < 1 / (1 + np.exp(3.5 - 1.5 * table.X["size"].to_numpy()))
    table = replace(table, y=rare.astype(np.int64))
    problem = make_problem("binary", metric="f1")
    trial = bag_of(ALGORITHMS["logistic_regression"], table, problem)
    plain = resolve_metric("f1", "binary").score(table.y, trial.oof.full())
    assert trial.score > plain + 0.05
    assert np.mean(trial.fold_scores) > plain


def test_forest_that_shies_away_from_certainty_is_sharpened() -> None:
    table, problem = make_table("multiclass", rows=400), make_problem("multiclass", n_train=400)
    table = replace(table, y=np.digitize(table.X["size"], [-0.5, 0.5]).astype(np.int64))
    deep = {"n_estimators": 32, "max_features": 0.3, "min_samples_leaf": 10}
    bag = bag_of(ALGORITHMS["extra_trees"], table, problem, parameters=deep)
    assert bag.sharpness > 1
    assert bag.model.sharpness == bag.sharpness
    plain = replace(bag.model, sharpness=1.0)
    more, less = (np.max(one.predict_raw(table.X), axis=1).mean() for one in (bag.model, plain))
    assert more > less


def test_score_is_computed_over_all_rows() -> None:
    table, problem = make_table("regression"), make_problem("regression")
    bag = bag_of(make_spec(), table, problem)
    assert bag.score == pytest.approx(np.sqrt(np.mean((bag.oof.full() - table.y) ** 2)))


def test_repeats_are_averaged() -> None:
    table = make_table("binary")
    problem = make_problem("binary", n_repeats=2)
    folds = make_folds(problem, y=table.y)
    bag = bag_of(make_spec(), table, problem, folds=folds)
    one_repeat = [bag_of(make_spec(), table, problem, folds=folds[:3])]
    second = bag_of(make_spec(), table, problem, folds=folds[3:])
    np.testing.assert_allclose(bag.oof.full(), (one_repeat[0].oof.full() + second.oof.full()) / 2)


def test_holdout_predicts_only_validation_rows() -> None:
    table, problem = make_table("multiclass"), make_problem("multiclass", fold_strategy="holdout", n_folds=1)
    folds = make_folds(problem, y=table.y)
    bag = bag_of(make_spec(), table, problem, folds=folds)
    known = ~np.isnan(bag.oof.full()[:, 0])
    assert sorted(np.flatnonzero(known)) == sorted(folds[0][1])
    assert np.isfinite(bag.score)


def test_groups_stay_together() -> None:
    table = make_table("binary")
    object.__setattr__(table, "group", np.repeat(np.arange(40), 5))
    problem = make_problem("binary", fold_strategy="grouped")
    folds = make_folds(problem, y=table.y, group=table.group)
    assert all(not set(table.group[train]) & set(table.group[valid]) for train, valid in folds)
    assert np.isfinite(bag_of(make_spec(), table, problem, folds=folds).oof.values).all()


def test_weights_are_used_and_their_scale_does_not_matter() -> None:
    plain, weighted = make_table("binary"), make_table("binary", weighted=True)
    problem, spec = make_problem("binary"), ALGORITHMS["logistic_regression"]
    thousandfold = make_table("binary", weighted=True)
    object.__setattr__(thousandfold, "weight", weighted.weight * 1000)
    bags = [bag_of(spec, table, problem) for table in (plain, weighted, thousandfold)]
    assert not np.allclose(bags[0].oof.full(), bags[1].oof.full())
    np.testing.assert_allclose(bags[1].oof.full(), bags[2].oof.full(), atol=1e-6)


def test_all_zero_weights_are_ignored() -> None:
    table = make_table("binary")
    object.__setattr__(table, "weight", np.r_[np.zeros(150), np.ones(50)])
    folds = [(np.arange(100), np.arange(100, 200))]
    assert np.isfinite(bag_of(make_spec(), table, make_problem("binary"), folds=folds).score)


@pytest.mark.parametrize("algorithm", ["lightgbm", "logistic_regression", "decision_tree", "random_forest"])
def test_class_absent_from_a_fold_gets_zero_probability(algorithm: str) -> None:
    table, problem = make_table("multiclass"), make_problem("multiclass")
    rare = np.flatnonzero(table.y == 2)
    others = np.flatnonzero(table.y != 2)
    folds = [(others[:100], np.r_[others[100:], rare]), (np.r_[others[50:], rare], others[:50])]
    parameters = dict(ALGORITHMS[algorithm].portfolio[0])
    bag = bag_of(ALGORITHMS[algorithm], table, problem, folds=folds, parameters=parameters)
    assert (bag.oof.full()[rare, 2] == 0).all()
    known = ~np.isnan(bag.oof.full()[:, 0])
    np.testing.assert_allclose(bag.oof.full()[known].sum(axis=1), 1.0)
    np.testing.assert_allclose(bag.model.predict_raw(table.X).sum(axis=1), 1.0)


def test_fold_of_one_class_predicts_that_class() -> None:
    table, problem = make_table("binary"), make_problem("binary", metric="accuracy")
    only = np.flatnonzero(table.y == 1)[:20]
    rest = np.setdiff1d(np.arange(200), only)
    bag = bag_of(ALGORITHMS["logistic_regression"], table, problem, folds=[(only, rest)])
    assert (bag.oof.full()[rest, 1] == 1).all()


@pytest.mark.parametrize("task", TASKS)
def test_row_cap_preserves_class_proportions(task: str) -> None:
    table, problem = make_table(task), make_problem(task)
    folds = make_folds(problem, y=table.y)
    encodings = Encodings(make_spec(max_rows=40), table, problem=problem, folds=folds, seed=0)
    for number, (train, valid) in enumerate(folds):
        encoded = encodings[number]
        assert len(encoded.train) == len(encoded.X_train) == 40
        assert set(encoded.train) <= set(train)
        assert len(encoded.X_valid) == len(valid)
        if task == "binary":
            assert table.y[encoded.train].mean() == pytest.approx(table.y[train].mean(), abs=0.03)


def test_row_cap_below_the_number_of_classes() -> None:
    table, problem = make_table("multiclass"), make_problem("multiclass")
    folds = make_folds(problem, y=table.y)
    encodings = Encodings(make_spec(max_rows=2), table, problem=problem, folds=folds, seed=0)
    assert len(encodings[0].train) == 2


def test_folds_are_encoded_once() -> None:
    table, problem = make_table("binary"), make_problem("binary")
    folds = make_folds(problem, y=table.y)
    encodings = Encodings(make_spec(), table, problem=problem, folds=folds, seed=0)
    first = [encodings[number] for number in range(3)]
    assert [encodings[number] for number in range(3)] == first
    encodings.all_rows()
    assert encodings.seconds_ahead(0) == 0
    encodings.limit_rows(50)
    assert len(encodings[0].train) == 50
    assert encodings.seconds_ahead(0) > 0


@pytest.mark.parametrize(("power", "growth"), [(1.0, 1.0), (0.8, 0.8), (0.1, 0.7), (2.0, 1.0)])
def test_seconds_of_encoding_grow_as_those_of_samples_do(
    power: float, growth: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, problem = make_table("binary"), make_problem("binary")
    folds = make_folds(problem, y=table.y)
    encodings = Encodings(make_spec(), table, problem=problem, folds=folds, seed=0)
    monkeypatch.setattr(encodings, "_encode_sample", lambda schema, rows, sample: sample**power)
    assert encodings.expected_seconds(0, sample=30) == pytest.approx(30**power * (200 / 30) ** growth)


def test_encoder_is_fitted_on_the_training_rows_only() -> None:
    table, problem = make_table("binary"), make_problem("binary")
    X = table.X.assign(size=table.X["size"].where(np.arange(200) >= 100, 1e6))
    object.__setattr__(table, "X", X)
    folds = [(np.arange(100, 200), np.arange(100))]
    spec = make_spec(needs="onehot")
    encodings = Encodings(spec, table, problem=problem, folds=folds, seed=0)
    assert abs(np.asarray(encodings[0].X_train)).max() < 100


class NoNumber:
    """An estimator that predicts NaN."""

    classes_ = np.array([0, 1])

    def fit(self, X: Any, y: Any) -> "NoNumber":
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        return np.full((len(X), 2), np.nan)

    def predict(self, X: Any) -> np.ndarray:
        return np.full(len(X), np.inf)


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_non_finite_predictions_raise_an_error(task: str) -> None:
    spec = tree_spec(build=lambda problem, *, seed, n_jobs: NoNumber())
    with pytest.raises(TrainingError, match="not finite"):
        bag_of(spec, make_table(task), make_problem(task))


def test_folds_share_the_time() -> None:
    left: list[float] = []

    def fit(estimator: Any, X: Any, y: Any, *, deadline: Deadline, **_: Any) -> Any:
        left.append(deadline.remaining())
        return estimator.fit(X, y)

    bag_of(tree_spec(fit), make_table("binary"), make_problem("binary"), deadline=Deadline.after(30))
    assert 3 < left[0] <= 30 / 4.5, "three folds, and a fit of all rows that counts like one and a half"
    assert left[0] <= left[1] <= left[2] <= left[3] <= 30


def test_deadline_in_the_past_still_gives_a_model() -> None:
    spec, table = ALGORITHMS["lightgbm"], make_table("binary")
    bag = bag_of(spec, table, make_problem("binary"), deadline=Deadline(1.0))
    assert np.isfinite(bag.score)


def test_fold_callback_can_stop_the_fit() -> None:
    def stop(fold: int, score: float) -> None:
        raise StopIteration(fold)

    with pytest.raises(StopIteration, match="0"):
        bag_of(make_spec(), make_table("binary"), make_problem("binary"), on_fold=stop)


def test_equal_seeds_give_equal_predictions() -> None:
    table, problem = make_table("multiclass"), make_problem("multiclass")
    first, second = (bag_of(ALGORITHMS["random_forest"], table, problem) for _ in range(2))
    np.testing.assert_array_equal(first.oof.full(), second.oof.full())
    assert first.score == second.score


def test_predictions_do_not_depend_on_row_order() -> None:
    table, problem = make_table("regression"), make_problem("regression")
    bag = bag_of(make_spec(), table, problem)
    shuffled = table.X.sample(frac=1, random_state=0)
    raw = pd.Series(bag.model.predict_raw(shuffled), index=shuffled.index).sort_index()
    np.testing.assert_allclose(raw, bag.model.predict_raw(table.X))


@pytest.mark.parametrize("algorithm", ["lightgbm", "xgboost", "catboost", "hist_gradient_boosting"])
def test_all_folds_and_the_model_share_one_number_of_rounds(algorithm: str) -> None:
    table, problem = make_table("binary"), make_problem("binary", metric="log_loss")
    bag = bag_of(ALGORITHMS[algorithm], table, problem)
    (rounds,) = bag.rounds
    assert 1 <= rounds < 500
    estimator = bag.model.folds[0].estimator
    parameter = ALGORITHMS[algorithm].rounds.parameter
    assert estimator.get_params()[parameter] == rounds


@pytest.mark.parametrize("algorithm", ["lightgbm", "xgboost", "catboost", "hist_gradient_boosting"])
def test_boosting_does_not_score_better_than_guessing_on_noise(algorithm: str) -> None:
    """Stopping each fold on the rows that score it made the area under the curve .6 on such tables."""
    areas = []
    for seed in range(12):
        random = np.random.default_rng(seed)
        X = pd.DataFrame(random.normal(size=(100, 8)), columns=[f"n{i}" for i in range(8)])
        features = tuple(Feature(name, "numeric", name, "") for name in X.columns)
        table = FeatureTable(X=X, schema=FeatureSchema(features), y=np.arange(100) % 2)
        problem = make_problem("binary", metric="roc_auc", n_folds=5, seed=seed)
        areas.append(bag_of(ALGORITHMS[algorithm], table, problem).score)
    error = np.std(areas, ddof=1) / np.sqrt(len(areas))
    assert np.mean(areas) < 0.5 + 2 * error


def test_model_of_ordered_rows_has_learned_from_the_newest() -> None:
    """The mean of models of the oldest rows missed the newest ones by a sixth of the whole range."""
    random = np.random.default_rng(0)
    days = np.arange(300)
    X = pd.DataFrame({"size": days.astype(float), "noise": random.normal(size=300), "colour": "red"})
    X["colour"] = X["colour"].astype("category")
    level = np.where(days < 250, 100.0, 200.0)
    table = FeatureTable(X=X, schema=make_table("regression").schema, y=level, time=days)
    problem = make_problem("regression", fold_strategy="ordered", n_folds=5)
    trained = bag_of(ALGORITHMS["random_forest"], table, problem)
    assert np.isnan(trained.oof.full()[:50]).all()
    assert np.isfinite(trained.oof.full()[50:]).all()
    newest = trained.model.predict_raw(X.tail(30))
    assert np.abs(newest - 200).mean() < 5


@pytest.mark.parametrize("algorithm", ["lightgbm", "xgboost", "catboost", "hist_gradient_boosting"])
def test_model_of_all_rows_has_all_rounds_however_late_it_is(algorithm: str) -> None:
    """A model with fewer rounds than the folds would be chosen by a score that it does not reach."""
    spec, table, problem = ALGORITHMS[algorithm], make_table("binary"), make_problem("binary")
    encodings = Encodings(spec, table, problem=problem, folds=[], seed=0)
    fitter = Fitter(spec, {}, table, problem=problem, seed=0, n_jobs=1)
    late = fitter.fit_all(encodings, deadline=Deadline(1.0), rounds=(30,)).model
    early = fitter.fit_all(encodings, deadline=Deadline(), rounds=(30,)).model
    np.testing.assert_allclose(late.predict_raw(table.X), early.predict_raw(table.X), rtol=1e-6)


@pytest.mark.parametrize(("deadline", "expected"), [(Deadline(), 3), (Deadline(1.0), 1)])
def test_models_with_other_seeds_only_if_there_is_time(deadline: Deadline, expected: int) -> None:
    """Several networks in a hurry are worse than a complete one."""
    spec, table, problem = ALGORITHMS["lightgbm"], make_table("binary"), make_problem("binary")
    encodings = Encodings(spec, table, problem=problem, folds=[], seed=0)
    fitter = Fitter(spec, {}, table, problem=problem, seed=0, n_jobs=1)
    model = fitter.fit_all(encodings, deadline=deadline, rounds=(30,), seeds=3).model
    assert len(model.folds) == expected
