"""Tests of networks on accelerators; those on a real one run where there is one."""

import pickle

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from podium_ml.networks import device  # noqa: E402
from podium_ml.tabular.algorithms._network_estimator import NetworkClassifier, NetworkRegressor  # noqa: E402

needs_accelerator = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs an accelerator")


def placements_until(enough, monkeypatch, *, batch_size=128):
    """Return the placements that are tried until one has enough memory."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
    tried = []

    def work(placement):
        tried.append((placement.device.type, placement.rows.type, placement.batch_size))
        if not enough(placement):
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return "fitted"

    assert device.train_where_it_fits(work, batch_size=batch_size) == "fitted"
    return tried


def test_accelerator_is_used_if_its_memory_suffices(monkeypatch):
    assert placements_until(lambda placement: True, monkeypatch) == [("cuda", "cuda", 128)]


def test_batches_are_halved_until_the_memory_suffices(monkeypatch, capsys):
    tried = placements_until(lambda placement: placement.batch_size <= 64, monkeypatch)
    assert tried == [("cuda", "cuda", 128), ("cuda", "cpu", 128), ("cuda", "cpu", 64)]
    assert "does not suffice with 128 rows a step" in capsys.readouterr().err


def test_cpu_comes_last_with_the_whole_batch(monkeypatch):
    tried = placements_until(lambda placement: placement.device.type == "cpu", monkeypatch)
    assert tried[-1] == ("cpu", "cpu", 128)
    assert tried[-2] == ("cuda", "cpu", 32)


def test_other_errors_are_not_hidden(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)

    def work(placement):
        raise ValueError("wrong shape")

    with pytest.raises(ValueError, match="wrong shape"):
        device.train_where_it_fits(work, batch_size=64)


def test_without_an_accelerator_the_cpu_is_used(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    placement = device.train_where_it_fits(lambda placement: placement, batch_size=64)
    assert (placement.device.type, placement.batch_size) == ("cpu", 64)


def waves(n=4000, columns=20):
    X = np.random.default_rng(0).normal(size=(n, columns)).astype(np.float32)
    return X, np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2]


@needs_accelerator
def test_network_on_accelerator_learns_as_well_as_on_the_cpu(monkeypatch):
    X, y = waves()
    errors = {}
    for name in ("accelerator", "cpu"):
        if name == "cpu":
            monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        model = NetworkRegressor(epochs=24, n_jobs=4).fit(X[:3000], y[:3000])
        errors[name] = float(np.mean((model.predict(X[3000:]) - y[3000:]) ** 2))
    assert max(errors.values()) < 0.01 * np.var(y)


@needs_accelerator
def test_network_of_accelerator_is_saved_for_the_cpu():
    X, y = waves()
    model = NetworkClassifier(epochs=4, n_jobs=4).fit(
        X, (y > 0).astype(int), validation=(X[:500], (y > 0)[:500], None)
    )
    again = pickle.loads(pickle.dumps(model))
    assert all(parameter.device.type == "cpu" for parameter in again.network_.parameters())
    np.testing.assert_allclose(again.predict_proba(X), model.predict_proba(X))


@needs_accelerator
def test_network_is_trained_though_the_memory_is_small(capsys):
    X, y = waves(n=200_000)
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 8e6) / total)
    try:
        model = NetworkRegressor(epochs=1, batch_size=4096, n_jobs=4).fit(X, y)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert np.isfinite(model.predict(X[:100])).all()
    assert "does not suffice" in capsys.readouterr().err
