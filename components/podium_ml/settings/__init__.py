"""Everything that a user can ask for: one source for command line, Python, files and run forms."""

from podium_ml.settings._slice import (
    Panel,
    Slice,
    join_names,
    match_names,
    panel_of,
    setting,
    split_names,
    takes_names,
)
from podium_ml.settings.entities import EntitiesProblem, EntitiesSettings
from podium_ml.settings.forecasting import ForecastingPlan, ForecastingProblem, ForecastingSettings
from podium_ml.settings.objects import ObjectsProblem, ObjectsSettings
from podium_ml.settings.shared import (
    DataSettings,
    DeploymentSettings,
    ModelLimits,
    PlanSettings,
    ProblemSettings,
    PromotionSettings,
    ReaderOptions,
    Settings,
    without_secrets,
)
from podium_ml.settings.tabular import TabularProblem, TabularSettings

__all__ = [
    "DataSettings",
    "DeploymentSettings",
    "EntitiesProblem",
    "EntitiesSettings",
    "ForecastingPlan",
    "ForecastingProblem",
    "ForecastingSettings",
    "ModelLimits",
    "ObjectsProblem",
    "ObjectsSettings",
    "Panel",
    "PlanSettings",
    "ProblemSettings",
    "PromotionSettings",
    "ReaderOptions",
    "Settings",
    "Slice",
    "TabularProblem",
    "TabularSettings",
    "join_names",
    "match_names",
    "panel_of",
    "setting",
    "split_names",
    "takes_names",
    "without_secrets",
]
