"""Tests of what algorithms measure on rows that they were not fitted on, if rows belong together or have times."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.neighbors import KNeighborsRegressor

from podium_ml.algorithms import AlgorithmSpec, Related
from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Targets
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.algorithms._inner_splits import hold_out, inner_folds
from podium_ml.tabular.algorithms._margins import MarginClassifier
from podium_ml.tabular.algorithms._target_scaling import on_scaled_target
from podium_ml.training.encodings import EncodedFold
from podium_ml.training.fit import Fitter


def copies(rows: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows of noise, each four times over, their classes and what they are copies of."""
    random = np.random.default_rng(seed)
    group = np.repeat(np.arange(rows // 4), 4)
    return random.normal(size=(rows // 4, 3))[group], random.integers(0, 2, rows // 4)[group], group


def test_groups_stay_together() -> None:
    _, y, group = copies(200)
    for target in (y, y.astype(float)):
        folds = inner_folds(target, Related(group=group), count=3, seed=0)
        assert len(folds) == 3
        assert sorted(np.concatenate([valid for _, valid in folds])) == list(range(200))
        assert not any(set(group[train]) & set(group[valid]) for train, valid in folds)


@pytest.mark.parametrize("grouped", [False, True])
def test_time_goes_forward(grouped: bool) -> None:
    _, y, group = copies(200)
    time = np.random.default_rng(1).integers(0, 20, 200)
    folds = inner_folds(y, Related(group if grouped else None, time), count=3, seed=0)
    assert folds
    for train, valid in folds:
        if grouped:
            assert not set(group[train]) & set(group[valid])
        else:
            assert time[train].max() < time[valid].min()


def test_rows_that_cannot_be_split_by_groups_or_times_are_split_at_random() -> None:
    y, same = np.arange(30) % 2, np.zeros(30, dtype=np.int64)
    for related in (None, Related(same), Related(None, same), Related(same, same)):
        folds = inner_folds(y, related, count=3, seed=0)
        assert sorted(np.concatenate([valid for _, valid in folds])) == list(range(30))


@pytest.mark.parametrize("named", ["group", "time", "both"])
def test_whole_groups_or_moments_are_held_out(named: str) -> None:
    group = np.repeat(np.arange(50), 10)
    time = group // 2
    related = {"group": Related(group), "time": Related(None, time), "both": Related(group, time)}[named]
    unit = group if named == "group" else time
    kept, out = hold_out(500, related, seed=0)
    assert sorted([*kept, *out]) == list(range(500))
    assert not set(unit[kept]) & set(unit[out])
    assert 20 <= len(out) <= 50


def test_something_is_held_out_of_few_or_unequal_groups() -> None:
    for group in (np.zeros(100, dtype=np.int64), np.repeat([0, 1, 2], [90, 5, 5]), np.repeat([0, 1], 50)):
        kept, out = hold_out(100, Related(group), seed=0)
        assert min(len(kept), len(out)) >= 10
        assert len(kept) + len(out) == 100


class Memory(ClassifierMixin, RegressorMixin, BaseEstimator):
    """Knows the rows that it has seen, and nothing of others."""

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> "Memory":
        self.known_ = {row.tobytes(): value for row, value in zip(X, y, strict=True)}
        return self

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        return np.array([2.0 * self.known_.get(row.tobytes(), 0.5) - 1.0 for row in X])


def test_a_classifier_that_memorizes_copies_is_not_trusted() -> None:
    """Of copies, all margins look right; of whole groups, they say nothing."""
    X, y, group = copies(400)
    fresh = copies(400, seed=1)[0]
    model = MarginClassifier(Memory()).fit(X, y, related=Related(group))
    assert abs(model.slope_) < 0.5
    assert MarginClassifier(Memory()).fit(X, y).slope_ > 2
    assert np.abs(model.predict_proba(fresh)[:, 1] - 0.5).max() < 0.2


def test_margins_of_the_earliest_rows_do_not_count() -> None:
    """What was true of the first half is wrong in the second, so that margins of the past mean nothing."""
    random = np.random.default_rng(0)
    X, time = random.normal(size=(600, 1)), np.arange(600)
    y = ((X[:, 0] > 0) ^ (time >= 300)).astype(np.int64)
    model = MarginClassifier(Memory()).fit(X, y, related=Related(None, time))
    assert abs(model.slope_) < 0.5, "nothing is known of later rows, and fitted margins are not used"


def test_logarithmic_errors_are_measured_on_other_groups() -> None:
    """A model that finds a copy of each row makes no errors, and so would not be smeared."""
    random = np.random.default_rng(0)
    group = np.repeat(np.arange(150), 4)
    X, y = random.normal(size=(150, 3))[group], random.lognormal(0, 1, 150)[group]
    made = [
        on_scaled_target(KNeighborsRegressor(1), logarithmic=True).fit(X, y, related=related)
        for related in (None, Related(group), Related(group, np.arange(600)))
    ]
    spreads = [one.transformer_.cosh_ for one in made]
    assert spreads[0] == pytest.approx(1, abs=0.1)
    assert min(spreads[1:]) > 1.3


def test_a_logarithmic_network_holds_out_groups() -> None:
    if not ALGORITHMS["neural_network"].is_available():
        pytest.skip("not installed")
    random, spec = np.random.default_rng(0), ALGORITHMS["neural_network"]
    group = np.repeat(np.arange(100), 5)
    X = random.normal(size=(100, 4)).astype(np.float32)[group]
    y = random.lognormal(0, 1, 100)[group]
    problem = Problem("p", "regression", "y", "rmse", ())
    slopes = []
    for related in (None, Related(group)):
        model = spec.build(problem, seed=0, n_jobs=1, logarithmic=True, dropout=0.0, epochs=40)
        spec.fit_estimator(model, X, y, related=related)
        slopes.append(model.slope_)
    assert slopes[1] < slopes[0] - 0.2, "held-out copies look as if something had been learned"


class Recorder:
    """An estimator that keeps what it is told of the rows."""

    splits_inside = True
    seen: Any = None

    def fit(self, X: np.ndarray, y: np.ndarray, related: Related | None = None) -> "Recorder":
        type(self).seen = related
        self.classes_ = np.unique(y)
        return self


@pytest.mark.parametrize("strategy", ["stratified", "ordered"])
def test_fits_know_the_groups_and_times_of_their_rows(strategy: Any) -> None:
    spec = AlgorithmSpec("r", "R", frozenset({"binary"}), build=lambda problem, **_: Recorder())
    problem = Problem(
        "p", "binary", "y", "roc_auc", (), classes=(0, 1), target_type="labels", fold_strategy=strategy
    )
    y, train = np.arange(40) % 2, np.arange(5, 25)
    targets = Targets(y=y, group=np.arange(40) // 2, time=np.arange(40) * 10)
    fitter = Fitter(spec, {}, targets, problem=problem, seed=0, n_jobs=1)
    fitter.fit(
        EncodedFold(None, train, np.arange(0), np.zeros((20, 1)), np.zeros((0, 1))), deadline=Deadline()
    )
    assert Recorder.seen.group.tolist() == (train // 2).tolist()
    assert (Recorder.seen.time is not None) == (strategy == "ordered")


@pytest.mark.parametrize("name", sorted(ALGORITHMS))
@pytest.mark.parametrize("task", ["binary", "regression"])
def test_every_algorithm_accepts_related_rows(name: str, task: Any) -> None:
    spec = ALGORITHMS[name]
    if (
        task not in spec.tasks
        or not spec.is_available()
        or spec.weights
        or spec.needs in ("native", "pixels", "words")
    ):
        pytest.skip("not for this")
    X, labels, group = copies(80)
    y = labels if task == "binary" else np.exp(X[:, 0])
    classes = {"classes": (0, 1), "target_type": "labels"} if task == "binary" else {"target_type": "values"}
    problem = Problem("p", task, "y", "auto", (), **classes)
    for more in ({}, {"logarithmic": True}) if "logarithmic" in spec.search_space else ({},):
        quick = {"epochs": 2} if name in ("neural_network", "tabm") else {}
        estimator = spec.build(problem, seed=0, n_jobs=1, **more, **quick)
        model = spec.fit_estimator(estimator, X.astype(np.float32), y, related=Related(group, np.arange(80)))
        assert len(model.predict(X.astype(np.float32))) == 80
