"""A trained tabular network that predicts with NumPy alone.

The import of PyTorch takes a second or more, and its layers take longer for one row than NumPy does.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from scipy.special import expit, log_softmax, logsumexp, softmax

from podium_ml.models.few_rows import one_thread, prediction_threads
from podium_ml.tabular.algorithms._target_scaling import TargetScaler, network_values

# Rows at once, so that intermediate results stay in the processor's caches.
_ROWS_AT_ONCE = 1024
# The constants of the activation SELU (Klambauer et al., NeurIPS 2017).
_SELU_ALPHA, _SELU_SCALE = np.float32(1.6732632423543772), np.float32(1.0507009873554805)


@dataclass(frozen=True)
class PlainNetwork:
    """The weights of a ``TabularNetwork`` or of ``SharedNetworks``, by their names there, as float32.

    Attributes:
        weights: The weights and the positions of columns.
        depth: Number of hidden layers.
        smooth: Whether the activation is Mish, not SELU.
    """

    weights: dict[str, np.ndarray]
    depth: int
    smooth: bool

    @classmethod
    def of(cls, network: Any) -> Self:
        """Return the weights of a trained network on the CPU."""
        weights = {name: value.detach().numpy().copy() for name, value in network.state_dict().items()}
        smooth = any(activation.smooth for activation in network.activations)
        return cls(weights, len(network.hidden), smooth)

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Return the outputs of the network, float64, shape ``(n, n_outputs)``, for inputs of shape ``(n, d)``."""
        rows = np.asarray(X, dtype=np.float32)
        if len(rows) <= _ROWS_AT_ONCE:
            return self._forward(rows)
        parts = [rows[start : start + _ROWS_AT_ONCE] for start in range(0, len(rows), _ROWS_AT_ONCE)]
        # Threads of our own share all the work; those of the matrix products would wait for each other in between.
        with one_thread(), ThreadPoolExecutor(prediction_threads()) as pool:
            return np.concatenate(list(pool.map(self._forward, parts)))

    def _forward(self, x: np.ndarray) -> np.ndarray:
        w = self.weights
        if "embedding.frequency" in w:
            x = np.concatenate([self._embed(x[:, w["numbers"]]), x[:, w["others"]]], axis=1)
        x = x * w["scale.scale"]
        if self._is_shared:
            x = x[:, None]
        for layer in range(self.depth):
            x = self._hidden(x, layer)
            activated = _mish(x) if self.smooth else _selu(x)
            x += w[f"activations.{layer}.blend"] * (activated - x)
        outputs = self._combined(x) if self._is_shared else self._linear(x, "output")
        return outputs.astype(np.float64)

    @property
    def _is_shared(self) -> bool:
        return "scales.0.inputs" in self.weights

    def _hidden(self, x: np.ndarray, layer: int) -> np.ndarray:
        if not self._is_shared:
            return self._linear(x, f"hidden.{layer}")
        inputs, outputs, bias = (
            self.weights[f"scales.{layer}.{name}"] for name in ("inputs", "outputs", "bias")
        )
        return self._linear(x * inputs, f"hidden.{layer}") * outputs + bias

    def _combined(self, x: np.ndarray) -> np.ndarray:
        """Return what the networks predict together, given their last layers, shape ``(n, members, width)``."""
        factor = np.float32(1 / np.sqrt(x.shape[2]))
        single = (x.transpose(1, 0, 2) @ self.weights["output.weight"]) * factor + self.weights["output.bias"]
        if single.shape[2] == 1:
            return single.mean(axis=0)
        return logsumexp(log_softmax(single, axis=2), axis=0) - np.log(len(single))

    def _embed(self, x: np.ndarray) -> np.ndarray:
        w = self.weights
        angles = np.float32(2 * np.pi) * x[:, :, None] * w["embedding.frequency"] + w["embedding.phase"]
        mixed = np.cos(angles).transpose(1, 0, 2) @ w["embedding.weight"] + w["embedding.bias"]
        return np.concatenate([x, mixed.transpose(1, 0, 2).reshape(len(x), 3 * x.shape[1])], axis=1)

    def _linear(self, x: np.ndarray, name: str) -> np.ndarray:
        weight = self.weights[f"{name}.weight"]
        factor = np.float32(1 / np.sqrt(max(1, len(weight))))
        return (x @ weight) * factor + self.weights[f"{name}.bias"]


@dataclass(frozen=True)
class PlainNetworkClassifier:
    """Predicts class probabilities.

    Attributes:
        network: The network.
        classes_: The classes that it knows.
    """

    network: PlainNetwork
    classes_: np.ndarray

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return class probabilities, shape ``(n, len(classes_))``."""
        return softmax(self.network(X), axis=1)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the most probable classes, shape ``(n,)``."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


@dataclass(frozen=True)
class PlainNetworkLabeller:
    """Predicts the probabilities of labels that do not exclude each other.

    Attributes:
        network: The network.
    """

    network: PlainNetwork

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the probability of each label, shape ``(n, L)``."""
        return expit(self.network(X))


@dataclass(frozen=True)
class PlainNetworkRegressor:
    """Predicts values, never outside the range of the training rows.

    Attributes:
        network: The network.
        scaler: Scale of the target.
        range: Smallest and largest target of the training rows.
        slope: Factor that shrinks the outputs of the network.
    """

    network: PlainNetwork
    scaler: TargetScaler
    range: tuple[float, float]
    slope: float

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return values, shape ``(n,)``."""
        return network_values(self.network(X), self.scaler, slope=self.slope, limits=self.range)


def without_torch(estimator: Any) -> PlainNetworkClassifier | PlainNetworkLabeller | PlainNetworkRegressor:
    """Return a trained network as one that does not need PyTorch."""
    network = PlainNetwork.of(estimator.network_)
    if hasattr(estimator, "labels_"):
        return PlainNetworkLabeller(network)
    if hasattr(estimator, "classes_"):
        return PlainNetworkClassifier(network, estimator.classes_)
    return PlainNetworkRegressor(network, estimator.scaler_, estimator.range_, estimator.slope_)


def _selu(x: np.ndarray) -> np.ndarray:
    return _SELU_SCALE * np.where(x > 0, x, _SELU_ALPHA * np.expm1(np.minimum(x, 0)))


def _mish(x: np.ndarray) -> np.ndarray:
    """Return ``x * tanh(log(1 + exp(x)))`` (Misra, BMVC 2020); for large ``x``, that is ``x``."""
    grown = np.exp(np.minimum(x, 20))
    part = grown * (grown + 2)
    return x * (part / (part + 2))
