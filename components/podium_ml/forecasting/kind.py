"""The kind of problems whose rows are the stamps of series."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from podium_ml.kinds import Encoder, Featurizer, InferredProblem, Kind, Usage
from podium_ml.settings import ForecastingPlan, ForecastingProblem, ForecastingSettings

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from podium_ml.algorithms import AlgorithmSpec
    from podium_ml.contracts import Explanation, FeatureSchema, GuardrailResult, Problem, Profile, Reading
    from podium_ml.contracts.feature_table import FeatureTable
    from podium_ml.forecasting.features import SeriesFeaturizer
    from podium_ml.models import BaggedModel
    from podium_ml.run.budget import Deadline

# Forecasters of a single series are the same without what these add.
_OF_SEVERAL = frozenset({"top_down"})


class ForecastingKind(Kind):
    """Future values of many series."""

    name = "forecasting"
    title = "series"
    description = "Train and compare models that forecast the next values of series."
    questions = "How much will each shop sell in each of the next 28 days?"
    tasks = ("forecasting",)
    settings = ForecastingSettings
    problem_settings = ForecastingProblem
    plan_settings = ForecastingPlan
    extra = "forecasting"
    first_settings = (
        "source",
        "target",
        "time_column",
        "series_column",
        "horizon",
        "known",
        "time_limit",
        "name",
    )

    @property
    def algorithms(self) -> "Mapping[str, AlgorithmSpec]":
        """See ``Kind``."""
        from podium_ml.forecasting.algorithms import ALGORITHMS

        return ALGORITHMS

    @property
    def validation_modules(self) -> tuple[str, ...]:
        """See ``Kind``."""
        return (
            "scipy.stats",
            "podium_ml.forecasting.validation.infer_problem",
            "podium_ml.forecasting.features",
        )

    @property
    def warm_modules(self) -> tuple[str, ...]:
        """See ``Kind``."""
        return (
            "podium_ml.forecasting.reduction",
            "sklearn.linear_model",
            "lightgbm",
            "optuna",
            "statsforecast.models",
            "catboost",
        )

    @property
    def headlines(self) -> tuple[str, ...]:
        """See ``Kind``."""
        return "frequency", "series", "windows", "seasons", "trend"

    def reason_against(self, spec: "AlgorithmSpec", problem: "Problem") -> str:
        """See ``Kind``."""
        single = problem.series is not None and len(problem.series.labels) == 1
        return "It needs several series." if spec.name in _OF_SEVERAL and single else ""

    def check_columns(self, columns: "Sequence[str]", settings: ForecastingProblem) -> None:
        """See ``Kind``."""
        from podium_ml.forecasting.validation.checks import check_columns

        check_columns(columns, settings)

    def infer_problem(
        self,
        table: "pd.DataFrame",
        settings: ForecastingProblem,
        *,
        test: "pd.DataFrame | None" = None,
        readings: "Mapping[str, Reading] | None" = None,
        fingerprint: str = "",
        reference: "Profile | None" = None,
        time_limit: str | float = "",
    ) -> InferredProblem:
        """See ``Kind``."""
        from podium_ml.forecasting.validation.infer_problem import infer_problem

        return infer_problem(table, settings, readings=readings, fingerprint=fingerprint)

    def plan_features(self, problem: "Problem", train: "pd.DataFrame") -> Featurizer:
        """See ``Kind``."""
        from podium_ml.forecasting.features import SeriesFeaturizer
        from podium_ml.forecasting.pretrained.checkpoint import Checkpoint
        from podium_ml.weights import given

        if "pretrained" in problem.weights:  # A wrong model is refused before anything is trained.
            Checkpoint.read(given("pretrained"))
        return SeriesFeaturizer.plan(problem)

    def make_encoder(self, needs: str, *, schema: "FeatureSchema", problem: "Problem", seed: int) -> Encoder:
        """See ``Kind``."""
        from podium_ml.forecasting.features import PanelEncoder

        past = problem.series.past if problem.series is not None else ()
        return PanelEncoder(schema if needs == "panel_past" else schema.without(past))

    def join_models(self, models: "Sequence[BaggedModel]") -> "BaggedModel":
        """See ``Kind``."""
        from podium_ml.forecasting.joining import join_models

        return join_models(models)

    def make_predictor(self, problem: "Problem", featurizer: Featurizer, model: Any, **options: Any) -> Any:
        """See ``Kind``."""
        from podium_ml.forecasting.predictor import Forecaster

        return Forecaster(problem, cast("SeriesFeaturizer", featurizer), model, **options)

    def predict_test(self, model: "BaggedModel", table: "FeatureTable", problem: "Problem") -> "np.ndarray":
        """See ``Kind``: each window of the test is forecast from what came before it."""
        from podium_ml.forecasting.prediction.windows import predict_windows

        return predict_windows(model, table, problem)

    def draws_charts(self, problem: "Problem") -> bool:
        """See ``Kind``."""
        return True

    def charts(
        self,
        problem: "Problem",
        *,
        train: "FeatureTable",
        oof: "np.ndarray",
        test: "FeatureTable | None",
        raw: "np.ndarray",
    ) -> dict[str, Any]:
        """See ``Kind``."""
        from podium_ml.forecasting.charts import forecast_charts

        return forecast_charts(problem, train=train, oof=oof, test=test, raw=raw)

    def usage(self, problem: "Problem") -> Usage:
        """See ``Kind``."""
        from podium_ml.forecasting.usage import usage_of

        return usage_of(problem)

    def explain(
        self, predictor: Any, *, train: "pd.DataFrame", test: "pd.DataFrame", deadline: "Deadline"
    ) -> "Explanation":
        """See ``Kind``."""
        from podium_ml.forecasting.explain import explain_forecasts

        return explain_forecasts(predictor, train=train, test=test, deadline=deadline)

    def render_features(
        self, problem: "Problem", table: "pd.DataFrame", X: "pd.DataFrame", schema: "FeatureSchema"
    ) -> str:
        """See ``Kind``."""
        from podium_ml.forecasting.pages import features_page

        return features_page(schema)

    def render_guardrails(self, results: "list[GuardrailResult]", problem: "Problem") -> str:
        """See ``Kind``."""
        from podium_ml.kinds.guardrail_page import render_guardrails

        return render_guardrails(results, problem)


KIND = ForecastingKind()
