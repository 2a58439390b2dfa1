"""Metrics of forecasts are those of utilsforecast, which computes them series by series."""

import numpy as np
import pandas as pd
import pytest

from podium_ml.errors import SettingsError
from podium_ml.forecasting.levels import LEVELS
from podium_ml.forecasting.panel.panel import make_panel
from podium_ml.forecasting.validation.scales import naive_scales
from podium_ml.metrics import METRICS, metrics_for, resolve_metric

SERIES, LENGTH, HORIZON, SEASON = 5, 60, 12, 7
LOW, HIGH = f"q{LEVELS[0]:g}", f"q{LEVELS[-1]:g}"


@pytest.fixture(scope="module")
def history() -> pd.DataFrame:
    random = np.random.default_rng(0)
    stamps = pd.date_range("2023-01-01", periods=LENGTH)
    values = [10.0**at * random.gamma(3.0, 1.0, LENGTH) for at in range(SERIES)]
    return pd.concat([
        pd.DataFrame({"unique_id": f"s{at}", "ds": stamps, "y": one}) for at, one in enumerate(values)
    ], ignore_index=True)  # fmt: skip


@pytest.fixture(scope="module")
def forecasts(history: pd.DataFrame) -> pd.DataFrame:
    random = np.random.default_rng(1)
    rows = history.groupby("unique_id").tail(HORIZON).reset_index(drop=True)
    size = rows.groupby("unique_id")["y"].transform("mean").to_numpy()
    quantiles = np.sort(size[:, None] * random.gamma(3.0, 0.4, (len(rows), len(LEVELS))), axis=1)
    columns = {f"q{level:g}": quantiles[:, at] for at, level in enumerate(LEVELS)}
    return rows.assign(model=quantiles[:, 4] * 1.1, **columns)


def ours(
    history: pd.DataFrame, forecasts: pd.DataFrame, weight: np.ndarray | None = None
) -> dict[str, float]:
    """Return all metrics, scaled by the rows before the forecasts."""
    panel = make_panel(history, time_column="ds", series_columns=("unique_id",), target="y")
    values = panel.table["y"].to_numpy()
    rows = np.flatnonzero(np.tile(np.arange(LENGTH) < LENGTH - HORIZON, SERIES))
    scales = [np.repeat(naive_scales(panel, values, rows, SEASON, power=power), HORIZON) for power in (1, 2)]
    target = np.column_stack([forecasts["y"], *scales])
    raw = forecasts[["model", *(f"q{level:g}" for level in LEVELS)]].to_numpy()
    return {metric.name: metric.score(target, raw, weight) for metric in metrics_for("forecasting")}


def test_values_are_those_of_utilsforecast(history: pd.DataFrame, forecasts: pd.DataFrame) -> None:
    losses = pytest.importorskip("utilsforecast.losses")
    train = history.groupby("unique_id").head(LENGTH - HORIZON)
    scaled = {"models": ["model"], "seasonality": SEASON, "train_df": train}
    quantiles = {"model": [f"q{level:g}" for level in LEVELS]}
    found = ours(history, forecasts)

    def mean(name: str, **options: object) -> float:
        return float(getattr(losses, name)(forecasts, **options)["model"].mean())

    size = forecasts["y"].abs().mean()
    known = {
        "mase": mean("mase", **scaled),
        "rmsse": np.sqrt(mean("msse", **scaled)),
        "mae": mean("mae", models=["model"]),
        "rmse": np.sqrt(mean("mse", models=["model"])),
        "bias": mean("bias", models=["model"]),
        "mape": mean("mape", models=["model"]),
        "smape": 2 * mean("smape", models=["model"]),
        "wape": mean("mae", models=["model"]) / size,
        "wql": 2 * mean("mqloss", models=quantiles, quantiles=np.array(LEVELS)) / size,
        "sql": 2 * mean("scaled_mqloss", **{**scaled, "models": quantiles}, quantiles=np.array(LEVELS)),
        "coverage": ((forecasts["y"] >= forecasts[LOW]) & (forecasts["y"] <= forecasts[HIGH])).mean(),
        "r2": 1 - ((forecasts["y"] - forecasts["model"]) ** 2).mean() / forecasts["y"].var(ddof=0),
        "spearman": forecasts["y"].corr(forecasts["model"], method="spearman"),
        "nrmse": np.sqrt(mean("mse", models=["model"])) / np.ptp(forecasts["y"]),
    }  # fmt: skip
    assert {name: found[name] for name in known} == pytest.approx(known)


