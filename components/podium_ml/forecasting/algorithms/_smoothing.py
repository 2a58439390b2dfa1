"""Exponential smoothing of many series and many configurations at a time (Hyndman et al. 2008)."""

from dataclasses import dataclass
from itertools import product

import numpy as np

# Cells of the states that are updated at a time.
_MOST_CELLS = 2_000_000


@dataclass(frozen=True)
class Grid:
    """Configurations to smooth with, one a column, shape ``(g,)`` each.

    Attributes:
        alpha: How much the level follows errors.
        beta: How much the slope follows errors.
        phi: Damping of the slope; 0 for no trend.
        gamma: How much the season follows errors.
        seasonal: 1 with a season, else 0.
    """

    alpha: np.ndarray
    beta: np.ndarray
    phi: np.ndarray
    gamma: np.ndarray
    seasonal: np.ndarray

    def __len__(self) -> int:
        return len(self.alpha)

    @property
    def parameters(self) -> np.ndarray:
        """Number of free parameters of each configuration, without the states of a season, shape ``(g,)``."""
        return 2.0 + (self.phi > 0) + (self.beta > 0) + ((self.phi > 0) & (self.phi < 1)) + (self.gamma > 0)

    def growth(self, horizon: int, season: int) -> np.ndarray:
        """Return the variance of errors by steps ahead, for errors of one step of variance 1, shape ``(g, h)``."""
        steps = np.arange(1, horizon)
        slope = np.cumsum(self.phi[:, None] ** steps, axis=1)
        again = self.gamma[:, None] * ((steps % season == 0) if season > 1 else 0.0)
        moved = self.alpha[:, None] + self.beta[:, None] * slope + again
        return 1 + np.concatenate([np.zeros((len(self), 1)), np.cumsum(moved**2, axis=1)], axis=1)


def make_grid(season: int, *, fine: bool, trends: tuple[str, ...] = ("none", "damped", "linear")) -> Grid:
    """Return configurations that cover what is usual.

    Args:
        season: Steps of a season; 1 for none.
        fine: Whether to take many.
        trends: Forms of the trend.
    """
    alphas = (0.02, 0.08, 0.16, 0.27, 0.4, 0.55, 0.7, 0.85, 0.98) if fine else (0.05, 0.2, 0.5, 0.9)
    damped = ((0.1, 0.8), (0.1, 0.9), (0.1, 0.97), (0.3, 0.9), (0.3, 0.97)) if fine else ((0.1, 0.9),)
    linear = ((0.0, 1.0), (0.03, 1.0), (0.1, 1.0), (0.3, 1.0)) if fine else ((0.03, 1.0),)
    forms = {"none": ((0.0, 0.0),), "damped": damped, "linear": linear}
    slopes = [one for name in trends for one in forms[name]]
    gammas = (0.0, 0.05, 0.15, 0.35) if fine else (0.02, 0.2)
    seasons = [(gamma, 1.0) for gamma in gammas] if season > 1 else []
    rows = [
        (alpha, alpha * share, phi, gamma * (1 - alpha), seasonal)
        for alpha, (share, phi), (gamma, seasonal) in product(alphas, slopes, [*seasons, (0.0, 0.0)])
    ]
    return Grid(*np.array(rows, dtype=np.float32).T)


@dataclass(frozen=True)
class States:
    """States after the last value, and the errors before.

    Attributes:
        level: Levels, shape ``(s, g)``.
        slope: Slopes, shape ``(s, g)``.
        season: Effects of the next steps of a season, shape ``(m, s, g)``.
        squares: Sum of the squared errors of one step, shape ``(s, g)``.
        count: Number of errors, shape ``(s,)``.
    """

    level: np.ndarray
    slope: np.ndarray
    season: np.ndarray
    squares: np.ndarray
    count: np.ndarray


