"""Common tests of all registered algorithms, including new files in ``podium_ml/tabular/algorithms``."""

import functools
import inspect
import json
import pickle
import re
import subprocess
import sys
import time
import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from podium_ml.algorithms import AlgorithmSpec, Categorical, FitSize, Float, Int
from podium_ml.contracts import Problem
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.encoders import PixelRows, WordRows
from podium_ml.values.quantities import parse_size

# Those that learn on from the user's weights have tests with tiny ones.
AVAILABLE = {name: spec for name, spec in ALGORITHMS.items() if spec.is_available() and not spec.weights}
CASES = [(name, task) for name, spec in AVAILABLE.items() for task in sorted(spec.tasks)]
CLASSIFIERS = [case for case in CASES if case[1] != "regression"]
# Parameters that speed up the tests.
QUICK = {
    "bag_of_words_network": {"epochs": 30},
    "text_convolutional_network": {"epochs": 16, "width": 32},
    "convolutional_network": {"epochs": 12, "width": 8},
    "neural_network": {"epochs": 12},
    "tabm": {"epochs": 12, "members": 8},
    "explainable_boosting_machine": {"pairs": 0.0},
}
BINS = 4  # words of a number
N_TRAIN, N_VALID, N_TEST = 150, 50, 200

every_case = pytest.mark.parametrize(("name", "task"), CASES)
every_classifier = pytest.mark.parametrize(("name", "task"), CLASSIFIERS)
every_algorithm = pytest.mark.parametrize("name", list(AVAILABLE))


@dataclass(frozen=True)
class Data:
    """An easy problem: the target depends on three numbers and a category, and one number is noise."""

    problem: Problem
    X: Any
    y: np.ndarray

    def part(self, start: int, stop: int) -> tuple[Any, np.ndarray]:
        rows = self.X.iloc[start:stop] if isinstance(self.X, pd.DataFrame) else self.X[start:stop]
        return rows, self.y[start:stop]

    @property
    def train(self) -> tuple[Any, np.ndarray]:
        return self.part(0, N_TRAIN)

    @property
    def valid(self) -> tuple[Any, np.ndarray, None]:
        return *self.part(N_TRAIN, N_TRAIN + N_VALID), None

    @property
    def test(self) -> tuple[Any, np.ndarray]:
        return self.part(N_TRAIN + N_VALID, N_TRAIN + N_VALID + N_TEST)


@functools.cache
def easy(task: str, needs: str, rows: int = N_TRAIN + N_VALID + N_TEST) -> Data:
    random = np.random.default_rng(7)
    numbers = random.normal(size=(rows, 4))
    levels = random.integers(0, 3, rows)
    signal = 2 * numbers[:, 0] + numbers[:, 1] - numbers[:, 2] + np.array([-1.5, 0.0, 1.5])[levels]
    if task == "regression":
        y = 50 + 10 * signal + random.normal(size=rows)
    else:
        y = np.digitize(signal, [0.0] if task == "binary" else [-1.5, 1.5]).astype(np.int64)
    classes = {"binary": ("no", "yes"), "multiclass": ("high", "low", "middle"), "regression": ()}[task]
    metric = "rmse" if task == "regression" else "log_loss"
    problem = Problem(name="easy", task=task, target="y", metric=metric, columns=(), classes=classes)
    return Data(problem, encode(numbers, levels, needs, random), y)


def encode(numbers: np.ndarray, levels: np.ndarray, needs: str, random: np.random.Generator) -> Any:
    """Encode as the encoders do: only ``native`` and ``ordinal`` keep missing values."""
    missing = random.random(numbers.shape) < 0.03
    holes = np.where(missing, np.nan, numbers).astype(np.float32)
    if needs == "native":
        frame = pd.DataFrame(holes, columns=["a [1]", "b:{}", "c,<", "größe 😀"])
        texts = pd.Series(np.array(["red", "green", "blue"], dtype=object)[levels])
        return frame.assign(
            colour=texts.mask(missing[:, 0]).astype(pd.CategoricalDtype(["blue", "green", "red"]))
        )
    if needs == "pixels":
        return PixelRows(pictures_of(numbers), np.eye(3)[levels].astype(np.float32))
    if needs == "words":
        return WordRows(words_of(numbers), np.eye(3)[levels].astype(np.float32), 2 + BINS * numbers.shape[1])
    if needs == "ordinal":
        return np.column_stack([holes, np.where(missing[:, 0], np.nan, levels)]).astype(np.float32)
    return np.column_stack([numbers, np.eye(3)[levels]]).astype(np.float32)


