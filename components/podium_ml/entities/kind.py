"""The kind of problems whose answers are spans in texts."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from podium_ml.kinds import Encoder, Featurizer, InferredProblem, Kind, Usage
from podium_ml.settings import EntitiesProblem, EntitiesSettings

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from podium_ml.algorithms import AlgorithmSpec
    from podium_ml.contracts import Explanation, FeatureSchema, GuardrailResult, Problem, Profile, Reading
    from podium_ml.contracts.feature_table import FeatureTable
    from podium_ml.entities.features import TextFeaturizer
    from podium_ml.run.budget import Deadline


class EntitiesKind(Kind):
    """Spans in texts: names, places, amounts and the like."""

    name = "entities"
    title = "entities"
    description = "Train and compare models that find entities in texts."
    questions = "Which words of a text are names, places or amounts?"
    tasks = ("entities", "text-ner")
    settings = EntitiesSettings
    problem_settings = EntitiesProblem
    extra = "torch"
    first_settings = ("source", "time_limit", "name", "algorithms", "metric")

    @property
    def algorithms(self) -> "Mapping[str, AlgorithmSpec]":
        """See ``Kind``."""
        from podium_ml.entities.algorithms import ALGORITHMS

        return ALGORITHMS

    @property
    def validation_modules(self) -> tuple[str, ...]:
        """See ``Kind``."""
        return ("podium_ml.entities.validation.infer_problem", "podium_ml.entities.features")

    @property
    def warm_modules(self) -> tuple[str, ...]:
        """See ``Kind``."""
        return ("scipy.sparse", "podium_ml.entities.algorithms.baseline", "optuna", "pycrfsuite")

    @property
    def headlines(self) -> tuple[str, ...]:
        """See ``Kind``."""
        return "texts", "types", "tokens"

    def check_columns(self, columns: "Sequence[str]", settings: EntitiesProblem) -> None:
        """See ``Kind``: readers of texts name the columns themselves, so that the header of a file says nothing."""

    def infer_problem(
        self,
        table: "pd.DataFrame",
        settings: EntitiesProblem,
        *,
        test: "pd.DataFrame | None" = None,
        readings: "Mapping[str, Reading] | None" = None,
        fingerprint: str = "",
        reference: "Profile | None" = None,
        time_limit: str | float = "",
    ) -> InferredProblem:
        """See ``Kind``."""
        from podium_ml.entities.validation.infer_problem import infer_problem

        return infer_problem(table, settings, test=test, fingerprint=fingerprint)

    def plan_features(self, problem: "Problem", train: "pd.DataFrame") -> Featurizer:
        """See ``Kind``."""
        from podium_ml.entities.features import TextFeaturizer

        return TextFeaturizer.plan(problem)

    def make_encoder(self, needs: str, *, schema: "FeatureSchema", problem: "Problem", seed: int) -> Encoder:
        """See ``Kind``."""
        from podium_ml.entities.features import TokenEncoder

        assert problem.texts is not None
        return TokenEncoder(problem.texts.level)  # type: ignore[arg-type]

    def make_predictor(self, problem: "Problem", featurizer: Featurizer, model: Any, **options: Any) -> Any:
        """See ``Kind``."""
        from podium_ml.entities.predictor import EntityFinder

        return EntityFinder(problem, cast("TextFeaturizer", featurizer), model, **options)

    def prediction_modules(self, problem: "Problem") -> tuple[str, ...]:
        """See ``Kind``: what splits texts into tokens, and into the pieces of a pretrained model."""
        return ("regex", *(("tokenizers",) if "encoder" in problem.weights else ()))

    def row_names(self, table: "pd.DataFrame", problem: "Problem") -> tuple[str, ...]:
        """See ``Kind``: the texts."""
        from podium_ml.entities.readers._rows import TEXT

        return tuple(table[TEXT].astype(str)) if problem.examples and TEXT in table else ()

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
        from podium_ml.entities.charts import text_charts
        from podium_ml.targets import predicted_rows

        if test is not None:
            return text_charts(problem, list(test.X["text"]), test.y, raw)
        rows = predicted_rows(oof)
        return text_charts(problem, train.X["text"].iloc[rows].tolist(), train.y[rows], oof[rows])

    def usage(self, problem: "Problem") -> "Usage | None":
        """See ``Kind``."""
        from podium_ml.entities.usage import usage_of

        return usage_of()

    def explain(
        self, predictor: Any, *, train: "pd.DataFrame", test: "pd.DataFrame", deadline: "Deadline"
    ) -> "Explanation":
        """See ``Kind``."""
        from podium_ml.contracts import Explanation

        note = "Spans are found from the tokens of the text itself and those around them; there are no other columns."
        return Explanation.absent(predictor.name, metric=predictor.problem.metric, note=note)

    def render_features(
        self, problem: "Problem", table: "pd.DataFrame", X: "pd.DataFrame", schema: "FeatureSchema"
    ) -> str:
        """See ``Kind``."""
        from podium_ml.entities.pages import features_page

        return features_page(problem, list(X["text"]))

    def render_guardrails(self, results: "list[GuardrailResult]", problem: "Problem") -> str:
        """See ``Kind``."""
        from podium_ml.kinds.guardrail_page import render_guardrails

        return render_guardrails(results, problem)


KIND = EntitiesKind()
