"""Makes room for algorithms that see the pixels, where a table consists of pictures alone."""

from collections.abc import Sequence
from dataclasses import replace

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.contracts import Problem
from podium_ml.training.choice import BASELINE
from podium_ml.training.time_shares import is_dominant

_PICTURES, _BACKBONE = "image", "backbone"
# Weight of algorithms of tables beside a network that sees the pixels, and their usefulness: trees look at few of the
# many numbers of a picture, each of which tells a little.
_WEIGHT, _USEFULNESS, _USEFULNESS_OF_TREES = 1.0, 6, 3
_OF_TREES = ("ordinal", "native")


def with_specialists_first(chosen: Sequence[AlgorithmSpec], problem: Problem) -> list[AlgorithmSpec]:
    """Return the algorithms; beside a network that sees the pixels, the others only complement it.

    Boosters gain little from further trials on edges and colours of pictures. With their usual shares, a network for
    pictures had a log loss of .165 on 5,000 digits after two minutes on one core, because it started last, and there
    was no time for kernels, which are good and quick.

    Args:
        chosen: The algorithms.
        problem: The problem.
    """
    if any(column.role != _PICTURES for column in problem.features) or _BACKBONE in problem.weights:
        return list(chosen)
    if not any(spec.reads == _PICTURES and is_dominant(spec) for spec in chosen):
        return list(chosen)
    return [spec if spec.reads == _PICTURES or spec.name == BASELINE else _minor(spec) for spec in chosen]


def _minor(spec: AlgorithmSpec) -> AlgorithmSpec:
    usefulness = _USEFULNESS_OF_TREES if spec.needs in _OF_TREES else _USEFULNESS
    return replace(spec, weight=min(spec.weight, _WEIGHT), usefulness=usefulness)
