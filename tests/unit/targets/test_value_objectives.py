"""Tests that models of values learn what their metric asks for."""

import functools
from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from podium_ml.algorithms import objective_of, relative_weight
from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Targets
from podium_ml.metrics import resolve_metric
from podium_ml.run.budget import Deadline
from podium_ml.splits.folds import make_folds
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.targets import Fitting, target_of
from podium_ml.targets._value_fitting import LogarithmModel

PROBLEM = Problem("p", "regression", "y", "rmse", (), target_type="values")
REGRESSORS = [
    name
    for name, one in ALGORITHMS.items()
    if "regression" in one.tasks
    and one.is_available()
    and not one.weights
    and one.needs not in ("pixels", "words")
]
# Algorithms whose ``build`` asks for quantiles; the others are shifted.
WITH_QUANTILES = [
    "baseline",
    "catboost",
    "hist_gradient_boosting",
    "lightgbm",
    "linear_regression",
    "neural_network",
    "ridge",
    "tabm",
    "xgboost",
]
QUICK = {
    "neural_network": {"epochs": 8},
    "tabm": {"epochs": 8, "members": 4},
    "explainable_boosting_machine": {"pairs": 0.0},
    "random_forest": {"n_estimators": 20},
    "extra_trees": {"n_estimators": 20},
}


