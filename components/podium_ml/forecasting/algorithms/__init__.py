"""The forecasters: one file each, found by walking this folder."""

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.registries import Registry

ALGORITHMS: Registry[AlgorithmSpec] = Registry(__name__, AlgorithmSpec, noun="algorithm")

__all__ = ["ALGORITHMS"]
