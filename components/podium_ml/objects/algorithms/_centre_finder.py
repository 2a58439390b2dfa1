"""What the algorithms share whose networks find centres: the estimator, its settings and its declaration."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Self

import numpy as np

from podium_ml.algorithms import (
    AlgorithmSpec,
    Categorical,
    Cost,
    Encoding,
    Float,
    Int,
    Resources,
    fit_in_time,
    power,
)
from podium_ml.contracts import Problem
from podium_ml.models.onnx_network import OnnxNetwork
from podium_ml.objects.algorithms._centre_examples import augment
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


def _build(
    problem: Problem,
    *,
    finder: type[GridFinder],
    seed: int,
    n_jobs: int,
    width: int,
    effort: float = 1.0,
    batch_size: int = 8,
    learning_rate: float = 0.003,
    flips: bool = True,
) -> Any:
    """Build a network; ``effort`` multiplies how many pictures it sees."""
    return finder(
        Layout.of(problem),
        effort=effort,
        batch_size=batch_size,
        learning_rate=learning_rate,
        width=width,
        flips=flips,
        seed=seed,
        n_jobs=n_jobs,
    )


def finder_spec(
    name: str,
    title: str,
    description: str,
    *,
    finder: type[GridFinder],
    needs: Encoding,
    seconds: float,
    usefulness: int,
    width: int,
    weights: str = "",
) -> AlgorithmSpec:
    """Return the declaration of a network that finds centres.

    Args:
        name: Name that users type.
        title: Name in reports.
        description: One sentence.
        finder: Class of the estimator.
        needs: What the network sees of pictures.
        seconds: CPU seconds of a first trial on 1,000 pictures of 20 pixels a side.
        usefulness: Expected place among the algorithms.
        width: Features of a cell by default.
        weights: Pretrained weights that it needs.
    """
    return AlgorithmSpec(
        name=name,
        title=title,
        tasks=frozenset({"detection", "segmentation"}),
        build=partial(_build, finder=finder, width=width),
        fit=fit_in_time,
        augment=augment,
        search_space={
            "effort": Float(0.5, 4.0, log=True),
            "batch_size": Categorical((4, 8, 16)),
            "learning_rate": Float(0.001, 0.006, log=True),
            "width": Int(width // 2, 2 * width, log=True),
            "flips": Categorical((False, True)),
        },
        portfolio=[{}, {"effort": 2.0, "width": 3 * width // 2}],
        needs=needs,
        weights=weights,
        resources=Resources(cpu="2", memory="4Gi", accelerator="nvidia.com/gpu", image="python-torch"),
        weighted=False,
        weight=3.0,
        usefulness=usefulness,
        cost=Cost(
            seconds,
            flat=0.95,
            columns=2.0,
            classes=0.0,
            factors={"effort": power(1.0, 1.0), "width": power(width, 1.6)},
            start=4.0,
            parallel=0.6,
            cheaper=({"effort": 0.5}, {"effort": 0.25}, {"effort": 0.12}),
        ),
        requires=("torch", "onnx", "onnxruntime"),
        predicts_with=("onnxruntime",),
        extra="torch",
        deterministic=False,
        description=description,
    )
