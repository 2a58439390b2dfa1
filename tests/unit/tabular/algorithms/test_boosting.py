import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.algorithms._boosting import Patience, known_classes, numbered

PROBLEM = Problem(name="t", task="binary", target="y", metric="log_loss", columns=(), classes=(False, True))


def test_known_classes_drops_labels_absent_from_training() -> None:
    y = np.array([0, 2, 2])
    X_valid, y_valid = np.arange(4)[:, None], np.array([0, 1, 2, 1])
    rows, labels, weights = known_classes((X_valid, y_valid, np.arange(4.0)), y)
    assert rows[:, 0].tolist() == labels.tolist() == weights.tolist() == [0, 2]
    assert known_classes((X_valid, y_valid, None), y)[2] is None
    assert known_classes((X_valid[1:2], y_valid[1:2], None), y) is None
    assert known_classes((X_valid[:0], y_valid[:0], None), y) is None
    assert known_classes(None, y) is None


def test_known_classes_does_not_change_regression_targets() -> None:
    validation = (np.zeros((2, 1)), np.array([0.5, 1.5]), None)
    assert known_classes(validation, np.array([1.0, 2.0])) is validation


def test_numbered_names_columns_by_position() -> None:
    frame = pd.DataFrame(np.zeros((1, 2)), columns=["a,b", "a,b"])
    assert list(numbered(frame)) == ["feature_0", "feature_1"]
    assert numbered(np.zeros(1)).shape == (1,)


@pytest.mark.parametrize("name", ["lightgbm", "xgboost", "catboost"])
def test_rows_with_missing_categories_are_predicted(name: str) -> None:
    """The encoder also turns unseen categories into missing values."""
    random = np.random.default_rng(0)
    dtype = pd.CategoricalDtype(["a", "b", "c"])
    X = pd.DataFrame(
        {"k": pd.Series(random.choice(["a", "b", "c"], 200), dtype=dtype), "n": random.normal(size=200)}
    )
    y = ((X["k"] == "a") ^ (X["n"] > 1)).to_numpy(dtype=np.int64)
    spec = ALGORITHMS[name]
    model = spec.fit_estimator(spec.build(PROBLEM, seed=0, n_jobs=1), X, y, deadline=Deadline.after(2))
    new = pd.DataFrame({"k": pd.Series([None, None, "a"], dtype=dtype), "n": [0.0, 0.0, np.nan]})
    probabilities = model.predict_proba(new)
    assert np.isfinite(probabilities).all()
    np.testing.assert_array_equal(probabilities[0], probabilities[1])


BOOSTERS = ["lightgbm", "xgboost", "catboost", "hist_gradient_boosting"]


@pytest.mark.parametrize("name", BOOSTERS)
def test_rows_that_teach_nothing_end_training_early(name: str) -> None:
    random = np.random.default_rng(0)
    X, noise = random.normal(size=(300, 3)), random.integers(0, 2, 300)
    spec = ALGORITHMS[name]
    model = spec.build(PROBLEM, seed=0, n_jobs=1)
    spec.fit_estimator(model, X[:200], noise[:200], validation=(X[200:], noise[200:], None))
    assert spec.rounds is not None
    assert len(spec.rounds.losses(model)) < 150
    assert spec.rounds.losses(model).argmin() < 30, "nothing can be learned from noise"


@pytest.mark.parametrize("name", BOOSTERS)
def test_weights_count_in_the_losses_on_validation_rows(name: str) -> None:
    """Half of the validation rows are wrong, and have no weight."""
    random = np.random.default_rng(0)
    X = random.normal(size=(400, 3))
    y = (X[:, 0] > 0).astype(np.int64)
    wrong = np.arange(200) % 2 == 0
    spec, losses = ALGORITHMS[name], []
    for weight in (None, np.where(wrong, 0.0, 1.0)):
        model = spec.build(PROBLEM, seed=0, n_jobs=1)
        checks = X[200:], np.where(wrong, 1 - y[200:], y[200:]), weight
        spec.fit_estimator(model, X[:200], y[:200], validation=checks)
        assert spec.rounds is not None
        losses.append(spec.rounds.losses(model).min())
    assert losses[1] < 0.3 < losses[0]


def _rounds(losses: list[float]) -> int:
    patience = Patience()
    return next(
        (round_ + 1 for round_, loss in enumerate(losses) if patience.ends(round_, loss)), len(losses)
    )


def test_fifty_rounds_without_gain_are_enough_at_first() -> None:
    assert _rounds([1.0, 0.9, *[1.0] * 200]) == 52


def test_a_loss_that_fell_for_long_may_stall_for_longer() -> None:
    falling = [1.0 - round_ / 10_000 for round_ in range(4_000)]
    assert _rounds([*falling, *[1.0] * 4_000]) == 4_000 + 500


def test_each_better_round_counts() -> None:
    stairs = [1.0 - (round_ // 40) / 100 for round_ in range(400)]
    assert _rounds(stairs) == 400
