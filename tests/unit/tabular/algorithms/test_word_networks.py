"""Networks of words predict without PyTorch, as they did in training, and with what stands beside the words."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import Feature, FeatureSchema, Problem
from podium_ml.tabular.encoders import WordRows, make_encoder
from tests.unit.tabular.algorithms.torchless import predicted

pytest.importorskip("torch")
pytest.importorskip("onnxruntime")

TEXT, NUMBER = Feature("text", "text", "text", ""), Feature("n", "numeric", "n", "")
PROBLEM = Problem(name="x", task="binary", target="y", metric="log_loss", columns=(), classes=("a", "b"))


def encoded(texts, *, numbers=True):
    schema = FeatureSchema((TEXT, NUMBER) if numbers else (TEXT,))
    X = pd.DataFrame({"text": pd.Series(texts, dtype="string"), "n": np.arange(len(texts), dtype=float)})
    encoder = make_encoder("words", schema=schema, problem=PROBLEM, seed=0)
    return encoder, encoder.fit_transform(X, np.arange(len(texts)) % 2)


def test_words_have_codes_in_their_order():
    encoder, rows = encoded(["Good tea", "good GOOD coffee नहीं", ""])
    assert rows.words.dtype == np.int32
    assert rows.words[1, 0] == rows.words[1, 1] == rows.words[0, 0]
    assert not rows.words[2].any()
    assert rows.words.max() < rows.codes
    new = pd.DataFrame({"text": pd.Series(["other good"], dtype="string"), "n": [0.0]})
    assert encoder.transform(new).words[0, :2].tolist() == [1, rows.words[0, 0]]


def test_scripts_without_blanks_are_read_by_letters():
    _, rows = encoded(["我觉得很好吃", "服务太差了"])
    assert (rows.words[0] > 0).sum() == 6


@pytest.mark.parametrize("depth", [0, 1])
@pytest.mark.parametrize("others", [True, False])
def test_agrees_with_training(depth, others):
    from podium_ml.tabular.algorithms._exported_network import without_torch
    from podium_ml.tabular.algorithms._word_estimator import WordClassifier

    y = np.arange(80) % 2
    texts = [f"the {('bad', 'good')[one]} tea number {at}" * (1 + at % 3) for at, one in enumerate(y)]
    _, X = encoded(texts, numbers=others)
    trained = WordClassifier(epochs=6, batch_size=16, learning_rate=0.01, width=8, depth=depth).fit(X, y)
    model = without_torch(trained)
    np.testing.assert_allclose(model.predict_proba(X), trained.predict_proba(X), atol=1e-4)
    assert (model.predict(X) == y).mean() > 0.95
    one = WordRows(X.words[:1], X.others[:1], X.codes)
    np.testing.assert_allclose(model.predict_proba(one), model.predict_proba(X)[:1], atol=1e-5)


@pytest.mark.parametrize("depth", [0, 1])
def test_sets_of_labels_agree_with_training_and_need_no_pytorch(depth, tmp_path):
    from podium_ml.tabular.algorithms._exported_network import without_torch
    from podium_ml.tabular.algorithms._word_estimator import WordLabeller

    y = np.array([[at % 2, at % 3 == 0] for at in range(60)], dtype=np.int64)
    texts = [f"{('bad', 'good')[one]} {('tea', 'cake')[two]} 東京" for one, two in y]
    _, X = encoded(texts)
    trained = WordLabeller(epochs=20, batch_size=16, learning_rate=0.02, width=8, depth=depth).fit(X, y)
    model = without_torch(trained)
    np.testing.assert_allclose(model.predict_proba(X), trained.predict_proba(X), atol=1e-4)
    assert ((model.predict_proba(X) > 0.5) == y).mean() > 0.95
    found = predicted(model, X, tmp_path, method="predict_proba")
    np.testing.assert_array_equal(np.round(found, 3), model.predict_proba(X).round(3))