def test_weights_of_series_count(history: pd.DataFrame, forecasts: pd.DataFrame) -> None:
    first = (forecasts["unique_id"] == "s0").to_numpy()
    alone = ours(history, forecasts, first.astype(float))
    doubled = ours(history, forecasts, np.where(first, 2.0, 1.0))
    both = ours(history, forecasts)
    assert doubled["mase"] == pytest.approx((SERIES * both["mase"] + alone["mase"]) / (SERIES + 1))
    assert alone["wape"] != pytest.approx(both["wape"])


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("", "mase"),
        ("MASE", "mase"),
        ("RMSSE", "rmsse"),
        ("SMAPE", "smape"),
        ("WAPE", "wape"),
        ("WQL", "wql"),
        ("SQL", "sql"),
        ("MSE", "rmse"),
        ("RMSLE", "rmsle"),
        ("mean_wQuantileLoss", "wql"),
        ("normalized_root_mean_squared_error", "nrmse"),
        ("NormalizedMeanAbsoluteError", "nmae"),
        ("spearman_correlation", "spearman"),
        ("r2_score", "r2"),
        ("mean_absolute_percentage_error", "mape"),
    ],
)
def test_names_of_other_tools_are_understood(name: str, metric: str) -> None:
    assert resolve_metric(name, "forecasting").name == metric


@pytest.mark.parametrize("name", ["coverage", "interval_width", "bias"])
def test_what_is_best_in_the_middle_compares_no_models(name: str) -> None:
    assert "forecasting" in METRICS[name].tasks
    with pytest.raises(SettingsError):
        resolve_metric(name, "forecasting")


def test_constant_and_short_series_have_a_positive_scale() -> None:
    table = pd.DataFrame({
        "t": pd.DatetimeIndex([*pd.date_range("2023-01-01", periods=9)] * 2 + [pd.Timestamp("2023-01-03")]),
        "s": ["constant"] * 9 + ["zero"] * 9 + ["single"],
        "y": [5.0] * 9 + [0.0] * 9 + [7.0],
    })  # fmt: skip
    panel = make_panel(table, time_column="t", series_columns=("s",), target="y")
    for power in (1, 2):
        scales = naive_scales(panel, panel.table["y"].to_numpy(), np.arange(19), 7, power=power)
        assert dict(zip(panel.ids.labels, scales, strict=True)) == {
            ("constant",): 5.0,
            ("single",): 7.0,
            ("zero",): 1.0,
        }


def test_gaps_are_no_neighbours_of_a_scale() -> None:
    days = pd.DatetimeIndex(["2023-01-01", "2023-01-02", "2023-01-05", "2023-01-06", "2023-01-07"])
    table = pd.DataFrame({"t": days, "y": [1.0, 2.0, 50.0, 51.0, 53.0]})
    panel = make_panel(table, time_column="t", target="y")
    assert naive_scales(panel, panel.table["y"].to_numpy(), np.arange(5), 1) == pytest.approx([4 / 3])


def test_own_function_scores_the_point_forecasts() -> None:
    metric = resolve_metric("sklearn.metrics:max_error", "forecasting")
    raw = np.tile([[1.0], [5.0]], (1, 1 + len(LEVELS)))
    assert metric.score(np.array([[3.0, 1.0, 1.0], [4.0, 1.0, 1.0]]), raw) == 2.0
