"""What columns without any meaning cost: the same tables with 0, 100 and 1,000 of them added.

    python -m tests.benchmark.noise_columns FOLDER [--noise 0 100 1000] [--only diabetes] [--algorithms lightgbm ridge]

Each algorithm gets four trials, without a time limit: its first configuration with all columns, the same with the
relevant columns, its second configuration, and the better one with the shortest list. Scores are out of fold; each fold
chooses its columns with its training rows alone. The last column compares the best trial of all algorithms with that of
the table without noise, in percent of its score; below zero is worse.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from podium_ml.contracts import BranchSpec, Trial
from podium_ml.kinds import KINDS
from podium_ml.kinds.features import build_feature_table
from podium_ml.metrics import Metric, problem_metric
from podium_ml.run.budget import Deadline
from podium_ml.settings import TabularProblem
from podium_ml.training.candidate_folder import CandidateFolder
from podium_ml.training.search import Search

_TRIALS = 4
_ALGORITHMS = ("logistic_regression", "ridge", "nearest_neighbors", "random_forest", "lightgbm")


def _german_credit(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "german_credit.csv").rename(columns={"class": "y"})


def _breast_cancer(_: Path) -> pd.DataFrame:
    from sklearn.datasets import load_breast_cancer

    data = load_breast_cancer(as_frame=True)
    return data.data.assign(y=data.target.map({0: "malignant", 1: "benign"}))


def _diabetes(_: Path) -> pd.DataFrame:
    from sklearn.datasets import load_diabetes

    data = load_diabetes(as_frame=True)
    return data.data.assign(y=data.target)


def _friedman(_: Path) -> pd.DataFrame:
    from sklearn.datasets import make_friedman1

    X, y = make_friedman1(1_000, 5, noise=1.0, random_state=0)
    return pd.DataFrame(X, columns=[f"x{at}" for at in range(5)]).assign(y=y)


TABLES: dict[str, Callable[[Path], pd.DataFrame]] = {
    "breast_cancer": _breast_cancer,
    "diabetes": _diabetes,
    "friedman": _friedman,
    "german_credit": _german_credit,
}


def with_noise(table: pd.DataFrame, columns: int) -> pd.DataFrame:
    """Return a table with further columns: two thirds are numbers, the others have six categories."""
    random = np.random.default_rng(1)
    levels = np.array(list("abcdef"), dtype=object)
    added = {
        f"noise {at}": levels[random.integers(0, 6, len(table))]
        if at % 3 == 2
        else random.normal(size=len(table))
        for at in range(columns)
    }
    return pd.concat([table, pd.DataFrame(added)], axis=1)


def measure(
    table: pd.DataFrame, algorithms: list[str]
) -> tuple[Metric, dict[str, tuple[list[Trial], str, float]]]:
    """Return the metric, and by algorithm its trials, the number of columns of the best one, and seconds."""
    kind = KINDS["tabular"]
    settings = TabularProblem(target="y", test_fraction=0.0)
    inferred = kind.infer_problem(table, settings)
    problem, train = inferred.problem, inferred.train
    features = build_feature_table(kind.plan_features(problem, train), train, problem)
    found = {}
    for name in algorithms:
        spec = kind.algorithms[name]
        if problem.task not in spec.tasks:
            continue
        spec = replace(spec, portfolio=spec.portfolio[:2])
        began = time.perf_counter()
        with tempfile.TemporaryDirectory() as scratch:
            folder = CandidateFolder.create(scratch, name)
            branch = BranchSpec(name, max_trials=_TRIALS, n_jobs=1)
            search = Search(
                spec, features, problem=problem, branch=branch, folder=folder, deadline=Deadline()
            )
            trials = search.run()
            used = folder.candidate.kept[0].columns.used
        found[name] = trials, str(len(used) or "all"), time.perf_counter() - began
    return problem_metric(problem), found


def _best(trials: list[Trial], metric: Metric, columns: str = "") -> float:
    scores = [one.score for one in trials if one.score is not None and columns in ("", one.columns)]
    return max(scores, key=metric.utility, default=np.nan)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--noise", type=int, nargs="*", default=[0, 100, 1_000])
    parser.add_argument("--only", nargs="*", default=list(TABLES), help="names of tables")
    parser.add_argument("--algorithms", nargs="*", default=list(_ALGORITHMS))
    asked = parser.parse_args()
    print("| table | noise | algorithm | all | relevant | shortest | columns of the best | seconds | best |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in asked.only:
        reference: float | None = None
        for noise in asked.noise:
            metric, found = measure(with_noise(TABLES[name](asked.folder), noise), asked.algorithms)
            for algorithm, (trials, used, seconds) in found.items():
                scores = [f"{_best(trials, metric, one):.4f}" for one in ("all", "relevant", "shortest")]
                _print(name, noise, algorithm, *scores, used, f"{seconds:.1f}", "")
            every = [trial for trials, _, _ in found.values() for trial in trials]
            best = _best(every, metric)
            reference = best if reference is None else reference
            change = 100 * (metric.utility(best) - metric.utility(reference)) / abs(reference)
            scores = [f"{_best(every, metric, one):.4f}" for one in ("all", "relevant", "shortest")]
            _print(name, noise, f"*{metric.name}*", *scores, "", "", f"{best:.4f}, {change:+.1f} %")


def _print(*cells: object) -> None:
    print("|", " | ".join(map(str, cells)), "|", flush=True)


if __name__ == "__main__":
    main()
