"""Run systems on tables, each alone on the machine, and append one line of JSON a run.

    python -m tests.benchmark.tables FOLDER OUT.jsonl --seconds 60 --seeds 3 \
        --system podium=PYTHON --system autogluon:best_quality=PYTHON --system lightgbm_defaults=PYTHON

A system is a file ``systems/<name>.py``; what follows the colon is its argument. ``PYTHON`` is the interpreter of
the environment that has it. ``podium@CHECKOUT=PYTHON`` runs another checkout of Podium. What ``OUT.jsonl`` has is not
run again. Of each table 30 % are kept apart, at most 20,000 rows; what learns has at most 50,000. ``--tables sizes``
and ``--tables contents`` run those of ``extremes.py`` instead, ``--tables media`` those with texts or pictures.
``python -m tests.benchmark.tables.report`` makes the tables and the plot.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
from sklearn.metrics import log_loss, roc_auc_score, root_mean_squared_error

from tests.benchmark.memory import PeakMemory
from tests.benchmark.tables.extremes import SIZES, contents
from tests.benchmark.tables.sources import METRICS, Source, media, sources

_SYSTEMS = Path(__file__).parent / "systems"
_ROOT = Path(__file__).parents[3]
# A system is killed after this many times its time and these seconds.
_PATIENCE, _PATIENCE_SECONDS = 3.0, 120.0
_TABLES: dict[str, Callable[[Path], Iterable[Source]]] = {
    "known": sources,
    "sizes": lambda folder: SIZES,
    "contents": lambda folder: contents(sources(folder)),
    "media": media,
}


@dataclass(frozen=True)
class System:
    """A system to run.

    Attributes:
        name: How results name it.
        script: Name of its module.
        arguments: What the file gets after the folder.
        python: The interpreter.
        checkout: The checkout of Podium, if it is one.
    """

    name: str
    script: str
    arguments: tuple[str, ...]
    python: str
    checkout: Path

    @classmethod
    def parse(cls, text: str) -> "System":
        """Read ``script[:argument][@checkout]=python``."""
        name, _, python = text.partition("=")
        bare, _, checkout = name.partition("@")
        script, *arguments = bare.split(":")
        if not (_SYSTEMS / f"{script}.py").exists():
            raise SystemExit(f"No system {script}: {_SYSTEMS} has no {script}.py.")
        return cls(
            name, script, tuple(arguments), python or sys.executable, Path(checkout or _ROOT).resolve()
        )

    def run(self, folder: Path, limit: float) -> tuple[int, int]:
        """Return the exit status and the peak memory in bytes of the process and its descendants."""
        paths = [self.checkout / "components", self.checkout / "pipelines", _ROOT]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
        command = [self.python, "-m", f"{__package__}.systems.{self.script}", str(folder), *self.arguments]
        with (folder / "system.log").open("w") as log, PeakMemory() as memory:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder)
            memory.watch(process.pid)
            try:
                status = process.wait(_PATIENCE * limit + _PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                status = -9
                for child in [*psutil.Process(process.pid).children(recursive=True), process]:
                    child.kill()
        return status, memory.peak


def measure(system: System, source: Source, *, seconds: float, cpus: int, seed: int) -> dict[str, Any]:
    """Run a system on a table, and return its score and what it cost."""
    rows, fresh = source.split(seed)
    metric = METRICS[source.task]
    with tempfile.TemporaryDirectory(prefix="podium-benchmark-") as scratch:
        folder = Path(scratch)
        rows.to_parquet(folder / "train.parquet")
        fresh.drop(columns=source.target).to_parquet(folder / "fresh.parquet")
        given = {
            "target": source.target,
            "task": source.task,
            "metric": metric,
            "seconds": seconds,
            "cpus": cpus,
            "seed": seed,
            "started": time.time(),
        }
        (folder / "work.json").write_text(json.dumps(given))
        status, peak = system.run(folder, seconds)
        result = {"status": status, "metric": metric, "rows": len(rows), "peak_mb": round(peak / 2**20)}
        if status:
            return {**result, "log": (folder / "system.log").read_text()[-2_000:]}
        facts = json.loads((folder / "facts.json").read_text())
        predicted = pd.read_parquet(folder / "predicted.parquet")
        return {**result, "score": score(metric, fresh[source.target], predicted), **facts}


def score(metric: str, truth: pd.Series, predicted: pd.DataFrame) -> float:
    """Return the score of values, or of probabilities with one column a class."""
    if metric == "rmse":
        return float(root_mean_squared_error(truth, predicted["value"]))
    classes = sorted(map(str, predicted))
    shares = np.clip(predicted[classes].to_numpy(dtype=np.float64), 1e-15, 1.0)
    if metric == "roc_auc":
        return float(roc_auc_score(truth == classes[1], shares[:, 1]))
    return float(log_loss(truth, shares / shares.sum(axis=1, keepdims=True), labels=classes))


def main() -> None:
    """Run what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--system", action="append", type=System.parse, required=True)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tables", choices=_TABLES, default="known")
    parser.add_argument("--only", nargs="*", default=[], help="names of tables")
    arguments = parser.parse_args()
    lines = arguments.out.read_text().splitlines() if arguments.out.exists() else []
    keys = ("table", "seed", "system", "seconds_given")
    done = {tuple(one[key] for key in keys) for one in map(json.loads, lines)}
    cpus = len(os.sched_getaffinity(0))
    for seed in range(arguments.seeds):
        for source in _TABLES[arguments.tables](arguments.folder):
            if arguments.only and source.name not in arguments.only:
                continue
            for system in arguments.system:
                about = dict(zip(keys, (source.name, seed, system.name, arguments.seconds), strict=True))
                if tuple(about.values()) in done:
                    continue
                found = measure(system, source, seconds=arguments.seconds, cpus=cpus, seed=seed)
                line = json.dumps({**about, "cpus": cpus, "load": round(os.getloadavg()[0], 1), **found})
                with arguments.out.open("a") as file:
                    file.write(line + "\n")
                print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
