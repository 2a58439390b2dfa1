"""Compare Podium with AutoGluon-TimeSeries, AutoETS, AutoARIMA and the seasonal naive forecast on sets of series.

Run as ``python -m tests.benchmark.forecasting.compare FOLDER OUT.jsonl``. Each system learns all but the last horizon
of each series, on two cores and in the same wall time, and is scored on that horizon. ``--autogluon`` names an
interpreter that has ``autogluon.timeseries``. What is in OUT.jsonl already is not run again. At the end,
``results_60s.md`` and ``results_60s.png`` are written into ``--report``; ``--table`` only writes them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from tests.benchmark.forecasting.report import write
from tests.benchmark.forecasting.series_sets import SeriesSet, series_sets

_LEVELS = np.arange(1, 10) / 10
_QUANTILES = [f"q{level:g}" for level in _LEVELS]
_SPARE = 3.0  # A system that takes this multiple of its time is stopped.


def main() -> None:
    """Run what is missing, and print the table."""
    arguments = _arguments()
    out = Path(arguments.out)
    done = _read(out)
    for one in [] if arguments.table else series_sets(arguments.folder):
        if arguments.sets and one.name not in arguments.sets:
            continue
        for system in arguments.systems:
            asked = {"set": one.name, "system": system, "limit": arguments.seconds}
            if any(asked.items() <= row.items() for row in done):
                continue
            row = {**asked, **_scored(one, system, arguments)}
            done.append(row)
            print(json.dumps(row), flush=True)
            with out.open("a") as file:
                file.write(json.dumps(row) + "\n")
    print(write(pd.DataFrame(done), arguments.seconds, Path(arguments.report)))


def _scored(one: SeriesSet, system: str, arguments: argparse.Namespace) -> dict[str, float | str]:
    began = time.time()
    try:
        forecasts = _SYSTEMS[system](one, arguments)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:300], "seconds": round(time.time() - began)}
    return {**scores(one, forecasts), "seconds": round(time.time() - began)}


def scores(one: SeriesSet, forecasts: pd.DataFrame) -> dict[str, float]:
    """Return MASE, scaled quantile loss, and coverage of the 80 % interval on the last horizon.

    Args:
        one: The set.
        forecasts: The columns ``item_id``, ``timestamp``, ``forecast`` and ``q0.1`` to ``q0.9``.
    """
    scale = one.train.groupby("item_id")["target"].apply(lambda values: _scale(values.to_numpy(), one.season))
    truth, found = (
        rows.assign(
            place=rows.sort_values(["item_id", "timestamp"]).groupby("item_id").cumcount(),
            item_id=rows["item_id"].astype(str).str.strip(),
        )
        for rows in (one.test, forecasts)
    )
    joined = truth.merge(found, on=["item_id", "place"], how="left")
    if joined["forecast"].isna().any():
        raise ValueError(f"{int(joined['forecast'].isna().sum())} forecasts are missing.")
    y, size = (
        joined["target"].to_numpy(),
        joined["item_id"].map(scale.rename(index=lambda one: str(one).strip())).to_numpy(),
    )
    quantiles = joined[_QUANTILES].to_numpy()
    below = y[:, None] - quantiles
    loss = 2 * np.maximum(_LEVELS * below, (_LEVELS - 1) * below).mean(axis=1)
    return {
        "mase": float(np.mean(np.abs(y - joined["forecast"]) / size)),
        "sql": float(np.mean(loss / size)),
        "coverage": float(np.mean((y >= quantiles[:, 0]) & (y <= quantiles[:, -1]))),
    }


def _scale(values: np.ndarray, season: int) -> float:
    lag = season if len(values) > season else 1
    return float(np.mean(np.abs(values[lag:] - values[:-lag]))) or 1.0


def _podium(one: SeriesSet, arguments: argparse.Namespace) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        train, run, out = (Path(folder) / name for name in ("train.csv", "run", "out.csv"))
        one.train.to_csv(train, index=False)
        podium = [str(Path(sys.executable).parent / "podium")]
        command = [*podium, "run", str(train), "--task", "forecasting", "--time-column", "timestamp"]
        command += ["--series-column", "item_id"] if one.train["item_id"].nunique() > 1 else []
        command += ["--target", "target", "--horizon", str(one.horizon), "--out", str(run)]
        _run([*command, "--time-limit", f"{arguments.seconds}s"], arguments)
        _run([*podium, "forecast", str(run), "--out", str(out)], arguments)
        found = pd.read_csv(out, dtype={"item_id": str})
    return found if "item_id" in found else found.assign(item_id=str(one.train["item_id"].iloc[0]))


def _autogluon(one: SeriesSet, arguments: argparse.Namespace) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        train, out = (Path(folder) / name for name in ("train.csv", "out.csv"))
        one.train.to_csv(train, index=False)
        script = Path(__file__).parent / "autogluon_forecast.py"
        options = [one.frequency, str(one.horizon), str(arguments.seconds), arguments.presets]
        _run([arguments.autogluon, str(script), str(train), str(out), *options], arguments)
        return pd.read_csv(out, dtype={"item_id": str})


def _run(command: list[str], arguments: argparse.Namespace) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_SPARE * arguments.seconds + 120)
    if done.returncode:
        raise RuntimeError(done.stderr[-300:])


def _statistical(make: Callable[[int], object]) -> Callable[[SeriesSet, argparse.Namespace], pd.DataFrame]:
    def forecast(one: SeriesSet, arguments: argparse.Namespace) -> pd.DataFrame:
        parts, end = [], time.time() + arguments.seconds
        for name, rows in one.train.groupby("item_id", sort=False):
            values = rows["target"].to_numpy(dtype=float)
            found = _of_series(make, values, one) if time.time() < end else _naive(values, one)
            parts.append(found.assign(item_id=str(name), timestamp=np.arange(one.horizon)))
        return pd.concat(parts, ignore_index=True)

    return forecast


def _of_series(make: Callable[[int], object], values: np.ndarray, one: SeriesSet) -> pd.DataFrame:
    season = one.season if one.season <= 24 and len(values) > 2 * one.season else 1
    levels = [20, 40, 60, 80]
    try:
        found = make(season).forecast(y=values, h=one.horizon, level=levels)  # type: ignore[attr-defined]
    except Exception:
        return _naive(values, one)
    columns = {"forecast": found["mean"], "q0.5": found["mean"]}
    for level in levels:
        columns[f"q{(100 - level) / 200:g}"] = found[f"lo-{level}"]
        columns[f"q{(100 + level) / 200:g}"] = found[f"hi-{level}"]
    return pd.DataFrame(columns)


def _naive(values: np.ndarray, one: SeriesSet) -> pd.DataFrame:
    from scipy.stats import norm

    season = one.season if len(values) > one.season else 1
    ahead = np.arange(one.horizon)
    point = values[len(values) - season + ahead % season]
    deviation = np.sqrt(np.mean((values[season:] - values[:-season]) ** 2)) * np.sqrt(ahead // season + 1)
    quantiles = point[:, None] + deviation[:, None] * norm.ppf(_LEVELS)
    return pd.DataFrame(np.column_stack([point, quantiles]), columns=["forecast", *_QUANTILES])


def _seasonal_naive(one: SeriesSet, arguments: argparse.Namespace) -> pd.DataFrame:
    parts = [
        _naive(rows["target"].to_numpy(dtype=float), one).assign(
            item_id=str(name), timestamp=np.arange(one.horizon)
        )
        for name, rows in one.train.groupby("item_id", sort=False)
    ]
    return pd.concat(parts, ignore_index=True)


def _auto_ets(season: int) -> object:
    from statsforecast.models import AutoETS

    return AutoETS(season_length=season)


def _auto_arima(season: int) -> object:
    from statsforecast.models import AutoARIMA

    return AutoARIMA(season_length=season, approximation=True)


_SYSTEMS: dict[str, Callable[[SeriesSet, argparse.Namespace], pd.DataFrame]] = {
    "podium": _podium,
    "autogluon": _autogluon,
    "auto_ets": _statistical(_auto_ets),
    "auto_arima": _statistical(_auto_arima),
    "seasonal_naive": _seasonal_naive,
}


def _read(out: Path) -> list[dict[str, float | str]]:
    return [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", help="folder with a datasets.json; empty for the sets of packages alone")
    parser.add_argument("out", help="file of results, one line a set and system")
    parser.add_argument("--seconds", type=int, default=60, help="wall time of each system")
    parser.add_argument("--systems", nargs="+", default=list(_SYSTEMS), choices=list(_SYSTEMS))
    parser.add_argument("--sets", nargs="+", default=[], help="names of sets; all by default")
    parser.add_argument("--autogluon", default="python", help="interpreter with autogluon.timeseries")
    parser.add_argument("--presets", default="medium_quality", help="presets of AutoGluon")
    parser.add_argument("--report", default=str(Path(__file__).parent), help="folder for table and plot")
    parser.add_argument("--table", action="store_true", help="only make table and plot of earlier results")
    return parser.parse_args()


if __name__ == "__main__":
    main()
