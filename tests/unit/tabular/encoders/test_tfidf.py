"""Tests of the encoding of texts as words and letters."""

import numpy as np
import pandas as pd

from podium_ml.contracts import Column, Feature, FeatureSchema, Problem
from podium_ml.tabular.encoders import make_encoder
from podium_ml.tabular.features import FeatureRows

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
