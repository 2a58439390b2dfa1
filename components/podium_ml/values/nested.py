"""Columns of objects, of which models cannot learn, because only the user knows what their parts mean."""

from podium_ml.errors import DataError

# Stands for the type of such a column in what ingestion says about it.
NESTED = "nested"


def nested_error(column: str) -> DataError:
    """Return the error for a column of objects that is not dropped."""
    shown = column if len(column) <= 60 else column[:57] + "..."
    return DataError(
        f"Column '{shown}' contains nested objects instead of single values.",
        "Flatten it into columns first, e.g. with pandas.json_normalize or in SQL, or leave it out with `drop`.",
    )
