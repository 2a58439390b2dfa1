"""What the algorithms of torchvision's detectors share: the estimator, its settings and its declaration."""

from collections.abc import Callable
from functools import partial
from typing import Any, Self

import numpy as np
from PIL import Image

from podium_ml.algorithms import AlgorithmSpec, Categorical, Cost, Float, Resources, fit_in_time, power
from podium_ml.contracts import Problem
from podium_ml.models.onnx_network import OnnxNetwork
from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.encoding import Known
from podium_ml.run.budget import Deadline

# Pictures that a first trial passes through the network altogether; few pictures are seen more often.
_SEEN = 4_000


class Detector:
    """Finds objects with a detector of torchvision; predicts without PyTorch.

    Args:
        name: Name of the algorithm.
        layout: The shape of predictions.
        **plan: Fields of ``Plan``, with ``effort`` in place of ``epochs``.
    """

    def __init__(self, name: str, layout: Layout, **plan: Any) -> None:
        self.name, self.layout, self.plan = name, layout, plan

    def fit(self, X: np.ndarray, y: np.ndarray, *, deadline: Deadline | None = None) -> Self:
        """Train the detector."""
        from podium_ml.objects.algorithms._detector_training import Plan, train

        plan = dict(self.plan)
        plan["epochs"] = max(2, round(plan.pop("effort") * _SEEN / max(1, len(X))))
        content = train(self.name, X, y, self.layout, Plan(**plan), deadline or Deadline())
        self.network_ = OnnxNetwork(content)
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return grids."""
        grids = self.layout.empty(len(X))
        for at, grid in enumerate(grids):
            self._fill(grid, self.network_.outputs({"pixels": X[at : at + 1]}), side=X.shape[1])
        return grids

    def _fill(self, grid: np.ndarray, outputs: list[np.ndarray], *, side: int) -> None:
        corners, labels, scores, *masks = outputs
        corners = np.clip(corners / side, 0, 1)
        boxes = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1)
        for box, label, score in zip(boxes, labels, scores, strict=True):
            if label > 0 and box[2:].min() > 0:
                self.layout.place(grid, int(label) - 1, box, float(score))
        if masks:
            self._place_masks(grid, masks[0][:, 0], boxes, scores)

    def _place_masks(
        self, grid: np.ndarray, masks: np.ndarray, boxes: np.ndarray, scores: np.ndarray
    ) -> None:
        size = 2 * self.layout.grid
        likely, owners = np.zeros((size, size), dtype=np.float32), np.full((size, size), -1)
        for at, (mask, score) in enumerate(zip(masks, scores, strict=True)):
            small = Image.fromarray(mask).resize((size, size), Image.Resampling.BOX)
            # An object that is likely shows its whole mask, and one that hardly is shows little of it.
            own = np.asarray(small) * min(1.0, 2 * float(score))
            owners = np.where(own > likely, at, owners)
            likely = np.maximum(likely, own)
        self.layout.place_pixels(grid, likely, owners, boxes)


def _build(
    problem: Problem,
    *,
    name: str,
    seed: int,
    n_jobs: int,
    effort: float = 1.0,
    batch_size: int = 8,
    learning_rate: float = 0.0005,
    depth: int = 18,
    width: int = 128,
    changes: str = "affine",
) -> Any:
    """Build a detector; ``effort`` multiplies how many pictures it sees."""
    return Detector(
        name,
        Layout.of(problem),
        effort=effort,
        batch_size=batch_size,
        learning_rate=learning_rate,
        depth=depth,
        width=width,
        changes=changes,
        seed=seed,
        n_jobs=n_jobs,
    )


def _augment(pixels: np.ndarray, known: Known, **drawn: Any) -> tuple[np.ndarray, Known]:
    """See ``AlgorithmSpec.augment``."""
    from podium_ml.objects.algorithms._detector_training import augmented

    return augmented(pixels, known, **drawn)


def build_of(name: str) -> Callable[..., Any]:
    """Return the function that builds one of the detectors."""
    return partial(_build, name=name)


def detector_spec(
    name: str,
    title: str,
    description: str,
    *,
    seconds: float,
    usefulness: int,
    tasks: tuple[str, ...] = ("detection",),
    depths: tuple[int, ...] = (18, 50),
) -> AlgorithmSpec:
    """Return the declaration of a detector.

    Args:
        name: Name that users type.
        title: Name in reports.
        description: One sentence.
        seconds: CPU seconds of a first trial on 1,000 pictures of 20 pixels a side.
        usefulness: Expected place among the algorithms.
        tasks: Kinds of problems that it solves.
        depths: Layers of the network to choose from; empty if it has always the same.
    """
    return AlgorithmSpec(
        name=name,
        title=title,
        tasks=frozenset(tasks),
        build=build_of(name),
        fit=fit_in_time,
        augment=_augment,
        search_space={
            "effort": Float(0.5, 4.0, log=True),
            "batch_size": Categorical((4, 8, 16)),
            "learning_rate": Float(0.0002, 0.002, log=True),
            "changes": Categorical(("none", "light", "flips", "affine")),
            **({"depth": Categorical(depths)} if depths else {}),
        },
        needs="pixels",
        resources=Resources(cpu="2", memory="8Gi", accelerator="nvidia.com/gpu", image="python-torch"),
        weighted=False,
        weight=3.0,
        usefulness=usefulness,
        cost=Cost(
            seconds,
            flat=0.95,
            columns=2.0,
            classes=0.0,
            factors={"effort": power(1.0, 1.0), "depth": power(18, 0.8)},
            start=6.0,
            parallel=0.6,
            cheaper=({"effort": 0.5}, {"effort": 0.25}),
        ),
        requires=("torch", "torchvision", "onnx", "onnxruntime"),
        predicts_with=("onnxruntime",),
        extra="torch",
        deterministic=False,
        for_accelerators=True,
        description=description,
    )
