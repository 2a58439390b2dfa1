"""Tests of the encoding of texts as words and letters."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import BranchSpec, Column, Feature, FeatureSchema, Problem
from podium_ml.kinds import KINDS, load_predictor
from podium_ml.kinds.features import build_feature_table
from podium_ml.run.budget import Deadline
from podium_ml.settings import TabularSettings
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.encoders import make_encoder
from podium_ml.tabular.features import FeatureRows
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.training.search import Search

SCHEMA = FeatureSchema((Feature("text", "text", "text", ""), Feature("n", "numeric", "n", "")))
PROBLEM = Problem(
    name="x", task="binary", target="y", metric="log_loss", columns=(Column("text", "text", "string"),)
)


def encode(texts, new):
    X = pd.DataFrame({"text": pd.Series(texts, dtype="string"), "n": np.arange(len(texts), dtype=float)})
    other = pd.DataFrame({"text": pd.Series(new, dtype="string"), "n": np.zeros(len(new))})
    encoder = make_encoder("tfidf", schema=SCHEMA, problem=PROBLEM, seed=0)
    rows = encoder.fit_transform(X, np.arange(len(texts)) % 2)
    made = encoder.transform(other)
    np.testing.assert_allclose(encoder.transform(FeatureRows.of(other)).toarray(), made.toarray())
    return encoder, rows, made


def test_words_keep_their_combining_marks_and_letters_find_endings():
    encoder, rows, new = encode(["सीता नहीं आई", "good work", "bad works"] * 4, ["नहीं working"])
    names = encoder.get_feature_names_out().tolist()
    assert rows.shape == (12, len(names))
    assert "text__word_नहीं" in names
    assert rows.dtype == np.float32
    assert new[0, names.index("text__word_नहीं")] > 0
    assert new[0, names.index("text__letters_work")] > 0
    assert set(encoder.get_feature_sources()) == {"text", "n"}


def test_scripts_without_blanks_are_read_by_letters():
    encoder, _, new = encode(["我觉得很好吃", "服务太差了"] * 5, ["很好"])
    names = encoder.get_feature_names_out().tolist()
    assert new[0, names.index("text__letters_很好")] > 0
    assert not [name for name in names if name.startswith("text__word")]


def test_texts_without_terms_give_no_columns():
    _, rows, new = encode(["", " "] * 4, ["x"])
    assert rows.shape[1] == new.shape[1] > 0


@pytest.mark.parametrize(
    "name", [name for name, spec in ALGORITHMS.items() if spec.needs in ("tfidf", "words")]
)
@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_models_of_words_learn_and_are_refitted(name, task, tmp_path):
    """Go through search, model of all rows, file and prediction, as a run does."""
    kind, random = KINDS["tabular"], np.random.default_rng(0)
    words = {"a": ["lovely", "buy again"], "b": ["so so", "average"], "c": ["broken", "sent back"]}
    labels = random.choice(list(words), 240)
    texts = [
        f"note {at} says {random.choice(words[label])} near gate {at * 7}" for at, label in enumerate(labels)
    ]
    target = [[label] for label in labels] if task == "multilabel" else labels
    rows = pd.DataFrame({"text": texts, "y": pd.Series(target, dtype=object)})
    inferred = kind.infer_problem(rows, TabularSettings(target="y", task=task, types="text=text"))
    problem, featurizer = inferred.problem, kind.plan_features(inferred.problem, inferred.train)
    table = build_feature_table(featurizer, inferred.train, problem)
    branch = BranchSpec(algorithm=name, max_trials=1, n_jobs=1)
    folder = CandidateFolder.create(tmp_path, name)
    trials = Search(
        ALGORITHMS[name], table, problem=problem, branch=branch, folder=folder, deadline=Deadline()
    ).run()
    assert trials[0].outcome == "complete", trials[0].reason
    predictor = kind.make_predictor(problem, featurizer, folder.load_model(0), name=name)
    predictor.save(tmp_path / "model.pkl")
    found = load_predictor(tmp_path / "model.pkl").predict(inferred.test)
    right = [list(one) == list(true) for one, true in zip(found, inferred.test["y"], strict=True)]
    assert np.mean(right) > 0.9
