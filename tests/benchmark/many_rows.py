"""A whole run on a table of many rows: seconds, peak memory of all its processes, and AUC on fresh rows.

    python -m tests.benchmark.many_rows --rows 10000000 --columns 30 --seconds 600 --memory 12G

prints a row of Markdown. LightGBM with its defaults learns from as many rows as ``--baseline-rows``, without a limit.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.metrics import roc_auc_score

from podium_ml.kinds import load_predictor
from tests.benchmark.memory import PeakMemory
from tests.benchmark.scale import part, write

_FRESH_ROWS = 100_000
# No rows of the table have this seed.
_FRESH_START = 10**9 + 7


def run(source: Path, out: Path, *, seconds: int, memory: str) -> tuple[float, int]:
    """Return the seconds and the peak memory in bytes of a run with a time and a memory limit."""
    options = (
        f"--target target --metric roc_auc --time-limit {seconds}s --max-memory {memory} --promote never"
    )
    command = [sys.executable, "-m", "podium", "run", str(source), *options.split(), "--out", str(out)]
    began = time.perf_counter()
    with PeakMemory() as peak:
        process = subprocess.Popen(command, cwd=out.parent)
        peak.watch(process.pid)
        if status := process.wait():
            raise SystemExit(f"The run ended with status {status}.")
    return time.perf_counter() - began, peak.peak


def auc(model: Path, fresh: pd.DataFrame) -> float:
    """Return the AUC of the run's model."""
    predictor = load_predictor(model)
    positive = list(predictor.problem.classes).index("good")
    return float(roc_auc_score(fresh["target"] == "good", predictor.predict_proba(fresh)[:, positive]))


def baseline(rows: int, columns: int, fresh: pd.DataFrame) -> float:
    """Return the AUC of LightGBM's defaults on codes of categories and days."""
    table = part(0, rows, columns)
    levels = {name: sorted(table[name].unique()) for name in table.select_dtypes(exclude="number")}

    def numbers(of: pd.DataFrame) -> pd.DataFrame:
        codes = {name: pd.Categorical(of[name], categories=known).codes for name, known in levels.items()}
        return of.assign(**codes).drop(columns="target").astype(np.float32)

    model = LGBMClassifier(verbose=-1).fit(numbers(table), table["target"] == "good")
    return float(roc_auc_score(fresh["target"] == "good", model.predict_proba(numbers(fresh))[:, 1]))


def main() -> None:
    """Write the table, run, and print the row."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--memory", default="12G")
    parser.add_argument("--baseline-rows", type=int, default=1_000_000)
    parser.add_argument("--scratch", type=Path, help="folder for the table and the run")
    arguments = parser.parse_args()
    fresh = part(_FRESH_START, _FRESH_ROWS, arguments.columns)
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        source, out = Path(scratch) / "table.csv", Path(scratch) / "run"
        write(source, arguments.rows, arguments.columns)
        wall, peak = run(source, out, seconds=arguments.seconds, memory=arguments.memory)
        found = auc(out / "model.pkl", fresh)
        size = (out / "model.pkl").stat().st_size / 2**20
    usual = baseline(arguments.baseline_rows, arguments.columns, fresh)
    print("| rows | columns | limit s | wall s | peak GiB | model MB | AUC | LightGBM's defaults |")
    print("|---" * 8 + "|")
    cells = [f"{arguments.rows:,}", str(arguments.columns), str(arguments.seconds), f"{wall:.0f}"]
    cells += [f"{peak / 2**30:.2f}", f"{size:.1f}", f"{found:.4f}", f"{usual:.4f}"]
    print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
