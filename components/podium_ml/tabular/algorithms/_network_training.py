"""Training of the tabular network; imported only when PyTorch is used."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms._network_optimizer import FlatAdam

Loss = Callable[[Tensor, Tensor], Tensor]

# Losses can be compared where the learning rate is at most this share of its peak: at the ends of its waves.
_QUIET = 0.1
# If the loss of the watched rows grows by this factor from one end to a later one, it goes on growing.
_MEMORIZED = 1.1


@dataclass(frozen=True)
class Rows:
    """Rows to train on or to watch.

    Attributes:
        x: Inputs, shape ``(n, d)``.
        y: Class codes, shape ``(n,)``, standardized values, shape ``(n, 1)``, or labels, shape ``(n, L)``.
        weight: Weights with mean 1, shape ``(n,)``.
    """

    x: Tensor
    y: Tensor
    weight: Tensor


@dataclass(frozen=True)
class Schedule:
    """The training schedule.

    Attributes:
        epochs: Passes over the training rows.
        batch_size: Rows per step.
        learning_rate: Peak learning rate of the linear layers' weights.
        weight_decay: Decoupled weight decay in the first half of training; it then falls to 0.
        dropout: Share of hidden units dropped in the first half of training; it then falls to 0.
        stop_at: Part of the schedule after which training ends, from 0 to 1.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    dropout: float
    stop_at: float = 1.0


@dataclass(frozen=True)
class Stage:
    """A network after one epoch.

    Attributes:
        progress: Part of the schedule that was done, from 0 to 1.
        loss: Mean loss of the watched rows.
        outputs: Outputs of the watched rows, shape ``(n, k)``.
    """

    progress: float
    loss: float
    outputs: Tensor


def train(
    network: nn.Module,
    rows: Rows,
    watched: Rows | None = None,
    *,
    loss: Loss,
    schedule: Schedule,
    deadline: Deadline,
) -> list[Stage]:
    """Train in place, and return the stages of the training; none without rows to watch.

    Training ends early if the network memorizes its rows, which takes most of the schedule on small tables.

    Args:
        network: An unfitted ``TabularNetwork``; its ``dropout`` is set here.
        rows: Training rows.
        watched: Rows to predict after each epoch, or ``None``.
        loss: Loss of each row, given outputs and targets.
        schedule: The training schedule. It is compressed if the deadline requires it, so that training still ends with
            small steps.
        deadline: When to stop.
    """
    optimizer = FlatAdam(network)
    clock = _Progress(
        schedule.epochs * math.ceil(len(rows.x) / schedule.batch_size), deadline, until=schedule.stop_at
    )
    stages = []
    for epoch in range(1, schedule.epochs + 1):
        _train_epoch(network, rows, loss=loss, schedule=schedule, optimizer=optimizer, clock=clock)
        now = clock.now()
        if watched is not None:
            stages.append(_watch(network, watched, now, loss))
            if _memorizes(stages):
                break
        if now >= 1.0 or (schedule.stop_at < 1.0 and now * (epoch + 1) / epoch > schedule.stop_at + 1e-9):
            break  # The next epoch would end later. The last one of the whole schedule is cut, so that it is complete.
    optimizer.close()
    network.eval()
    return stages


class _Progress:
    """Progress of training from 0 to 1: the share of steps or of time used, whichever is greater.

    Args:
        steps: Number of steps of the whole schedule.
        deadline: When training should have ended.
        until: Progress at which training ends.
    """

    def __init__(self, steps: int, deadline: Deadline, *, until: float) -> None:
        self._steps, self._step = max(1, steps), 0
        # What would follow takes no time.
        self._began, self._seconds = time.time(), 0.9 * deadline.remaining() / until

    def next(self) -> float:
        self._step += 1
        return self.now()

    def now(self) -> float:
        in_time = (time.time() - self._began) / self._seconds if self._seconds > 0 else 1.0
        return min(1.0, max(self._step / self._steps, in_time))


def _train_epoch(
    network: nn.Module, rows: Rows, *, loss: Loss, schedule: Schedule, optimizer: FlatAdam, clock: _Progress
) -> None:
    network.train()
    device = next(network.parameters()).device
    for batch in _batches(len(rows.x), schedule.batch_size):
        progress = clock.next()
        late = _flat_then_cosine(progress)
        network.dropout = schedule.dropout * late
        x, y, weight = (part[batch].to(device, non_blocking=True) for part in (rows.x, rows.y, rows.weight))
        (loss(network(x), y) * weight).mean().backward()
        optimizer.step(
            learning_rate=schedule.learning_rate * _four_waves(progress),
            weight_decay=schedule.weight_decay * late,
        )
        if clock.now() >= 1.0:
            return


def _watch(network: nn.Module, rows: Rows, progress: float, loss: Loss) -> Stage:
    network.eval()
    with torch.no_grad():
        device = next(network.parameters()).device
        outputs = torch.cat([network(part.to(device)).to(rows.x.device) for part in rows.x.split(2048)])
        mean = (loss(outputs, rows.y) * rows.weight).mean()
    return Stage(progress, float(mean), outputs.cpu())


def _memorizes(stages: Sequence[Stage]) -> bool:
    """Whether a wave of the learning rate ends with a clearly greater loss than an earlier one."""
    if not _is_quiet(stages[-1]):
        return False
    return stages[-1].loss > _MEMORIZED * min(stage.loss for stage in stages if _is_quiet(stage))


def _is_quiet(stage: Stage) -> bool:
    return _four_waves(stage.progress) <= _QUIET


def _batches(n: int, size: int) -> tuple[Tensor, ...]:
    """Return the shuffled positions of all rows in parts of about equal size."""
    return torch.tensor_split(torch.randperm(n), max(1, math.ceil(n / size)))


def _four_waves(progress: float) -> float:
    """Return the learning rate's factor: four waves of growing length, each ending at 0 (RealMLP's ``coslog4``)."""
    return 0.5 - 0.5 * math.cos(2 * math.pi * math.log2(1 + 15 * progress))


def _flat_then_cosine(progress: float) -> float:
    return 1.0 if progress < 0.5 else 0.5 + 0.5 * math.cos(2 * math.pi * (progress - 0.5))