def pictures_of(numbers: np.ndarray) -> np.ndarray:
    """Return grey pictures whose quarters are the brighter, the greater four numbers are."""
    quarters = np.clip(128 + 40 * numbers, 0, 255).astype(np.uint8).reshape(-1, 2, 2)
    return quarters.repeat(8, axis=1).repeat(8, axis=2)[..., None]


def words_of(numbers: np.ndarray) -> np.ndarray:
    """Return a word for each number, which says what range it is in."""
    ranges = np.clip(np.floor(numbers) + BINS // 2, 0, BINS - 1).astype(np.int32)
    return 2 + ranges + BINS * np.arange(numbers.shape[1], dtype=np.int32)


def twice(X: Any) -> Any:
    if isinstance(X, PixelRows | WordRows):
        return X[np.tile(np.arange(len(X)), 2)]
    return np.concatenate([X] * 2)


def build(name: str, problem: Problem, *, seed: int = 0, **parameters: Any) -> Any:
    parameters = {**QUICK.get(name, {}), **parameters}
    return ALGORITHMS[name].build(problem, seed=seed, n_jobs=1, **parameters)


def fit(
    name: str, data: Data, *, y: np.ndarray | None = None, validate: bool = True, **arguments: Any
) -> Any:
    """Build and fit the algorithm's first configuration on the training rows."""
    spec = ALGORITHMS[name]
    X, labels = data.train
    estimator = build(name, data.problem, **spec.portfolio[0])
    validation = data.valid if validate else None
    return spec.fit_estimator(estimator, X, labels if y is None else y, validation=validation, **arguments)


def predict(estimator: Any, problem: Problem, X: Any) -> np.ndarray:
    return estimator.predict_proba(X) if problem.is_classification else estimator.predict(X)


def losses(prediction: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the log loss or squared error of each row."""
    if prediction.ndim == 2:
        return -np.log(np.clip(prediction[np.arange(len(y)), y], 1e-6, 1))
    return (prediction - y) ** 2


def assert_valid(prediction: np.ndarray, problem: Problem, rows: int) -> None:
    shape = (rows, len(problem.classes)) if problem.is_classification else (rows,)
    assert prediction.shape == shape
    assert np.isfinite(prediction).all()
    if problem.is_classification:
        assert (prediction >= 0).all()
        np.testing.assert_allclose(prediction.sum(axis=1), 1, atol=1e-5)


@functools.cache
def fitted(name: str, task: str) -> Any:
    return fit(name, easy(task, ALGORITHMS[name].needs))


@every_case
def test_predictions_fit_the_task(name: str, task: str) -> None:
    data = easy(task, ALGORITHMS[name].needs)
    assert_valid(predict(fitted(name, task), data.problem, data.test[0]), data.problem, N_TEST)


@pytest.mark.parametrize(("name", "task"), [case for case in CASES if case[0] != "baseline"])
def test_beats_the_baseline_on_an_easy_problem(name: str, task: str) -> None:
    data = easy(task, ALGORITHMS[name].needs)
    X, y = data.test
    constant = predict(fitted("baseline", task), data.problem, X)
    own = predict(fitted(name, task), data.problem, X)
    assert losses(own, y).mean() < 0.9 * losses(constant, y).mean()


@every_case
def test_follows_sample_weights_without_validation_rows(name: str, task: str) -> None:
    """Most rows have a wrong target and a negligible weight."""
    data = easy(task, ALGORITHMS[name].needs)
    y = data.train[1]
    wrong = np.arange(N_TRAIN) % 5 < 3
    taught, weight = np.where(wrong, opposite(y, data.problem), y), np.where(wrong, 0.01, 1.0)
    model = fit(name, data, y=taught, validate=False, sample_weight=weight / weight.mean())
    prediction = predict(model, data.problem, data.test[0])
    assert_valid(prediction, data.problem, N_TEST)
    if ALGORITHMS[name].weighted and name != "baseline":
        truth = data.test[1]
        right = agreement(prediction, truth)
        assert right > agreement(prediction, opposite(truth, data.problem)) + 0.1
        assert right > 0.5 or task == "multiclass"  # Of three classes, a third is right by chance.


def opposite(y: np.ndarray, problem: Problem) -> np.ndarray:
    """Return wrong targets: the next class, or the value on the other side of the mean."""
    return (y + 1) % len(problem.classes) if problem.is_classification else 2 * y.mean() - y


def agreement(prediction: np.ndarray, y: np.ndarray) -> float:
    if prediction.ndim == 2:
        return float((prediction.argmax(axis=1) == y).mean())
    return float(np.corrcoef(prediction, y)[0, 1])


@every_case
def test_equal_seeds_give_equal_predictions(name: str, task: str) -> None:
    data = easy(task, ALGORITHMS[name].needs)
    again = predict(fit(name, data), data.problem, data.test[0])
    first = predict(fitted(name, task), data.problem, data.test[0])
    if ALGORITHMS[name].deterministic:
        np.testing.assert_array_equal(again, first)
    else:
        np.testing.assert_allclose(again, first, rtol=0.05)


@every_case
def test_survives_pickling(name: str, task: str) -> None:
    data = easy(task, ALGORITHMS[name].needs)
    model = fitted(name, task)
    written = pickle.dumps(model)
    assert len(written) < 3_000_000
    X = data.test[0]
    loaded = pickle.loads(written)
    np.testing.assert_array_equal(predict(loaded, data.problem, X), predict(model, data.problem, X))


def matrix(X: Any) -> Any:
    """Return rows as the encoders encode them for predictions: float32, categories as codes, NaN for missing."""
    if isinstance(X, PixelRows | WordRows):
        return X
    if not isinstance(X, pd.DataFrame):
        return np.asarray(X)
    codes = {
        n: c.cat.codes.where(c.notna()) if isinstance(c.dtype, pd.CategoricalDtype) else c
        for n, c in X.items()
    }
    return pd.DataFrame(codes).to_numpy(dtype=np.float32)


@every_case
def test_matrix_predicts_like_a_data_frame(name: str, task: str) -> None:
    data, model = easy(task, ALGORITHMS[name].needs), fitted(name, task)
    X = data.test[0]
    expected = predict(model, data.problem, X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = predict(pickle.loads(pickle.dumps(model)), data.problem, matrix(X))
        # More rows than ``few_rows`` has in mind.
        many = predict(model, data.problem, twice(matrix(X)))
    tolerance = 1e-7 * max(1, np.abs(expected).max())
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=tolerance)
    np.testing.assert_allclose(many[N_TEST:], expected, rtol=1e-6, atol=tolerance)


@every_case
def test_one_row_predicts_like_many(name: str, task: str) -> None:
    data, model = easy(task, ALGORITHMS[name].needs), fitted(name, task)
    X = matrix(data.test[0])
    together = predict(model, data.problem, X)
    alone = np.concatenate([predict(model, data.problem, X[[at]]) for at in range(20)])
    np.testing.assert_allclose(alone, together[:20], rtol=1e-5, atol=1e-7 * max(1, np.abs(together).max()))


@every_case
def test_respects_deadline(name: str, task: str) -> None:
    """The test measures CPU time, which does not depend on the load of the machine."""
    spec = ALGORITHMS[name]
    rows = min(4000, spec.max_rows or 4000)
    data = easy(task, spec.needs, rows)
    estimator = spec.build(data.problem, seed=0, n_jobs=1, **spec.portfolio[0])
    X, y = data.part(0, rows - 500)
    began = time.process_time()
    model = spec.fit_estimator(
        estimator, X, y, validation=(*data.part(rows - 500, rows), None), deadline=Deadline.after(0.2)
    )
    assert time.process_time() - began < 2.0
    assert_valid(predict(model, data.problem, data.part(0, 50)[0]), data.problem, 50)


@every_case
def test_expired_deadline_still_returns_model(name: str, task: str) -> None:
    data = easy(task, ALGORITHMS[name].needs)
    model = fit(name, data, deadline=Deadline(time.time() - 1))
    assert_valid(predict(model, data.problem, data.test[0]), data.problem, N_TEST)


@every_case
def test_is_silent(name: str, task: str, capfd: pytest.CaptureFixture[str]) -> None:
    data = easy(task, ALGORITHMS[name].needs)
    with warnings.catch_warnings():
        for category in (UserWarning, RuntimeWarning, FutureWarning):
            warnings.simplefilter("error", category)
        model = fit(name, data, deadline=Deadline.after(0.2))
        predict(model, data.problem, data.test[0])
    assert capfd.readouterr() == ("", "")


@every_classifier
def test_handles_class_that_occurs_only_in_validation_rows(name: str, task: str) -> None:
    """The training rows contain the classes 0 and 2, but not 1."""
    data = easy("multiclass", ALGORITHMS[name].needs)
    data = replace(data, y=np.where((data.y == 1) & (np.arange(len(data.y)) < N_TRAIN), 2, data.y))
    model = fit(name, data, deadline=Deadline.after(0.5))
    assert list(model.classes_) == [0, 2]
    probabilities = model.predict_proba(data.test[0])
    assert probabilities.shape == (N_TEST, 2)
    assert np.isfinite(probabilities).all()


@every_classifier
def test_handles_class_with_one_row(name: str, task: str) -> None:
    data = easy(task, ALGORITHMS[name].needs)
    y = np.minimum(data.train[1], 1)
    y[0] = len(data.problem.classes) - 1
    y[1:] = 0 if task == "binary" else y[1:]
    model = fit(name, data, y=y, deadline=Deadline.after(0.5))
    assert_valid(model.predict_proba(data.test[0]), data.problem, N_TEST)


@every_case
def test_rounds_are_counted_limited_and_set(name: str, task: str) -> None:
    """The losses after each round choose the number of rounds, with which another fit then predicts the same."""
    spec = ALGORITHMS[name]
    if spec.rounds is None:
        pytest.skip("It does not learn in rounds.")
    data = easy(task, spec.needs)
    X, y = data.valid[:2]
    model = fit(name, data)
    curve = spec.rounds.losses(model)
    assert len(curve) > 5
    assert curve.min() < curve[0]
    for rounds in (1, 5):
        limited = predict(spec.rounds.first(model, rounds), data.problem, X)
        estimator = build(name, data.problem, **spec.portfolio[0])
        alone = spec.fit_estimator(estimator, *data.train, rounds=rounds)
        np.testing.assert_allclose(limited, predict(alone, data.problem, X), rtol=1e-4, atol=1e-4)
    assert_valid(predict(spec.rounds.first(model, 10**6), data.problem, X), data.problem, len(y))


@every_case
def test_shortened_model_predicts_with_the_first_rounds(name: str, task: str) -> None:
    spec = ALGORITHMS[name]
    if spec.rounds is None or spec.rounds.shortened is None:
        pytest.skip("It cannot be shortened.")
    data = easy(task, spec.needs)
    model, X = fit(name, data), data.valid[0]
    before = predict(model, data.problem, X)
    for rounds in (1, 5, 10**6):
        short = spec.rounds.shortened(model, rounds)
        assert type(short) is type(model)
        expected = predict(spec.rounds.first(model, rounds), data.problem, X)
        found = predict(pickle.loads(pickle.dumps(short)), data.problem, X)
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert len(pickle.dumps(spec.rounds.shortened(model, 1))) < len(pickle.dumps(model))
    np.testing.assert_array_equal(predict(model, data.problem, X), before)


@every_algorithm
def test_portfolio_and_search_space_samples_can_be_fitted(name: str) -> None:
    spec, random = ALGORITHMS[name], np.random.default_rng(1)
    points = [
        *spec.portfolio,
        *({k: sample(d, random) for k, d in spec.search_space.items()} for _ in range(4)),
    ]
    tasks = sorted(spec.tasks)
    for number, point in enumerate(points):
        data = easy(tasks[number % len(tasks)], spec.needs)
        model = spec.fit_estimator(
            build(name, data.problem, **point),
            *data.train,
            validation=data.valid,
            deadline=Deadline.after(0.15),
        )
        assert_valid(predict(model, data.problem, data.test[0]), data.problem, N_TEST)


def sample(dimension: Int | Float | Categorical, random: np.random.Generator) -> Any:
    if isinstance(dimension, Categorical):
        return dimension.choices[random.integers(len(dimension.choices))]
    low, high = (
        (np.log([dimension.low, dimension.high])) if dimension.log else (dimension.low, dimension.high)
    )
    value = random.uniform(low, high)
    value = float(np.exp(value)) if dimension.log else value
    return round(value) if isinstance(dimension, Int) else value


@every_algorithm
def test_portfolio_lies_in_the_search_space(name: str) -> None:
    """A search can only learn from configurations that it could have suggested."""
    spec = ALGORITHMS[name]
    known = set(inspect.signature(spec.build).parameters) - {"problem", "seed", "n_jobs"}
    assert set(spec.search_space) <= known
    assert spec.portfolio
    for configuration in (*spec.portfolio, *spec.sparse):
        assert json.loads(json.dumps(dict(configuration))) == configuration
        assert set(configuration) <= known
        for key in set(configuration) & set(spec.search_space):
            assert contains(spec.search_space[key], configuration[key]), (key, configuration[key])
    assert len({json.dumps(dict(c), sort_keys=True) for c in spec.portfolio}) == len(spec.portfolio)


@every_algorithm
def test_cheaper_configurations_are_cheaper_and_valid(name: str) -> None:
    spec, size = ALGORITHMS[name], FitSize(10_000, 20, 2)
    known = set(inspect.signature(spec.build).parameters)
    seconds = [spec.cost.fit_seconds(size, {**spec.portfolio[0], **one}) for one in ({}, *spec.cost.cheaper)]
    assert seconds == sorted(seconds, reverse=True)
    assert len(set(seconds)) == len(seconds)
    for change in spec.cost.cheaper:
        assert set(change) <= known
        for key in set(change) & set(spec.search_space):
            assert contains(spec.search_space[key], change[key]), (key, change[key])


@every_algorithm
def test_cost_grows_with_the_table(name: str) -> None:
    cost, parameters = ALGORITHMS[name].cost, ALGORITHMS[name].portfolio[0]
    sizes = [FitSize(500, 10, 2), FitSize(5_000, 10, 2), FitSize(5_000, 100, 2), FitSize(5_000, 100, 8)]
    seconds = [cost.fit_seconds(size, parameters) for size in sizes]
    assert seconds == sorted(seconds)
    assert cost.fit_seconds(sizes[-1], parameters, threads=4) <= seconds[-1]
    assert all(
        factor(dimension_start(ALGORITHMS[name], key), sizes[0]) > 0 for key, factor in cost.factors.items()
    )


def dimension_start(spec: AlgorithmSpec, name: str) -> Any:
    """Return the lowest value of a parameter in the search space, or 1."""
    dimension = spec.search_space.get(name)
    if dimension is None:
        return 1
    return dimension.choices[0] if isinstance(dimension, Categorical) else dimension.low


def contains(dimension: Int | Float | Categorical, value: Any) -> bool:
    if isinstance(dimension, Categorical):
        return value in dimension.choices
    return dimension.low <= value <= dimension.high


@pytest.mark.parametrize("name", list(ALGORITHMS))
def test_spec_is_complete(name: str) -> None:
    spec: AlgorithmSpec = ALGORITHMS[name]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    assert spec.tasks
    assert spec.tasks <= {"binary", "multiclass", "regression"}
    assert spec.title
    assert spec.title[0].isupper()
    assert 20 < len(spec.description) < 120
    assert spec.description.endswith(".")
    assert re.fullmatch(r"\d+m?", spec.resources.cpu)
    assert parse_size(spec.resources.memory) >= 2**28
    assert 0 < spec.weight <= 5
    assert 0 < spec.cost.seconds < (300 if spec.for_accelerators else 30)
    assert spec.max_rows >= 0
    assert bool(spec.requires) == bool(spec.extra)


def test_loading_registry_imports_no_ml_library() -> None:
    code = "import sys; from podium_ml.tabular.algorithms import ALGORITHMS as a; assert list(a); print(*sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"sklearn", "scipy", "torch", "lightgbm", "xgboost", "catboost", "interpret"} & set(
        printed.split()
    )
