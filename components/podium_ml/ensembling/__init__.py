"""Ensembles of trained candidates, built from out-of-fold predictions only."""

from podium_ml.ensembling._budget import Costs, Spending
from podium_ml.ensembling._folder import ENSEMBLES, assemble, describe, load, load_oof, save
from podium_ml.ensembling._layered import Layer, build_layered
from podium_ml.ensembling._median import build_median
from podium_ml.ensembling._pool import Pool, PoolMember
from podium_ml.ensembling._stacked import build_stacked, stackable
from podium_ml.ensembling._weighted import build_weighted
from podium_ml.ensembling._worthwhile import worthwhile_budget

__all__ = [
    "ENSEMBLES",
    "Costs",
    "Layer",
    "Pool",
    "PoolMember",
    "Spending",
    "assemble",
    "build_layered",
    "build_median",
    "build_stacked",
    "build_weighted",
    "describe",
    "load",
    "load_oof",
    "save",
    "stackable",
    "worthwhile_budget",
]
