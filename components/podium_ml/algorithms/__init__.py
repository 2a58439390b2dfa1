"""Declarations of algorithms. The algorithms themselves are in the folders of their kinds of problems."""

from podium_ml.algorithms.cost import Cost, FitSize, power
from podium_ml.algorithms.fitting import fit_in_time
from podium_ml.algorithms.narrowing import moved_inside, narrowed, written
from podium_ml.algorithms.objective import Objective, objective_of, relative_weight
from podium_ml.algorithms.related import Related
from podium_ml.algorithms.rounds import FirstRounds, Rounds, common_rounds
from podium_ml.algorithms.space import Categorical, Dimension, Float, Int
from podium_ml.algorithms.spec import AlgorithmSpec, Augment, Encoding, Fit, Matrix, Resources, Validation

__all__ = [
    "AlgorithmSpec",
    "Augment",
    "Categorical",
    "Cost",
    "Dimension",
    "Encoding",
    "FirstRounds",
    "Fit",
    "FitSize",
    "Float",
    "Int",
    "Matrix",
    "Objective",
    "Related",
    "Resources",
    "Rounds",
    "Validation",
    "common_rounds",
    "fit_in_time",
    "moved_inside",
    "narrowed",
    "objective_of",
    "power",
    "relative_weight",
    "written",
]
