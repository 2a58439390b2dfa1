"""How well single algorithms classify small pictures: the first configuration of each, on a fifth that was set aside.

    python -m tests.benchmark.images.digits FOLDER [--sets img_digits8,img_mnist5k] [--algorithms ...]

``FOLDER`` holds Parquet files with pictures and the column ``label``. Prints a row of Markdown for each algorithm.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np

from podium_ml.ingestion import read_with_readings
from podium_ml.kinds import KINDS
from podium_ml.kinds.features import build_feature_table
from podium_ml.settings import TabularProblem
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.tabular.encoders import make_encoder

_ALGORITHMS = "convolutional_network,kernel_svm,logistic_regression,extra_trees,nearest_neighbors"


def measure(path: Path, names: list[str]) -> None:
    """Print the accuracy of each algorithm on one set."""
    table, readings = read_with_readings(str(path))
    kind = KINDS["tabular"]
    settings = TabularProblem(target="label", task="classification", test_fraction="0.2")
    inferred = kind.infer_problem(table, settings, readings=readings)
    problem = inferred.problem
    featurizer = kind.plan_features(problem, inferred.train)
    train, test = (build_feature_table(featurizer, rows, problem) for rows in (inferred.train, inferred.test))
    for name in names:
        spec = ALGORITHMS[name]
        began = time.process_time()
        encoder = make_encoder(spec.needs, schema=train.schema, problem=problem, seed=0)
        encoded = encoder.fit_transform(train.X, train.y)
        model = spec.fit_estimator(spec.build(problem, seed=0, n_jobs=1), encoded, train.y)
        seconds = time.process_time() - began
        right = model.predict_proba(encoder.transform(test.X)).argmax(axis=1) == test.y
        error = np.sqrt(right.mean() * (1 - right.mean()) / len(right))
        print(f"| {path.stem} | {name} | {right.mean():.4f} ± {error:.4f} | {seconds:.0f} |", flush=True)


def main() -> None:
    """Measure the sets that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", default="img_digits8,img_mnist5k")
    parser.add_argument("--algorithms", default=_ALGORITHMS)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    for name in options.sets.split(","):
        measure(options.folder / f"{name}.parquet", options.algorithms.split(","))


if __name__ == "__main__":
    main()
