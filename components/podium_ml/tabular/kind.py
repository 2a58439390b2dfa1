"""The kind of problems whose rows are the rows of one table."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from podium_ml.kinds import Encoder, Featurizer, InferredProblem, Kind
from podium_ml.settings import TabularProblem, TabularSettings
from podium_ml.settings.tabular import TASK_ALIASES

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from podium_ml.algorithms import AlgorithmSpec, Augment
    from podium_ml.contracts import Explanation, FeatureSchema, GuardrailResult, Problem, Profile, Reading
    from podium_ml.contracts.feature_table import FeatureTable
    from podium_ml.contracts.targets import Targets
    from podium_ml.run.budget import Deadline
    from podium_ml.tabular.features import Featurizer as TabularFeaturizer

# Characters of a text that stand for its row in lists of rows.
_NAME = 500


class TabularKind(Kind):
    """Classification and regression on tables."""

    name = "tabular"
    title = "tables"
    description = "Train, compare and explain models that predict one column of a table."
    questions = "Which customers leave? What does a house cost? Which labels fit a text?"
    tasks = ("classification", "binary", "multiclass", "multilabel", "regression", *TASK_ALIASES)
    settings = TabularSettings
    problem_settings = TabularProblem

    def completed(self, values: "Mapping[str, Any]") -> dict[str, Any]:
        """See ``Kind``: folders of pictures name the classes."""
        from podium_ml.tabular.picture_folders import target_of_folder

        return {**values, "target": values.get("target") or target_of_folder(str(values.get("source") or ""))}

    @property
    def algorithms(self) -> "Mapping[str, AlgorithmSpec]":
        """See ``Kind``."""
        from podium_ml.tabular.algorithms import ALGORITHMS

        return ALGORITHMS

    @property
    def validation_modules(self) -> tuple[str, ...]:
        """See ``Kind``."""
        # The first ones are imported by the others; the engine can start a stage between two imports.
        return (
            "scipy.stats",
            "sklearn.preprocessing",
            "sklearn.ensemble",
            "podium_ml.tabular.validation.infer_problem",
            "podium_ml.tabular.features",
        )

    @property
    def warm_modules(self) -> tuple[str, ...]:
        """See ``Kind``."""
        return (
            "skrub",
            "sklearn.linear_model",
            "sklearn.ensemble",
            "lightgbm",
            "optuna",
            "xgboost",
            "catboost",
            "interpret.glassbox",
        )

    def check_columns(self, columns: "Sequence[str]", settings: TabularProblem) -> None:
        """See ``Kind``."""
        from podium_ml.tabular.validation.checks import check_columns

        check_columns(columns, settings)

    def infer_problem(
        self,
        table: "pd.DataFrame",
        settings: TabularProblem,
        *,
        test: "pd.DataFrame | None" = None,
        readings: "Mapping[str, Reading] | None" = None,
        fingerprint: str = "",
        reference: "Profile | None" = None,
        time_limit: str | float = "",
    ) -> InferredProblem:
        """See ``Kind``."""
        from podium_ml.tabular.validation.infer_problem import infer_problem

        return infer_problem(
            table,
            settings,
            test=test,
            readings=readings,
            fingerprint=fingerprint,
            reference=reference,
            time_limit=time_limit,
        )

    def plan_features(self, problem: "Problem", train: "pd.DataFrame") -> Featurizer:
        """See ``Kind``."""
        from podium_ml.tabular.features import Featurizer as TabularFeaturizer

        return TabularFeaturizer.plan(problem, train)

    def make_encoder(self, needs: str, *, schema: "FeatureSchema", problem: "Problem", seed: int) -> Encoder:
        """See ``Kind``."""
        from podium_ml.algorithms import Encoding
        from podium_ml.tabular.encoders import make_encoder

        return make_encoder(cast(Encoding, needs), schema=schema, problem=problem, seed=seed)

    @property
    def encodes_columns(self) -> bool:
        """See ``Kind``."""
        return True

    def encode_columns(
        self, X: "pd.DataFrame", targets: "Targets", *, schema: "FeatureSchema", problem: "Problem", seed: int
    ) -> "tuple[np.ndarray, list[str]]":
        """See ``Kind``."""
        from podium_ml.tabular.encoders import make_encoder

        encoder = make_encoder("ordinal", schema=schema, problem=problem, seed=seed)
        encoded = encoder.fit_transform(X, targets.y, weight=targets.weight, group=targets.group)
        return encoded, encoder.get_feature_sources()

    def prediction_modules(self, problem: "Problem") -> tuple[str, ...]:
        """See ``Kind``: the decoder of pictures, if there are some, and what computes pretrained models."""
        pictures, texts = _has(problem, "image"), _has(problem, "text")
        split = texts and "encoder" in problem.weights
        computed = split or (pictures and "backbone" in problem.weights)
        found = {"PIL": pictures, "tokenizers": split, "onnxruntime": computed}
        return tuple(name for name, is_needed in found.items() if is_needed)

    def make_predictor(self, problem: "Problem", featurizer: Featurizer, model: Any, **options: Any) -> Any:
        """See ``Kind``."""
        from podium_ml.models.used_columns import reads_vectors_of
        from podium_ml.tabular.predictor import Predictor

        texts = {column.name for column in problem.features if column.role == "text"}
        if problem.weights and not reads_vectors_of(model, texts):
            featurizer = cast("TabularFeaturizer", featurizer).without_encoders()
        return Predictor(problem, featurizer, model, **options)

    def related_rows(self, table: "pd.DataFrame", problem: "Problem") -> "np.ndarray | None":
        """See ``Kind``: also rows whose pictures or texts are nearly the same."""
        import numpy as np

        codes = super().related_rows(table, problem)
        pictures = [table[column.name] for column in problem.features if column.role == "image"]
        if not pictures and not any(column.role == "text" for column in problem.features):
            return codes
        from podium_ml.tabular.validation.picture_copies import with_pictures
        from podium_ml.tabular.validation.text_copies import with_texts

        codes = with_texts(np.arange(len(table)) if codes is None else codes, table, problem.features)
        codes = with_pictures(codes, pictures)
        return codes if len(np.unique(codes)) < len(codes) else None

    def explain(
        self, predictor: Any, *, train: "pd.DataFrame", test: "pd.DataFrame", deadline: "Deadline"
    ) -> "Explanation":
        """See ``Kind``."""
        from dataclasses import replace

        from podium_ml.run.only_shown import only_shown
        from podium_ml.tabular.used_columns import explain_used_columns

        found = explain_used_columns(predictor, train=train, test=test, deadline=deadline)
        if not predictor.problem.examples or not self.draws_charts(predictor.problem):
            return found
        rows = test if len(test) else train
        if _has(predictor.problem, "text"):
            from podium_ml.tabular.word_attribution import word_attributions, words_of_classes

            found = replace(
                found,
                texts=only_shown(
                    lambda: word_attributions(predictor, rows, deadline=deadline), otherwise=tuple
                ),
                words=only_shown(lambda: words_of_classes(predictor, rows), otherwise=tuple),
            )
        if not _has(predictor.problem, "image"):
            return found
        from podium_ml.tabular.occlusion import occlusion_maps

        maps: tuple[dict[str, Any], ...] = only_shown(
            lambda: occlusion_maps(predictor, rows, deadline=deadline), otherwise=tuple
        )
        return replace(found, pictures=maps)

    def row_names(self, table: "pd.DataFrame", problem: "Problem") -> tuple[str, ...]:
        """See ``Kind``: the files of pictures, or the beginnings of texts."""
        from podium_ml.media.names import FILE, PICTURE

        if FILE in table and any(column.name == PICTURE for column in problem.features):
            return tuple(table[FILE].astype(str))
        if not problem.examples:
            return ()
        texts = [column.name for column in problem.features if column.role == "text" and column.name in table]
        return tuple(table[texts[0]].fillna("").astype(str).str[:_NAME]) if texts else ()

    def augmented(
        self, problem: "Problem", table: "FeatureTable", augment: "Augment", title: str
    ) -> dict[str, Any] | None:
        """See ``Kind``: pictures with what is to be predicted."""
        from podium_ml.tabular.picture_charts import augmented_pictures

        return augmented_pictures(problem, table, augment, title)

    def draws_charts(self, problem: "Problem") -> bool:
        """See ``Kind``: pictures and texts."""
        return problem.examples and (_has(problem, "image") or _has(problem, "text"))

    def charts(
        self,
        problem: "Problem",
        *,
        train: "FeatureTable",
        oof: "np.ndarray",
        test: "FeatureTable | None",
        raw: "np.ndarray",
    ) -> dict[str, Any]:
        """See ``Kind``: the best and the worst predictions."""
        from podium_ml.tabular.picture_charts import picture_charts
        from podium_ml.tabular.text_charts import text_charts

        made = (
            picture_charts(problem, train=train, oof=oof, test=test, raw=raw)
            if _has(problem, "image")
            else {}
        )
        return made | (
            text_charts(problem, train=train, oof=oof, test=test, raw=raw) if _has(problem, "text") else {}
        )

    def render_features(
        self, problem: "Problem", table: "pd.DataFrame", X: "pd.DataFrame", schema: "FeatureSchema"
    ) -> str:
        """See ``Kind``."""
        from podium_ml.tabular.features.report import render_feature_report

        return render_feature_report(problem, table, X, schema)

    def render_guardrails(self, results: "list[GuardrailResult]", problem: "Problem") -> str:
        """See ``Kind``."""
        from podium_ml.kinds.guardrail_page import render_guardrails

        return render_guardrails(results, problem)


def _has(problem: "Problem", role: str) -> bool:
    return any(column.role == role for column in problem.features)


KIND = TabularKind()
