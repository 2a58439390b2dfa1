"""Pretrained networks that are trained further as scikit-learn estimators; imported only when PyTorch is used."""

from torch import nn

from podium_ml.embeddings.conversion import load_transformer
from podium_ml.embeddings.encoder import is_transformer
from podium_ml.errors import TrainingError
from podium_ml.tabular.algorithms._network_estimator import NetworkClassifier, NetworkRegressor
from podium_ml.tabular.algorithms._transformer_layers import TransformerNetwork
from podium_ml.tabular.algorithms._word_estimator import OfNumbers, WordEstimator
from podium_ml.tabular.encoders import WordRows
from podium_ml.weights import given


class _TransformerEstimator(WordEstimator):
    """What the classifier and the regressor share."""

    def _network(self, X: WordRows, n_outputs: int) -> nn.Module:
        folder = given("encoder")
        if not is_transformer(folder):
            raise TrainingError(
                "The encoder is no network that can be trained further: it has no config.json of one."
            )
        network = TransformerNetwork(load_transformer(folder), others=X.others.shape[1], n_outputs=n_outputs)
        return OfNumbers(network, X.words.shape[1])


class TransformerClassifier(_TransformerEstimator, NetworkClassifier):
    """Predicts class probabilities of texts."""


class TransformerRegressor(_TransformerEstimator, NetworkRegressor):
    """Predicts values of texts."""
