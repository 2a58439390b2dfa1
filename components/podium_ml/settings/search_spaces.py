"""Which hyperparameters users want searched, as in ``lightgbm.num_leaves=8..64, ridge.alpha=0.1..10``."""

from collections.abc import Mapping, Sequence
from typing import Any

from podium_ml.settings._slice import join_names, split_names

RANGE, OR = "..", "|"


def search_space_text(value: Any) -> Any:
    """Return a search space from a mapping or a list as one text; other values unchanged.

    >>> search_space_text({"lightgbm": {"num_leaves": [8, 64], "extra_trees": False}, "ridge.alpha": "0.1..10"})
    'lightgbm.num_leaves=8..64,lightgbm.extra_trees=False,ridge.alpha=0.1..10'
    """
    if isinstance(value, Mapping):
        value = [f"{name}={_values(values)}" for name, values in _flat(value)]
    return join_names(value)


def parse_search_space(text: str) -> dict[str, dict[str, str]]:
    """Return the values of each hyperparameter, as text, by algorithm: ``8..64``, ``a|b|c``, or one value.

    >>> parse_search_space("lightgbm.num_leaves=8..64, ridge.alpha=1")
    {'lightgbm': {'num_leaves': '8..64'}, 'ridge': {'alpha': '1'}}

    Raises:
        ValueError: A part is not ``algorithm.parameter=values``.
    """
    found: dict[str, dict[str, str]] = {}
    for part in split_names(text):
        name, equals, values = (piece.strip() for piece in part.partition("="))
        algorithm, dot, parameter = name.partition(".")
        if not (equals and values and dot and algorithm and parameter):
            raise ValueError(f"'{part}' is not algorithm.parameter=values, like lightgbm.num_leaves=8..64")
        found.setdefault(algorithm, {})[parameter] = values
    return found


def _flat(spaces: Mapping[str, Any]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, values in spaces.items():
        if isinstance(values, Mapping):
            found += [(f"{name}.{parameter}", one) for parameter, one in values.items()]
        else:
            found.append((str(name), values))
    return found


def _values(values: Any) -> str:
    """Return the values of a hyperparameter as text; two numbers are a range."""
    if not isinstance(values, Sequence) or isinstance(values, str):
        return str(values)
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in values)
    return (RANGE if numbers and len(values) == 2 else OR).join(map(str, values))
