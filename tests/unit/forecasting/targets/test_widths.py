"""Intervals are as wide as they must be, and ensembles of forecasts trust the members' own scores."""

import numpy as np
from scipy.stats import norm

from podium_ml.contracts import Problem
from podium_ml.contracts.targets import Targets
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.targets._widths import Widths, fitting_width, fitting_widths
from podium_ml.metrics import METRICS
from podium_ml.targets import TARGETS

TARGET = TARGETS["future_values"]
PROBLEM = Problem(name="p", task="forecasting", target="y", metric="mase", columns=(), kind="forecasting")


def forecasts(rows, *, width, seed=0):
    """Return values around 0 with deviation 1, and forecasts whose intervals are of another width."""
    y = np.random.default_rng(seed).normal(size=rows)
    raw = np.tile(np.append(0.0, width * norm.ppf(LEVELS)), (rows, 1))
    return np.column_stack([y, np.ones((rows, 2))]), raw


def coverage(y, raw):
    return float(np.mean((y[:, 0] >= raw[:, 1]) & (y[:, 0] <= raw[:, -1])))


def test_narrow_and_wide_intervals_are_mended_on_other_rows():
    for width in (0.4, 1.0, 2.5):
        y, raw = forecasts(2_000, width=width)
        half = np.arange(1_000)
        sharpness, narrowed = TARGET.choose_sharpness(
            raw, Targets(y=y), folds=[(half, half + 1_000), (half + 1_000, half)]
        )
        assert 0.76 < coverage(y, narrowed) < 0.84
        assert abs(sharpness - width) < 0.15 * width
        np.testing.assert_allclose(TARGET.sharpen(raw, sharpness)[:, 0], raw[:, 0])


def test_few_rows_change_little():
    y, raw = forecasts(2, width=1.0)
    assert 0.5 < fitting_width(raw, y + np.array([50.0, 0.0, 0.0])) < 1.5
    assert fitting_width(raw[:0], y[:0]) == 1.0


def test_wider_intervals_stay_above_zero_and_in_order():
    raw = np.array([[1.0, *np.linspace(0.5, 1.5, 9)]])
    wide = Widths(0.1).calibrate(raw)
    assert wide.min() == 0.0
    assert (np.diff(wide[:, 1:]) >= 0).all()


def test_the_chosen_model_gets_widths():
    y, raw = forecasts(400, width=3.0)
    half = np.arange(200)
    found = TARGET.correct(
        raw,
        Targets(y=y),
        problem=PROBLEM,
        metric=METRICS["mase"],
        folds=[(half, half + 200), (half + 200, half)],
    )
    assert 0.74 < coverage(y, found.apply(raw, Targets(y=y))) < 0.86
    assert found.score == METRICS["mase"].score(y, raw)


def test_plain_errors_order_models_as_the_metric_does():
    y, raw = forecasts(50, width=1.0)
    y[:, 1:] = np.random.default_rng(1).uniform(0.5, 2.0, (50, 2))
    models = np.stack([raw, raw + 0.3])
    for metric, power in (("mase", 1), ("rmsse", 2)):
        parts, values, found = TARGET.plain_errors(METRICS[metric], models, y)
        expected = [METRICS[metric].score(y, one) ** power for one in models]
        assert found == power
        np.testing.assert_allclose((np.abs(parts - values) ** power).mean(axis=1), expected)
    assert TARGET.plain_errors(METRICS["wql"], models, y) is None


def test_every_interval_covers_its_share_where_errors_are_not_normal():
    y, raw = forecasts(4_000, width=1.0)
    y[:, 0] = np.random.default_rng(3).standard_t(2, len(y))
    half = np.arange(len(y)) % 2 == 0
    widths = fitting_widths(raw[half], y[half])
    fitted = widths.calibrate(raw)
    for low, high in ((1, 9), (2, 8), (3, 7), (4, 6)):
        share = LEVELS[high - 1] - LEVELS[low - 1]
        inside = (y[~half, 0] >= fitted[~half, low]) & (y[~half, 0] <= fitted[~half, high])
        assert abs(inside.mean() - share) < 0.04
    assert (np.diff(fitted[:, 1:]) >= 0).all()
    assert widths.shape[0] == 1.0


def test_inner_intervals_of_few_rows_are_those_of_heavy_tails():
    y, raw = forecasts(1, width=1.0)
    shape = fitting_widths(raw, y).shape
    assert (np.diff(shape) < 0.02).all()
    assert 0.3 < shape[-1] < 0.95


def hard_window():
    """Return values and forecasts of five windows, of which one has large errors, and the windows."""
    y, raw = forecasts(600, width=1.0)
    windows = np.repeat(np.arange(5), 120)
    y[windows == 2, 0] *= 8
    return y, raw, windows


def test_a_hard_window_does_not_make_all_intervals_wide():
    y, raw, windows = hard_window()
    easy = windows != 2
    every = (y, raw), (y, raw, windows), (y[easy], raw[easy], windows[easy])
    single, together, without = (
        one.shape[-1] / one.sharpness for one in (fitting_widths(raw, y, *more) for y, raw, *more in every)
    )
    assert without < together < single


def test_the_widest_interval_covers_its_share_of_other_windows():
    y, raw, windows = hard_window()
    y[windows == 4, 0] *= 4
    assert fitting_widths(raw, y, windows).sharpness < fitting_width(raw, y)
    covered = []
    for one in range(5):
        rest = windows != one
        fitted = fitting_widths(raw[rest], y[rest], windows[rest]).calibrate(raw[~rest])
        covered.append(coverage(y[~rest], fitted))
    assert 0.76 < np.mean(covered) < 0.9


def test_windows_without_errors_or_intervals_decide_nothing():
    y, raw = forecasts(600, width=1.0)
    y[:300], raw[:300] = [0.0, 1.0, 1.0], 0.0
    widths = fitting_widths(raw, y, np.repeat(np.arange(6), 100))
    assert np.isfinite(widths.calibrate(raw)).all()
    assert 0.5 < widths.sharpness < 5.0


def test_intervals_on_one_side_of_the_point_are_not_blown_up():
    y, raw = forecasts(400, width=1.0)
    raw[:, 1:] += 1.5
    fitted = fitting_widths(raw, y).calibrate(raw)
    assert METRICS["sql"].score(y, fitted) < 2 * METRICS["sql"].score(y, raw)


def test_narrower_intervals_keep_the_zeros_of_rare_sales():
    raw = np.array([[2.0, 0.0, *np.linspace(0.5, 6.0, len(LEVELS) - 1)]])
    narrower = Widths(1.25).calibrate(raw)
    assert narrower[0, 1] == 0.0
    assert narrower[0, 2] > 0.5
    assert narrower[0, -1] < 6.0
    below = raw - 1.0
    assert Widths(1.25).calibrate(below)[0, 1] > -1.0
