"""Compare two checkouts of Podium: the models that they hand over within the same time, on rows that neither has seen.

Run as ``python -m tests.benchmark.before_and_after FOLDER BEFORE AFTER OUT.jsonl [--time-limit 60s] [--seeds 3]`` on a
machine that does nothing else. ``FOLDER`` has a ``datasets.json`` (see ``datasets.py``); ``BEFORE`` and ``AFTER`` are
checkouts, which run with this interpreter and its packages. Of each table 30 % are kept apart, at most 20,000 rows. The
runs of both take turns. Results are appended to ``OUT.jsonl``, and those already there are not run again.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

_FRESH_SHARE, _MOST_FRESH, _MOST_TRAIN = 0.3, 20_000, 50_000
_METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}
# Runs inside the checkout: the score on fresh rows, and what a prediction costs.
_JUDGE = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np, pandas as pd
from podium_ml.metrics import resolve_metric
from podium_ml.kinds import load_predictor
from podium_ml.targets import encode_target
model, fresh, metric = sys.argv[1:]
predictor, rows = load_predictor(model), pd.read_parquet(fresh)
y = encode_target(rows[predictor.problem.target], predictor.problem)
known = y >= 0 if predictor.problem.classes else np.ones(len(y), dtype=bool)
X = rows.drop(columns=predictor.problem.target)
score = resolve_metric(metric, predictor.problem.task).score(y[known], predictor.predict_raw(X[known]))
def best(rows, times):
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        predictor.predict(rows)
        taken.append(time.perf_counter() - began)
    return float(np.median(taken[1:]))
many = pd.concat([X] * (10_000 // len(X) + 1), ignore_index=True).head(10_000)
print(json.dumps({"score": float(score), "row_ms": 1000 * best(X.head(1), 12), "batch_s": best(many, 3)}))
"""


def split(data: dict[str, Any], folder: Path, scratch: Path, seed: int) -> tuple[Path, Path]:
    """Write the rows to learn from and the fresh ones, and return both files."""
    source = folder / data["file"]
    table = pd.read_parquet(source) if source.suffix == ".parquet" else pd.read_csv(source)
    table = table.dropna(subset=[data["target"]])
    order = np.random.default_rng(seed).permutation(len(table))
    fresh = min(int(len(table) * _FRESH_SHARE), _MOST_FRESH)
    files = scratch / f"{data['name']}-{seed}-train.parquet", scratch / f"{data['name']}-{seed}-fresh.parquet"
    for path, rows in zip(files, (order[fresh : fresh + _MOST_TRAIN], order[:fresh]), strict=True):
        table.iloc[rows].to_parquet(path, index=False)
    return files


def measure(
    checkout: Path, data: dict[str, Any], files: tuple[Path, Path], out: Path, *, limit: str, seed: int
) -> dict[str, Any]:
    """Run one checkout on one table, and return what it handed over."""
    paths = [str(checkout / part) for part in ("components", "pipelines")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    podium = str(Path(sys.executable).parent / "podium")
    metric = _METRICS[data["task"]]
    command = [podium, "run", str(files[0]), "--target", data["target"], "--name", "b", "--metric", metric]
    command += ["--time-limit", limit, "--seed", str(seed), "--promote", "never", "--out", str(out)]
    began = time.time()
    with (out.parent / f"{out.name}.log").open("w") as log:
        status = subprocess.run(
            command, stdout=log, stderr=log, env=environment, cwd=out.parent, check=False
        ).returncode
    seconds = round(time.time() - began, 1)
    if status:
        return {"status": status, "seconds": seconds}
    judge = [sys.executable, "-c", _JUDGE, str(out / "model.pkl"), str(files[1]), metric]
    judged = subprocess.run(judge, env=environment, check=True, capture_output=True, text=True).stdout
    board = pd.read_csv(out / "leaderboard.csv")
    return {
        "status": 0,
        "seconds": seconds,
        "metric": metric,
        **json.loads(judged.splitlines()[-1]),
        "megabytes": round((out / "model.pkl").stat().st_size / 2**20, 2),
        "chosen": str(board.loc[board["chosen"], "model"].iloc[0]),
        "trials": int(board["n_trials"].sum()),
        "refitted": json.loads((out / "metrics.json").read_text())["refitted"],
        "importance": len(pd.read_csv(out / "importance.csv")),
    }


def gain(before: dict[str, Any], after: dict[str, Any]) -> float:
    """Return by how many per cent the second model is better; of the area that is missing under a curve."""
    old, new = before["score"], after["score"]
    if before["metric"] == "roc_auc":
        old, new = 1 - old, 1 - new
    return 100 * (old - new) / abs(old)


def report(results: list[dict[str, Any]]) -> None:
    """Print one Markdown row a table, and the means."""
    print("| data | metric | before | after | better by % | one row ms | 10,000 rows s | MB | run s |")
    print("|---|---|---|---|---|---|---|---|---|")
    pairs: dict[tuple[str, int], dict[str, Any]] = {}
    for one in results:
        if one["status"] == 0:
            pairs.setdefault((one["data"], one["seed"]), {})[one["side"]] = one
    gains = []
    for (name, seed), both in sorted(pairs.items()):
        if len(both) < 2:
            continue
        old, new = both["before"], both["after"]
        gains.append(gain(old, new))
        cells = [
            f"{name} ({seed})",
            old["metric"],
            f"{old['score']:.5g}",
            f"{new['score']:.5g}",
            f"{gains[-1]:+.2f}",
        ]
        cells += [f"{old[key]:.{d}f} -> {new[key]:.{d}f}" for key, d in (("row_ms", 1), ("batch_s", 2))]
        cells += [
            f"{old['megabytes']:.1f} -> {new['megabytes']:.1f}",
            f"{old['seconds']:.0f} -> {new['seconds']:.0f}",
        ]
        print("|", " | ".join(cells), "|")
    if gains:
        error = np.std(gains, ddof=1) / np.sqrt(len(gains)) if len(gains) > 1 else float("nan")
        better = np.mean(np.array(gains) > 0)
        print(
            f"\n{len(gains)} pairs: better by {np.mean(gains):+.2f} ± {error:.2f} %, in {better:.0%} of them"
        )


def main() -> None:
    """Run what is missing, and print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--time-limit", default="60s")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[], help="names of data sets")
    arguments = parser.parse_args()
    done = (
        [json.loads(line) for line in arguments.out.read_text().splitlines()]
        if arguments.out.exists()
        else []
    )
    known = {(one["data"], one["seed"], one["side"]) for one in done}
    sets = json.loads((arguments.folder / "datasets.json").read_text())
    sets = [one for one in sets if one["task"] in _METRICS and one["modality"] == "tabular"]
    for seed in range(arguments.seeds):
        for data in sets:
            if arguments.only and data["name"] not in arguments.only:
                continue
            with tempfile.TemporaryDirectory() as scratch:
                files = split(data, arguments.folder, Path(scratch), seed)
                for side, checkout in (("before", arguments.before), ("after", arguments.after)):
                    if (data["name"], seed, side) in known:
                        continue
                    folder = Path(scratch) / side
                    found = measure(
                        checkout.resolve(), data, files, folder, limit=arguments.time_limit, seed=seed
                    )
                    done.append({"data": data["name"], "seed": seed, "side": side, **found})
                    with arguments.out.open("a") as file:
                        file.write(json.dumps(done[-1]) + "\n")
                    print(json.dumps(done[-1]), file=sys.stderr, flush=True)
    report(done)


if __name__ == "__main__":
    main()
