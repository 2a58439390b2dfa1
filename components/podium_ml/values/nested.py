"""The error for columns of objects, which are refused because only the user knows what their parts mean."""

from podium_ml.errors import DataError


def nested_error(column: str, label: str) -> DataError:
    """Return the error for a column that contains objects."""
    shown = column if len(column) <= 60 else column[:57] + "..."
    return DataError(
        f"Column '{shown}' of {label} contains nested objects instead of single values.",
        "Flatten it into columns first, e.g. with pandas.json_normalize or in SQL.",
    )
