"""A start for few labelled texts: a pretrained network first learns which of them belong together.

After SetFit (Tunstall et al. 2022, https://arxiv.org/abs/2209.11055), which then fits a logistic regression on the
vectors; with the loss of Khosla et al., NeurIPS 2020 (https://arxiv.org/abs/2004.11362), which compares all texts of a
batch.
"""

import math
import time
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from podium_ml.run.budget import Deadline
from podium_ml.tabular.algorithms._network_optimizer import FlatAdam
from podium_ml.tabular.algorithms._network_training import Rows

# With more texts than this, learning the classes themselves does as well.
FEW_TEXTS = 500
_TEMPERATURE = 0.1
# Largest share of the time, and texts that are compared at once.
_SHARE, _AT_ONCE = 0.3, 32
_SMALL = 1e-9


def draw_together(network: Any, rows: Rows, *, epochs: int, learning_rate: float, deadline: Deadline) -> None:
    """Teach a network that texts of one class have like vectors, and start its last layer from these.

    Args:
        network: Has ``vectors``, which are given rows, and the linear layer ``output``.
        rows: Few training rows, with class codes.
        epochs: Passes over them.
        learning_rate: Learning rate of the pretrained layers at the beginning; it falls to 0.
        deadline: When to be done with all training.
    """
    device = next(network.parameters()).device
    optimizer, until = FlatAdam(network), time.time() + _SHARE * deadline.remaining()
    batches = [part for _ in range(epochs) for part in _shuffled(len(rows.x))]
    network.train()
    for step, batch in enumerate(batches):
        if time.time() >= until:
            break
        loss = contrast(network.vectors(rows.x[batch].to(device)), rows.y[batch].to(device))
        if loss is not None:
            loss.backward()
            optimizer.step(learning_rate=learning_rate * (1 - step / len(batches)), weight_decay=0.0)
    optimizer.close()
    _start_output(network, rows, device)


def contrast(vectors: Tensor, classes: Tensor) -> Tensor | None:
    """Return how far each text is from those of its class, compared with all others; ``None`` if no two share one.

    Args:
        vectors: Vectors of texts, shape ``(b, d)``.
        classes: Their class codes, shape ``(b,)``.
    """
    others = ~torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    same = (classes[:, None] == classes) & others
    likeness = functional.normalize(vectors, dim=1) @ functional.normalize(vectors, dim=1).T / _TEMPERATURE
    log_share = likeness - likeness.masked_fill(~others, -math.inf).logsumexp(dim=1, keepdim=True)
    counts = same.sum(dim=1)
    if not bool((counts > 0).any()):
        return None
    means = (log_share * same).sum(dim=1) / counts.clamp(min=1)
    return -means[counts > 0].mean()


def _shuffled(rows: int) -> tuple[Tensor, ...]:
    return torch.tensor_split(torch.randperm(rows), max(1, math.ceil(rows / _AT_ONCE)))


def _start_output(network: Any, rows: Rows, device: torch.device) -> None:
    """Fit a logistic regression on the vectors, and copy it to the first inputs of the last layer."""
    from sklearn.linear_model import LogisticRegression

    network.eval()
    with torch.no_grad():
        found = [network.vectors(part.to(device)).float().cpu() for part in rows.x.split(_AT_ONCE)]
    vectors = torch.cat(found).numpy()
    scale = max(float(np.linalg.norm(vectors, axis=1).mean()), _SMALL)
    head = LogisticRegression(max_iter=1_000).fit(vectors / scale, rows.y.cpu().numpy())
    slopes, offsets = head.coef_ / scale, head.intercept_
    if len(slopes) == 1:  # two classes
        slopes, offsets = np.vstack([-slopes, slopes]) / 2, np.concatenate([-offsets, offsets]) / 2
    layer: nn.Linear = network.output
    with torch.no_grad():
        layer.weight[:, : slopes.shape[1]] = torch.from_numpy(slopes).to(layer.weight)
        layer.bias.copy_(torch.from_numpy(offsets))
