"""What to predict, from which columns, and how models are compared."""

from dataclasses import dataclass, field
from typing import Literal

from podium_ml.contracts._contract import Contract
from podium_ml.contracts.object_task import ObjectTask
from podium_ml.contracts.reading import Reading
from podium_ml.contracts.series_task import SeriesTask
from podium_ml.contracts.text_task import TextTask

Task = Literal["binary", "multiclass", "multilabel", "regression"]
Role = Literal[
    "numeric",
    "categorical",
    "boolean",
    "datetime",
    "text",
    "list",
    "image",
    "dropped",
    "target",
    "weight",
    "group",
    "time",
]
FoldStrategy = Literal["stratified", "shuffled", "grouped", "ordered", "rolling", "holdout"]
Label = bool | int | float | str


@dataclass(frozen=True)
class Column:
    """One column of the user's table and its role.

    Attributes:
        name: Name in the user's data.
        role: How the column is used; ``time`` and ``group`` columns determine the folds (a ``time`` column is also a
            datetime feature if ``is_feature`` is set).
        dtype: The Arrow type that ingestion inferred, as text (``"int64"``, ``"string"``, ``"timestamp[us]"``).
        reason: Why the column has this role, in words for the user.
        required: Whether prediction refuses data without the column.
        is_feature: Whether models may learn from the column.
        reading: How its values are read; ``None`` in files of earlier versions.
        fill: How the user wants missing values filled: ``mean``, ``median``, ``most_frequent`` or a number; empty if
            each algorithm may treat them in its own way.
    """

    name: str
    role: Role
    dtype: str
    reason: str = ""
    required: bool = True
    is_feature: bool = True
    reading: Reading | None = None
    fill: str = ""


@dataclass(frozen=True)
class Problem(Contract):
    """The learning problem, which ``validate_data`` infers and all later stages read.

    Attributes:
        name: Project name, used for the MLflow experiment and the registered model.
        task: Kind of problem.
        target: Name of the column to predict.
        metric: Name of the metric that models are compared by; a key of the metric registry or an import path.
        columns: All columns of the input table, in order.
        classes: Class labels in code order (sorted; for binary problems the positive label comes second); empty for
            regression.
        positive_label: The label that counts as positive; ``None`` unless binary.
        weight_column: Column of sample weights, or ``None``.
        group_column: Column whose equal values must stay in one fold, or ``None``.
        time_column: Column that orders the rows in time, or ``None``.
        fold_strategy: How rows are split for out-of-fold predictions.
        n_folds: Number of folds; 1 with the holdout strategy.
        n_repeats: How often the whole k-fold split is repeated with other seeds.
        holdout_fraction: Fraction of the training rows held out when ``fold_strategy`` is ``holdout``.
        n_train: Number of training rows.
        n_test: Number of test rows set aside; 0 if there is no test set.
        seed: Seed of all random steps.
        fingerprint: Content hash of the ingested data.
        kind: Kind of problem; a key of ``podium_ml.kinds.KINDS``.
        target_range: Difference between the greatest and the smallest target of the training rows, if targets are
            values; else, and in files of earlier versions, ``None``.
        target_type: Type of target; a key of ``podium_ml.targets.TARGETS``; empty in files of earlier versions.
        copies_together: Whether rows that are equal in every feature are copies, which must stay in one fold.
        reader: How the labelled rows were read, by name of the option, such as the delimiter; new rows in the same
            format are read likewise. ``None`` in files of earlier versions.
        examples: Whether the model, the report and MLflow may hold rows of the data.
        series: What to forecast; ``None`` for other kinds of problems.
        texts: How texts are split to find spans; ``None`` for other kinds of problems.
        objects: How objects in pictures are found; ``None`` for other kinds of problems.
        weights: Pretrained weights that models may learn from, by the setting that names them.
        weight_files: Names of their files, by setting.
    """

    name: str
    task: str
    target: str
    metric: str
    columns: tuple[Column, ...]
    classes: tuple[Label, ...] = ()
    positive_label: Label | None = None
    weight_column: str | None = None
    group_column: str | None = None
    time_column: str | None = None
    fold_strategy: FoldStrategy = "stratified"
    n_folds: int = 5
    n_repeats: int = 1
    holdout_fraction: float = 0.2
    n_train: int = 0
    n_test: int = 0
    seed: int = 0
    fingerprint: str = ""
    kind: str = "tabular"
    target_type: str = ""
    target_range: float | None = None
    copies_together: bool = False
    reader: dict[str, str] | None = None
    examples: bool = True
    series: SeriesTask | None = None
    texts: TextTask | None = None
    objects: ObjectTask | None = None
    weights: dict[str, str] = field(default_factory=dict)
    weight_files: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_classification(self) -> bool:
        """Whether the task is binary or multiclass."""
        return self.task in ("binary", "multiclass")

    @property
    def n_outputs(self) -> int:
        """Number of columns of a raw prediction: classes or labels, or 1 for values."""
        return max(1, len(self.classes))

    @property
    def features(self) -> tuple[Column, ...]:
        """The columns that models may learn from."""
        return tuple(
            c for c in self.columns if c.is_feature and c.role not in ("dropped", "target", "weight", "group")
        )

    @property
    def readings(self) -> dict[str, Reading]:
        """How the values of each column are read, by name; without columns whose reading is unknown."""
        return {c.name: c.reading for c in self.columns if c.reading is not None}
