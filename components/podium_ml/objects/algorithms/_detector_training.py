"""Training of torchvision's detectors; imported only with PyTorch."""

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torchvision import tv_tensors
from torchvision.transforms import v2

from podium_ml.networks.device import Placement, reproducible, train_where_it_fits
from podium_ml.networks.onnx_export import to_onnx
from podium_ml.objects.algorithms._detector_layers import OfOnePicture, make_detector
from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.encoding import MASK, Known, known_of, square_of
from podium_ml.run.budget import Deadline

_WARM_UP, _LARGEST_GRADIENT, _IN_TIME = 0.1, 5.0, 0.85


@dataclass(frozen=True)
class Plan:
    """How to train.

    Attributes:
        epochs: Passes over the pictures.
        batch_size: Pictures of a step.
        learning_rate: Greatest learning rate.
        depth: Layers of the network.
        width: Channels of the pyramid.
        changes: How pictures are changed in training: ``none``, ``light``, ``flips`` or ``affine``, each of which
            includes those before.
        seed: Seed.
        n_jobs: Threads.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    depth: int
    width: int
    changes: str
    seed: int
    n_jobs: int


def train(name: str, X: np.ndarray, y: np.ndarray, layout: Layout, plan: Plan, deadline: Deadline) -> bytes:
    """Return a trained detector in the format ONNX, as ``OfOnePicture`` says.

    Args:
        name: Name of the algorithm.
        X: Pixels, uint8, shape ``(n, side, side, 3)``.
        y: Encoded objects.
        layout: The shape of predictions.
        plan: How to train.
        deadline: When to stop; the schedule is compressed so that it still ends with small steps.
    """
    known = [known_of(row) for row in y]

    def work(place: Placement) -> nn.Module:
        return _fitted(name, X, known, layout, plan, deadline, place)

    with reproducible(plan.seed, plan.n_jobs):
        detector = train_where_it_fits(work, batch_size=plan.batch_size, smallest=2)
        outputs = ("boxes", "labels", "scores", *(["masks"] if name == "mask_rcnn" else []))
        shown = OfOnePicture(detector.cpu().eval()).eval()
        return to_onnx(shown, {"pixels": torch.from_numpy(X[:1].copy())}, *outputs, rows=False)


def _fitted(
    name: str,
    X: np.ndarray,
    known: list[Known],
    layout: Layout,
    plan: Plan,
    deadline: Deadline,
    place: Placement,
) -> nn.Module:
    random, changes = np.random.default_rng(plan.seed), _changes(plan.changes)
    detector = make_detector(
        name, classes=layout.classes, side=X.shape[1], depth=plan.depth, width=plan.width
    )
    detector.to(place.device).train()
    optimizer = torch.optim.AdamW(detector.parameters(), lr=plan.learning_rate, weight_decay=0.01)
    size = min(place.batch_size, len(X))
    steps = plan.epochs * math.ceil(len(X) / size)
    began, seconds = time.time(), _IN_TIME * deadline.remaining()
    for step in range(steps):
        progress = max(step / steps, (time.time() - began) / seconds if seconds > 0 else 1.0)
        if progress >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * min(progress / _WARM_UP + 0.01, (1 - progress) / 0.6 + 0.01, 1)
        chosen = random.choice(len(X), size, replace=False)
        made = [_example(X[at], known[at], changes, masks=name == "mask_rcnn") for at in chosen]
        pictures = [one[0].to(place.device) for one in made]
        objects = [{key: value.to(place.device) for key, value in one[1].items()} for one in made]
        with place.quick():
            losses = detector(pictures, objects)
        total = sum(losses.values())
        if not torch.isfinite(total):  # a step that would spoil the network
            continue
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(detector.parameters(), _LARGEST_GRADIENT)
        optimizer.step()
    return detector


def _changes(kind: str) -> v2.Transform:
    """Return what changes a picture and its objects alike."""
    levels = ("none", "light", "flips", "affine")
    every = [
        v2.ColorJitter(brightness=0.2, contrast=0.2, saturation=0.2),
        v2.RandomHorizontalFlip(),
        v2.RandomAffine(degrees=0, translate=(0.1, 0.1), scale=(0.8, 1.25)),
    ]
    finally_ = [
        v2.SanitizeBoundingBoxes(min_size=1.0, labels_getter=None),
        v2.ToDtype(torch.float32, scale=True),
    ]
    return v2.Compose([*every[: levels.index(kind)], *finally_])


def augmented(
    pixels: np.ndarray, known: Known, *, seed: int, changes: str = "affine", **others: Any
) -> tuple[np.ndarray, Known]:
    """Return a picture and its objects as training changes them; see ``AlgorithmSpec.augment``."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        image, objects = _example(pixels, known, _changes(changes), masks=known.masks is not None)
    side = len(pixels)
    corners = np.asarray(objects["boxes"], dtype=np.float64).reshape(-1, 4)
    boxes = np.concatenate([corners[:, :2], corners[:, 2:] - corners[:, :2]], axis=1) / side
    own, masks = np.asarray(objects["at"]), None
    if known.masks is not None:
        parts = zip(corners.round().astype(int), np.asarray(objects["masks"]), strict=True)
        cut = [square_of(mask[y : max(y + 1, end), x : max(x + 1, far)]) for (x, y, far, end), mask in parts]
        masks = np.array(cut, dtype=bool).reshape(-1, MASK, MASK)
    shown = (image.permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)
    return shown, Known(boxes, known.classes[own], known.crowd[own], masks, known.pixels)


def _example(
    picture: np.ndarray, known: Known, changes: v2.Transform, *, masks: bool
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return a changed picture and its objects as detectors take them; crowds are left out."""
    side = len(picture)
    own = np.flatnonzero(~known.crowd)
    corners = np.concatenate([known.boxes[own, :2], known.boxes[own, :2] + known.boxes[own, 2:]], axis=1)
    objects: dict[str, Any] = {
        "boxes": tv_tensors.BoundingBoxes(
            torch.as_tensor(corners * side, dtype=torch.float32).reshape(-1, 4),
            format="XYXY",
            canvas_size=(side, side),
        ),
        "labels": torch.as_tensor(known.classes[own] + 1),
        "at": torch.as_tensor(own),
    }
    if masks:
        objects["masks"] = tv_tensors.Mask(torch.from_numpy(known.on(side)[own].astype(np.uint8)))
    image, objects = changes(tv_tensors.Image(torch.from_numpy(picture.copy()).permute(2, 0, 1)), objects)
    return image.as_subclass(Tensor), objects
