"""The declaration of a kind of problem."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from podium_ml.settings import PlanSettings

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from podium_ml.algorithms import AlgorithmSpec, Augment
    from podium_ml.contracts import Explanation, FeatureSchema, GuardrailResult, Problem, Profile, Reading
    from podium_ml.contracts.feature_table import FeatureTable
    from podium_ml.contracts.targets import Targets
    from podium_ml.models import BaggedModel
    from podium_ml.run.budget import Deadline
    from podium_ml.settings import ProblemSettings, Settings


@dataclass(frozen=True)
class InferredProblem:
    """What validation inferred and decided.

    Attributes:
        problem: The problem.
        train: Rows to learn from.
        test: Rows set aside; may be empty.
        profile: Statistics of the training rows.
        results: What the guardrails saw and did.
    """

    problem: "Problem"
    train: "pd.DataFrame"
    test: "pd.DataFrame"
    profile: "Profile"
    results: "list[GuardrailResult]"


class Featurizer(Protocol):
    """Makes features of raw rows, row by row; picklable.

    Attributes:
        schema: The features that it makes.
    """

    schema: "FeatureSchema"

    def transform(self, table: "pd.DataFrame") -> "pd.DataFrame":
        """Return one column a feature of the schema, with a RangeIndex."""
        ...


class Encoder(Protocol):
    """Turns features into what an estimator reads; fitted on the training rows of one fold."""

    def fit_transform(
        self,
        X: "pd.DataFrame",
        y: "np.ndarray",
        *,
        weight: "np.ndarray | None" = None,
        group: "np.ndarray | None" = None,
    ) -> Any:
        """Learn from training rows and return them encoded, so that no row has seen a target of its own group."""
        ...

    def transform(self, X: "pd.DataFrame") -> Any:
        """Return other rows encoded."""
        ...


@dataclass(frozen=True)
class Usage:
    """How to use a model.

    Attributes:
        commands: Titles and shell commands.
        python: The same in Python.
        cells: Titles and code of a notebook in which ``model`` is the model, ``scored`` the same before its refit, and
            ``rows`` are the test rows.
    """

    commands: tuple[tuple[str, str], ...]
    python: str
    cells: tuple[tuple[str, str], ...] = ()


class Kind(ABC):
    """One kind of problem: what its settings, features, algorithms and models are.

    The stages know kinds by this class alone. Methods import what they need when they are called, so that a light
    command can read the declarations.

    Attributes:
        name: Name of the kind, and of its pipeline.
        title: What its problems are about, in words for the user, e.g. ``"tables"``.
        description: What its pipeline does, in one sentence.
        questions: Questions that such problems answer, for people who choose a kind; empty for the description.
        tasks: What users may give as ``task`` to choose this kind.
        settings: Everything that a run of this kind can be asked to do.
        problem_settings: The slice of them that the problem depends on.
        plan_settings: The slice of them that the plan of the training depends on.
        first_settings: The settings that most users fill in, most important first.
        extra: The project's extra that its best algorithms need; empty if all is installed.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    questions: ClassVar[str] = ""
    tasks: ClassVar[tuple[str, ...]]
    settings: "ClassVar[type[Settings]]"
    problem_settings: "ClassVar[type[ProblemSettings]]"
    plan_settings: "ClassVar[type[PlanSettings]]" = PlanSettings
    extra: ClassVar[str] = ""
    first_settings: ClassVar[tuple[str, ...]] = (
        "source",
        "target",
        "time_limit",
        "name",
        "algorithms",
        "metric",
    )

    def completed(self, values: "Mapping[str, Any]") -> dict[str, Any]:
        """Return settings with what the kind knows without being told, such as the target of a folder of pictures.

        Args:
            values: Settings as the user gave them, not checked yet.
        """
        return dict(values)

    @property
    @abstractmethod
    def algorithms(self) -> "Mapping[str, AlgorithmSpec]":
        """The algorithms that may be tried, by name."""

    @property
    def headlines(self) -> tuple[str, ...]:
        """Names of guardrails that tell what was found even where nothing is wrong, for ``podium check``."""
        return ()

    @property
    def validation_modules(self) -> tuple[str, ...]:
        """Modules that validation and features need; the local engine imports them early."""
        return ()

    @property
    def warm_modules(self) -> tuple[str, ...]:
        """Modules that training imports, in the order in which it needs them; the local engine imports them early."""
        return ()

    def reason_against(self, spec: "AlgorithmSpec", problem: "Problem") -> str:
        """Return why an algorithm cannot take part in a problem, for the user; empty if it can."""
        return ""

    @abstractmethod
    def check_columns(self, columns: "Sequence[str]", settings: "Any") -> None:
        """Refuse settings that name columns that do not exist, as soon as the columns are known.

        Args:
            columns: The columns of the data.
            settings: What the user asked for: ``problem_settings``.

        Raises:
            SettingsError: One line for each mistake.
        """

    @abstractmethod
    def infer_problem(
        self,
        table: "pd.DataFrame",
        settings: "Any",
        *,
        test: "pd.DataFrame | None" = None,
        readings: "Mapping[str, Reading] | None" = None,
        fingerprint: str = "",
        reference: "Profile | None" = None,
        time_limit: str | float = "",
    ) -> InferredProblem:
        """Infer the problem, check the data and set test rows aside.

        Args:
            table: Labelled rows.
            settings: What the user asked for: ``problem_settings``.
            test: Separate test rows, or ``None`` to set some aside.
            readings: How ingestion read each column; unknown for columns that are not there.
            fingerprint: Content hash of the data.
            reference: Statistics of the rows that a champion of other data was trained on, or ``None``.
            time_limit: Wall-clock limit of the whole run. A short one leaves less time for checks and for folds.

        Raises:
            DataError: The data cannot be learned from.
            SettingsError: A setting does not fit the data.
        """

    @abstractmethod
    def plan_features(self, problem: "Problem", train: "pd.DataFrame") -> Featurizer:
        """Decide on the features, from the columns' roles and the training rows."""

    @abstractmethod
    def make_encoder(self, needs: str, *, schema: "FeatureSchema", problem: "Problem", seed: int) -> Encoder:
        """Return an unfitted encoder.

        Args:
            needs: What the algorithm declares as its ``needs``.
            schema: The features of the table that it will be given.
            problem: The problem.
            seed: Seed of everything random.
        """

    @property
    def encodes_columns(self) -> bool:
        """Whether ``encode_columns`` is there, so that models may leave out columns."""
        return False

    def encode_columns(
        self, X: "pd.DataFrame", targets: "Targets", *, schema: "FeatureSchema", problem: "Problem", seed: int
    ) -> "tuple[np.ndarray, list[str]]":
        """Return rows as numbers, NaN for missing, and the name of the feature that each number was made from.

        Args:
            X: Training rows of features.
            targets: Their targets.
            schema: What the features are.
            problem: The problem.
            seed: Seed of everything random.
        """
        raise NotImplementedError

    def join_models(self, models: "Sequence[BaggedModel]") -> "BaggedModel":
        """Return one model for the groups of several, for algorithms that learn each group of rows on its own.

        Args:
            models: Models with the same parameters, each of which has learned other groups.
        """
        raise NotImplementedError

    def prediction_modules(self, problem: "Problem") -> tuple[str, ...]:
        """Return modules that preprocessing imports only when it predicts, such as the decoder of pictures."""
        return ()

    @abstractmethod
    def make_predictor(self, problem: "Problem", featurizer: Featurizer, model: Any, **options: Any) -> Any:
        """Return model and preprocessing as one object; ``options`` are those of ``Predictor``."""

    def related_rows(self, table: "pd.DataFrame", problem: "Problem") -> "np.ndarray | None":
        """Return codes of training rows that must share a fold, though no column says so; ``None`` if there are none.

        Args:
            table: Training rows.
            problem: The problem.
        """
        from podium_ml.values.hashes import copy_codes, row_hashes

        if not problem.copies_together:
            return None
        return copy_codes(row_hashes(table, [column.name for column in problem.features]))

    def predict_test(self, model: "BaggedModel", table: "FeatureTable", problem: "Problem") -> "np.ndarray":
        """Return raw predictions of test rows, given in their order."""
        return model.predict_raw(table.X)

    def row_names(self, table: "pd.DataFrame", problem: "Problem") -> tuple[str, ...]:
        """Return what rows are called where users see them one by one; nothing if they have no names."""
        return ()

    def draws_charts(self, problem: "Problem") -> bool:
        """Whether ``charts`` has something to draw for a problem."""
        return False

    def charts(
        self,
        problem: "Problem",
        *,
        train: "FeatureTable",
        oof: "np.ndarray",
        test: "FeatureTable | None",
        raw: "np.ndarray",
    ) -> dict[str, Any]:
        """Return chart data of the chosen model that the target alone cannot tell, such as a curve for each series.

        Args:
            problem: The problem.
            train: The training rows.
            oof: Their out-of-fold predictions, NaN for rows without any.
            test: The test rows, or ``None`` without any.
            raw: Predictions of the test rows.
        """
        raise NotImplementedError

    def augmented(
        self, problem: "Problem", table: "FeatureTable", augment: "Augment", title: str
    ) -> dict[str, Any] | None:
        """Return a few training rows and what training makes of them, for the report; ``None`` if rows are no pictures.

        Args:
            problem: The problem.
            table: The training rows.
            augment: How the algorithm changes pictures, with its configuration.
            title: Title of the algorithm.
        """
        return None

    def usage(self, problem: "Problem") -> "Usage | None":
        """Return how to use the model, for the report; ``None`` for a model that predicts and explains rows."""
        return None

    @abstractmethod
    def explain(
        self, predictor: Any, *, train: "pd.DataFrame", test: "pd.DataFrame", deadline: "Deadline"
    ) -> "Explanation":
        """Return what drives the model, in the user's own columns."""

    @abstractmethod
    def render_features(
        self, problem: "Problem", table: "pd.DataFrame", X: "pd.DataFrame", schema: "FeatureSchema"
    ) -> str:
        """Return an HTML page that lists the features.

        Args:
            problem: The problem.
            table: The training rows.
            X: Their features.
            schema: What the features are.
        """

    @abstractmethod
    def render_guardrails(self, results: "list[GuardrailResult]", problem: "Problem") -> str:
        """Return an HTML page that says what each guardrail saw and did."""
