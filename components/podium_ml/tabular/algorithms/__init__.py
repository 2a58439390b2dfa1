"""The algorithms for tables: one file each, found by walking this folder.

To add one, write a module here with a ``build`` function and a ``SPEC``; the contract tests then cover it too. You can
also keep modules of your own in a folder and list that folder in the environment variable ``PODIUM_ALGORITHMS``.
"""

import os

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.registries import Registry

__path__ += [folder for folder in os.environ.get("PODIUM_ALGORITHMS", "").split(os.pathsep) if folder]

ALGORITHMS: Registry[AlgorithmSpec] = Registry(__name__, AlgorithmSpec, noun="algorithm")

__all__ = ["ALGORITHMS"]
