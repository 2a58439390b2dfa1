"""Ensembles of trained candidates, built on out-of-fold predictions alone."""

from podium_ml.ensembling._cross_fit import cross_fit_folds, cross_fitted
from podium_ml.ensembling._folder import assemble, describe, load, load_oof, save
from podium_ml.ensembling._objectives import sample_rows
from podium_ml.ensembling._pool import Pool, PoolMember
from podium_ml.ensembling._stacked import build_stacked, stackable
from podium_ml.ensembling._weighted import build_weighted

__all__ = [
    "Pool",
    "PoolMember",
    "assemble",
    "build_stacked",
    "build_weighted",
    "cross_fit_folds",
    "cross_fitted",
    "describe",
    "load",
    "load_oof",
    "sample_rows",
    "save",
    "stackable",
]
