"""Tests of TabICL with tiny weights, which the test makes."""

from pathlib import Path

import numpy as np
import pytest

from podium_ml.errors import SettingsError, TrainingError
from podium_ml.files import pickles
from podium_ml.weights import giving

torch = pytest.importorskip("torch")
pytest.importorskip("tabicl")

from podium_ml.tabular.algorithms._in_context_checkpoint import read_checkpoint  # noqa: E402
from podium_ml.tabular.algorithms._in_context_estimators import (  # noqa: E402
    InContextClassifier,
    InContextRegressor,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3)).astype(np.float32)
X[::7, 1] = np.nan


def write(folder: Path, task: str, **changes: object) -> Path:
    """Write a tiny network with random weights as TabICL's checkpoints are written."""
    from tabicl._model.tabicl import TabICL

    classes = {"max_classes": 3} if task == "classifier" else {"max_classes": 0, "num_quantiles": 19}
    sizes = {"embed_dim": 8, "col_num_blocks": 1, "col_nhead": 2, "col_num_inds": 4, "row_num_blocks": 1}
    config = {**classes, **sizes, "row_nhead": 2, "row_num_cls": 2, "icl_num_blocks": 1, "icl_nhead": 2}
    torch.manual_seed(0)
    network = TabICL(**config, zero_init=False)
    folder.mkdir(parents=True, exist_ok=True)
    held = {"config": {**config, **changes}, "state_dict": network.state_dict()}
    torch.save(held, folder / f"tabicl-{task}-v2.ckpt")
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


@pytest.mark.parametrize("labels", [2, 3, 5])
def test_classes(weights, labels):
    y = np.arange(60) % labels
    model = InContextClassifier(views=2).fit(X, y)
    shares = model.predict_proba(X[:7])
    assert shares.shape == (7, labels)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert np.ptp(shares[:, 0]) > 0
    np.testing.assert_allclose(restored(model, weights).predict_proba(X[:7]), shares, atol=1e-6)
    np.testing.assert_allclose(model.predict_proba(X[3:4]), shares[3:4], atol=1e-4)


@pytest.mark.parametrize("level", [None, 0.5])
def test_values(weights, level):
    y = np.nan_to_num(X[:, 0] + X[:, 2]) * 100 + 5000
    model = InContextRegressor(views=2, level=level).fit(X, y)
    values = model.predict(X[:7])
    assert values.shape == (7,)
    assert np.all(np.abs(values - 5000) < 2000)
    np.testing.assert_allclose(restored(model, weights).predict(X[:7]), values, rtol=1e-5)


def test_folds_share_the_weights(weights):
    first, second = (InContextClassifier().fit(X[at:], np.arange(60 - at) % 2) for at in (0, 10))
    assert first.checkpoint_ is second.checkpoint_


def test_no_weights():
    with pytest.raises(TrainingError, match="--pretrained"):
        InContextClassifier().fit(X, np.arange(60) % 2)


def test_weights_of_the_other_task_alone(tmp_path):
    write(tmp_path, "regressor")
    with pytest.raises(SettingsError, match="no classifier among the weights"):
        read_checkpoint(tmp_path, classes=True)


@pytest.mark.parametrize(
    "changes", [{"embed_dim": 10**9}, {"auto_map": "x"}, {"activation": "x" * 100}, {"max_classes": [3]}]
)
def test_odd_configurations_are_refused(tmp_path, changes):
    write(tmp_path, "classifier", **changes)
    with pytest.raises(SettingsError, match=next(iter(changes))):
        read_checkpoint(tmp_path, classes=True)


def test_pickles_of_code_are_refused(tmp_path):
    class Attack:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "owned",))

    torch.save({"config": {}, "state_dict": Attack()}, tmp_path / "tabicl-classifier-v2.ckpt")
    with pytest.raises(SettingsError, match="no checkpoint of TabICL"):
        read_checkpoint(tmp_path, classes=True)
    assert not (tmp_path / "owned").exists()
