"""The network for pictures as scikit-learn estimators; imported only when PyTorch is used."""

import numpy as np
import torch
from torch import Tensor, nn

from podium_ml.networks.onnx_export import to_onnx
from podium_ml.tabular.algorithms._exported_network import Exportable
from podium_ml.tabular.algorithms._network_estimator import (
    NetworkClassifier,
    NetworkRegressor,
    _NetworkEstimator,
)
from podium_ml.tabular.algorithms._picture_layers import PictureNetwork
from podium_ml.tabular.encoders import PixelRows


class _PictureEstimator(Exportable, _NetworkEstimator):
    """What the classifier and the regressor share.

    Rows travel as one tensor of bytes, because a step takes parts of one tensor: the pixels of a row, then its other
    numbers as the bytes of float32.
    """

    def _tensor(self, X: PixelRows) -> Tensor:
        pixels = torch.from_numpy(np.ascontiguousarray(X.pixels).reshape(len(X), -1))
        others = torch.from_numpy(np.ascontiguousarray(X.others, dtype=np.float32))
        return torch.cat([pixels, others.view(torch.uint8)], dim=1) if others.shape[1] else pixels

    def _network(self, X: PixelRows, n_outputs: int) -> nn.Module:
        network = PictureNetwork(
            side=X.pixels.shape[1],
            channels=X.pixels.shape[3],
            others=X.others.shape[1],
            n_outputs=n_outputs,
            width=self.width,
            flip=bool(self.depth),
        )
        return _OfBytes(network)

    def exported(self) -> bytes:
        """Return the trained network in the format ONNX, for inputs ``pixels`` and ``others``."""
        network: PictureNetwork = self.network_.network.eval()
        pixels = torch.zeros(2, network.side, network.side, network.channels, dtype=torch.uint8)
        others = torch.zeros(2, network.output.in_features - _pooled(network))
        return to_onnx(network, {"pixels": pixels, "others": others}, "outputs")


class _OfBytes(nn.Module):  # type: ignore[misc]
    """Takes rows of bytes apart for a ``PictureNetwork``.

    Args:
        network: The network.
    """

    def __init__(self, network: PictureNetwork) -> None:
        super().__init__()
        self.network = network

    @property
    def dropout(self) -> float:
        """Share of features that are dropped in training."""
        return self.network.dropout

    @dropout.setter
    def dropout(self, share: float) -> None:
        self.network.dropout = share

    def forward(self, rows: Tensor) -> Tensor:
        """Return outputs of rows of bytes."""
        side, channels = self.network.side, self.network.channels
        size = side * side * channels
        pixels = rows[:, :size].reshape(-1, side, side, channels)
        return self.network(pixels, rows[:, size:].contiguous().view(torch.float32))


class PictureClassifier(_PictureEstimator, NetworkClassifier):
    """Predicts class probabilities of pictures."""


class PictureRegressor(_PictureEstimator, NetworkRegressor):
    """Predicts values of pictures."""


def _pooled(network: PictureNetwork) -> int:
    last = [layer for layer in network.body if isinstance(layer, nn.BatchNorm2d)][-1]
    return 2 * int(last.num_features)
