"""The algorithms: one file each, found by walking this folder.

To add one, write a module here with a ``build`` function and a ``SPEC``; the contract tests then run it too. A
module of your own may also lie in a folder that the environment variable ``PODIUM_ALGORITHMS`` names.
"""

import os

from podium_ml.algorithms._space import Categorical, Dimension, Float, Int
from podium_ml.algorithms._spec import AlgorithmSpec, Resources
from podium_ml.registry import Registry

__path__ += [folder for folder in os.environ.get("PODIUM_ALGORITHMS", "").split(os.pathsep) if folder]

ALGORITHMS: Registry[AlgorithmSpec] = Registry(__name__, AlgorithmSpec, noun="algorithm")

__all__ = ["ALGORITHMS", "AlgorithmSpec", "Categorical", "Dimension", "Float", "Int", "Resources"]
