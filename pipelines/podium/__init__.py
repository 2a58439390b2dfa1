"""Podium: automated machine learning as a Kubeflow pipeline.

    import podium

    run = podium.run("churn.csv", target="churn", time_limit="10m")
    run.wait()
    run.leaderboard          # a data frame
    run.predictor.predict(new_rows)

Names are resolved on first use, so importing the package is cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from podium_ml import __version__

if TYPE_CHECKING:
    from podium.api import Run, open_run, run
    from podium_ml.forecasting.predictor import Forecaster
    from podium_ml.kinds import score
    from podium_ml.settings import ForecastingSettings, TabularSettings
    from podium_ml.tabular.predictor import Predictor

_LAZY_IMPORTS = {
    "Forecaster": "podium_ml.forecasting.predictor",
    "ForecastingSettings": "podium_ml.settings",
    "Predictor": "podium_ml.tabular.predictor",
    "Run": "podium.api",
    "TabularSettings": "podium_ml.settings",
    "open_run": "podium.api",
    "run": "podium.api",
    "score": "podium_ml.kinds",
}
__all__ = [
    "Forecaster",
    "ForecastingSettings",
    "Predictor",
    "Run",
    "TabularSettings",
    "__version__",
    "open_run",
    "run",
    "score",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY_IMPORTS:
        return getattr(import_module(_LAZY_IMPORTS[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
