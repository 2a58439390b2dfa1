"""Run Podium on very many series, and say what that takes.

Run as ``python -m tests.benchmark.forecasting.many_series FOLDER``, a folder that does not exist yet. It writes daily
series with a week, a trend and noise, of which some are mostly zero; trains with ``podium run``; forecasts all series
with ``podium forecast``; and prints the seconds, the most memory of one process, the size of the model, and MASE beside
the seasonal naive forecast of the values that come next.
"""

import argparse
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd

_SEASON, _FIRST = 7, np.datetime64("2024-01-01")
_INTERMITTENT = 0.2
_LOOK_SECONDS = 0.5


def main() -> None:
    """Run and print."""
    arguments = _arguments()
    folder = Path(arguments.folder)
    folder.mkdir(parents=True)
    values = many_series(arguments.series, arguments.stamps + arguments.horizon, seed=arguments.seed)
    source, run, out = (folder / name for name in (f"series.{arguments.format}", "run", "forecasts.csv"))
    write(values[:, : arguments.stamps], source)
    podium = [str(Path(sys.executable).parent / "podium")]
    command = [
        *podium,
        "run",
        str(source),
        "--task",
        "forecasting",
        "--time-column",
        "day",
        "--target",
        "sales",
    ]
    command += ["--series-column", "item", "--horizon", str(arguments.horizon), "--out", str(run)]
    print("training", measured([*command, "--time-limit", arguments.time_limit]), flush=True)
    print("forecast", measured([*podium, "forecast", str(run), "--out", str(out)]), flush=True)
    print(f"model.pkl: {(run / 'model.pkl').stat().st_size / 2**20:,.0f} MiB")
    print(scores(values, pd.read_csv(out), arguments.stamps))


def many_series(series: int, stamps: int, *, seed: int = 0) -> np.ndarray:
    """Return values of series, shape ``(series, stamps)``; a fifth of them is mostly zero."""
    random, days = np.random.default_rng(seed), np.arange(stamps)
    level = random.lognormal(3.0, 1.2, (series, 1))
    week = random.normal(0.0, 0.25, (series, _SEASON))[:, days % _SEASON]
    walk = np.cumsum(random.normal(0.0, 0.02, (series, stamps)), axis=1)
    noise = random.normal(0.0, 0.15, (series, stamps))
    values = level * np.exp(week + walk + noise)
    rare = random.random((series, 1)) < _INTERMITTENT
    return np.round(np.where(rare & (random.random((series, stamps)) < 0.7), 0.0, values), 2)


def write(values: np.ndarray, path: Path) -> None:
    """Write series as a long table, a row for each series and day."""
    series, stamps = values.shape
    names = np.array([f"item {at:06d}" for at in range(series)], dtype=object)
    table = pd.DataFrame(
        {
            "item": pd.Categorical.from_codes(np.repeat(np.arange(series), stamps), names),
            "day": np.tile(_FIRST + np.arange(stamps), series),
            "sales": values.ravel(),
        }
    )
    if path.suffix == ".csv":
        table.to_csv(path, index=False)
    else:
        table.astype({"item": "string"}).to_parquet(path, index=False)


def measured(command: list[str]) -> str:
    """Run a command, and return its seconds and the most memory that one of its processes took."""
    began, done = time.time(), threading.Event()
    process = subprocess.Popen(command)
    most: list[int] = [0]
    watch = threading.Thread(target=_watch, args=(process.pid, most, done))
    watch.start()
    code = process.wait()
    done.set()
    watch.join()
    if code:
        raise SystemExit(f"{' '.join(command)}: exit code {code}")
    return f"{time.time() - began:,.0f} s, {most[0] / 2**30:.1f} GiB in the largest process"


def _watch(root: int, most: list[int], done: threading.Event) -> None:
    import psutil

    while not done.wait(_LOOK_SECONDS):
        try:
            parent = psutil.Process(root)
            for one in [parent, *parent.children(recursive=True)]:
                most[0] = max(most[0], one.memory_info().rss)
        except psutil.Error:
            continue


def scores(values: np.ndarray, forecasts: pd.DataFrame, stamps: int) -> str:
    """Return MASE of forecasts and of the seasonal naive ones, and how many series were forecast."""
    known, truth = values[:, :stamps], values[:, stamps:]
    place = np.arange(truth.shape[1])
    naive = known[:, stamps - _SEASON + place % _SEASON]
    scale = np.abs(known[:, _SEASON:] - known[:, :-_SEASON]).mean(axis=1, keepdims=True)
    found = forecasts.sort_values(["item", "day"], kind="stable")
    complete = found["forecast"].notna().groupby(found["item"]).sum() == truth.shape[1]
    point = found["forecast"].to_numpy().reshape(truth.shape)
    errors = [float((np.abs(truth - one) / scale).mean()) for one in (point, naive)]
    covered = (truth.ravel() >= found["q0.1"]) & (truth.ravel() <= found["q0.9"])
    return (
        f"{int(complete.sum()):,} of {len(values):,} series forecast; MASE {errors[0]:.3f}, seasonal naive "
        f"{errors[1]:.3f}; 80 % intervals cover {100 * covered.mean():.0f} %"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", help="folder for data, run and forecasts")
    parser.add_argument("--series", type=int, default=100_000)
    parser.add_argument("--stamps", type=int, default=100)
    parser.add_argument("--horizon", type=int, default=28)
    parser.add_argument("--time-limit", default="30m")
    parser.add_argument("--format", choices=["parquet", "csv"], default="parquet")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
