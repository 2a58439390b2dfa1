"""Run Podium on every table in a folder, and print its time, scores and memory as one row each.

Run as ``python -m tests.benchmark.datasets FOLDER [--time-limit 60s] [--only NAME ...]``. The file
``datasets.json`` in the folder lists the data sets: ``name``, ``file``, ``modality``, ``task``, ``target``.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from podium_ml.values.quantities import parse_duration
from tests.benchmark.memory import PeakMemory

_COLUMNS = (
    "data", "rows", "columns", "task", "metric", "wall / limit (s)", "baseline", "chosen", "test",
    "model", "candidates", "refitted", "peak memory (GB)",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """The outcome of one run: exit status, seconds, peak memory of its process tree in bytes, and folder."""

    status: int
    seconds: float
    peak: int
    folder: Path


def run(arguments: list[str], folder: Path) -> Outcome:
    """Run ``podium run`` as a user would, and monitor its processes."""
    command = [str(Path(sys.executable).parent / "podium"), "run", *arguments, "--out", str(folder)]
    started = time.time()
    with (folder.parent / f"{folder.name}.out").open("w") as log, PeakMemory() as memory:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        memory.watch(process.pid)
        status = process.wait()
    return Outcome(status, time.time() - started, memory.peak, folder)


def row(data: dict[str, Any], outcome: Outcome, limit: float) -> list[str]:
    """Return the table row of one run."""
    shape = [data["name"], str(data["rows"]), str(data["cols"]), data["task"]]
    wall = f"{outcome.seconds:.0f} / {limit:.0f}"
    memory = f"{outcome.peak / 1e9:.1f}"
    if outcome.status:
        return [*shape, "", wall, "", f"exit status {outcome.status}", "", "", "", "", memory]
    metric = json.loads((outcome.folder / "problem.json").read_text())["metric"]
    board = pd.read_csv(outcome.folder / "leaderboard.csv").set_index("model")
    chosen = board[board["chosen"]].iloc[0]
    refitted = json.loads((outcome.folder / "metrics.json").read_text())["refitted"]
    scores = [f"{board.loc['baseline', f'{metric}_oof']:.5g}", f"{chosen[f'{metric}_oof']:.5g}"]
    scored = str(board[f"{metric}_oof"].notna().sum())
    test = f"{chosen[f'{metric}_test']:.5g}"
    return [*shape, metric, wall, *scores, test, str(chosen.name), scored, str(refitted), memory]


def main() -> None:
    """Run on all data sets, and print a Markdown table row by row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--time-limit", default="60s")
    parser.add_argument("--only", nargs="*", default=[], help="names of data sets")
    parser.add_argument("--out", type=Path, help="keep the runs here")
    arguments = parser.parse_args()
    sets = json.loads((arguments.folder / "datasets.json").read_text())
    print("|", " | ".join(_COLUMNS), "|\n|" + "---|" * len(_COLUMNS), flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        out = arguments.out or Path(scratch)
        out.mkdir(parents=True, exist_ok=True)
        for data in sets:
            if data["modality"] != "tabular" or (arguments.only and data["name"] not in arguments.only):
                continue
            options = [
                str(arguments.folder / data["file"]),
                "--target",
                data["target"],
                "--name",
                data["name"],
            ]
            outcome = run([*options, "--time-limit", arguments.time_limit], out / data["name"])
            print("|", " | ".join(row(data, outcome, parse_duration(arguments.time_limit))), "|", flush=True)


if __name__ == "__main__":
    main()
