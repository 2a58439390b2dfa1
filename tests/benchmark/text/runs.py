"""Score whole runs on texts beside a tuned TF-IDF with logistic regression that learned from the same rows.

    python -m tests.benchmark.text.runs FILE TARGET [--rows N] [--train N] [--seed 0] [--seconds 300] [--drop COLUMNS]
        [--task multilabel] [--only podium | reference | autogluon] [--autogluon PYTHON]

A quarter of the rows, at most 5,000, is set aside for both; with ``--train``, at most 5,000 of the others are. Printed
are scores on these, the seconds of the run from start to end, its peak memory (pages that processes share count once),
the size of the model, and how many texts it predicts a second on one core. With ``--autogluon``, the Python of an
environment with ``autogluon.tabular``, AutoGluon (``medium_quality``, whose features of texts are counts of words)
learns from the same rows in as many seconds on the same cores; it knows no sets of labels. The reference is that of
``reference.py``; for sets of labels it decides at .5, and with a threshold for each label that is chosen out of fold.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from podium_ml.ingestion import read_frame
from tests.benchmark.memory import PeakMemory
from tests.benchmark.text.reference import Reference

_SHARE, _MOST, _TIMED = 0.25, 5_000, 2_000


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("target")
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--train", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0, help="draws the rows")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--drop", default="")
    parser.add_argument("--task", default="")
    parser.add_argument("--only", choices=["podium", "reference", "autogluon"])
    parser.add_argument("--autogluon", default="", help="the Python of an environment with autogluon.tabular")
    parser.add_argument("--out", type=Path, help="keeps the run in this folder")
    arguments = parser.parse_args()
    rows = read_frame(arguments.file)
    count = min(arguments.rows or len(rows), len(rows))
    rows = rows.sample(count, random_state=arguments.seed, ignore_index=True)
    cut = arguments.train or count - min(int(_SHARE * count), _MOST)
    train, test = rows.iloc[:cut], rows.iloc[cut : cut + _MOST].reset_index(drop=True)
    asked = [arguments.only] if arguments.only else ["podium", "reference", "autogluon"]
    if "podium" in asked:
        with tempfile.TemporaryDirectory() as folder:
            _podium(train, test, arguments, arguments.out or Path(folder))
    if "reference" in asked:
        _reference(train, test, arguments)
    if "autogluon" in asked and arguments.autogluon:
        with tempfile.TemporaryDirectory() as folder:
            _autogluon(train, test, arguments, Path(folder))


def _podium(train: pd.DataFrame, test: pd.DataFrame, asked: argparse.Namespace, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    train.to_parquet(folder / "train.parquet")
    command = [sys.executable, "-m", "podium", "run", str(folder / "train.parquet"), "--target", asked.target]
    command += ["--time-limit", f"{asked.seconds}s", "--promote", "never", "--out", str(folder / "run")]
    command += ["--drop", asked.drop] if asked.drop else []
    command += ["--task", asked.task] if asked.task else []
    began = time.perf_counter()
    with (folder / "log").open("w") as log, PeakMemory() as memory:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        memory.watch(process.pid)
        status = process.wait()
    seconds = time.perf_counter() - began
    if status:
        sys.exit((folder / "log").read_text()[-3_000:])
    from podium_ml.kinds import load_predictor

    predictor = load_predictor(folder / "run" / "model.pkl")
    raw = predictor.predict_raw(test)
    classes = [str(one) for one in predictor.problem.classes]
    print(pd.read_csv(folder / "run" / "leaderboard.csv").iloc[:, :4].to_string(), file=sys.stderr)
    _show(f"podium ({predictor.name})", test[asked.target], predictor.predict(test), np.asarray(raw), classes)
    size = (folder / "run" / "model.pkl").stat().st_size / 1e6
    print(
        f"{len(train):,} rows, run of {seconds:.0f} s, peak memory {memory.peak / 2**30:.2f} GiB, model {size:.1f} MB, "
        f"{_texts_a_second(predictor, test):,.0f} texts a second on one core"
    )


def _texts_a_second(predictor, test: pd.DataFrame) -> float:
    """Return the rate of the best of three, of some texts in one call."""
    some, known = test.head(_TIMED), os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(known)})
    try:
        seconds = []
        for _ in range(3):
            began = time.perf_counter()
            predictor.predict(some)
            seconds.append(time.perf_counter() - began)
    finally:
        os.sched_setaffinity(0, known)
    return len(some) / min(seconds)


def _autogluon(train: pd.DataFrame, test: pd.DataFrame, asked: argparse.Namespace, folder: Path) -> None:
    if isinstance(train[asked.target].iloc[0], list | np.ndarray):
        sys.exit("AutoGluon knows no sets of labels.")
    unused = [name for name in asked.drop.split(",") if name]
    train.drop(columns=unused).to_parquet(folder / "train.parquet")
    test.drop(columns=[*unused, asked.target]).to_parquet(folder / "fresh.parquet")
    is_binary = train[asked.target].nunique() == 2
    work = {
        "target": asked.target,
        "task": "binary" if is_binary else "multiclass",
        "metric": "roc_auc" if is_binary else "log_loss",
        "seconds": asked.seconds,
        "cpus": len(os.sched_getaffinity(0)),
        "seed": 0,
        "started": time.time(),
    }
    (folder / "work.json").write_text(json.dumps(work))
    command = [
        asked.autogluon,
        "-m",
        "tests.benchmark.tables.systems.autogluon",
        str(folder),
        "medium_quality",
    ]
    subprocess.run(command, check=True, stdout=sys.stderr)
    raw = pd.read_parquet(folder / "predicted.parquet")
    seconds = json.loads((folder / "facts.json").read_text())["seconds"]
    answers = raw.columns[raw.to_numpy().argmax(axis=1)]
    _show(f"AutoGluon ({seconds:.0f} s)", test[asked.target], answers, raw.to_numpy(), list(raw.columns))


def _reference(train: pd.DataFrame, test: pd.DataFrame, asked: argparse.Namespace) -> None:
    columns = [name for name in train if name not in (asked.target, *asked.drop.split(","))]
    texts = [part[columns].astype(str).agg("\n".join, axis=1).tolist() for part in (train, test)]
    began = time.perf_counter()
    model = Reference.fit(texts[0], train[asked.target].tolist())
    seconds = time.perf_counter() - began
    raw = model.predict_raw(texts[1])
    for name, answers in model.answers(raw).items():
        _show(f"tuned TF-IDF{name} ({seconds:.0f} s)", test[asked.target], answers, raw, model.classes)


def _show(name: str, truth: pd.Series, answers, raw: np.ndarray, classes: list[str]) -> None:
    print(f"| {name} | " + json.dumps(scores(truth.tolist(), list(answers), raw, classes)) + " |", flush=True)


def scores(truth: list, answers: list, raw: np.ndarray, classes: list[str]) -> dict[str, float]:
    """Return scores by name: accuracy, log loss and AUC of classes, micro-F1 of sets of labels, also at .5."""
    from sklearn.metrics import f1_score, log_loss, roc_auc_score

    if isinstance(truth[0], list | np.ndarray):
        sets = [set(map(str, one)) for one in truth]
        y = np.array([[name in one for name in classes] for one in sets])
        given = np.array([[name in set(map(str, one)) for name in classes] for one in answers])
        known = sum(map(len, sets))
        return {
            "micro-F1": _f1(y, given, known),
            "micro-F1 at .5": _f1(y, raw >= 0.5, known),
            "macro-F1": round(f1_score(y, given, average="macro", zero_division=0), 4),
        }
    place = {name: at for at, name in enumerate(classes)}
    y = np.array([place[str(one)] for one in truth])
    sure = raw / raw.sum(axis=1, keepdims=True)
    auc = roc_auc_score(y, sure[:, 1] if len(classes) == 2 else sure, multi_class="ovr")
    return {
        "accuracy": round(np.mean([str(a) == str(b) for a, b in zip(truth, answers, strict=True)]), 4),
        "log loss": round(log_loss(y, np.clip(sure, 1e-15, 1), labels=range(len(classes))), 4),
        "AUC": round(auc, 4),
    }


def _f1(y: np.ndarray, given: np.ndarray, known: int) -> float:
    right = (y & given).sum()
    return round(2 * right / max(1, given.sum() + known), 4)


if __name__ == "__main__":
    main()
