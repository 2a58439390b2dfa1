"""An algorithm whose hyperparameters are searched within the user's ranges alone."""

import difflib
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from podium_ml.algorithms.space import Categorical, Dimension, Float, Int
from podium_ml.algorithms.spec import AlgorithmSpec
from podium_ml.errors import SettingsError
from podium_ml.settings.search_spaces import OR, RANGE


def narrowed(spec: AlgorithmSpec, wishes: Mapping[str, str]) -> AlgorithmSpec:
    """Return an algorithm that tries nothing outside of the user's ranges, neither its defaults nor its portfolio.

    Args:
        spec: The algorithm.
        wishes: Values by hyperparameter: ``8..64``, ``a|b|c``, or one value.

    Raises:
        SettingsError: A hyperparameter is not searched, or cannot have such values.
    """
    if not wishes:
        return spec
    asked = {name: _dimension(spec, name, values) for name, values in wishes.items()}
    inside: list[dict[str, Any]] = []
    for given in spec.portfolio:
        if (moved := moved_inside(spec, asked, given)) not in inside:
            inside.append(moved)
    # A cheaper configuration changes some parameters alone; those that the user has limited stay.
    cheaper = [{name: value for name, value in one.items() if name not in asked} for one in spec.cost.cheaper]
    return replace(
        spec,
        search_space={**spec.search_space, **asked},
        portfolio=tuple(inside),
        cost=replace(spec.cost, cheaper=tuple(filter(None, cheaper))),
    )


def moved_inside(
    spec: AlgorithmSpec, asked: Mapping[str, Dimension], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a configuration in which values outside of some dimensions are the nearest ones inside.

    Args:
        spec: The algorithm, which knows the defaults.
        asked: Dimensions by hyperparameter.
        given: The configuration.
    """
    defaults = _defaults(spec)
    moved = dict(given)
    for name, dimension in asked.items():
        value = given.get(name, defaults.get(name))
        nearest = _nearest(dimension, value)
        if name in given or nearest != value:
            moved[name] = nearest
    return moved


def written(dimension: Dimension) -> str:
    """Return a dimension as users write it.

    >>> written(Int(4, 255, log=True)), written(Categorical((None, "balanced")))
    ('4..255', 'None|balanced')
    """
    if isinstance(dimension, Categorical):
        return OR.join(map(str, dimension.choices))
    return f"{dimension.low:g}{RANGE}{dimension.high:g}"


def _dimension(spec: AlgorithmSpec, name: str, values: str) -> Dimension:
    known = spec.search_space.get(name)
    where = f"search_space: {spec.name}.{name}"
    if known is None:
        near = difflib.get_close_matches(name, spec.search_space, n=1)
        rest = ", ".join(spec.search_space) or "none"
        raise SettingsError(
            f"{where}: it is not searched.", f"Did you mean {near[0]}?" if near else f"These are: {rest}."
        )
    if isinstance(known, Categorical):
        return Categorical(tuple(_choice(known, one.strip(), where) for one in values.split(OR)))
    return _range(known, values, where)


def _choice(known: Categorical, text: str, where: str) -> Any:
    for choice in known.choices:
        if str(choice).lower() == text.lower():
            return choice
    raise SettingsError(f"{where}: '{text}' is not one of {', '.join(map(str, known.choices))}.")


def _range(known: Int | Float, values: str, where: str) -> Int | Float:
    kind = int if isinstance(known, Int) else float
    low, _, high = values.partition(RANGE)
    try:
        ends = kind(low), kind(high or low)
    except ValueError:
        what = "whole numbers" if kind is int else "numbers"
        raise SettingsError(f"{where}: '{values}' is no range of {what}.", "Write low..high.") from None
    if ends[0] > ends[1] or not all(abs(end) < float("inf") for end in ends):
        raise SettingsError(f"{where}: {values} is no range.", "Write low..high.")
    if known.log and ends[0] <= 0:
        raise SettingsError(f"{where}: it is searched on a log scale, so it must be above 0.")
    return Int(int(ends[0]), int(ends[1]), known.log) if kind is int else Float(*ends, known.log)


def _nearest(dimension: Dimension, value: Any) -> Any:
    if isinstance(dimension, Categorical):
        same = any(value is choice or value == choice for choice in dimension.choices)
        return value if same else dimension.choices[0]
    if not isinstance(value, int | float) or isinstance(value, bool):
        return dimension.low
    return min(max(value, dimension.low), dimension.high)


def _defaults(spec: AlgorithmSpec) -> dict[str, Any]:
    parameters: Sequence[inspect.Parameter] = list(inspect.signature(spec.build).parameters.values())
    return {one.name: one.default for one in parameters if one.default is not inspect.Parameter.empty}
