"""A trained network for pictures or words that predicts without PyTorch."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, softmax

from podium_ml.models.onnx_network import OnnxNetwork
from podium_ml.tabular.algorithms._target_scaling import TargetScaler, network_values
from podium_ml.tabular.encoders import PixelRows, WordRows

Rows = PixelRows | WordRows


@dataclass(frozen=True)
class ExportedClassifier:
    """Predicts class probabilities.

    Attributes:
        network: The network.
        classes_: The classes that it knows.
    """

    network: OnnxNetwork
    classes_: np.ndarray

    def predict_proba(self, X: Rows) -> np.ndarray:
        """Return class probabilities, shape ``(n, len(classes_))``."""
        return softmax(_outputs(self.network, X), axis=1)

    def predict(self, X: Rows) -> np.ndarray:
        """Return the most probable classes, shape ``(n,)``."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


@dataclass(frozen=True)
class ExportedLabeller:
    """Predicts the probabilities of labels that do not exclude each other.

    Attributes:
        network: The network.
    """

    network: OnnxNetwork

    def predict_proba(self, X: Rows) -> np.ndarray:
        """Return the probability of each label, shape ``(n, L)``."""
        return expit(_outputs(self.network, X))


@dataclass(frozen=True)
class ExportedRegressor:
    """Predicts values, never outside the range of the training rows.

    Attributes:
        network: The network.
        scaler: Scale of the target.
        range: Smallest and largest target of the training rows.
        slope: Factor that shrinks the outputs of the network.
    """

    network: OnnxNetwork
    scaler: TargetScaler
    range: tuple[float, float]
    slope: float

    def predict(self, X: Rows) -> np.ndarray:
        """Return values, shape ``(n,)``."""
        return network_values(_outputs(self.network, X), self.scaler, slope=self.slope, limits=self.range)


Exported = ExportedClassifier | ExportedLabeller | ExportedRegressor


class Exportable:
    """A network of PyTorch that predicts in the format ONNX when it is trained."""

    def exported(self) -> bytes:
        """Return the trained network in the format ONNX."""
        raise NotImplementedError

    def without_torch(self) -> Exported:
        """Return the trained network as one that predicts without PyTorch."""
        return without_torch(self)


def without_torch(estimator: Any) -> Exported:
    """Return a trained network of pictures or words as one that does not need PyTorch."""
    network = OnnxNetwork(estimator.exported())
    if hasattr(estimator, "labels_"):
        return ExportedLabeller(network)
    if hasattr(estimator, "classes_"):
        return ExportedClassifier(network, estimator.classes_)
    return ExportedRegressor(network, estimator.scaler_, estimator.range_, estimator.slope_)


def _outputs(network: OnnxNetwork, X: Rows) -> np.ndarray:
    return network(X.arrays)
