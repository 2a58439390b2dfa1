"""Tests of what TabPFN alone does."""

import numpy as np
import pytest

from podium_ml.errors import SettingsError, TrainingError
from podium_ml.weights import giving
from tests.unit.tabular.algorithms.tiny_weights import PRETRAINED, installed

TABPFN = installed(next(one for one in PRETRAINED if one.name == "tabpfn"))
X = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)


def test_safetensors_are_read_too(tmp_path):
    import torch
    from tabpfn.checkpoint import save_as_safetensors

    y, old = np.arange(60) % 2, TABPFN.write(tmp_path / "pretrained", "classifier")
    with giving(str(tmp_path)):
        before = TABPFN.estimator("Classifier", views=2).fit(X, y).predict_proba(X[:5])
        save_as_safetensors(torch.load(old, weights_only=True), old.with_name("tabpfn-v9.safetensors"))
        old.unlink()
        TABPFN.read_checkpoint.cache_clear()
        after = TABPFN.estimator("Classifier", views=2).fit(X, y).predict_proba(X[:5])
    np.testing.assert_allclose(after, before, atol=1e-6)


def test_more_classes_than_it_knows(tmp_path):
    TABPFN.write(tmp_path / "pretrained", "classifier")
    with giving(str(tmp_path)), pytest.raises(TrainingError, match="at most 10 classes"):
        TABPFN.estimator("Classifier").fit(X, np.arange(60) % 12)


def test_numbers_of_another_network_are_refused(tmp_path):
    TABPFN.write(tmp_path, "classifier", emsize=16)
    with pytest.raises(SettingsError, match="no checkpoint of TabPFN"):
        TABPFN.read_checkpoint(tmp_path, classes=True).specs()


def test_damaged_files_are_refused(tmp_path):
    (tmp_path / "tabpfn-v9-classifier.safetensors").write_bytes(b"\x10" + b"\x00" * 40)
    with pytest.raises(SettingsError, match="no checkpoint of TabPFN"):
        TABPFN.read_checkpoint(tmp_path, classes=True)
