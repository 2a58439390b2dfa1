"""Computes metrics on many resamples of the same rows at once."""

from podium_ml.resampling._labels import KERNELS as CLASS_KERNELS
from podium_ml.resampling._labels import ClassCounts
from podium_ml.resampling._sets import LABEL_KERNELS as SET_KERNELS
from podium_ml.resampling._sets import SetCounts
from podium_ml.resampling.resamples import ResampledModel, Resamples
from podium_ml.resampling.units import Units, time_blocks, units_of

__all__ = [
    "CLASS_KERNELS",
    "SET_KERNELS",
    "ClassCounts",
    "ResampledModel",
    "Resamples",
    "SetCounts",
    "Units",
    "time_blocks",
    "units_of",
]
