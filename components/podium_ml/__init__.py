"""Podium's machine-learning library: pure, and ignorant of Kubeflow.

Everything that a saved model needs lives here, so serving one pulls in neither kfp nor kubernetes.
Importing this package is cheap: names are resolved on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from podium_ml.tabular.predictor import Predictor

__version__ = "0.1.0"
__all__ = ["Predictor", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "Predictor":
        return import_module("podium_ml.tabular.predictor").Predictor
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
