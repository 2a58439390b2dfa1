"""The data that stages exchange: frozen dataclasses, stored as versioned JSON."""

from podium_ml.contracts.branch import BranchSpec
from podium_ml.contracts.candidate import Candidate, FittedTrial
from podium_ml.contracts.champion import Champion
from podium_ml.contracts.column_choice import ColumnChoice
from podium_ml.contracts.decision import Decision
from podium_ml.contracts.ensemble import Ensemble, EnsembleMember
from podium_ml.contracts.evaluation import Evaluation, MetricValue, ModelScores
from podium_ml.contracts.explanation import (
    ColumnImportance,
    Explanation,
    GroupImportance,
    ImportanceKind,
    ModelImportance,
    ModelImportances,
    PartialDependence,
    RowExplanation,
)
from podium_ml.contracts.feature_schema import Feature, FeatureSchema
from podium_ml.contracts.guardrail_result import GuardrailResult
from podium_ml.contracts.object_task import ObjectTask
from podium_ml.contracts.problem import Column, Problem
from podium_ml.contracts.profile import ColumnProfile, Profile
from podium_ml.contracts.reading import Mark, Reading
from podium_ml.contracts.selection import ModelChoice, Selection
from podium_ml.contracts.series_task import SeriesTask
from podium_ml.contracts.text_task import TextTask
from podium_ml.contracts.trial import Trial

__all__ = [
    "BranchSpec",
    "Candidate",
    "Champion",
    "Column",
    "ColumnChoice",
    "ColumnImportance",
    "ColumnProfile",
    "Decision",
    "Ensemble",
    "EnsembleMember",
    "Evaluation",
    "Explanation",
    "Feature",
    "FeatureSchema",
    "FittedTrial",
    "GroupImportance",
    "GuardrailResult",
    "ImportanceKind",
    "Mark",
    "MetricValue",
    "ModelChoice",
    "ModelImportance",
    "ModelImportances",
    "ModelScores",
    "ObjectTask",
    "PartialDependence",
    "Problem",
    "Profile",
    "Reading",
    "RowExplanation",
    "Selection",
    "SeriesTask",
    "TextTask",
    "Trial",
]
