"""Pretrained networks that are trained further as scikit-learn estimators; imported only when PyTorch is used."""

from torch import Tensor, nn

from podium_ml.embeddings.conversion import load_transformer
from podium_ml.embeddings.encoder import is_transformer
from podium_ml.errors import TrainingError
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms._contrastive_start import FEW_TEXTS, draw_together
from podium_ml.tabular.algorithms._network_estimator import (
    NetworkClassifier,
    NetworkLabeller,
    NetworkRegressor,
)
from podium_ml.tabular.algorithms._network_training import Rows
from podium_ml.tabular.algorithms._transformer_layers import TransformerNetwork
from podium_ml.tabular.algorithms._word_estimator import OfNumbers, WordEstimator
from podium_ml.tabular.encoders import WordRows
from podium_ml.weights import given


class _OfTexts(OfNumbers):
    """Also returns the vectors of texts, as the contrastive start needs them."""

    def vectors(self, rows: Tensor) -> Tensor:
        """Return vectors of rows, shape ``(n, d)``."""
        return self.network.vectors(rows[:, : self.length].long())

    @property
    def output(self) -> nn.Linear:
        """The last layer."""
        return self.network.output


class _TransformerEstimator(WordEstimator):
    """What the classifier, the labeller and the regressor share."""

    def _network(self, X: WordRows, n_outputs: int) -> nn.Module:
        folder = given("encoder")
        if not is_transformer(folder):
            raise TrainingError(
                "The encoder is no network that can be trained further: it has no config.json of one."
            )
        network = TransformerNetwork(load_transformer(folder), others=X.others.shape[1], n_outputs=n_outputs)
        return _OfTexts(network, X.words.shape[1])


class TransformerClassifier(_TransformerEstimator, NetworkClassifier):
    """Predicts class probabilities of texts.

    Attributes:
        contrast_epochs: Passes over the texts that draw those of one class together before the schedule begins, if
            there are few.
    """

    contrast_epochs = 0

    def _prepare(self, network: nn.Module, rows: Rows, deadline: Deadline) -> None:
        if self.contrast_epochs and len(rows.x) <= FEW_TEXTS:
            draw_together(
                network,
                rows,
                epochs=self.contrast_epochs,
                learning_rate=self.learning_rate,
                deadline=deadline,
            )


class TransformerLabeller(_TransformerEstimator, NetworkLabeller):
    """Predicts the probabilities of labels of texts."""


class TransformerRegressor(_TransformerEstimator, NetworkRegressor):
    """Predicts values of texts."""
