"""Confidence intervals from a standard error, shaped by the bounds of a metric.

Percentiles of resamples are too narrow for few rows. In simulations of ten metrics at 30 to 300 rows and 10 to 50 %
positives, percentiles cover the true value in 86 to 97 % of tables, and these intervals in 92 to 98 %
(``tests/benchmark/interval_coverage.py``). They remain too narrow for squared errors with heavy tails: at 30 rows, the
RMSE of Laplace errors is covered in 87 %.
"""

import math

from scipy import stats

LEVEL = 0.95
# Probability that an interval of one standard error to either side covers the true difference.
ONE_STANDARD_ERROR = 0.68
Ends = tuple[float, float]
# Smaller differences are rounding errors.
_ROUNDING = 1e-9


def quantile(freedom: float, level: float = LEVEL) -> float:
    """Return how many standard errors an interval reaches to each side.

    Args:
        freedom: Degrees of freedom of the standard error; infinite if it is known.
        level: Probability that the interval covers the true value.
    """
    side = (1 + level) / 2
    return float(stats.norm.ppf(side) if math.isinf(freedom) else stats.t.ppf(side, freedom))


def of_share(share: float, rows: float, freedom: float = math.inf) -> Ends:
    """Return the interval of a share of rows (Wilson 1927); its width is never 0.

    Args:
        share: The share.
        rows: Number of rows, or the number of independent rows that would have the same standard error (Korn and
            Graubard 1998; with Wilson's interval: Dean and Pauly 2015).
        freedom: Degrees of freedom of the standard error.
    """
    t = quantile(freedom)
    middle = (share + t * t / (2 * rows)) / (1 + t * t / rows)
    reach = t / (1 + t * t / rows) * math.sqrt(share * (1 - share) / rows + t * t / (4 * rows * rows))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def of_score(value: float, error: float, *, freedom: float, bounds: Ends) -> Ends | None:
    """Return the interval of a score, or ``None`` if its standard error tells nothing.

    Scores with two bounds are treated as shares. Those with one are logarithmized, because they vary the more, the
    farther they are from it.

    Args:
        value: The score.
        error: Its standard error.
        freedom: Degrees of freedom of the standard error.
        bounds: Smallest and greatest possible score, infinite where unknown.
    """
    low, high = bounds
    varies = error > _ROUNDING * max(1.0, abs(value))
    if math.isfinite(low) and math.isfinite(high):
        width = high - low
        share, deviation = (value - low) / width, error / width
        at_bound = min(share, 1 - share) < _ROUNDING
        if not varies and not at_bound:
            return None
        # A perfect score does not vary. It is as certain as a share of as many rows as its standard error rests on.
        rows = freedom + 1 if at_bound else share * (1 - share) / deviation**2
        left, right = of_share(min(1.0, max(0.0, share)), max(1.0, rows), freedom)
        return low + width * left, low + width * right
    if not varies:
        return None
    reach = quantile(freedom) * error
    if math.isfinite(low):
        return _of_distance(value - low, reach, low, 1.0)
    if math.isfinite(high):
        return _of_distance(high - value, reach, high, -1.0)
    return value - reach, value + reach


def _of_distance(distance: float, reach: float, bound: float, sign: float) -> Ends | None:
    if distance <= 0:
        return None
    factor = math.exp(min(reach / distance, 50.0))
    first, second = bound + sign * distance / factor, bound + sign * distance * factor
    return min(first, second), max(first, second)
