"""The algorithms: one file each, found by walking this folder.

To add one, write a module here with a ``build`` function and a ``SPEC``; the contract tests then run it too.
"""

from podium_ml.algorithms._space import Categorical, Dimension, Float, Int
from podium_ml.algorithms._spec import AlgorithmSpec, Resources
from podium_ml.registry import Registry

ALGORITHMS: Registry[AlgorithmSpec] = Registry(__name__, AlgorithmSpec, noun="algorithm")

__all__ = ["ALGORITHMS", "AlgorithmSpec", "Categorical", "Dimension", "Float", "Int", "Resources"]
