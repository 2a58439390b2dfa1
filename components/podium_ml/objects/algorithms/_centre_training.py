"""Training of the network that finds centres; imported only with PyTorch."""

import math
import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from podium_ml.networks.device import Placement, reproducible, train_where_it_fits
from podium_ml.networks.onnx_export import to_onnx
from podium_ml.objects.algorithms._centre_layers import CentreNetwork
from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.encoding import Known, known_of
from podium_ml.run.budget import Deadline

# Share of a box, around its centre, whose cells learn its edges.
_CORE = 0.35
_LIGHT = 0.25
_TINY = 1e-4


@dataclass(frozen=True)
class Plan:
    """How to train.

    Attributes:
        epochs: Passes over the pictures.
        batch_size: Pictures of a step.
        learning_rate: Greatest learning rate.
        width: Channels of the first layer.
        flips: Whether pictures are mirrored.
        seed: Seed.
        n_jobs: Threads.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    width: int
    flips: bool
    seed: int
    n_jobs: int


def train(X: np.ndarray, y: np.ndarray, layout: Layout, plan: Plan, deadline: Deadline) -> bytes:
    """Return a trained network in the format ONNX, for the input ``pixels``.

    On an accelerator, batches are halved as long as its memory runs out; the CPU comes last.

    Args:
        X: Pixels, uint8, shape ``(n, 4 G, 4 G, 3)``.
        y: Encoded objects.
        layout: The shape of predictions.
        plan: How to train.
        deadline: When to stop; the schedule is compressed so that it still ends with small steps.
    """
    known = [known_of(row) for row in y]

    def work(place: Placement) -> CentreNetwork:
        return _fitted(X, known, layout, plan, deadline, place)

    with reproducible(plan.seed, plan.n_jobs):
        network = train_where_it_fits(work, batch_size=plan.batch_size, smallest=1)
        example = torch.from_numpy(np.repeat(X[:1], 2, axis=0))
        return to_onnx(network.cpu().eval(), {"pixels": example}, "grid")


def _fitted(
    X: np.ndarray,
    known: list[Known],
    layout: Layout,
    plan: Plan,
    deadline: Deadline,
    place: Placement,
) -> CentreNetwork:
    device, batch_size = place.device, place.batch_size
    random = np.random.default_rng(plan.seed)
    network = CentreNetwork(classes=layout.classes, masks=layout.masks, width=plan.width).to(device).train()
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=plan.learning_rate, weight_decay=0.01, foreach=True
    )
    steps = plan.epochs * math.ceil(len(X) / batch_size)
    began, seconds = time.time(), 0.85 * deadline.remaining()
    for step in range(steps):
        progress = max(step / steps, (time.time() - began) / seconds if seconds > 0 else 1.0)
        if progress >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * min(1.0, progress / 0.1, (1 - progress) / 0.6 + 0.01)
        chosen = random.choice(len(X), min(batch_size, len(X)), replace=False)
        made = [_example(X[at], known[at], layout, plan, random) for at in chosen]
        pixels = torch.from_numpy(np.stack([one[0] for one in made])).to(device)
        targets = torch.from_numpy(np.stack([one[1] for one in made])).to(device)
        weights = torch.from_numpy(np.stack([one[2] for one in made])).to(device)
        with place.quick():
            found = network(pixels)
        loss = _loss(found.float(), targets, weights, layout)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
    return network


def _example(
    picture: np.ndarray, known: Known, layout: Layout, plan: Plan, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a changed picture, its grid, and the weight of each cell's edges and centres.

    A picture is moved and scaled: a window of it is cut out, and what lies outside is filled with its own border.
    """
    scale = float(np.exp(random.uniform(-0.25, 0.25)))
    left, top = (random.uniform(-0.12, 0.12) + (1 - scale) / 2 for _ in range(2))
    if random.random() < 0.2:
        scale, left, top = 1.0, 0.0, 0.0
    side = len(picture)
    places = (np.arange(side) + 0.5) / side
    columns, rows = (
        np.clip((start + places * scale) * side, 0, side - 1).astype(int) for start in (left, top)
    )
    pixels = picture[rows][:, columns]
    boxes = (known.boxes - [left, top, 0, 0]) / scale
    masks = None if known.masks is None else known.masks
    if plan.flips and random.random() < 0.5:
        pixels = pixels[:, ::-1]
        boxes = np.column_stack([1 - boxes[:, 0] - boxes[:, 2], boxes[:, 1:]])
        masks = None if masks is None else masks[:, :, ::-1]
    lit = pixels.astype(np.float32) * (1 + random.uniform(-_LIGHT, _LIGHT)) + random.uniform(-20, 20)
    grid, weight = _targets(Known(boxes, known.classes, known.crowd, masks), layout)
    return np.ascontiguousarray(lit.clip(0, 255).astype(np.uint8)), grid, weight


