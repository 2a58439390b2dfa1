"""Algorithms that find objects, one file each, discovered by walking this folder."""

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.registries.folder_registry import Registry

ALGORITHMS: Registry[AlgorithmSpec] = Registry(__name__, AlgorithmSpec, noun="algorithm")

__all__ = ["ALGORITHMS"]
