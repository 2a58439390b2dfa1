"""Simulates how often the 95% intervals of the evaluation cover the true score.

    python -m tests.benchmark.interval_coverage [--tables 1000] [--only binary]

Each line is one distribution of rows: for each metric the share of tables whose interval covers the score on a very
large table of the same distribution, in percent, out of the tables that have an interval. Widths of zero are counted,
too. A thousand tables have a standard error of 0.7 percent points.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from podium_ml.contracts.targets import Targets
from podium_ml.evaluation.bootstrap import Answer, Bootstrap
from podium_ml.metrics import METRICS
from podium_ml.run.budget import Deadline

Rows = tuple[Targets, np.ndarray]
_LARGE = 400_000
_CLASSES = ("accuracy", "recall", "precision", "f1", "balanced_accuracy", "mcc", "roc_auc")
_PROBABILITIES = ("average_precision", "log_loss", "brier")
_VALUES = ("rmse", "mae", "median_absolute_error", "mape", "r2", "spearman", "bias")


@dataclass(frozen=True)
class Case:
    """A distribution of rows, and the metrics to try on it.

    Attributes:
        name: What is printed.
        task: ``binary`` or ``regression``.
        metrics: Names of metrics.
        draw: Draws a number of rows (in groups or moments, if there are any).
        rows: Number of rows, groups or moments of a table.
        threshold: Decision threshold, or ``None``.
    """

    name: str
    task: str
    metrics: tuple[str, ...]
    draw: Callable[[int, np.random.Generator], Rows]
    rows: int
    threshold: float | None = None


def classes(share: float, *, effect: float = 0.0, size: int = 1, moving: float = 0.0) -> Callable[..., Rows]:
    """Return a source of rows of two classes.

    Args:
        share: Share of positive rows.
        effect: Standard deviation of what the rows of a group have in common.
        size: Number of rows of each group.
        moving: Autocorrelation of what consecutive rows have in common; without groups.
    """

    def draw(number: int, random: np.random.Generator) -> Rows:
        common = effect * np.repeat(_wander(number, moving, random), size)
        signal = random.normal(size=number * size)
        odds = np.log(share / (1 - share)) + signal + common
        y = (random.random(number * size) < 1 / (1 + np.exp(-odds))).astype(np.int64)
        guess = 1 / (1 + np.exp(-(np.log(share / (1 - share)) + signal)))
        return _targets(y, number, size, moving), np.column_stack([1 - guess, guess])

    return draw


def values(errors: str, *, effect: float = 0.0, size: int = 1, moving: float = 0.0) -> Callable[..., Rows]:
    """Return a source of rows with values above 0; the errors are ``normal``, ``laplace`` or ``growing``."""

    def draw(number: int, random: np.random.Generator) -> Rows:
        guess = 20 + 2 * random.normal(size=number * size)
        noise = (
            random.laplace(size=number * size) if errors == "laplace" else random.normal(size=number * size)
        )
        if errors == "growing":
            noise *= np.exp((guess - 20) / 4)
        y = guess + noise + effect * np.repeat(_wander(number, moving, random), size)
        return _targets(y, number, size, moving), guess

    return draw


def _wander(number: int, moving: float, random: np.random.Generator) -> np.ndarray:
    """Return values of variance 1, each correlated with the one before."""
    steps = random.normal(size=number)
    if not moving:
        return steps
    from scipy.signal import lfilter

    return lfilter([np.sqrt(1 - moving**2)], [1, -moving], np.concatenate([random.normal(size=50), steps]))[
        50:
    ]


def _targets(y: np.ndarray, number: int, size: int, moving: float) -> Targets:
    unit = np.repeat(np.arange(number), size)
    if moving:
        return Targets(y=y, time=unit)
    return Targets(y=y, group=unit) if size > 1 else Targets(y=y)


def cases() -> Iterator[Case]:
    """Yield all distributions."""
    every = _CLASSES + _PROBABILITIES
    for rows, share in (
        (30, 0.5),
        (50, 0.3),
        (100, 0.2),
        (100, 0.5),
        (300, 0.1),
        (300, 0.3),
        (1000, 0.03),
        (1000, 0.3),
    ):
        yield Case(
            f"binary, {rows} rows, {share:.0%} positive",
            "binary",
            every,
            classes(share),
            rows,
            min(0.5, 1.5 * share),
        )
    for errors in ("normal", "laplace", "growing"):
        for rows in (30, 100, 1000):
            yield Case(f"values, {rows} rows, {errors} errors", "regression", _VALUES, values(errors), rows)
    for number in (5, 10, 20, 50):
        draw = classes(0.4, effect=1.5, size=25)
        yield Case(f"groups, {number} of 25 rows, classes", "binary", (*every,), draw, number)
        yield Case(
            f"groups, {number} of 25 rows, values",
            "regression",
            _VALUES,
            values("normal", effect=2.0, size=25),
            number,
        )
    for moving, moments in ((0.5, 200), (0.8, 200), (0.8, 1000), (0.95, 1000)):
        draw = values("normal", effect=2.0, moving=moving)
        yield Case(f"time, {moments} moments, autocorrelation {moving}", "regression", _VALUES, draw, moments)
        draw = classes(0.4, effect=2.0, moving=moving)
        yield Case(
            f"time, {moments} moments, autocorrelation {moving}, classes", "binary", every, draw, moments
        )


def simulate(case: Case, *, tables: int, large: int = _LARGE) -> dict[str, tuple[float, int, int]]:
    """Return for each metric the share of intervals that cover, the number of intervals, and those of width zero.

    Args:
        case: A distribution of rows.
        tables: Number of tables to draw.
        large: Number of rows that the true score is measured on.
    """
    metrics = {name: METRICS[name].for_task(case.task) for name in case.metrics}
    size = len(case.draw(2, np.random.default_rng(0))[1]) // 2
    targets, raw = case.draw(large // size, np.random.default_rng(1))
    truth = {name: metric.score(targets.y, raw, threshold=case.threshold) for name, metric in metrics.items()}
    covered: dict[str, list[bool]] = defaultdict(list)
    empty: dict[str, int] = defaultdict(int)
    for table in range(tables):
        targets, raw = case.draw(case.rows, np.random.default_rng(1000 + table))
        error = targets.y - (raw if raw.ndim == 1 else raw[:, 1])
        bootstrap = Bootstrap(targets, seed=table, deadline=Deadline(), errors=error)
        answer = Answer(raw, case.threshold)
        for name, metric in metrics.items():
            found = bootstrap.measure(metric, answer)
            if found.low is not None and found.high is not None:
                covered[name].append(found.low <= truth[name] <= found.high)
                empty[name] += found.high <= found.low
    return {name: (float(np.mean(hits)), len(hits), empty[name]) for name, hits in covered.items()}


def main() -> None:
    """Print the coverage of all cases."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tables", type=int, default=1000, help="number of tables of each case")
    parser.add_argument("--only", default="", help="only cases whose name contains this")
    asked = parser.parse_args()
    for case in cases():
        if asked.only in case.name:
            print(case.name, flush=True)
            for name, (share, intervals, empty) in simulate(case, tables=asked.tables).items():
                print(
                    f"    {name:24} {share:7.1%}  of {intervals} intervals, {empty} of width zero", flush=True
                )


if __name__ == "__main__":
    main()
