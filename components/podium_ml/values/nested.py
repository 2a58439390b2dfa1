"""Columns of objects are refused: what their parts mean is for the user to say."""

from podium_ml.errors import DataError


def nested_error(column: str, label: str) -> DataError:
    """Return the error for a column that holds objects."""
    shown = column if len(column) <= 60 else column[:57] + "..."
    return DataError(
        f"Column '{shown}' of {label} holds nested objects, not single values.",
        "Flatten it into columns first, e.g. with pandas.json_normalize or the SQL of your data's store.",
    )
