import pickle
import time

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from podium_ml.run.budget import Deadline  # noqa: E402
from podium_ml.tabular.algorithms import _network_training as training  # noqa: E402
from podium_ml.tabular.algorithms._network_estimator import NetworkClassifier, NetworkRegressor  # noqa: E402
from podium_ml.tabular.algorithms._network_layers import (  # noqa: E402
    PeriodicEmbedding,
    SharedNetworks,
    TabularNetwork,
)
from podium_ml.tabular.algorithms._network_optimizer import FlatAdam  # noqa: E402


def waves(n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    X = np.random.default_rng(0).normal(size=(n, 3)).astype(np.float32)
    X[:, 2] = X[:, 2] > 0
    return X, (1000 * np.sin(3 * X[:, 0]) + 500 * X[:, 2]).astype(np.float64)


def test_embedding_includes_the_original_number() -> None:
    x = torch.randn(5, 2)
    embedded = PeriodicEmbedding(2)(x)
    assert embedded.shape == (5, 8)
    torch.testing.assert_close(embedded[:, :2], x)


@pytest.mark.parametrize("embedded", [[True, False, True], [False] * 3, [True] * 3])
def test_network_accepts_any_mix_of_columns(embedded: list[bool]) -> None:
    network = TabularNetwork(torch.tensor(embedded), 4, width=8, depth=2, smooth=True)
    assert network(torch.randn(6, 3)).shape == (6, 4)


def test_networks_that_share_weights_learn_on_their_own_and_predict_their_mean() -> None:
    torch.manual_seed(0)
    network = SharedNetworks(torch.tensor([True, False]), 3, width=8, depth=2, smooth=False, members=4)
    x, y = torch.randn(6, 2), torch.tensor([0, 1, 2, 0, 1, 2])
    alone = network(x)
    assert alone.shape == (6, 4, 3)
    assert len({tuple(row) for row in alone[0].tolist()}) == 4
    single = torch.stack(
        [torch.nn.functional.cross_entropy(alone[:, at], y, reduction="none") for at in range(4)]
    )
    torch.testing.assert_close(NetworkClassifier()._row_loss(alone, y), single.mean(dim=0))
    torch.testing.assert_close(network.eval()(x).softmax(dim=1), alone.softmax(dim=2).mean(dim=1))


@pytest.mark.parametrize("smooth", [False, True])
def test_networks_that_share_weights_find_a_pattern(smooth: bool) -> None:
    X, y = waves(600)
    network = NetworkRegressor(epochs=40, width=64, members=4, logarithmic=smooth)
    network.fit(X[:400], y[:400], validation=(X[400:], y[400:], None))
    error = y[400:] - network.predict(X[400:])
    assert (error**2).mean() < 0.2 * y[400:].var()
    assert network.losses_[-1] < network.losses_[10]


def test_optimizer_finds_a_minimum() -> None:
    network = TabularNetwork(torch.tensor([False]), 1, width=4, depth=1, smooth=True)
    optimizer, x = FlatAdam(network), torch.ones(1, 1)
    for _ in range(300):
        (network(x) - 3).square().sum().backward()
        optimizer.step(learning_rate=0.02, weight_decay=0.0)
    assert network(x).item() == pytest.approx(3, abs=0.05)


def test_optimizer_decays_only_weights() -> None:
    network = TabularNetwork(torch.tensor([False]), 1, width=4, depth=1, smooth=True)
    optimizer = FlatAdam(network)
    before = {name: value.detach().clone() for name, value in network.named_parameters()}
    optimizer.step(learning_rate=0.1, weight_decay=1.0)
    after = dict(network.named_parameters())
    torch.testing.assert_close(after["output.weight"], 0.9 * before["output.weight"])
    torch.testing.assert_close(after["output.bias"], before["output.bias"])


def test_learning_rate_schedule() -> None:
    paces = np.array([training._four_waves(t) for t in np.linspace(0, 1, 2001)])
    assert paces[0] == paces[-1] == pytest.approx(0, abs=1e-9)
    assert paces.max() == pytest.approx(1, abs=1e-4)
    assert ((paces[1:-1] < paces[:-2]) & (paces[1:-1] <= paces[2:])).sum() == 3


def test_regressor_learns_a_sine_of_large_scale() -> None:
    X, y = waves()
    model = NetworkRegressor(epochs=60, width=64, learning_rate=0.1).fit(X[:250], y[:250])
    error = np.abs(model.predict(X[250:]) - y[250:]).mean()
    assert error < 0.3 * np.abs(y[250:] - y.mean()).mean()
    far = model.predict(np.full((1, 3), 1e6, dtype=np.float32))
    assert y.min() <= far[0] <= y.max()


def test_deadline_compresses_the_schedule() -> None:
    X, y = waves(2000)
    began = time.time()
    NetworkRegressor(epochs=100_000, width=16).fit(X, y, deadline=Deadline.after(0.5))
    assert time.time() - began < 5


def test_global_random_state_is_unchanged() -> None:
    X, y = waves(50)
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    NetworkRegressor(epochs=1, seed=5).fit(X, y)
    assert torch.rand(1) == expected


def test_weights_of_a_pickled_network_are_stored_once() -> None:
    X, y = waves(50)
    model = NetworkRegressor(epochs=1, width=64).fit(X, y)
    count = sum(p.numel() for p in model.network_.parameters())
    assert len(pickle.dumps(model)) < 4 * count * 1.5 + 20_000


def test_many_numbers_are_not_embedded() -> None:
    X = np.random.default_rng(0).normal(size=(30, 300)).astype(np.float32)
    model = NetworkRegressor(epochs=1, width=8).fit(X, X[:, 0].astype(float))
    assert model.network_.embedding is None


def test_a_schedule_that_a_deadline_compresses_is_complete() -> None:
    """It used to end before an epoch that would have been late, when steps were still large."""

    def slow(outputs: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        time.sleep(0.1)
        return (outputs - y).abs().mean(dim=1)

    rows = training.Rows(torch.randn(8, 3), torch.randn(8, 1), torch.ones(8))
    network = TabularNetwork(torch.tensor([False] * 3), 1, width=4, depth=1, smooth=True)
    schedule = training.Schedule(50, 4, 0.01, 0.0, 0.0)
    stages = training.train(network, rows, rows, loss=slow, schedule=schedule, deadline=Deadline.after(1.5))
    assert 2 <= len(stages) < 10
    assert stages[-1].progress == 1.0


def test_a_schedule_that_ends_early_is_not_compressed_for_what_would_follow() -> None:
    """The quarter that is trained ends well before the deadline; the whole schedule would not."""
    steps = []

    def slow(outputs: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        steps.append(time.sleep(0.03))
        return (outputs - y).abs().mean(dim=1)

    rows = training.Rows(torch.randn(8, 3), torch.randn(8, 1), torch.ones(8))
    network = TabularNetwork(torch.tensor([False] * 3), 1, width=4, depth=1, smooth=True)
    schedule = training.Schedule(80, 4, 0.01, 0.0, 0.0, stop_at=0.25)
    training.train(network, rows, loss=slow, schedule=schedule, deadline=Deadline.after(3.0))
    assert len(steps) == 40


def test_training_ends_if_the_network_memorizes_its_rows() -> None:
    X, y = waves(200)
    noise = np.random.default_rng(1).integers(0, 2, 200)
    rows, checks = (X[:120], noise[:120]), (X[120:], noise[120:], None)
    model = NetworkClassifier(epochs=60, width=128, learning_rate=0.1).fit(*rows, validation=checks)
    assert model.stages_[-1].progress < 0.5
    assert len(model.losses_) == 100
    assert np.ptp(model.losses_[50:]) == 0
    pattern = NetworkRegressor(epochs=60, width=128, learning_rate=0.1)
    pattern.fit(X[:120], y[:120], validation=(X[120:], y[120:], None))
    assert pattern.stages_[-1].progress == 1.0


@pytest.mark.parametrize(
    ("losses", "at"),
    [
        ({0.065: 0.5, 0.13: 0.9, 0.2: 0.54, 0.3: 0.9, 0.46: 0.53, 0.7: 0.9, 1.0: 0.5}, None),
        ({0.065: 0.5, 0.13: 0.9, 0.2: 0.56, 0.3: 0.9, 0.46: 0.4}, 0.2),
        ({0.065: 0.5, 0.13: 0.9, 0.2: 0.4, 0.3: 0.9, 0.46: 0.45}, 0.46),
        ({0.125: 0.5, 0.25: 0.9, 0.375: 0.9, 0.5: 0.5, 1.0: 0.5}, None),
    ],
)
def test_losses_at_the_ends_of_waves_decide(losses: dict[float, float], at: float | None) -> None:
    stages = [training.Stage(progress, loss, torch.zeros(1)) for progress, loss in losses.items()]
    ended = [stages[n - 1].progress for n in range(1, len(stages) + 1) if training._memorizes(stages[:n])]
    assert ended == ([] if at is None else [at])
