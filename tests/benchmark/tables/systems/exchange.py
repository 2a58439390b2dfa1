"""What a system is given and what it hands over. Needs pandas and pyarrow alone."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

_MANY, _WARM, _REPEATS = 10_000, 2, 9

# From columns without the target to probabilities, one column a class, or to values.
Predict = Callable[[pd.DataFrame], "pd.DataFrame | np.ndarray"]


@dataclass(frozen=True)
class Work:
    """What a system has to do.

    Attributes:
        folder: Folder for its files.
        target: Name of the target's column.
        task: ``binary``, ``multiclass`` or ``regression``.
        metric: ``roc_auc``, ``log_loss`` or ``rmse``.
        seconds: Wall time from the start of the process to the fitted model.
        cpus: Number of CPUs.
        seed: Seed.
        train: The rows to learn from.
        started: When the process started, in seconds since the epoch.
    """

    folder: Path
    target: str
    task: str
    metric: str
    seconds: float
    cpus: int
    seed: int
    train: pd.DataFrame
    started: float

    def left(self) -> float:
        """Return the seconds that are left, less what reading and importing took."""
        return self.seconds - (time.time() - self.started)


def work() -> Work:
    """Read the work from the folder that the command line names."""
    folder = Path(sys.argv[1])
    given = json.loads((folder / "work.json").read_text())
    return Work(folder=folder, train=pd.read_parquet(folder / "train.parquet"), **given)


def deliver(done: Work, predict: Predict, *, model: Path, timed: int = _MANY) -> None:
    """Predict the fresh rows, time predictions, and write both.

    Args:
        done: The work; the model is fitted now.
        predict: Predicts with the fitted model.
        model: File or folder of the model.
        timed: Number of rows of which the seconds for 10,000 are worked out.
    """
    seconds = time.time() - done.started
    fresh = pd.read_parquet(done.folder / "fresh.parquet")
    predicted = predict(fresh)
    frame = predicted if isinstance(predicted, pd.DataFrame) else pd.DataFrame({"value": predicted})
    frame.rename(columns=str).reset_index(drop=True).to_parquet(done.folder / "predicted.parquet")
    many = pd.concat([fresh] * (timed // len(fresh) + 1), ignore_index=True).head(timed)
    files = [model] if model.is_file() else [path for path in model.rglob("*") if path.is_file()]
    facts = {
        "seconds": round(seconds, 1),
        "one_row_ms": round(1000 * _time(predict, fresh.head(1), _REPEATS), 2),
        "many_rows_s": round(_time(predict, many, 1) * _MANY / timed, 3),
        "megabytes": round(sum(path.stat().st_size for path in files) / 2**20, 2),
    }
    (done.folder / "facts.json").write_text(json.dumps(facts))


def _time(predict: Predict, rows: pd.DataFrame, repeats: int) -> float:
    taken = []
    for _ in range(_WARM + repeats if repeats > 1 else 1):
        began = time.perf_counter()
        predict(rows)
        taken.append(time.perf_counter() - began)
    return float(np.median(taken[-repeats:]))
