from dataclasses import replace

import numpy as np
import pytest

from podium_ml.contracts import Problem
from podium_ml.splits.folds import make_folds

BINARY = Problem(name="p", task="binary", target="y", metric="roc_auc", columns=(), classes=(0, 1), n_folds=5)
REGRESSION = replace(BINARY, task="regression", metric="rmse", classes=(), fold_strategy="shuffled")


def labels(rows: int = 100, rare: int = 20) -> np.ndarray:
    return np.repeat([0, 1], [rows - rare, rare])


def assert_partition(folds, rows):
    assert np.array_equal(np.sort(np.concatenate([valid for _, valid in folds])), np.arange(rows))
    for train, valid in folds:
        assert not set(train) & set(valid)
        assert len(train) + len(valid) == rows


def test_stratified_folds_cover_all_rows_and_preserve_proportions():
    y = labels()
    folds = make_folds(BINARY, y=y)
    assert len(folds) == 5
    assert_partition(folds, 100)
    assert all(y[valid].sum() == 4 for _, valid in folds)


def test_folds_depend_only_on_the_seed():
    first, again = make_folds(BINARY, y=labels()), make_folds(BINARY, y=labels())
    other = make_folds(replace(BINARY, seed=1), y=labels())
    assert all(np.array_equal(a[1], b[1]) for a, b in zip(first, again, strict=True))
    assert any(not np.array_equal(a[1], b[1]) for a, b in zip(first, other, strict=True))


def test_each_repeat_uses_a_different_split():
    folds = make_folds(replace(BINARY, n_repeats=2), y=labels())
    assert len(folds) == 10
    assert_partition(folds[:5], 100)
    assert_partition(folds[5:], 100)
    assert not np.array_equal(folds[0][1], folds[5][1])


@pytest.mark.filterwarnings("error")
def test_rare_classes_cause_no_warning():
    y = labels(50, rare=2)
    assert_partition(make_folds(BINARY, y=y), 50)


def test_fewer_rows_per_class_than_folds():
    y = np.array([0, 1, 2, 3] * 3)
    problem = replace(BINARY, task="multiclass", classes=(0, 1, 2, 3), n_folds=10)
    assert_partition(make_folds(problem, y=y), 12)


@pytest.mark.parametrize("problem", [BINARY, REGRESSION])
def test_groups_stay_together(problem):
    group = np.repeat(np.arange(20), 5)
    y = np.random.default_rng(0).integers(0, 2, 100)
    folds = make_folds(replace(problem, fold_strategy="grouped"), y=y, group=group)
    assert_partition(folds, 100)
    assert all(not set(group[train]) & set(group[valid]) for train, valid in folds)


def test_fewer_groups_than_folds():
    y, group = np.tile([0, 1], 30), np.repeat([0, 1, 2], 20)
    assert len(make_folds(replace(BINARY, fold_strategy="grouped"), y=y, group=group)) == 3


def test_ordered_folds_train_only_on_earlier_rows():
    time = np.random.default_rng(0).permutation(100)
    folds = make_folds(replace(REGRESSION, fold_strategy="ordered"), y=time * 1.0, time=time)
    assert len(folds) == 5
    assert all(time[train].max() < time[valid].min() for train, valid in folds)


@pytest.mark.parametrize("moments", [2, 3, 7, 40])
def test_rows_of_one_time_are_on_one_side_of_every_fold(moments):
    random = np.random.default_rng(moments)
    time = random.permutation(np.append(random.integers(0, moments, 400), np.arange(moments)))
    folds = make_folds(replace(REGRESSION, fold_strategy="ordered"), y=time * 1.0, time=time)
    assert 1 <= len(folds) <= min(5, moments - 1)
    for train, valid in folds:
        assert time[train].max() < time[valid].min()
    assert folds[-1][1].size + folds[-1][0].size == len(time)


def test_rows_of_a_single_time_are_shuffled():
    folds = make_folds(replace(REGRESSION, fold_strategy="ordered"), y=np.arange(60.0), time=np.zeros(60))
    assert_partition(folds, 60)


def test_ordered_folds_keep_groups_together():
    random = np.random.default_rng(0)
    group = np.repeat(np.arange(50), 8)
    time = group * 10 + random.integers(0, 15, 400)  # neighbouring groups overlap
    folds = make_folds(replace(REGRESSION, fold_strategy="ordered"), y=time * 1.0, time=time, group=group)
    assert len(folds) == 5
    for train, valid in folds:
        assert not set(group[train]) & set(group[valid])
        assert time[train].max() < time[valid].max()
        assert (time[valid] < time[train].max()).mean() < 0.1


@pytest.mark.parametrize("problem", [BINARY, REGRESSION, replace(BINARY, fold_strategy="holdout")])
def test_many_small_groups_stay_together(problem):
    random = np.random.default_rng(0)
    group = random.integers(0, 3_000, 6_000)
    y = (random.random(6_000) < 0.2).astype(int)
    folds = make_folds(problem, y=y, group=group)
    assert len(folds) == (1 if problem.fold_strategy == "holdout" else 5)
    for train, valid in folds:
        assert not set(group[train]) & set(group[valid])
        assert len(train) + len(valid) == 6_000
        assert 900 < len(valid) < 1_500
        assert abs(y[valid].mean() - 0.2) < 0.03


def test_ordered_folds_with_one_training_class_are_skipped():
    time, y = np.arange(60), np.repeat([0, 1], 30)
    folds = make_folds(replace(BINARY, fold_strategy="ordered"), y=y, time=time)
    assert 0 < len(folds) < 5
    assert all(len(np.unique(y[train])) == 2 for train, _ in folds)


@pytest.mark.parametrize(
    ("problem", "y"),
    [
        (BINARY, labels()),
        (BINARY, labels(100, rare=1)),
        (REGRESSION, np.arange(100.0)),
    ],
)
def test_holdout(problem, y):
    folds = make_folds(replace(problem, fold_strategy="holdout", n_folds=1, holdout_fraction=0.2), y=y)
    assert len(folds) == 1
    assert len(folds[0][1]) == 20


def test_grouped_holdout():
    group = np.repeat(np.arange(20), 5)
    [(train, valid)] = make_folds(replace(BINARY, fold_strategy="holdout"), y=labels(), group=group)
    assert not set(group[train]) & set(group[valid])
