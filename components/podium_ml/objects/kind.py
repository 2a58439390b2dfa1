"""The kind of problems whose answers are objects in pictures."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from podium_ml.kinds import Encoder, Featurizer, InferredProblem, Kind, Usage
from podium_ml.settings import ObjectsProblem, ObjectsSettings

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from podium_ml.algorithms import AlgorithmSpec, Augment
    from podium_ml.contracts import Explanation, FeatureSchema, GuardrailResult, Problem, Profile, Reading
    from podium_ml.contracts.feature_table import FeatureTable
    from podium_ml.objects.features import PictureFeaturizer
    from podium_ml.run.budget import Deadline


class ObjectsKind(Kind):
    """Boxes and masks of objects in pictures."""

    name = "objects"
    title = "objects"
    description = "Train and compare models that find objects in pictures."
    questions = "Where in each picture are bolts, and where are cracks?"
    tasks = ("detection", "segmentation", "image-object-detection", "image-instance-segmentation")
    settings = ObjectsSettings
    problem_settings = ObjectsProblem
    extra = "torch"
    first_settings = ("source", "task", "time_limit", "name", "algorithms", "metric")

    @property
    def algorithms(self) -> "Mapping[str, AlgorithmSpec]":
        """See ``Kind``."""
        from podium_ml.objects.algorithms import ALGORITHMS

        return ALGORITHMS

    @property
    def validation_modules(self) -> tuple[str, ...]:
        """See ``Kind``."""
        return ("PIL.Image", "podium_ml.objects.validation.infer_problem", "podium_ml.objects.features")

    @property
    def warm_modules(self) -> tuple[str, ...]:
        """See ``Kind``."""
        return ("scipy.ndimage", "sklearn.ensemble", "optuna", "onnxruntime")

    @property
    def headlines(self) -> tuple[str, ...]:
        """See ``Kind``."""
        return "rows", "class_balance", "negatives", "sizes"

    def check_columns(self, columns: "Sequence[str]", settings: ObjectsProblem) -> None:
        """See ``Kind``: readers of pictures name the columns themselves."""

    def infer_problem(
        self,
        table: "pd.DataFrame",
        settings: ObjectsProblem,
        *,
        test: "pd.DataFrame | None" = None,
        readings: "Mapping[str, Reading] | None" = None,
        fingerprint: str = "",
        reference: "Profile | None" = None,
        time_limit: str | float = "",
    ) -> InferredProblem:
        """See ``Kind``."""
        from podium_ml.objects.validation.infer_problem import infer_problem

        return infer_problem(table, settings, test=test, fingerprint=fingerprint)

    def plan_features(self, problem: "Problem", train: "pd.DataFrame") -> Featurizer:
        """See ``Kind``."""
        from podium_ml.objects.features import PictureFeaturizer

        return PictureFeaturizer.plan(problem, train)

    def make_encoder(self, needs: str, *, schema: "FeatureSchema", problem: "Problem", seed: int) -> Encoder:
        """See ``Kind``."""
        from podium_ml.objects.features import MapEncoder, PixelEncoder

        return MapEncoder(schema) if needs == "maps" else PixelEncoder(schema)

    def prediction_modules(self, problem: "Problem") -> tuple[str, ...]:
        """See ``Kind``: the decoder of pictures, what finds peaks on grids, and what computes pretrained models."""
        return "PIL", "scipy", *(["onnxruntime"] if problem.weights else [])

    def make_predictor(self, problem: "Problem", featurizer: Featurizer, model: Any, **options: Any) -> Any:
        """See ``Kind``."""
        from podium_ml.models.used_columns import reads_vectors_of
        from podium_ml.objects.predictor import ObjectFinder

        pictures = cast("PictureFeaturizer", featurizer)
        if problem.weights and not reads_vectors_of(model, {pictures.column}):
            pictures = pictures.without_encoder()
        return ObjectFinder(problem, pictures, model, **options)

    def row_names(self, table: "pd.DataFrame", problem: "Problem") -> tuple[str, ...]:
        """See ``Kind``: the files of pictures."""
        from podium_ml.objects.readers.annotations import FILE

        return tuple(table[FILE].astype(str)) if FILE in table else ()

    def draws_charts(self, problem: "Problem") -> bool:
        """See ``Kind``."""
        return problem.examples

    def charts(
        self,
        problem: "Problem",
        *,
        train: "FeatureTable",
        oof: "np.ndarray",
        test: "FeatureTable | None",
        raw: "np.ndarray",
    ) -> dict[str, Any]:
        """See ``Kind``: pictures with the most and the fewest mistakes."""
        from podium_ml.objects.picture_charts import picture_charts

        return picture_charts(problem, train=train, oof=oof, test=test, raw=raw)

    def augmented(
        self, problem: "Problem", table: "FeatureTable", augment: "Augment", title: str
    ) -> dict[str, Any] | None:
        """See ``Kind``."""
        from podium_ml.objects.augmented_pictures import augmented_pictures

        return augmented_pictures(problem, table, augment, title)

    def usage(self, problem: "Problem") -> Usage:
        """See ``Kind``."""
        commands = (
            ("Find objects in new pictures", "podium predict RUN new/ --out boxes.json"),
            ("Draw them", "podium predict RUN new/ --out boxes.json --draw pictures/"),
        )
        python = 'import podium\n\nmodel = podium.open_run("RUN").predictor\nmodel.predict(["new/1.jpg"])'
        return Usage(commands, python)

    def explain(
        self, predictor: Any, *, train: "pd.DataFrame", test: "pd.DataFrame", deadline: "Deadline"
    ) -> "Explanation":
        """See ``Kind``."""
        from dataclasses import replace

        from podium_ml.contracts import Explanation
        from podium_ml.objects.occlusion import occlusion_maps
        from podium_ml.run.only_shown import only_shown

        note = "Objects are found from the pixels of the picture itself; there are no other columns."
        absent = Explanation.absent(predictor.name, metric=predictor.problem.metric, note=note)
        if not predictor.problem.examples:
            return absent
        rows = test if len(test) else train
        maps: tuple[dict[str, Any], ...] = only_shown(
            lambda: occlusion_maps(predictor, rows, deadline=deadline), otherwise=tuple
        )
        return replace(absent, pictures=maps)

    def render_features(
        self, problem: "Problem", table: "pd.DataFrame", X: "pd.DataFrame", schema: "FeatureSchema"
    ) -> str:
        """See ``Kind``."""
        from podium_ml.objects.pages import features_page

        return features_page(problem, schema)

    def render_guardrails(self, results: "list[GuardrailResult]", problem: "Problem") -> str:
        """See ``Kind``."""
        from podium_ml.kinds.guardrail_page import render_guardrails

        return render_guardrails(results, problem)


KIND = ObjectsKind()
