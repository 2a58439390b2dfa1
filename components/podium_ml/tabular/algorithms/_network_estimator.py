"""The tabular network as scikit-learn estimators; imported only when PyTorch is used."""

from typing import Any, Self

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from torch import Tensor, nn
from torch.nn import functional

from podium_ml.algorithms import Related, Validation
from podium_ml.networks.device import Placement, reproducible, train_where_it_fits
from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms._inner_splits import hold_out
from podium_ml.tabular.algorithms._network_layers import SharedNetworks, TabularNetwork
from podium_ml.tabular.algorithms._network_training import Rows, Schedule, Stage, train
from podium_ml.tabular.algorithms._target_scaling import TargetScaler, network_values

# With more numeric columns than this, embedding them all would cost more than it gains.
_MAX_EMBEDDED = 256
# Rows that are predicted at once.
_ROWS_AT_ONCE = 2048


class _NetworkEstimator(BaseEstimator):  # type: ignore[misc]
    """Shared base of the classifier and the regressor.

    Args:
        epochs: Passes over the rows.
        batch_size: Rows per step; small tables get smaller batches.
        learning_rate: Peak learning rate.
        weight_decay: Decoupled weight decay.
        dropout: Share of hidden units dropped.
        width: Units of a hidden layer.
        depth: Number of hidden layers.
        members: Number of networks that share most of their weights; see ``SharedNetworks``.
        label_smoothing: Share of the target's probability spread over all classes, or of a label over yes and no.
        level: Level of the quantile that a regression predicts; ``None`` for the mean.
        logarithmic: Whether a regression compresses the long tails of its target.
        stop_at: Percent of the schedule after which training ends.
        seed: Seed of weights, batches and dropout.
        n_jobs: Threads for training.
    """

    smooth = False

    def __init__(
        self,
        *,
        epochs: int = 64,
        batch_size: int = 256,
        learning_rate: float = 0.04,
        weight_decay: float = 0.02,
        dropout: float = 0.15,
        width: int = 256,
        depth: int = 3,
        members: int = 1,
        label_smoothing: float = 0.0,
        level: float | None = None,
        logarithmic: bool = False,
        stop_at: int = 100,
        seed: int = 0,
        n_jobs: int = 1,
    ) -> None:
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.dropout = dropout
        self.width = width
        self.depth = depth
        self.members = members
        self.label_smoothing = label_smoothing
        self.level = level
        self.logarithmic = logarithmic
        self.stop_at = stop_at
        self.seed = seed
        self.n_jobs = n_jobs

    def _train(
        self,
        X: np.ndarray,
        y: np.ndarray,
        weight: np.ndarray | None,
        validation: Validation | None,
        deadline: Deadline | None,
    ) -> None:
        """Train a new network; the validation rows are watched only."""
        deadline = deadline or Deadline()
        watched = None if validation is None else self._rows(*validation)
        with reproducible(self.seed, self.n_jobs):
            rows = self._rows(X, y, weight)

            def work(placement: Placement) -> tuple[nn.Module, list[Stage]]:
                network = self._network(X, self._n_outputs()).to(placement.device)
                schedule = self._schedule(placement.batch_size)
                kept = _on(rows, placement.rows)
                self._prepare(network, kept, deadline)
                checks = None if watched is None else _on(watched, placement.rows)
                stages = train(
                    network, kept, checks, loss=self._row_loss, schedule=schedule, deadline=deadline
                )
                return network, stages

            network, stages = train_where_it_fits(work, batch_size=min(self.batch_size, max(16, len(X) // 8)))
            if watched is not None:
                self.stages_ = stages
            self.network_ = network.cpu()

    def _rows(self, X: Any, y: np.ndarray, weight: np.ndarray | None) -> Rows:
        """Convert rows to tensors."""
        weights = np.ones(len(X)) if weight is None else weight / weight.mean()
        return Rows(self._tensor(X), self._encoded(y), torch.as_tensor(weights, dtype=torch.float32))

    def _tensor(self, X: Any) -> Tensor:
        """Return inputs as one tensor, whose first axis is that of the rows."""
        return torch.as_tensor(np.asarray(X, dtype=np.float32))

    def _schedule(self, batch_size: int) -> Schedule:
        return Schedule(
            epochs=self.epochs,
            batch_size=batch_size,
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
            dropout=self.dropout,
            stop_at=self.stop_at / 100,
        )

    def _prepare(self, network: nn.Module, rows: Rows, deadline: Deadline) -> None:
        """Do with a new network what comes before its schedule; most need nothing."""

    def _network(self, X: Any, n_outputs: int) -> nn.Module:
        embedded = torch.tensor([len(np.unique(column[:1000])) > 2 for column in X.T], dtype=torch.bool)
        if embedded.sum() > _MAX_EMBEDDED:
            embedded[:] = False
        shape: dict[str, Any] = {"width": self.width, "depth": self.depth, "smooth": self.smooth}
        if self.members > 1:
            return SharedNetworks(embedded, n_outputs, members=self.members, **shape)
        return TabularNetwork(embedded, n_outputs, **shape)

    def _outputs(self, X: np.ndarray) -> Tensor:
        """Return the outputs of the trained network, shape ``(n, n_outputs)``."""
        parts = self._tensor(X).split(_ROWS_AT_ONCE)
        with torch.no_grad():
            return torch.cat([self.network_(part) for part in parts])

    def without_torch(self) -> Any:
        """Return the trained network as one that predicts without PyTorch."""
        from podium_ml.tabular.algorithms._plain_network import without_torch

        return without_torch(self)

    @property
    def losses_(self) -> np.ndarray:
        """Loss of the validation rows after each percent of the schedule, shape ``(100,)``; empty without such rows."""
        return np.array(
            [self._stage(percent).loss for percent in range(1, 101)] if self._was_watched() else []
        )

    def recorded(self, percent: int) -> "Recorded":
        """Return what predicts the validation rows as they were predicted after a part of the schedule."""
        return Recorded(self, self._predictions(self._stage(percent).outputs))

    def _was_watched(self) -> bool:
        return bool(getattr(self, "stages_", None))

    def _stage(self, percent: int) -> Stage:
        """Return the last epoch that ended before a part of the schedule was done, or the first one."""
        done = [stage for stage in self.stages_ if stage.progress <= percent / 100 + 1e-9]
        return done[-1] if done else self.stages_[0]

    def _predictions(self, outputs: Tensor) -> np.ndarray:
        """Return probabilities or values, given outputs of the network."""
        raise NotImplementedError

    def _encoded(self, y: np.ndarray) -> Tensor:
        """Return targets in the form that the loss expects."""
        raise NotImplementedError

    def _n_outputs(self) -> int:
        raise NotImplementedError

    def _row_loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the loss of each row; networks that share weights learn on their own, so it is the mean of theirs."""
        if output.ndim == 2:
            return self._loss(output, target)
        members = output.shape[1]
        losses = self._loss(output.flatten(0, 1), target.repeat_interleave(members, dim=0))
        return losses.unflatten(0, (-1, members)).mean(dim=1)

    def _loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the loss of each row, shape ``(n,)``, given outputs of one network, shape ``(n, n_outputs)``."""
        raise NotImplementedError


class Recorded:
    """Predicts the validation rows only.

    Args:
        estimator: The network that predicted them.
        predictions: Its predictions.
    """

    def __init__(self, estimator: _NetworkEstimator, predictions: np.ndarray) -> None:
        self.classes_, self._predictions = getattr(estimator, "classes_", None), predictions

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return values, shape ``(n,)``."""
        if len(X) != len(self._predictions):
            raise ValueError("Only the validation rows can be predicted.")
        return self._predictions

    predict_proba = predict


class NetworkClassifier(ClassifierMixin, _NetworkEstimator):  # type: ignore[misc]
    """Predicts class probabilities with a tabular network."""

    def fit(
        self,
        X: np.ndarray,
        y: np.ndarray,
        sample_weight: np.ndarray | None = None,
        *,
        validation: Validation | None = None,
        deadline: Deadline | None = None,
    ) -> Self:
        """Fit the network; all classes of the validation rows, which are watched only, must occur in ``y``."""
        self.classes_ = np.unique(y)
        self._train(X, y, sample_weight, validation, deadline)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return class probabilities, shape ``(n, len(classes_))``."""
        return self._predictions(self._outputs(X))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the most probable classes, shape ``(n,)``."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _predictions(self, outputs: Tensor) -> np.ndarray:
        return outputs.double().softmax(dim=1).numpy()

    def _encoded(self, y: np.ndarray) -> Tensor:
        return torch.as_tensor(np.searchsorted(self.classes_, y))

    def _n_outputs(self) -> int:
        return len(self.classes_)

    def _loss(self, output: Tensor, target: Tensor) -> Tensor:
        smoothing = self.label_smoothing if output.requires_grad else 0.0
        return functional.cross_entropy(output, target, reduction="none", label_smoothing=smoothing)


class NetworkLabeller(_NetworkEstimator):
    """Predicts the probabilities of labels that do not exclude each other with one network."""

    def fit(
        self,
        X: np.ndarray,
        y: np.ndarray,
        sample_weight: np.ndarray | None = None,
        *,
        validation: Validation | None = None,
        deadline: Deadline | None = None,
    ) -> Self:
        """Fit the network on labels, 0 or 1, shape ``(n, L)``; the validation rows are watched only."""
        self.labels_ = y.shape[1]
        self._train(X, y, sample_weight, validation, deadline)
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return the probability of each label, shape ``(n, L)``."""
        return self._predictions(self._outputs(X))

    def _predictions(self, outputs: Tensor) -> np.ndarray:
        return outputs.double().sigmoid().numpy()

    def _encoded(self, y: np.ndarray) -> Tensor:
        return torch.as_tensor(y, dtype=torch.float32)

    def _n_outputs(self) -> int:
        return self.labels_

    def _loss(self, output: Tensor, target: Tensor) -> Tensor:
        smoothing = self.label_smoothing if output.requires_grad else 0.0
        softened = target * (1 - smoothing) + smoothing / 2
        return functional.binary_cross_entropy_with_logits(output, softened, reduction="none").mean(dim=1)


class NetworkRegressor(RegressorMixin, _NetworkEstimator):  # type: ignore[misc]
    """Predicts values with a tabular network, never outside the range of the training rows."""

    smooth = True
    splits_inside = True
    slope_ = 1.0

    def fit(
        self,
        X: np.ndarray,
        y: np.ndarray,
        sample_weight: np.ndarray | None = None,
        *,
        validation: Validation | None = None,
        deadline: Deadline | None = None,
        related: Related | None = None,
    ) -> Self:
        """Fit the network on a standardized target; the validation rows are watched only.

        On a logarithmic scale, some of the rows are held out to measure the errors on rows that were not trained on.
        """
        self.range_ = float(np.min(y)), float(np.max(y))
        self.scaler_ = TargetScaler(self.logarithmic).fit(y[:, None])
        if self.logarithmic and self.level is None:
            kept, out = hold_out(len(y), related, seed=self.seed)
            held, X, y = (X[out], y[out]), X[kept], y[kept]
            sample_weight = None if sample_weight is None else sample_weight[kept]
        self._train(X, y, sample_weight, validation, deadline)
        if self.logarithmic and self.level is None:
            self._smear(*held)
        return self

    def _smear(self, X: np.ndarray, y: np.ndarray) -> None:
        """Predict means on the target's own scale, by the errors of rows that were not trained on."""
        target, output = self.scaler_.transform(y[:, None])[:, 0], self._outputs(X).double().numpy()[:, 0]
        # A network that has memorized its training rows is too bold, which the errors alone would count twice.
        self.slope_ = float(np.cov(output, target)[0, 1] / max(float(output.var(ddof=1)), 1e-12))
        self.slope_ = float(np.clip(self.slope_, 0.0, 1.0))
        self.scaler_.smear(target - self.slope_ * output)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return values, shape ``(n,)``."""
        return self._predictions(self._outputs(X))

    def _predictions(self, outputs: Tensor) -> np.ndarray:
        return network_values(outputs.double().numpy(), self.scaler_, slope=self.slope_, limits=self.range_)

    def _encoded(self, y: np.ndarray) -> Tensor:
        return torch.as_tensor(self.scaler_.transform(y[:, None]), dtype=torch.float32)

    def _n_outputs(self) -> int:
        return 1

    def _loss(self, output: Tensor, target: Tensor) -> Tensor:
        error = (output - target)[:, 0]
        if self.level is None:
            return error.square()
        return 2 * torch.maximum(-self.level * error, (1 - self.level) * error)


def _on(rows: Rows, device: torch.device) -> Rows:
    """Move rows to a device."""
    return Rows(rows.x.to(device), rows.y.to(device), rows.weight.to(device))
