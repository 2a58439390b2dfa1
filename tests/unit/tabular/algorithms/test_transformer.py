"""A pretrained network is trained further through search, refit and file, as a run does; here a tiny one."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.contracts import BranchSpec
from podium_ml.errors import TrainingError
from podium_ml.kinds import KINDS, load_predictor
from podium_ml.kinds.features import build_feature_table
from podium_ml.run.budget import Deadline
from podium_ml.settings import TabularSettings
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.training.search import Search
from podium_ml.weights import giving
from tests.unit.embeddings.tiny import write_static, write_transformer

SPEC = ALGORITHMS["fine_tuned_transformer"]
QUICK = {"epochs": 12, "learning_rate": 0.003}
if not SPEC.is_available():
    pytest.skip("needs the extra transformers", allow_module_level=True)


@pytest.fixture
def rows():
    random = np.random.default_rng(0)
    good = random.integers(0, 2, 160)
    words = np.array([["bad", "film"], ["good", "tea"]])
    texts = [f"the {random.choice(words[one])} was very {random.choice(words[one])}" for one in good]
    return pd.DataFrame({"text": texts, "n": random.normal(size=160), "y": np.where(good, "yes", "no")})


def searched(rows, folder, weights):
    kind = KINDS["tabular"]
    inferred = kind.infer_problem(rows, TabularSettings(target="y", types="text=text"))
    featurizer = kind.plan_features(inferred.problem, inferred.train)
    table = build_feature_table(featurizer, inferred.train, inferred.problem)
    branch = BranchSpec(algorithm=SPEC.name, max_trials=1, n_jobs=1, configurations=(QUICK,), search_space={})
    candidate = CandidateFolder.create(folder, SPEC.name)
    with giving(str(weights)):
        search = Search(
            SPEC, table, problem=inferred.problem, branch=branch, folder=candidate, deadline=Deadline()
        )
        return inferred, featurizer, candidate, search.run()


@pytest.mark.slow
def test_all_layers_learn_from_texts_and_numbers(rows, tmp_path):
    write_transformer(tmp_path / "weights" / "encoder")
    inferred, featurizer, candidate, trials = searched(rows, tmp_path / "candidate", tmp_path / "weights")
    assert trials[0].outcome == "complete", trials[0].reason
    predictor = KINDS["tabular"].make_predictor(
        inferred.problem, featurizer, candidate.load_model(0), name=SPEC.name
    )
    predictor.save(tmp_path / "model.pkl")
    found = load_predictor(tmp_path / "model.pkl").predict(inferred.test)
    assert np.mean(found == inferred.test["y"].to_numpy()) > 0.9


def test_onnx_agrees_with_pytorch(tmp_path):
    from podium_ml.tabular.algorithms._exported_network import without_torch
    from podium_ml.tabular.algorithms._transformer_estimator import TransformerClassifier
    from podium_ml.tabular.encoders import WordRows

    write_transformer(tmp_path / "encoder")
    random = np.random.default_rng(0)
    words = random.integers(3, 16, (90, 7)).astype(np.int32)
    words[::2, 4:] = 0
    X = WordRows(words, random.normal(size=(90, 2)).astype(np.float32), 0)
    with giving(str(tmp_path)):
        trained = TransformerClassifier(epochs=1, batch_size=16, learning_rate=1e-3).fit(X, np.arange(90) % 3)
    np.testing.assert_allclose(without_torch(trained).predict_proba(X), trained.predict_proba(X), atol=1e-4)


def test_static_vectors_are_no_network(tmp_path):
    from podium_ml.tabular.algorithms._transformer_estimator import TransformerClassifier
    from podium_ml.tabular.encoders import WordRows

    write_static(tmp_path / "encoder")
    X = WordRows(np.ones((40, 3), dtype=np.int32), np.zeros((40, 0), dtype=np.float32), 0)
    with giving(str(tmp_path)), pytest.raises(TrainingError, match="no network"):
        TransformerClassifier(epochs=1, batch_size=16).fit(X, np.arange(40) % 2)


def likeness(trained, X, y):
    """Return how much more alike vectors of texts of one class are than those of different ones."""
    import torch

    network = trained.network_.eval()
    with torch.no_grad():
        vectors = network.vectors(trained._tensor(X)).numpy()
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    alike, same = vectors @ vectors.T, y[:, None] == y
    return alike[same].mean() - alike[~same].mean()


def test_few_texts_are_drawn_together_first(tmp_path):
    from podium_ml.tabular.algorithms._transformer_estimator import TransformerClassifier
    from podium_ml.tabular.encoders import WordRows

    write_transformer(tmp_path / "encoder")
    random = np.random.default_rng(0)
    y = np.arange(48) % 3
    words = random.integers(9, 16, (48, 6)).astype(np.int32)
    words[np.arange(48), random.integers(0, 6, 48)] = 5 + y  # one word of six tells the class
    X = WordRows(words, random.normal(size=(48, 2)).astype(np.float32), 0)
    found = {}
    for epochs in (0, 30):
        network = TransformerClassifier(epochs=1, batch_size=16, learning_rate=2e-3)
        network.contrast_epochs = epochs
        with giving(str(tmp_path)):
            trained = network.fit(X, y)
        found[epochs] = likeness(trained, X, y), (trained.predict(X) == y).mean()
    assert found[30][0] > found[0][0] + 0.3
    assert found[30][1] > max(found[0][1], 0.9)


def test_contrast_is_small_where_classes_are_apart():
    import torch

    from podium_ml.tabular.algorithms._contrastive_start import contrast

    vectors = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
    apart = contrast(vectors, torch.tensor([0, 0, 1, 1]))
    mixed = contrast(vectors, torch.tensor([0, 1, 0, 1]))
    assert apart < 0.01 < 1 < mixed
    assert contrast(vectors, torch.arange(4)) is None
