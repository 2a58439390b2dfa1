"""Networks of words as scikit-learn estimators; imported only when PyTorch is used."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from podium_ml.tabular.algorithms._exported_network import Exportable
from podium_ml.tabular.algorithms._network_estimator import (
    NetworkClassifier,
    NetworkLabeller,
    NetworkRegressor,
    _NetworkEstimator,
)
from podium_ml.tabular.algorithms._word_layers import BagNetwork, ConvolutionNetwork
from podium_ml.tabular.encoders import WordRows


class WordEstimator(Exportable, _NetworkEstimator):
    """What the classifier, the labeller and the regressor share.

    Rows travel as one tensor of whole numbers, because a step takes parts of one tensor: the words of a row, then its
    other numbers as the bits of float32. A depth of 0 stands for the bag of words, others for convolutions.
    """

    def _tensor(self, X: WordRows) -> Tensor:
        words = torch.from_numpy(np.ascontiguousarray(X.words, dtype=np.int32))
        others = torch.from_numpy(np.ascontiguousarray(X.others, dtype=np.float32))
        return torch.cat([words, others.view(torch.int32)], dim=1) if others.shape[1] else words

    def _network(self, X: WordRows, n_outputs: int) -> nn.Module:
        kind = ConvolutionNetwork if self.depth else BagNetwork
        network = kind(codes=X.codes, others=X.others.shape[1], n_outputs=n_outputs, width=self.width)
        return OfNumbers(network, X.words.shape[1])

    def exported(self) -> bytes:
        """Return the trained network in the format ONNX, for inputs ``words`` and ``others``."""
        from podium_ml.networks.onnx_export import to_onnx

        whole: OfNumbers = self.network_
        words = torch.ones(2, whole.length, dtype=torch.int32)
        others = torch.zeros(2, whole.others)
        return to_onnx(whole.network.eval(), {"words": words, "others": others}, "outputs")


class OfNumbers(nn.Module):  # type: ignore[misc]
    """Takes rows of whole numbers apart for a network of words.

    Args:
        network: The network.
        length: Words of a row.
    """

    def __init__(self, network: Any, length: int) -> None:
        super().__init__()
        self.network, self.length, self.others = network, length, 0

    @property
    def dropout(self) -> float:
        """Share of features that are dropped in training."""
        return float(self.network.dropout)

    @dropout.setter
    def dropout(self, share: float) -> None:
        self.network.dropout = share

    def forward(self, rows: Tensor) -> Tensor:
        """Return outputs of rows."""
        self.others = rows.shape[1] - self.length
        others = rows[:, self.length :].contiguous().view(torch.float32)
        return self.network(rows[:, : self.length].long(), others)


class WordClassifier(WordEstimator, NetworkClassifier):
    """Predicts class probabilities of texts."""


class WordLabeller(WordEstimator, NetworkLabeller):
    """Predicts the probabilities of labels of texts."""


class WordRegressor(WordEstimator, NetworkRegressor):
    """Predicts values of texts."""
