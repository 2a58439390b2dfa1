"""The texts that guardrails look at."""

from podium_ml.tabular.validation.context import Context

_ROWS = 4_000


def texts_by_column(context: Context, *, rows: int = _ROWS) -> dict[str, list[str]]:
    """Return texts of each column of texts, the same rows each time, empty for missing ones.

    Args:
        context: The data.
        rows: Maximum number of rows.
    """
    sample = context.sample(rows)
    return {
        column.name: sample[column.name].fillna("").astype(str).tolist()
        for column in context.features
        if column.role == "text"
    }
