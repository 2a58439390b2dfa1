"""What a fit costs, as a function of the table and of the configuration."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# The table that ``Cost.seconds`` refers to.
_ROWS, _COLUMNS, _CLASSES = 1_000, 20, 2


@dataclass(frozen=True)
class FitSize:
    """What one estimator learns from.

    Attributes:
        rows: Number of training rows.
        columns: Number of encoded columns; of sparse rows, the mean number of those that are not 0.
        classes: Number of classes; 1 for values.
    """

    rows: int
    columns: int
    classes: int = 1


# The factor by which a parameter's value changes the cost of a fit of some size.
Factor = Callable[[Any, FitSize], float]


@dataclass(frozen=True)
class Cost:
    """The CPU seconds of fitting one estimator and predicting a quarter as many rows.

    They are a product: ``seconds``, the growth with the rows, columns and classes, and the factors of the parameters.
    ``python -m tests.benchmark.trial_costs`` measures all constants. Another machine takes about the same factor longer
    for everything, which the run measures itself.

    Attributes:
        seconds: CPU seconds with 1,000 rows, 20 columns and two classes.
        flat: Share of them that does not grow with the number of rows.
        rows: Power of the number of rows.
        columns: Power of the number of encoded columns.
        flat_columns: Share of them that does not grow with the number of encoded columns.
        classes: Power of the number of classes.
        regression: Factor for values instead of two classes.
        factors: The factors of parameters, for a value other than the default.
        start: Seconds before the first fit, for imports that the engine does not do ahead of time.
        parallel: Share of a fit that several threads divide among them.
        cheaper: Changes to a configuration that make it cheaper, from small to large, for when time is short.

    Examples:
        >>> Cost(0.1).fit_seconds(FitSize(2_000, 20, 2), {})
        0.2
        >>> Cost(0.1, flat=0.5).fit_seconds(FitSize(3_000, 20, 2), {})
        0.2
        >>> Cost(0.1, factors={"trees": power(100, 1.0)}).fit_seconds(FitSize(1_000, 20, 2), {"trees": 50})
        0.05
    """

    seconds: float = 0.1
    flat: float = 0.0
    rows: float = 1.0
    columns: float = 1.0
    flat_columns: float = 0.0
    classes: float = 1.0
    regression: float = 1.0
    factors: Mapping[str, Factor] = field(default_factory=dict)
    start: float = 0.0
    parallel: float = 0.0
    cheaper: Sequence[Mapping[str, Any]] = ()

    def fit_seconds(self, size: FitSize, parameters: Mapping[str, Any], *, threads: int = 1) -> float:
        """Return the seconds that a fit should take.

        Args:
            size: What the estimator learns from.
            parameters: The configuration; missing parameters have their defaults.
            threads: Number of threads of the fit.
        """
        grown = self.flat + (1 - self.flat) * (size.rows / _ROWS) ** self.rows
        columns = (max(1, size.columns) / _COLUMNS) ** self.columns
        grown *= self.flat_columns + (1 - self.flat_columns) * columns
        grown *= self.regression if size.classes == 1 else (size.classes / _CLASSES) ** self.classes
        for name, factor in self.factors.items():
            if parameters.get(name) is not None:
                grown *= factor(parameters[name], size)
        return self.seconds * grown * (1 - self.parallel + self.parallel / max(1, threads))


def power(usual: float, exponent: float, *, classes: float = 0.0, most: float = math.inf) -> Factor:
    """Return the factor of a parameter whose cost follows a power of its value.

    Args:
        usual: The default value, which costs the usual time.
        exponent: The power, e.g. -1 for a learning rate.
        classes: Power of the number of classes (over 2) with which the default value grows.
        most: Greatest default value.
    """

    def factor(value: float, size: FitSize) -> float:
        default = min(most, usual * (max(_CLASSES, size.classes) / _CLASSES) ** classes)
        return float((value / default) ** exponent)

    return factor