def smooth(Z: np.ndarray, season: int, grid: Grid) -> States:
    """Smooth series with each configuration. The first states come from smoothing backwards in time.

    Args:
        Z: Standardized values, aligned at the end, NaN before the first one, shape ``(s, t)``.
        season: Steps of a season; 1 for none.
        grid: The configurations.
    """
    step = max(1, _MOST_CELLS // (len(grid) * (season + 8)))
    parts = [_smooth(Z[start : start + step], season, grid) for start in range(0, len(Z), step)]
    if len(parts) == 1:
        return parts[0]
    joined = (
        np.concatenate(one, axis=1 if one[0].ndim == 3 else 0)
        for one in zip(*map(_fields, parts), strict=True)
    )
    return States(*joined)


def _fields(states: States) -> tuple[np.ndarray, ...]:
    return states.level, states.slope, states.season, states.squares, states.count


def _smooth(Z: np.ndarray, season: int, grid: Grid) -> States:
    Z = Z.astype(np.float32)
    effects = seasonal_effects(Z, season)
    width = Z.shape[1]
    phase = (np.arange(width) - width) % season  # The step after the last value has phase 0.
    rest = Z - effects[:, phase]
    level = np.repeat(np.nanmean(rest[:, -max(3, season) :], axis=1)[:, None], len(grid), axis=1)
    slope = np.zeros_like(level)
    effects = effects.T[:, :, None] * grid.seasonal
    level, slope, effects, _ = _filter(Z, phase, (level, slope, effects), grid, range(width - 1, -1, -1))
    squares = np.zeros_like(level)
    level, slope, effects, squares = _filter(Z, phase, (level, -slope, effects), grid, range(width))
    return States(level, slope, effects, squares, np.isfinite(Z).sum(axis=1))


def _filter(
    Z: np.ndarray,
    phase: np.ndarray,
    states: tuple[np.ndarray, np.ndarray, np.ndarray],
    grid: Grid,
    times: range,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    level, slope, effects = states
    squares = np.zeros_like(level)
    whole = np.isfinite(Z).all(axis=0)
    for t in times:
        moved = grid.phi * slope
        expected = level + moved
        error = Z[:, t, None] - expected - effects[phase[t]]
        if not whole[t]:
            known = np.isfinite(Z[:, t, None])
            error = np.where(known, error, 0.0)
            level = np.where(known, expected + grid.alpha * error, level)
            slope = np.where(known, moved + grid.beta * error, slope)
        else:
            level = expected + grid.alpha * error
            slope = moved + grid.beta * error
        effects[phase[t]] += grid.gamma * error
        squares += error * error
    return level, slope, effects, squares


def seasonal_effects(Z: np.ndarray, season: int) -> np.ndarray:
    """Return the mean distance of each place in the season from a moving average, shape ``(s, season)``.

    The first column belongs to the step after the last value.
    """
    if season <= 1:
        return np.zeros((len(Z), 1), dtype=Z.dtype)
    first = np.isfinite(Z).argmax(axis=1)
    flat = np.where(np.isfinite(Z), Z, Z[np.arange(len(Z)), first][:, None]).astype(np.float64)
    sums = np.cumsum(np.pad(flat, ((0, 0), (1, 0))), axis=1)
    mean = (sums[:, season:] - sums[:, :-season]) / season
    if season % 2 == 0:
        mean = (mean[:, 1:] + mean[:, :-1]) / 2
    start = season // 2
    rest = np.full(Z.shape, np.nan)
    rest[:, start : start + mean.shape[1]] = Z[:, start : start + mean.shape[1]] - mean
    full = -(-Z.shape[1] // season) * season
    padded = np.pad(rest, ((0, 0), (full - Z.shape[1], 0)), constant_values=np.nan)
    by_season = padded.reshape(len(Z), -1, season)
    count = np.isfinite(by_season).sum(axis=1)
    effects = np.nansum(by_season, axis=1) / np.maximum(1, count)
    return (effects - effects.mean(axis=1, keepdims=True)).astype(Z.dtype)


def paths(states: States, chosen: np.ndarray, grid: Grid, horizon: int) -> np.ndarray:
    """Return the forecasts of some configurations of each series, shape ``(s, k, horizon)``.

    Args:
        states: The states.
        chosen: Positions of the configurations, shape ``(s, k)``.
        grid: All configurations.
        horizon: Number of steps.
    """
    rows, ahead = np.arange(len(chosen))[:, None], np.arange(1, horizon + 1)
    damped = np.cumsum(grid.phi[chosen][..., None].astype(np.float64) ** ahead, axis=-1)
    trend = states.level[rows, chosen][..., None] + states.slope[rows, chosen][..., None] * damped
    phase = (ahead - 1) % len(states.season)
    return trend + np.moveaxis(states.season[:, rows, chosen], 0, -1)[..., phase]