def skewed(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return features, and positive targets with a long tail, which is longer in some places than in others."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(rows, 3)).astype(np.float32)
    return X, np.exp(2 + 0.5 * X[:, 0] + 0.7 * np.exp(0.4 * X[:, 1]) * random.normal(size=rows))


@functools.cache
def predicted(name: str, metric: str) -> np.ndarray:
    """Return the predictions for fresh rows of an algorithm that was trained for a metric."""
    problem = replace(PROBLEM, metric=metric)
    work = Fitting(
        ALGORITHMS[name],
        QUICK.get(name, {}),
        problem,
        train=skewed(800, 0),
        valid=(*skewed(300, 1), None),
        weight=None,
        seed=0,
        n_jobs=1,
        deadline=Deadline(),
    )
    target = target_of(problem)
    with threadpool_limits(1):
        return target.predict(target.fit(work), skewed(2000, 2)[0], n_outputs=1)


def ratio(name: str, metric: str) -> float:
    """Return the loss of a model that was trained for the metric, relative to that of a model of the mean."""
    y = skewed(2000, 2)[1]
    own, mean = (
        resolve_metric(metric, "regression").score(y, predicted(name, one)) for one in (metric, "rmse")
    )
    return 0.0 if np.isnan(mean) else own / mean


@pytest.mark.parametrize("name", sorted(set(WITH_QUANTILES) & set(REGRESSORS)))
def test_quantiles_are_learned(name: str) -> None:
    y = skewed(2000, 2)[1]
    for metric, level, least in (("quantile_loss_10", 0.1, 0.4), ("quantile_loss_90", 0.9, 0.95)):
        assert ratio(name, metric) < least
        assert abs((y < predicted(name, metric)).mean() - level) < 0.09
    assert ratio(name, "mae") < 0.95


@pytest.mark.parametrize("name", [name for name in REGRESSORS if ALGORITHMS[name].weighted])
def test_relative_errors_are_learned(name: str) -> None:
    assert ratio(name, "mape") < 0.8


@pytest.mark.parametrize("name", REGRESSORS)
def test_logarithmic_errors_are_learned(name: str) -> None:
    """Support vector machines minimize absolute errors, so they are close already."""
    assert ratio(name, "rmsle") < (1.03 if "svm" in name else 0.96)


@pytest.mark.parametrize("metric", ["quantile_loss_10", "quantile_loss_90", "mae", "mape"])
@pytest.mark.parametrize("name", ["random_forest", "nearest_neighbors"])
def test_models_of_the_mean_are_shifted(name: str, metric: str) -> None:
    """The shift is fitted on one half of the rows, cross-fitted, and holds for the other half."""
    y, raw = skewed(2000, 2)[1], predicted(name, "rmse")
    half, rest = slice(0, 1000), slice(1000, None)
    problem, own = replace(PROBLEM, metric=metric), resolve_metric(metric, "regression")
    folds = make_folds(replace(problem, fold_strategy="shuffled"), y=y[half])
    arguments = {"problem": problem, "metric": own, "folds": folds}
    found = target_of(problem).correct(raw[half], Targets(y=y[half]), **arguments)
    assert found.calibrator is not None
    plain = own.score(y[rest], raw[rest])
    assert own.score(y[rest], found.calibrator.calibrate(raw[rest])) < 0.97 * plain
    assert found.score == target_of(problem).decided_score(raw[half], Targets(y=y[half]), **arguments)
    level = objective_of(problem).level
    if metric.startswith("quantile"):
        assert abs((y[rest] < found.calibrator.calibrate(raw[rest])).mean() - level) < 0.07


@pytest.mark.parametrize("spread", [0.5, 1.0])
def test_totals_are_corrected_out_of_fold(spread: float) -> None:
    """Any model may miss the total: an ensemble of logarithmic ones, for example."""
    random = np.random.default_rng(0)
    logs = random.normal(size=4000)
    y, raw = np.exp(logs + spread * random.normal(size=4000)), np.exp(logs)
    half, rest = slice(0, 2000), slice(2000, None)
    found = target_of(PROBLEM).correct(
        raw[half],
        Targets(y=y[half]),
        problem=PROBLEM,
        metric=resolve_metric("rmse", "regression"),
        folds=make_folds(replace(PROBLEM, fold_strategy="shuffled"), y=y[half]),
    )
    assert raw[rest].sum() / y[rest].sum() < 0.93
    assert found.calibrator.calibrate(raw[rest]).sum() / y[rest].sum() == pytest.approx(1, abs=0.08)


@pytest.mark.parametrize("metric", ["quantile_loss_10", "quantile_loss_90", "mape"])
def test_meta_models_predict_what_the_metric_asks_for(metric: str) -> None:
    problem, own = replace(PROBLEM, metric=metric), resolve_metric(metric, "regression")
    target, y = target_of(problem), skewed(2000, 2)[1]
    inputs = target.meta_features([predicted("ridge", metric), predicted("lightgbm", metric)])
    losses = []
    for one in (problem, None):
        meta = target.make_meta(n_outputs=1, problem=one).fit(inputs[:1000], y[:1000])
        losses.append(own.score(y[1000:], target.predict(meta, inputs[1000:], n_outputs=1)))
        assert (meta.coef_ >= 0).all()
        assert len(meta.coef_) == 2
    assert losses[0] < 0.95 * losses[1]


@pytest.mark.parametrize(("metric", "level"), [("quantile_loss_10", 0.1), ("quantile_loss_90", 0.9)])
def test_as_many_targets_as_asked_for_are_below_a_quantile(metric: str, level: float) -> None:
    """Boosters that stop early predict quantiles too near to the middle, which costs little of the loss."""
    random, problem = np.random.default_rng(0), replace(PROBLEM, metric=metric)
    centre = random.normal(10, 3, size=4000)
    y, raw = centre + random.normal(size=4000), centre + np.sign(level - 0.5)
    half, rest = slice(0, 2000), slice(2000, None)
    found = target_of(problem).correct(
        raw[half],
        Targets(y=y[half]),
        problem=problem,
        metric=resolve_metric(metric, "regression"),
        folds=make_folds(replace(problem, fold_strategy="shuffled"), y=y[half]),
    )
    assert abs((y[rest] < raw[rest]).mean() - level) > 0.04
    assert abs((y[rest] < found.calibrator.calibrate(raw[rest])).mean() - level) < 0.03


def test_weights_count_in_shifts() -> None:
    random = np.random.default_rng(0)
    y = np.concatenate([random.normal(10, 1, 300), random.normal(20, 1, 300)])
    weight, raw = np.repeat([1.0, 0.0], 300), np.full(600, 12.0)
    problem = replace(PROBLEM, metric="mae")
    found = target_of(problem).correct(
        raw,
        Targets(y=y, weight=weight),
        problem=problem,
        metric=resolve_metric("mae", "regression"),
        folds=make_folds(replace(problem, fold_strategy="shuffled"), y=y),
    )
    assert found.calibrator.calibrate(raw)[0] == pytest.approx(10, abs=0.3)


def test_good_predictions_are_not_shifted() -> None:
    random = np.random.default_rng(0)
    raw = random.normal(size=500)
    targets = Targets(y=raw + random.normal(size=500))
    for name in ("rmse", "mae", "quantile_loss", "rmsle"):
        problem = replace(PROBLEM, metric=name)
        found = target_of(problem).correct(
            raw,
            targets,
            problem=problem,
            metric=resolve_metric(name, "regression"),
            folds=make_folds(replace(problem, fold_strategy="shuffled"), y=targets.y),
        )
        assert found.calibrator is None


def test_logarithms_need_values_above_minus_one() -> None:
    X, y = skewed(100, 0)
    for targets, expected in ((y, True), (y - 50, False)):
        problem = replace(PROBLEM, metric="rmsle")
        work = Fitting(
            ALGORITHMS["ridge"],
            {},
            problem,
            train=(X, targets),
            valid=(X, targets - 1000, None),
            weight=None,
            seed=0,
            n_jobs=1,
            deadline=Deadline(),
        )
        model = target_of(problem).fit(work)
        assert isinstance(model, LogarithmModel) == expected
        assert np.isfinite(model.predict(X)).all()


def test_relative_weights_are_bounded() -> None:
    weight = relative_weight(np.array([0.0, 10.0, 20.0, -20.0]), np.array([1.0, 1.0, 2.0, 1.0]))
    assert weight.mean() == pytest.approx(1)
    assert weight[1] == pytest.approx(weight[2])
    assert np.isfinite(weight).all()
    assert relative_weight(np.zeros(3), None).tolist() == [1, 1, 1]
