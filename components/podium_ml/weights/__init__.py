"""Pretrained weights: where they come from, that they are the right ones, and how a later task finds them.

``pin`` says which weights a source means today, ``fetch`` copies them into a folder, and ``given`` finds that folder in
the tasks that need them. Imports no library that computes.
"""

from podium_ml.weights.fetching import Weights, fetch, pin
from podium_ml.weights.given import given, giving
from podium_ml.weights.sources import Source

__all__ = ["Source", "Weights", "fetch", "given", "giving", "pin"]
