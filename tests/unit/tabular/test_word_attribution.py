"""Tests of what the report shows of texts, with a model that was trained on some."""

import re

import numpy as np
import pandas as pd
import pytest

from podium_ml.kinds import KINDS
from podium_ml.kinds.features import build_feature_table
from podium_ml.kinds.worth_labelling import most_worth_labelling
from podium_ml.models import BaggedModel, FoldModel
from podium_ml.run.budget import Deadline
from podium_ml.settings import TabularSettings
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.encoders._term_places import term_places
from podium_ml.tabular.encoders._terms import TermColumns
from podium_ml.tabular.linear_attribution import character_weights
from podium_ml.tabular.text_charts import text_charts
from podium_ml.tabular.word_attribution import word_attributions, words_of_classes
from podium_ml.values.text_words import word_places

SPEC = ALGORITHMS["text_logistic_regression"]


@pytest.fixture(scope="module")
def fitted():
    random = np.random.default_rng(0)
    good = random.integers(0, 2, 200)
    words = np.array([["awful", "stale"], ["lovely", "fresh"]])
    texts = [f"Order {at}: {random.choice(words[one])} tea, as before." for at, one in enumerate(good)]
    rows = pd.DataFrame({"text": texts, "y": np.where(good, "yes", "no")})
    kind = KINDS["tabular"]
    inferred = kind.infer_problem(rows, TabularSettings(target="y", types="text=text"))
    problem, featurizer = inferred.problem, kind.plan_features(inferred.problem, inferred.train)
    table = build_feature_table(featurizer, inferred.train, problem)
    encoder = kind.make_encoder(SPEC.needs, schema=table.schema, problem=problem, seed=0)
    X = encoder.fit_transform(table.X, table.y)
    estimator = SPEC.fit_estimator(SPEC.build(problem, seed=0, n_jobs=1), X, table.y)
    model = BaggedModel(SPEC.name, {}, (FoldModel(encoder, estimator, 2),))
    return inferred, table, kind.make_predictor(problem, featurizer, model, name=SPEC.name)


def test_words_that_decide_have_the_greatest_weights(fitted):
    inferred, _, predictor = fitted
    found = word_attributions(predictor, inferred.test, deadline=Deadline())
    assert len(found) == 8
    for one, text in zip(found, inferred.test["text"], strict=False):
        assert "".join(piece["text"] for piece in one["pieces"]) == text
        strongest = max(one["pieces"], key=lambda piece: piece["weight"])
        assert strongest["text"] in ("awful", "stale", "lovely", "fresh")
        assert strongest["weight"] == 1
    assert not word_attributions(predictor, inferred.test, deadline=Deadline(at=0.0))


@pytest.mark.parametrize("name", ["text_logistic_regression", "text_svm", "text_naive_bayes_svm"])
@pytest.mark.parametrize("classes", [2, 3])
def test_what_characters_add_is_what_a_linear_model_adds_up(name, classes):
    """The sum is the margin but for the constant, for texts in any script, and other columns add nothing."""
    random = np.random.default_rng(0)
    words = np.array(["awful  stale", "LOVELY, fresh!", "чай and 東京"])
    y = random.integers(0, classes, 150)
    texts = [f"Order {at}:\t{words[one]} tea" for at, one in enumerate(y)]
    rows = pd.DataFrame({"text": texts, "n": random.normal(size=150), "y": np.array(["a", "b", "c"])[y]})
    kind, spec = KINDS["tabular"], ALGORITHMS[name]
    inferred = kind.infer_problem(rows, TabularSettings(target="y", types="text=text", test_fraction="0"))
    problem, featurizer = inferred.problem, kind.plan_features(inferred.problem, inferred.train)
    table = build_feature_table(featurizer, inferred.train, problem)
    encoder = kind.make_encoder(spec.needs, schema=table.schema, problem=problem, seed=0)
    X = encoder.fit_transform(table.X, table.y)
    estimator = spec.fit_estimator(spec.build(problem, seed=0, n_jobs=1), X, table.y)
    fold = FoldModel(encoder, estimator, classes)
    predictor = kind.make_predictor(problem, featurizer, BaggedModel(name, {}, (fold,)), name=name)
    linear = getattr(estimator, "estimator_", estimator)
    for at in (0, 1, 2):
        row = inferred.train.iloc[[at]]
        encoded = encoder.transform(featurizer.transform(row)).toarray()[0]
        encoded[encoder.terms_[0].width :] = 0
        for answer in range(classes):
            found = character_weights(predictor, row, "text", row["text"].iloc[0], answer)
            slopes = linear.coef_[0] * (2 * answer - 1) if classes == 2 else linear.coef_[answer]
            wanted = encoded @ slopes * np.asarray(getattr(estimator, "slope_", 1.0)).item()
            assert len(found) == len(row["text"].iloc[0])
            assert found.sum() == pytest.approx(wanted, abs=1e-4)
            assert abs(wanted) > 1e-3


def test_characters_of_texts_without_blanks():
    texts = ["我觉得这家店的东西很好吃" * 5 + "  店的", "店的东西很好"] * 20
    columns = TermColumns("text")
    encoded = columns.fit_transform(texts).toarray()[0]
    places = term_places(columns, texts[0])
    assert {at for at, _, _ in places} == set(np.flatnonzero(encoded))
    names = columns.letters.get_feature_names_out()
    assert all(names[at] == re.sub(r"\s\s+", " ", texts[0][a:b]) for at, a, b in places)
    assert term_places(columns, "İ") is None


def test_words_of_each_class(fitted):
    inferred, _, predictor = fitted
    found = {one["label"]: set(one["words"][:2]) for one in words_of_classes(predictor, inferred.train)}
    assert found == {"no": {"awful", "stale"}, "yes": {"lovely", "fresh"}}


def test_worst_predictions_are_shown_in_full(fitted):
    inferred, table, predictor = fitted
    wrong = table.y.copy()
    wrong[[3, 40]] = 1 - wrong[[3, 40]]
    from dataclasses import replace

    raw = predictor.predict_features(table.X)
    found = text_charts(inferred.problem, train=replace(table, y=wrong), oof=raw, test=None, raw=raw[:0])
    texts = set(table.X["text"].iloc[[3, 40]])
    assert {one["text"] for one in found["text_errors"]} == texts
    assert sum(one["rows"] for one in found["text_lengths"]) == len(table.y)


def test_words_have_places_in_any_script():
    text = "नहीं, 😀 tea"
    assert [text[start:end] for start, end in word_places(text)] == ["नहीं", "😀", "tea"]
    dense = "我觉得这家店的东西很好吃"
    assert "".join(dense[start:end] for start, end in word_places(dense)) == dense
    assert len(word_places(dense)) == 6


def test_rows_that_are_most_worth_labelling(fitted):
    _, _, predictor = fitted
    sure = [f"Order {at}: lovely fresh tea" for at in range(20)]
    doubtful = [
        "Order: lovely but stale tea",
        "order, LOVELY but stale tea!",
        "Something else altogether happened",
    ]
    found = most_worth_labelling(predictor, pd.DataFrame({"text": [*sure, *doubtful]}), most=3)
    assert set(found["text"].iloc[:2]) <= set(doubtful)
    assert found["doubt"].is_monotonic_decreasing
    assert len(found) == len({text.lower().replace(",", ":").rstrip("!") for text in found["text"]})
    assert list(found.columns) == ["prediction", "doubt", "text"]
