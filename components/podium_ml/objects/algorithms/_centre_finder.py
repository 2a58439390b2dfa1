"""What the algorithms share whose networks find centres: how they are trained, and how they predict."""

from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np

from podium_ml.models.onnx_network import OnnxNetwork
from podium_ml.objects.algorithms._layout import Layout
from podium_ml.run.budget import Deadline

# Pictures that a first trial passes through the network altogether; few pictures are seen more often.
_SEEN = 6_000


class GridFinder:
    """Finds objects with a network from inputs to grids; predicts without PyTorch.

    Args:
        layout: The shape of predictions.
        **plan: Fields of ``Plan``, with ``effort`` in place of ``epochs``, and the ``width`` of the network.
    """

    def __init__(self, layout: Layout, **plan: Any) -> None:
        self.layout, self.plan = layout, plan

    def fit(self, X: Any, y: np.ndarray, *, deadline: Deadline | None = None) -> Self:
        """Train the network."""
        from podium_ml.objects.algorithms._centre_training import Plan, train

        plan = dict(self.plan)
        make = self._maker(X, width=plan.pop("width"))
        plan["epochs"] = max(3, round(plan.pop("effort") * _SEEN / max(1, len(X))))
        trained = train(make, self._inputs(X), y, self.layout, Plan(**plan), deadline or Deadline())
        self.network_ = OnnxNetwork(trained)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Return grids."""
        return self.network_(self._inputs(X)).astype(np.float32)

    def _maker(self, X: Any, *, width: int) -> Callable[[], Any]:
        """Return a function that makes an untrained network for such rows."""
        raise NotImplementedError

    def _inputs(self, X: Any) -> Mapping[str, np.ndarray]:
        """Return what the network sees of rows, by name."""
        raise NotImplementedError
