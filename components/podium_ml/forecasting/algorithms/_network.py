"""A small network that predicts quantiles; PyTorch learns, NumPy predicts."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

from podium_ml.forecasting.levels import LEVELS

_MIDDLE = len(LEVELS) // 2
_BATCH, _FEWEST_STEPS, _MOST_STEPS = 512, 400, 3_000
_DECAY = 1e-4


class QuantileNetwork(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Layers of rectified units whose outputs are the median and the distances from each quantile to the next.

    Args:
        width: Units of each layer.
        depth: Number of layers.
        epochs: How often each row is learned from, within bounds of the number of steps.
        rate: Greatest learning rate.
        dropout: Share of units that is left out at random while learning.
        seed: Seed of weights and order.
        threads: Number of threads.
    """

    def __init__(
        self,
        width: int = 64,
        depth: int = 2,
        epochs: int = 30,
        rate: float = 3e-3,
        dropout: float = 0.1,
        seed: int = 0,
        threads: int = 1,
    ) -> None:
        self.width, self.depth, self.epochs, self.rate = width, depth, epochs, rate
        self.dropout, self.seed, self.threads = dropout, seed, threads

    def fit(self, X: np.ndarray, y: np.ndarray) -> Self:
        """Learn the quantiles of values by their pinball loss.

        Args:
            X: Features without missing values, of about size 1, shape ``(n, d)``.
            y: Values of about size 1, shape ``(n,)``.
        """
        import torch

        torch.set_num_threads(self.threads)
        generator = torch.Generator().manual_seed(self.seed)
        torch.manual_seed(self.seed)
        network = self._network(torch, X.shape[1])
        rows, targets = torch.as_tensor(X, dtype=torch.float32), torch.as_tensor(y, dtype=torch.float32)
        levels = torch.tensor(LEVELS, dtype=torch.float32)
        steps = int(np.clip(self.epochs * len(y) / _BATCH, _FEWEST_STEPS, _MOST_STEPS))
        optimizer = torch.optim.AdamW(network.parameters(), lr=self.rate, weight_decay=_DECAY)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, self.rate, total_steps=steps)
        for _ in range(steps):
            some = torch.randint(len(y), (min(_BATCH, len(y)),), generator=generator)
            below = targets[some, None] - _quantiles_of(torch, network(rows[some]))
            loss = torch.maximum(levels * below, (levels - 1) * below).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        linear = [one for one in network if isinstance(one, torch.nn.Linear)]
        self.layers_ = [
            (one.weight.detach().numpy().T.copy(), one.bias.detach().numpy().copy()) for one in linear
        ]
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the quantiles ``LEVELS`` of rows, ascending, shape ``(n, q)``."""
        found = np.asarray(X, dtype=np.float32)
        for weight, bias in self.layers_[:-1]:
            found = np.maximum(found @ weight + bias, 0.0)
        raw = (found @ self.layers_[-1][0] + self.layers_[-1][1]).astype(np.float64)
        steps = np.logaddexp(0.0, raw)
        middle = raw[:, [_MIDDLE]]
        below = middle - np.cumsum(steps[:, :_MIDDLE][:, ::-1], axis=1)[:, ::-1]
        return np.column_stack([below, middle, middle + np.cumsum(steps[:, _MIDDLE + 1 :], axis=1)])

    def _network(self, torch: Any, inputs: int) -> Any:
        parts: list[Any] = []
        for _ in range(self.depth):
            parts += [torch.nn.Linear(inputs, self.width), torch.nn.ReLU(), torch.nn.Dropout(self.dropout)]
            inputs = self.width
        return torch.nn.Sequential(*parts, torch.nn.Linear(inputs, len(LEVELS)))


def _quantiles_of(torch: Any, raw: Any) -> Any:
    """Return the quantiles that outputs of the network stand for; see ``QuantileNetwork.predict``."""
    steps, middle = torch.nn.functional.softplus(raw), raw[:, [_MIDDLE]]
    below = middle - torch.cumsum(steps[:, :_MIDDLE].flip(1), dim=1).flip(1)
    return torch.cat([below, middle, middle + torch.cumsum(steps[:, _MIDDLE + 1 :], dim=1)], dim=1)
