import numpy as np

from podium_ml.training.column_ranking import Examples
from podium_ml.training.column_strengths import strengths


def examples(X: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> Examples:
    rows = len(y)
    return Examples(
        X=X.astype(np.float32),
        column=np.arange(X.shape[1]),
        Y=y.reshape(rows, -1),
        weight=np.ones(rows) if weight is None else weight,
        unit=np.arange(rows),
    )


def test_lines_and_parabolas_are_stronger_than_noise_and_constants() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 700))
    X[:, 3] = 1.0
    y = X[:, 600] + 2 * np.abs(X[:, 10]) + 0.1 * rng.normal(size=500)
    found = strengths(examples(X, y), 700)
    assert set(np.argsort(-found)[:2]) == {10, 600}
    assert found[3] == 0
    assert found.max() <= 1


def test_rows_without_weight_say_nothing() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 2))
    y = np.where(np.arange(400) < 200, X[:, 0], X[:, 1])
    weight = (np.arange(400) >= 200).astype(float)
    first, second = strengths(examples(X, y, weight), 2)
    assert second > 0.8 > 0.1 > first


def test_the_strongest_of_the_features_and_targets_of_a_column_counts() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3))
    Y = np.column_stack([rng.normal(size=300), X[:, 1]])
    made = examples(X, Y)
    found = strengths(Examples(made.X, np.array([0, 0, 1]), made.Y, made.weight, made.unit), 2)
    assert found[0] > 0.8 > 0.2 > found[1]
