"""What drives forecasts: the columns that are known in advance or never change, beside the past."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from podium_ml.contracts import ColumnImportance, Explanation, PartialDependence
from podium_ml.forecasting.predictor import Forecaster
from podium_ml.metrics import problem_metric
from podium_ml.run.budget import Deadline
from podium_ml.targets import target_of

_REPEATS, _GRID, _MOST_CURVES = 5, 12, 6
_MOST_ROWS = 5_000
_PAST = (
    "Forecasts start from the past of each series. Importance is measured for the other columns, by shuffling each "
    "across the scored rows."
)
_NO_COLUMNS = "Forecasts are made from the past of each series alone; no other column can be used."


def explain_forecasts(
    predictor: Forecaster, *, train: pd.DataFrame, test: pd.DataFrame, deadline: Deadline
) -> Explanation:
    """Return the importance of each column, and how the mean forecast changes with it.

    Args:
        predictor: The chosen model, trained on ``train``.
        train: Training rows.
        test: Test rows; without any, nothing can be measured.
        deadline: When to be done.
    """
    problem, metric = predictor.problem, problem_metric(predictor.problem)
    past = problem.series.past if problem.series is not None else ()
    features = predictor.featurizer.schema.features
    columns = list(dict.fromkeys(one.source for one in features if not one.key and one.name not in past))
    if not columns or not len(test):
        note = (
            _NO_COLUMNS if not columns else "There are no test rows to measure the importance of columns on."
        )
        return Explanation.absent(predictor.name, metric=metric.name, note=note)
    rows = _some(test, predictor, seed=problem.seed)
    y, X = target_of(problem).encode_rows(rows, problem), predictor.featurizer.transform(rows)
    whole = metric.utility(metric.score(y, predictor.predict_features(X)))
    random, found = np.random.default_rng(problem.seed), []
    for column in columns:
        drops = []
        for _ in range(_REPEATS):
            shuffled = X.copy()
            order = random.permutation(len(X))
            for name in _features_of(predictor, column):
                shuffled[name] = X[name].take(order).set_axis(X.index)
            drops.append(whole - metric.utility(metric.score(y, predictor.predict_features(shuffled))))
            if deadline.passed():
                break
        found.append(ColumnImportance(column, float(np.mean(drops)), float(np.std(drops))))
    found.sort(key=lambda one: (-one.importance, one.column))
    curves = _curves(predictor, X, [one.column for one in found], deadline)
    return Explanation(
        model=predictor.name,
        metric=metric.name,
        rows=len(rows),
        columns=tuple(found),
        partial_dependence=tuple(curves),
        examples=(),
        shap_method="",
        notes=(_PAST,),
        importance_kind="permutation",
        repeats=_REPEATS,
    )


def _some(test: pd.DataFrame, predictor: Forecaster, *, seed: int) -> pd.DataFrame:
    """Return all test rows, or those of some series."""
    if len(test) <= _MOST_ROWS:
        return test.reset_index(drop=True)
    codes = (
        test[predictor.problem.group_column].to_numpy()
        if predictor.problem.group_column
        else np.zeros(len(test))
    )
    series = np.random.default_rng(seed).permutation(np.unique(codes))
    share = _MOST_ROWS / len(test)
    return test[np.isin(codes, series[: max(1, int(share * len(series)))])].reset_index(drop=True)


def _features_of(predictor: Forecaster, column: str) -> list[str]:
    return [one.name for one in predictor.featurizer.schema.features if one.source == column and not one.key]


def _curves(
    predictor: Forecaster, X: pd.DataFrame, columns: Sequence[str], deadline: Deadline
) -> list[PartialDependence]:
    """Return the mean forecast as each of the most important columns varies."""
    curves = []
    for column in columns[:_MOST_CURVES]:
        if deadline.passed():
            break
        (name, *_), values = _features_of(predictor, column), X[_features_of(predictor, column)[0]]
        grid = _grid(values)
        if len(grid) < 2:
            continue
        means = []
        for value in grid:
            varied = X.copy()
            varied[name] = pd.Categorical([value] * len(X)) if isinstance(value, str) else value
            means.append(float(np.mean(predictor.predict_features(varied)[:, 0])))
        curves.append(PartialDependence(column, tuple(grid), (tuple(means),), rows=len(X)))
    return curves


def _grid(values: pd.Series) -> list[float | str]:
    if pd.api.types.is_numeric_dtype(values.dtype):
        known = values.dropna().to_numpy(dtype=np.float64)
        return (
            [float(one) for one in np.unique(np.quantile(known, np.linspace(0, 1, _GRID)))]
            if len(known)
            else []
        )
    return [str(one) for one in values.value_counts().index[:_GRID]]
