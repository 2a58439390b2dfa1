"""The algorithms for tables: one file each, found by walking this folder.

To add one, write a module here with a ``build`` function and a ``SPEC``; the contract tests then run it too. A
module of your own may also lie in a folder that the environment variable ``PODIUM_ALGORITHMS`` names.
"""

import os

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.registries import Registry

__path__ += [folder for folder in os.environ.get("PODIUM_ALGORITHMS", "").split(os.pathsep) if folder]

ALGORITHMS: Registry[AlgorithmSpec] = Registry(__name__, AlgorithmSpec, noun="algorithm")

__all__ = ["ALGORITHMS"]
