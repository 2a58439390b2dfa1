"""The explanation of the chosen model, in terms of the user's columns."""

from dataclasses import dataclass
from typing import Any, Literal, Self

from podium_ml.contracts._contract import Contract

# How importance was measured: by shuffling columns before the model, or before a quick stand-in for a slow model; by
# how far a few shuffled rows move the predictions; or read from the inside of the model.
ImportanceKind = Literal["permutation", "stand_in", "movement", "own"]


@dataclass(frozen=True)
class ColumnImportance:
    """How much the score drops when one column is shuffled.

    Attributes:
        column: The user's column.
        importance: Mean drop of the score in units of the metric; positive if the column helps. A share of 1 for the
            kinds ``movement`` and ``own``.
        std: Standard deviation over repeats.
        shap: Mean absolute SHAP value over explained rows, or ``None``.
    """

    column: str
    importance: float
    std: float
    shap: float | None = None


@dataclass(frozen=True)
class GroupImportance:
    """How much the score drops when several columns are shuffled together.

    Attributes:
        kind: ``related`` for columns that carry similar information, ``spare`` for all columns whose own importance is
            not above zero.
        columns: The user's columns.
        importance: Mean drop of the score, like that of one column.
        std: Standard deviation over repeats.
    """

    kind: Literal["related", "spare"]
    columns: tuple[str, ...]
    importance: float
    std: float


@dataclass(frozen=True)
class PartialDependence:
    """Mean prediction as one column varies.

    Attributes:
        column: The user's column.
        grid: Values of the column: numbers or category names.
        values: Mean prediction at each grid value, one list per class shown (one list for binary and regression).
        labels: Class name of each list of ``values``, or one empty string.
        rows: Number of rows that each mean is taken over; 0 if an earlier version did not say.
    """

    column: str
    grid: tuple[float | str, ...]
    values: tuple[tuple[float, ...], ...]
    labels: tuple[str, ...] = ("",)
    rows: int = 0


@dataclass(frozen=True)
class RowExplanation:
    """Why the model predicted what it did for one row.

    Attributes:
        row: Position of the row in the explained data.
        prediction: The prediction, as shown to users.
        base: Mean prediction, to which the contributions are added.
        output: The explained output: the probability of the predicted class, or the predicted value.
        contributions: Pairs of column and signed contribution, largest first.
        inputs: The values of the row by column, as text.
        title: What the row is an example of, e.g. ``"Most certain, and right"``.
        truth: The true target, as shown to users; empty if unknown.
    """

    row: int
    prediction: str
    base: float
    output: float
    contributions: tuple[tuple[str, float], ...]
    inputs: dict[str, str]
    title: str = ""
    truth: str = ""


@dataclass(frozen=True)
class Explanation(Contract):
    """Global and row-level explanation of one model.

    Attributes:
        model: Name of the explained model.
        metric: Metric that importance is measured in.
        rows: Number of rows that importance was measured on.
        columns: Importances, largest first.
        partial_dependence: Partial dependence of the top columns.
        examples: Explanations of a few rows.
        shap_method: ``tree`` (approximated from the structure of the trees), ``permutation`` (sampled), or empty if not
            computed.
        beeswarm: For the top columns: ``{"column", "label", "shap": [...], "value": [... scaled 0 to 1 or None]}``;
            ``label`` is the class whose probability is explained, empty for regression.
        notes: What was left out and why (time, size), in words for the user.
        importance_kind: How the importance was measured.
        repeats: How often each column was shuffled; 0 if unknown.
        groups: Importances of groups of columns.
        shap_rows: Number of rows that the SHAP values are averaged over; 0 if unknown.
        shap_walks: Number of sampled column orders per row; 0 for ``tree``.
        texts: Texts of a few rows in ``pieces``, each with ``text`` and ``weight`` (-1 to 1): how much it speaks for
            the prediction, relative to the strongest piece; and a ``note`` that says what was predicted.
        words: For each class, its name as ``label``, and the ``words`` that tell its predictions from the others.
        pictures: Pictures on which what speaks for the prediction is red: ``src`` (a data URI), ``note``, ``wrong``.
    """

    model: str
    metric: str
    rows: int
    columns: tuple[ColumnImportance, ...]
    partial_dependence: tuple[PartialDependence, ...] = ()
    examples: tuple[RowExplanation, ...] = ()
    shap_method: str = ""
    beeswarm: tuple[dict[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    importance_kind: ImportanceKind = "permutation"
    repeats: int = 0
    groups: tuple[GroupImportance, ...] = ()
    shap_rows: int = 0
    shap_walks: int = 0
    pictures: tuple[dict[str, Any], ...] = ()
    texts: tuple[dict[str, Any], ...] = ()
    words: tuple[dict[str, Any], ...] = ()

    @classmethod
    def absent(cls, model: str, *, metric: str, note: str) -> Self:
        """Return an empty explanation, with the reason why there is none."""
        return cls(model=model, metric=metric, rows=0, columns=(), notes=(note,))


@dataclass(frozen=True)
class ModelImportance:
    """A cheap importance of every column to one model.

    Attributes:
        kind: ``movement`` or ``own``.
        shares: Share of each of the user's columns, largest first; they sum to 1, or are all 0 if no column matters.
        rows: Number of rows that it was measured on; 0 for ``own``.
    """

    kind: ImportanceKind
    shares: dict[str, float]
    rows: int = 0


@dataclass(frozen=True)
class ModelImportances(Contract):
    """The cheap importances of all models of a run, stored as ``importances.json`` in the folder of the evaluation.

    Attributes:
        models: Importances by name of the model.
    """

    models: dict[str, ModelImportance]
