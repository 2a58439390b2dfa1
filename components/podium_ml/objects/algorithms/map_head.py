"""A head without anchors on the maps of a frozen pretrained network, which were stored once for all branches."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Int, Resources, fit_in_time, power
from podium_ml.contracts import Problem
from podium_ml.objects.algorithms._centre_finder import GridFinder
from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.map_rows import MapRows


class MapFinder(GridFinder):
    """Finds objects with a head on maps."""

    def _maker(self, X: MapRows, *, width: int) -> Callable[[], Any]:
        from podium_ml.objects.algorithms._map_layers import MapHead

        return partial(MapHead, X.maps, classes=self.layout.classes, masks=self.layout.masks, width=width)

    def _inputs(self, X: MapRows) -> Mapping[str, np.ndarray]:
        return X.arrays


def build(
    problem: Problem,
    *,
    seed: int,
    n_jobs: int,
    effort: float = 1.0,
    batch_size: int = 8,
    learning_rate: float = 0.003,
    width: int = 48,
    flips: bool = True,
) -> Any:
    """Build a head; ``effort`` multiplies how many pictures it sees."""
    return MapFinder(
        Layout.of(problem),
        effort=effort,
        batch_size=batch_size,
        learning_rate=learning_rate,
        width=width,
        flips=flips,
        seed=seed,
        n_jobs=n_jobs,
    )


SPEC = AlgorithmSpec(
    name="map_head",
    title="Head on frozen maps",
    tasks=frozenset({"detection", "segmentation"}),
    build=build,
    fit=fit_in_time,
    search_space={
        "effort": Float(0.5, 4.0, log=True),
        "batch_size": Categorical((4, 8, 16)),
        "learning_rate": Float(0.001, 0.006, log=True),
        "width": Int(24, 96, log=True),
        "flips": Categorical((False, True)),
    },
    portfolio=[{}, {"effort": 2.0, "width": 64}],
    needs="maps",
    weights="backbone",
    resources=Resources(cpu="2", memory="4Gi", accelerator="nvidia.com/gpu", image="python-torch"),
    weighted=False,
    weight=3.0,
    usefulness=10,
    cost=Cost(
        2.2,
        flat=0.95,
        columns=2.0,
        classes=0.0,
        factors={"effort": power(1.0, 1.0), "width": power(48, 1.6)},
        start=4.0,
        parallel=0.6,
        cheaper=({"effort": 0.5}, {"effort": 0.25}, {"effort": 0.12}),
    ),
    requires=("torch", "onnx", "onnxruntime"),
    predicts_with=("onnxruntime",),
    extra="torch",
    deterministic=False,
    description="Finds centres, edges and pixels of objects on maps of the pretrained network of pictures.",
)
