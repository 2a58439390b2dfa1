"""Podium: one run of the command line, in the checkout whose folders are in ``PYTHONPATH``.

A second argument is the name of an algorithm, whose default configuration alone takes part; or two are an option for
pretrained weights, ``encoder`` or ``backbone``, and what it gets.
"""

import subprocess
import sys

import pandas as pd

from tests.benchmark.tables.systems.exchange import Work, deliver, work


def train(given: Work) -> None:
    """Run ``podium run`` on the rows, with all limits at their defaults but the time."""
    command = [sys.executable, "-m", "podium", "run", str(given.folder / "train.parquet")]
    command += ["--target", given.target, "--task", given.task, "--metric", given.metric]
    command += ["--time-limit", f"{given.left():.0f}s", "--seed", str(given.seed), "--promote", "never"]
    command += ["--name", "benchmark", "--out", str(given.folder / "run")]
    match sys.argv[2:]:
        case [("encoder" | "backbone") as option, weights]:
            command += [f"--{option}", weights]
        case [algorithm]:
            command += ["--algorithms", algorithm, "--max-trials", "1"]
    with (given.folder / "run.log").open("w") as log:
        subprocess.run(command, stdout=log, stderr=log, cwd=given.folder, check=True)


def main() -> None:
    """Train, and predict with the model that was handed over."""
    given = work()
    train(given)
    from podium_ml.kinds import load_predictor

    model = given.folder / "run" / "model.pkl"
    predictor = load_predictor(model)

    def predict(rows: pd.DataFrame) -> pd.DataFrame:
        raw = predictor.predict_raw(rows)
        if given.task == "regression":
            return pd.DataFrame({"value": raw.reshape(-1)})
        full = raw if raw.ndim == 2 else pd.DataFrame({0: 1 - raw, 1: raw}).to_numpy()
        return pd.DataFrame(full, columns=[str(name) for name in predictor.problem.classes])

    deliver(given, predict, model=model)


if __name__ == "__main__":
    main()
