"""Tests of vectors of texts as columns, by the static vectors of an installed package."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Column, Problem
from podium_ml.files import pickles
from podium_ml.models import BaggedModel, FoldModel
from podium_ml.settings import TabularProblem
from podium_ml.stages import fetch_weights
from podium_ml.tabular.encoders import make_encoder
from podium_ml.tabular.features import Featurizer
from podium_ml.tabular.kind import KIND
from podium_ml.weights import giving

GOOD, BAD = ("a lovely cup of tea", "delicious biscuits"), ("awful stale crisps", "the worst coffee ever")


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    settings = TabularProblem(target="y", encoder="package:wordllama").model_dump(mode="json")
    fetch_weights.run(kind="tabular", settings=settings, weights=str(folder))
    return str(folder)


@pytest.fixture
def problem():
    columns = Column("review", "text", "string"), Column("won", "target", "string")
    known = {"classes": ("no", "yes"), "positive_label": "yes", "weights": {"encoder": "package:wordllama"}}
    return Problem("shop", "binary", "won", "roc_auc", columns, **known)


@pytest.fixture
def table():
    return pd.DataFrame(
        {"review": [*GOOD, *BAD, None, ""] * 10, "won": ["yes", "yes", "no", "no", "no", "yes"] * 10}
    )


def test_vectors_are_columns_of_all_models_but_those_of_words(weights, problem, table, tmp_path):
    with giving(weights):
        plan = Featurizer.plan(problem, table)
    pickles.dump(plan, tmp_path / "plan.pkl", kind="featurizer", metadata={})
    X = pickles.load(tmp_path / "plan.pkl", kind="featurizer").transform(table)
    assert [len(value) for value in X["review_vector"][:6]] == [4 * 256] * 4 + [0, 0]
    y = (table["won"] == "yes").to_numpy().astype(int)
    widths = {}
    for needs in ("onehot", "tfidf"):
        encoder = make_encoder(needs, schema=plan.schema, problem=problem, seed=0)
        names = encoder.fit(X, y).get_feature_names_out()
        widths[needs] = sum("vector" in name for name in names)
        assert np.isfinite(np.asarray(encoder.transform(X).sum())).all()
    assert widths["onehot"] > 0
    assert widths["tfidf"] == 0


def test_model_of_words_does_without_the_pretrained_model(weights, problem, table, tmp_path):
    with giving(weights):
        plan = Featurizer.plan(problem, table)
    sizes = {}
    for needs in ("onehot", "tfidf"):
        encoder = make_encoder(needs, schema=plan.schema, problem=problem, seed=0)
        model = BaggedModel("x", {}, (FoldModel(encoder, None, 2),))
        predictor = KIND.make_predictor(problem, plan, model, name="x")
        sizes[needs] = predictor.save(tmp_path / needs)
    assert sizes["onehot"] > 5_000_000 > 500_000 > sizes["tfidf"]
