"""A text of 10 MB among short ones is told, and models learn from all of them."""

import numpy as np
import pandas as pd

from podium_ml.kinds import KINDS
from podium_ml.kinds.features import build_feature_table
from podium_ml.settings import TabularSettings
from podium_ml.tabular.algorithms import ALGORITHMS

BYTES = 10 << 20


def test_a_text_of_ten_megabytes():
    good = np.random.default_rng(0).integers(0, 2, 120)
    texts = [f"Order {at}: {('stale', 'lovely')[one]} tea, as before" for at, one in enumerate(good)]
    texts[5] += " word" * (BYTES // 5)
    rows = pd.DataFrame({"text": texts, "y": np.where(good, "yes", "no")})
    kind, spec = KINDS["tabular"], ALGORITHMS["text_logistic_regression"]
    inferred = kind.infer_problem(rows, TabularSettings(target="y", types="text=text", test_fraction="0"))
    told = {one.name: one for one in inferred.results}["text_lengths"]
    assert told.outcome == "alert"
    assert "20,000" in told.seen
    table = build_feature_table(
        kind.plan_features(inferred.problem, inferred.train), inferred.train, inferred.problem
    )
    encoder = kind.make_encoder(spec.needs, schema=table.schema, problem=inferred.problem, seed=0)
    X = encoder.fit_transform(table.X, table.y)
    model = spec.fit_estimator(spec.build(inferred.problem, seed=0, n_jobs=1), X, table.y)
    assert (model.predict(X) == table.y).mean() > 0.95
