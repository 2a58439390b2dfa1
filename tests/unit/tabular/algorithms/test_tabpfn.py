"""Tests of TabPFN with tiny weights, which the test makes."""

from pathlib import Path

import numpy as np
import pytest

from podium_ml.contracts import Problem
from podium_ml.errors import SettingsError, TrainingError
from podium_ml.files import pickles
from podium_ml.settings import PlanSettings
from podium_ml.training.choice import choose_algorithms
from podium_ml.weights import giving

torch = pytest.importorskip("torch")
pytest.importorskip("tabpfn")

from podium_ml.tabular.algorithms._prior_fitted_checkpoint import read_checkpoint  # noqa: E402
from podium_ml.tabular.algorithms._prior_fitted_estimators import (  # noqa: E402
    PriorFittedClassifier,
    PriorFittedRegressor,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3)).astype(np.float32)
X[::7, 1] = np.nan


def write(folder: Path, task: str, **changes: object) -> Path:
    """Write a tiny network with random weights as TabPFN's checkpoints are written."""
    from tabpfn.architectures import tabpfn_v2
    from tabpfn.architectures.shared.bar_distribution import FullSupportBarDistribution

    outputs = {"max_num_classes": 10} if task == "classifier" else {"max_num_classes": 0, "num_buckets": 20}
    config = {**outputs, "emsize": 8, "nlayers": 2, "nhead": 2, "features_per_group": 1}
    torch.manual_seed(0)
    network = tabpfn_v2.get_architecture(tabpfn_v2.parse_config(config)[0])
    numbers = {name: torch.randn_like(one) / 4 for name, one in network.state_dict().items()}
    if task == "regressor":
        outcomes = FullSupportBarDistribution(torch.linspace(-3, 3, 21))
        numbers |= {f"criterion.{name}": one for name, one in outcomes.state_dict().items()}
    folder.mkdir(parents=True, exist_ok=True)
    held = {"config": {**config, "lr": 0.1, **changes}, "state_dict": numbers}
    torch.save(held, folder / f"tabpfn-v2-{task}.ckpt")
    return folder


@pytest.fixture
def weights(tmp_path):
    write(tmp_path / "pretrained", "classifier")
    write(tmp_path / "pretrained", "regressor")
    with giving(str(tmp_path)):
        yield tmp_path


def restored(model, folder: Path):
    pickles.dump(model, folder / "model.pkl", kind="model", metadata={})
    return pickles.load(folder / "model.pkl", kind="model")


@pytest.mark.parametrize("labels", [2, 3])
def test_classes(weights, labels):
    y = np.arange(60) % labels
    model = PriorFittedClassifier(views=2).fit(X, y)
    shares = model.predict_proba(X[:7])
    assert shares.shape == (7, labels)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert np.ptp(shares[:, 0]) > 0
    np.testing.assert_allclose(restored(model, weights).predict_proba(X[:7]), shares, atol=1e-5)
    np.testing.assert_allclose(model.predict_proba(X[3:4]), shares[3:4], atol=1e-4)


@pytest.mark.parametrize("level", [None, 0.5])
def test_values(weights, level):
    y = np.nan_to_num(X[:, 0] + X[:, 2]) * 100 + 5000
    model = PriorFittedRegressor(views=2, level=level).fit(X, y)
    values = model.predict(X[:7])
    assert values.shape == (7,)
    assert np.all(np.abs(values - 5000) < 2000)
    np.testing.assert_allclose(restored(model, weights).predict(X[:7]), values, rtol=1e-5)


def test_folds_share_the_weights(weights):
    first, second = (PriorFittedClassifier().fit(X[at:], np.arange(60 - at) % 2) for at in (0, 10))
    assert first.checkpoint_ is second.checkpoint_


def test_safetensors_are_read_too(weights):
    from tabpfn.checkpoint import save_as_safetensors

    y = np.arange(60) % 2
    before = PriorFittedClassifier(views=2).fit(X, y).predict_proba(X[:5])
    old = weights / "pretrained" / "tabpfn-v2-classifier.ckpt"
    save_as_safetensors(torch.load(old, weights_only=True), old.with_name("tabpfn-v9.safetensors"))
    old.unlink()
    read_checkpoint.cache_clear()
    after = PriorFittedClassifier(views=2).fit(X, y).predict_proba(X[:5])
    np.testing.assert_allclose(after, before, atol=1e-6)


def test_no_weights():
    with pytest.raises(TrainingError, match="--pretrained"):
        PriorFittedClassifier().fit(X, np.arange(60) % 2)


def test_more_classes_than_it_knows(weights):
    with pytest.raises(TrainingError, match="at most 10 classes"):
        PriorFittedClassifier().fit(X, np.arange(60) % 12)


def test_weights_of_the_other_task_alone(tmp_path):
    write(tmp_path, "regressor")
    with pytest.raises(SettingsError, match="no classifier of TabPFN among the weights"):
        read_checkpoint(tmp_path, classes=True)


@pytest.mark.parametrize(
    ("changes", "named"),
    [({"emsize": 10**9}, "emsize"), ({"name": "x" * 101}, "name"), ({"nlayers": [3]}, "nlayers")],
)
def test_odd_configurations_are_refused(tmp_path, changes, named):
    write(tmp_path, "classifier", **changes)
    with pytest.raises(SettingsError, match=named):
        read_checkpoint(tmp_path, classes=True)


def test_numbers_of_another_network_are_refused(tmp_path):
    write(tmp_path, "classifier", emsize=16)
    with pytest.raises(SettingsError, match="no checkpoint of TabPFN"):
        read_checkpoint(tmp_path, classes=True).specs()


def test_pickles_of_code_are_refused(tmp_path):
    class Attack:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "owned",))

    torch.save({"config": {}, "state_dict": Attack()}, tmp_path / "tabpfn-v2-classifier.ckpt")
    with pytest.raises(SettingsError, match="no checkpoint of TabPFN"):
        read_checkpoint(tmp_path, classes=True)
    assert not (tmp_path / "owned").exists()


def test_damaged_files_are_refused(tmp_path):
    (tmp_path / "tabpfn-v9-classifier.safetensors").write_bytes(b"\x10" + b"\x00" * 40)
    with pytest.raises(SettingsError, match="no checkpoint of TabPFN"):
        read_checkpoint(tmp_path, classes=True)


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
