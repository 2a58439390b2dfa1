"""Training of networks that find centres; imported only with PyTorch."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from podium_ml.networks.device import Placement, reproducible, train_where_it_fits
from podium_ml.networks.onnx_export import to_onnx
from podium_ml.objects.algorithms._centre_examples import example
from podium_ml.objects.algorithms._layout import Layout
from podium_ml.objects.encoding import Known, known_of
from podium_ml.objects.grid import EDGES, QUARTERS
from podium_ml.run.budget import Deadline

_TINY = 1e-4
# Weight of a cell by which a pixel misses the centre of its object.
_POINTERS = 0.3


@dataclass(frozen=True)
class Plan:
    """How to train.

    Attributes:
        epochs: Passes over the pictures.
        batch_size: Pictures of a step.
        learning_rate: Greatest learning rate.
        flips: Whether pictures are mirrored.
        seed: Seed.
        n_jobs: Threads.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    flips: bool
    seed: int
    n_jobs: int


def train(
    make: Callable[[], nn.Module],
    inputs: Mapping[str, np.ndarray],
    y: np.ndarray,
    layout: Layout,
    plan: Plan,
    deadline: Deadline,
) -> bytes:
    """Return a trained network in the format ONNX, for the same inputs.

    On an accelerator, batches are halved as long as its memory runs out; the CPU comes last.

    Args:
        make: Returns an untrained network, from inputs to grids.
        inputs: What the network sees by name: ``pixels``, uint8, shape ``(n, 4 G, 4 G, 3)``, and maps of them.
        y: Encoded objects.
        layout: The shape of predictions.
        plan: How to train.
        deadline: When to stop; the schedule is compressed so that it still ends with small steps.
    """
    known = [known_of(row) for row in y]

    def work(place: Placement) -> nn.Module:
        return _fitted(make(), inputs, known, layout, plan, deadline, place)

    with reproducible(plan.seed, plan.n_jobs):
        network = train_where_it_fits(work, batch_size=plan.batch_size, smallest=1)
        examples = {
            name: torch.from_numpy(np.repeat(values[:1], 2, axis=0)) for name, values in inputs.items()
        }
        return to_onnx(network.cpu().eval(), examples, "grid")


def _fitted(
    network: nn.Module,
    inputs: Mapping[str, np.ndarray],
    known: list[Known],
    layout: Layout,
    plan: Plan,
    deadline: Deadline,
    place: Placement,
) -> nn.Module:
    random, rows = np.random.default_rng(plan.seed), len(known)
    network = network.to(place.device).train()
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=plan.learning_rate, weight_decay=0.01, foreach=True
    )
    steps = plan.epochs * math.ceil(rows / place.batch_size)
    began, seconds = time.time(), 0.85 * deadline.remaining()
    for step in range(steps):
        progress = max(step / steps, (time.time() - began) / seconds if seconds > 0 else 1.0)
        if progress >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * min(1.0, progress / 0.1, (1 - progress) / 0.6 + 0.01)
        made = []
        for at in random.choice(rows, min(place.batch_size, rows), replace=False):
            own = {name: values[at] for name, values in inputs.items()}
            made.append(example(own, known[at], layout, random, flips=plan.flips))
        pictures, grids, counts = zip(*made, strict=True)
        seen = [_batch([one[name] for one in pictures], place) for name in inputs]
        targets, weights = _batch(grids, place), _batch(counts, place)
        with place.quick():
            found = network(*seen)
        loss = _loss(found.float(), targets, weights, layout)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
    return network


def _batch(rows: Sequence[np.ndarray], place: Placement) -> Tensor:
    return torch.from_numpy(np.stack(rows)).to(place.device)


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
        start = layout.classes + EDGES
        total = total + _loss_of_pixels(found[..., start:], wanted[..., start:], layout)
    return total


def _loss_of_pixels(found: Tensor, wanted: Tensor, layout: Layout) -> Tensor:
    """Return the cross-entropy of pixels, and the distance in cells of where those of objects point to."""
    inside = wanted[..., :QUARTERS]
    loss = 2 * torch.nn.functional.binary_cross_entropy(found[..., :QUARTERS].clamp(_TINY, 1 - _TINY), inside)
    away = (found[..., QUARTERS:] - wanted[..., QUARTERS:]).abs() * torch.cat([inside, inside], dim=-1)
    return loss + _POINTERS * layout.grid * away.sum() / (2 * inside.sum()).clamp(min=1)


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
