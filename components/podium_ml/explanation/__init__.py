"""What drives the chosen model, globally and row by row, in the user's own columns."""

from podium_ml.explanation.cheap_importance import cheap_importance
from podium_ml.explanation.explain import explain
from podium_ml.explanation.model_importances import IMPORTANCES, ImportanceCollector
from podium_ml.explanation.row_contributions import contributions

__all__ = ["IMPORTANCES", "ImportanceCollector", "cheap_importance", "contributions", "explain"]
