"""Forecasters for tests: fitted on a table, without a run."""

import numpy as np
import pandas as pd

from podium_ml.forecasting.kind import KIND
from podium_ml.kinds.features import build_feature_table
from podium_ml.models import BaggedModel, FoldModel, WeightedEnsemble
from podium_ml.settings import ForecastingProblem


def weekly(series=("A", "B"), days=70, *, start="2024-01-01", seed=0):
    """Return daily sales with a pattern of the week, which differs in level."""
    random = np.random.default_rng(seed)
    parts = []
    for number, name in enumerate(series):
        level, day = 50.0 * (number + 1), np.arange(days)
        sales = level * (1 + 0.3 * (day % 7 >= 5)) + random.normal(0, 2, days)
        stamps = pd.date_range(start, periods=days)
        parts.append(pd.DataFrame({"shop": name, "day": stamps, "sales": sales.round(2)}))
    return pd.concat(parts, ignore_index=True)


def inferred(table, **settings):
    """Return what validation infers and decides."""
    asked = {"target": "sales", "time_column": "day", "series_column": "shop", "horizon": 7, **settings}
    return KIND.infer_problem(table, ForecastingProblem.parse(asked))


def fitted(table, *, algorithms=("baseline",), without_test=False, **settings):
    """Return a forecaster of all rows, or of the training rows; of several algorithms, their mean."""
    found = inferred(table, **settings)
    rows = found.train if without_test else pd.concat([found.train, found.test], ignore_index=True)
    featurizer = KIND.plan_features(found.problem, rows)
    features = build_feature_table(featurizer, rows, found.problem)
    models = tuple(_model(name, features, found.problem) for name in algorithms)
    weights = tuple(1 / len(models) for _ in models)
    model = models[0] if len(models) == 1 else WeightedEnsemble(models, weights)
    return KIND.make_predictor(found.problem, featurizer, model, name="test", sample=rows.head(5))


def _model(name, features, problem):
    spec = KIND.algorithms[name]
    encoder = KIND.make_encoder(spec.needs, schema=features.schema, problem=problem, seed=0)
    estimator = spec.build(problem, seed=0, n_jobs=1).fit(
        encoder.fit_transform(features.X, features.y), features.y
    )
    return BaggedModel(name, {}, (FoldModel(encoder, estimator, 0, 0.0, "future_values"),))
