"""Tests of networks that predict without PyTorch."""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from podium_ml.tabular.algorithms._network_estimator import NetworkClassifier, NetworkRegressor  # noqa: E402
from podium_ml.tabular.algorithms._network_layers import SharedNetworks, TabularNetwork  # noqa: E402
from podium_ml.tabular.algorithms._plain_network import PlainNetwork, without_torch  # noqa: E402


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("embedded", [[True, False, True], [False] * 3, [True] * 3])
@pytest.mark.parametrize("members", [1, 5])
@pytest.mark.parametrize("n_outputs", [1, 4])
def test_outputs_are_those_of_pytorch(
    embedded: list[bool], smooth: bool, members: int, n_outputs: int
) -> None:
    torch.manual_seed(0)
    shape = {"width": 32, "depth": 2, "smooth": smooth}
    network = (
        TabularNetwork(torch.tensor(embedded), n_outputs, **shape)
        if members == 1
        else SharedNetworks(torch.tensor(embedded), n_outputs, members=members, **shape)
    )
    for parameter in network.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    network.eval()
    X = np.random.default_rng(0).normal(scale=5, size=(3000, 3)).astype(np.float32)
    X[:4] = [[1e4] * 3, [-1e4] * 3, [0] * 3, [40] * 3]
    with torch.no_grad():
        expected = network(torch.as_tensor(X)).double().numpy()
    plain = PlainNetwork.of(network)
    np.testing.assert_allclose(plain(X), expected, rtol=2e-4, atol=2e-4)
    np.testing.assert_allclose(
        np.concatenate([plain(X[[at]]) for at in range(9)]), plain(X)[:9], rtol=1e-4, atol=1e-5
    )
    assert plain(X[:0]).shape == (0, n_outputs)


def test_estimators_predict_the_same_and_load_without_pytorch(tmp_path: Path) -> None:
    X = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    classifier = NetworkClassifier(epochs=3, width=16).fit(X, np.where(X[:, 0] > 0, 5, 2))
    regressor = NetworkRegressor(epochs=3, width=16, logarithmic=True).fit(
        X, 1e3 * np.exp(X[:, 0]).astype(float)
    )
    plain = without_torch(classifier), without_torch(regressor)
    assert plain[0].classes_.tolist() == [2, 5]
    np.testing.assert_allclose(plain[0].predict_proba(X), classifier.predict_proba(X), atol=1e-5)
    np.testing.assert_allclose(plain[1].predict(X), regressor.predict(X), rtol=1e-4)
    (tmp_path / "plain.pkl").write_bytes(pickle.dumps(plain))
    code = "import pickle, sys; pickle.load(open(sys.argv[1], 'rb')); print('torch' in sys.modules)"
    command = [sys.executable, "-c", code, str(tmp_path / "plain.pkl")]
    root = str(Path(__file__).parents[4] / "components")
    printed = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": root})
    assert printed.stdout.strip() == "False"
