"""Computes metrics on many resamples of the same rows at once."""

from podium_ml.resampling.resamples import ResampledModel, Resamples

__all__ = ["ResampledModel", "Resamples"]
