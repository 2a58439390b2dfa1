"""The explanation of the chosen model, in terms of the user's columns."""

from dataclasses import dataclass
from typing import Any, Self

from podium_ml.contracts._contract import Contract


@dataclass(frozen=True)
class ColumnImportance:
    """How much the score drops when one column is shuffled.

    Attributes:
        column: The user's column.
        importance: Mean drop of the score in units of the primary metric; positive if the column helps.
        std: Standard deviation over repeats.
        shap: Mean absolute SHAP value over explained rows, or ``None``.
    """

    column: str
    importance: float
    std: float
    shap: float | None = None


@dataclass(frozen=True)
class PartialDependence:
    """Mean prediction as one column varies.

    Attributes:
        column: The user's column.
        grid: Values of the column: numbers or category names.
        values: Mean prediction at each grid value, one list per class shown (one list for binary and regression).
        labels: Class name of each list of ``values``, or one empty string.
    """

    column: str
    grid: tuple[float | str, ...]
    values: tuple[tuple[float, ...], ...]
    labels: tuple[str, ...] = ("",)


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
        metric: Metric that permutation importance is measured in.
        rows: Number of rows that importance was measured on.
        columns: Importances, largest first.
        partial_dependence: Partial dependence of the top columns.
        examples: Explanations of a few rows.
        shap_method: ``tree``, ``permutation``, or empty if not computed.
        beeswarm: For the top columns: ``{"column", "label", "shap": [...], "value": [... scaled 0 to 1 or None]}``;
            ``label`` is the class whose probability is explained, empty for regression.
        notes: What was left out and why (time, size), in words for the user.
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

    @classmethod
    def absent(cls, model: str, *, metric: str, note: str) -> Self:
        """Return an empty explanation, with the reason why there is none."""
        return cls(model=model, metric=metric, rows=0, columns=(), notes=(note,))