def _targets(known: Known, layout: Layout) -> tuple[np.ndarray, np.ndarray]:
    """Return the grid that a picture should give, and for each cell 1 if its edges count, -1 if its centre does not."""
    grid, weight = layout.empty(1)[0], np.zeros((layout.grid, layout.grid), dtype=np.float32)
    places = (np.arange(layout.grid) + 0.5) / layout.grid
    size = known.boxes[:, 2] * known.boxes[:, 3]
    for at in np.argsort(-size):
        left, top, width, height = known.boxes[at]
        x, y = left + width / 2, top + height / 2
        if not (0 <= x <= 1 and 0 <= y <= 1):
            continue
        if known.crowd[at]:
            weight[
                np.ix_(
                    (places >= top) & (places <= top + height), (places >= left) & (places <= left + width)
                )
            ] = -1
            continue
        # Heat falls with the distance from the centre, measured by the size of the box and at least by cells.
        spread = np.maximum(np.array([width, height]) * 0.18, 0.6 / layout.grid)
        heat = np.exp(
            -(((places[None, :] - x) / spread[0]) ** 2 + ((places[:, None] - y) / spread[1]) ** 2) / 2
        )
        code = known.classes[at]
        row, column = int(min(y, 0.999) * layout.grid), int(min(x, 0.999) * layout.grid)
        heat[row, column] = 1
        grid[:, :, code] = np.maximum(grid[:, :, code], heat)
        core = (np.abs(places[None, :] - x) <= _CORE * width / 1) & (
            np.abs(places[:, None] - y) <= _CORE * height
        )
        core[row, column] = True
        edges = np.stack(
            np.broadcast_arrays(
                places[None, :] - left,
                places[:, None] - top,
                left + width - places[None, :],
                top + height - places[:, None],
            ),
            axis=2,
        )
        grid[core, layout.classes : layout.classes + 4] = np.maximum(edges, _TINY)[core]
        weight[core] = 1
    if layout.masks:
        inside = known.on(2 * layout.grid)[~known.crowd].any(axis=0).astype(np.float32)
        cells = layout.grid
        grid[:, :, layout.classes + 4 :] = (
            inside.reshape(cells, 2, cells, 2).transpose(0, 2, 1, 3).reshape(cells, cells, 4)
        )
    return grid, weight


def _loss(found: Tensor, wanted: Tensor, weight: Tensor, layout: Layout) -> Tensor:
    """Return focal loss of centres (Zhou et al. 2019), GIoU of boxes (Rezatofighi et al. 2019), and loss of masks."""
    heat = found[..., : layout.classes].clamp(_TINY, 1 - _TINY)
    truth = wanted[..., : layout.classes]
    counts = (weight >= 0).float()[..., None]
    peaks = (truth >= 1).float()
    near = -((1 - heat) ** 2) * heat.log() * peaks
    far = -(heat**2) * (1 - heat).log() * (1 - truth) ** 4 * (1 - peaks)
    total = ((near + far) * counts).sum() / peaks.sum().clamp(min=1)
    core = weight > 0
    if core.any():
        own = found[..., layout.classes : layout.classes + 4][core]
        real = wanted[..., layout.classes : layout.classes + 4][core]
        total = total + 2 * (1 - _overlap(own, real)).mean() + 4 * (own - real).abs().mean()
    if layout.masks:
        inside = found[..., layout.classes + 4 :].clamp(_TINY, 1 - _TINY)
        total = total + 2 * torch.nn.functional.binary_cross_entropy(
            inside, wanted[..., layout.classes + 4 :]
        )
    return total


def _overlap(own: Tensor, real: Tensor) -> Tensor:
    both = torch.minimum(own, real)
    around = torch.maximum(own, real)
    shared = (both[:, 0] + both[:, 2]) * (both[:, 1] + both[:, 3])
    either = (
        (own[:, 0] + own[:, 2]) * (own[:, 1] + own[:, 3])
        + (real[:, 0] + real[:, 2]) * (real[:, 1] + real[:, 3])
        - shared
    )
    hull = (around[:, 0] + around[:, 2]) * (around[:, 1] + around[:, 3])
    return shared / either.clamp(min=1e-9) - (hull - either) / hull.clamp(min=1e-9)
