"""Tests of pretrained networks with tiny weights, which the tests make."""

from pathlib import Path

import numpy as np
import pytest

from podium_ml.contracts import Problem
from podium_ml.errors import SettingsError, TrainingError
from podium_ml.files import pickles
from podium_ml.settings import PlanSettings
from podium_ml.training.choice import choose_algorithms
from podium_ml.weights import giving
from tests.unit.tabular.algorithms.tiny_weights import PRETRAINED, installed

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3)).astype(np.float32)
X[::7, 1] = np.nan


@pytest.fixture(params=PRETRAINED, ids=lambda one: one.name)
def network(request):
    return installed(request.param)


@pytest.fixture
def weights(network, tmp_path):
    for task in ("classifier", "regressor"):
        network.write(tmp_path / "pretrained", task)
    with giving(str(tmp_path)):
        yield tmp_path


def restored(model, folder: Path):
    pickles.dump(model, folder / "model.pkl", kind="model", metadata={})
    return pickles.load(folder / "model.pkl", kind="model")


@pytest.mark.parametrize("labels", [2, 3, 5])
def test_classes(network, weights, labels):
    model = network.estimator("Classifier", views=2).fit(X, np.arange(60) % labels)
    shares = model.predict_proba(X[:7])
    assert shares.shape == (7, labels)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert np.ptp(shares[:, 0]) > 0
    np.testing.assert_allclose(restored(model, weights).predict_proba(X[:7]), shares, atol=1e-6)
    np.testing.assert_allclose(model.predict_proba(X[3:4]), shares[3:4], atol=1e-4)


@pytest.mark.parametrize("level", [None, 0.5])
def test_values(network, weights, level):
    y = np.nan_to_num(X[:, 0] + X[:, 2]) * 100 + 5000
    model = network.estimator("Regressor", views=2, level=level).fit(X, y)
    values = model.predict(X[:7])
    assert values.shape == (7,)
    assert np.all(np.abs(values - 5000) < 2000)
    np.testing.assert_allclose(restored(model, weights).predict(X[:7]), values, rtol=1e-5)


def test_folds_share_the_weights(network, weights):
    first, second = (network.estimator("Classifier").fit(X[at:], np.arange(60 - at) % 2) for at in (0, 10))
    assert first.checkpoint_ is second.checkpoint_


def test_no_weights(network):
    with pytest.raises(TrainingError, match="--pretrained"):
        network.estimator("Classifier").fit(X, np.arange(60) % 2)


def test_weights_of_the_other_task_alone(network, tmp_path):
    network.write(tmp_path, "regressor")
    told = {
        "tabicl": "no classifier among the weights",
        "tabpfn": "no classifier of TabPFN among the weights",
    }
    with pytest.raises(SettingsError, match=told[network.name]):
        network.read_checkpoint(tmp_path, classes=True)


@pytest.mark.parametrize(
    ("network", "named"),
    [pytest.param(one, named, id=f"{one.name}-{named}") for one in PRETRAINED for named in one.odd],
)
def test_odd_configurations_are_refused(network, named, tmp_path):
    installed(network).write(tmp_path, "classifier", **{named: network.odd[named]})
    with pytest.raises(SettingsError, match=named):
        network.read_checkpoint(tmp_path, classes=True)


def test_pickles_of_code_are_refused(network, tmp_path):
    import torch

    class Attack:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "owned",))

    path = network.write(tmp_path, "classifier")
    torch.save({"config": {}, "state_dict": Attack()}, path)
    with pytest.raises(SettingsError, match=f"no checkpoint of {network.title}"):
        network.read_checkpoint(tmp_path, classes=True)
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    ("file", "fits", "other"),
    [
        ("tabpfn-v2-classifier.ckpt", "tabpfn", "tabicl"),
        ("tabicl-classifier-v2.ckpt", "tabicl", "tabpfn"),
        ("mine.ckpt", "tabicl", "tabpfn"),
    ],
)
def test_a_network_takes_part_if_there_are_files_of_it(file, fits, other, monkeypatch):
    monkeypatch.setattr("podium_ml.algorithms.AlgorithmSpec.is_available", lambda spec: True)
    problem = Problem(
        name="p",
        task="binary",
        target="y",
        metric="roc_auc",
        columns=(),
        classes=("n", "y"),
        n_train=100,
        weights={"pretrained": "folder"},
        weight_files={"pretrained": ("README.md", file)},
    )
    chosen, skipped = choose_algorithms(problem, PlanSettings())
    assert fits in {spec.name for spec in chosen}
    reasons = {one["algorithm"]: one["reason"] for one in skipped}
    assert "among the files of --pretrained" in reasons[other]
