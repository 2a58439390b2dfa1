"""A component's parameters as the settings that the library takes."""

from typing import Any


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Return the texts, numbers and flags among a component's local names: its parameters.

    KFP fills placeholders into dictionaries as text, which quotes and backslashes in a column's name would break;
    so settings reach a component one by one, and are put together here.

    >>> plain({"target": "churn", "seed": 0, "table": object()})
    {'target': 'churn', 'seed': 0}
    """
    return {name: value for name, value in values.items() if isinstance(value, str | int | float)}
