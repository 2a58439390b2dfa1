"""What drives the chosen model, in the user's own columns."""

from dataclasses import dataclass
from typing import Any, Self

from podium_ml.contracts._contract import Contract


@dataclass(frozen=True)
class ColumnImportance:
    """How much the score suffers when one column is shuffled.

    Attributes:
        column: The user's column.
        importance: Mean loss of score (positive: the column helps), in units of the primary metric.
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
        values: Mean prediction at each, one list per class shown (one for binary and regression).
        labels: What each list of ``values`` is: class names, or one empty string.
    """

    column: str
    grid: tuple[float | str, ...]
    values: tuple[tuple[float, ...], ...]
    labels: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class RowExplanation:
    """Why the model predicted what it did for one row.

    Attributes:
        row: Position of the row in the data explained.
        prediction: The prediction, as shown to users.
        base: Mean prediction that contributions start from.
        output: The explained output: probability of ``prediction``'s class, or the predicted value.
        contributions: Pairs of column and signed contribution, largest first.
        inputs: The row's values by column, as text.
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
        model: Name of the model explained.
        metric: Metric that permutation importance is measured in.
        rows: Rows that importance was measured on.
        columns: Importances, largest first.
        partial_dependence: Of the top columns.
        examples: A few rows explained.
        shap_method: ``tree``, ``permutation`` or empty when not computed.
        beeswarm: For the top columns: ``{"column", "label", "shap": [...], "value": [... scaled 0 to 1 or None]}``;
            ``label`` is the class whose probability is explained, empty for regression.
        notes: What was left out and why (time, size), for the user.
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
        """Return the explanation of a model that was not explained, with the reason."""
        return cls(model=model, metric=metric, rows=0, columns=(), notes=(note,))
