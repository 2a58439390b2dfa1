"""Declarations of algorithms. The algorithms themselves are in the folders of their kinds of problems."""

from podium_ml.algorithms.objective import Objective, objective_of, relative_weight
from podium_ml.algorithms.space import Categorical, Dimension, Float, Int
from podium_ml.algorithms.spec import AlgorithmSpec, Encoding, Fit, Matrix, Resources

__all__ = [
    "AlgorithmSpec",
    "Categorical",
    "Dimension",
    "Encoding",
    "Fit",
    "Float",
    "Int",
    "Matrix",
    "Objective",
    "Resources",
    "objective_of",
    "relative_weight",
]
