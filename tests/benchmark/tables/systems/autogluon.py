"""AutoGluon-Tabular; the second argument is its preset. Needs ``autogluon.tabular`` with its extras, and PyTorch."""

import sys

import numpy as np
import pandas as pd

from tests.benchmark.tables.systems.exchange import deliver, work

_METRICS = {"rmse": "root_mean_squared_error"}


def main() -> None:
    """Fit with a preset, and predict with its best model."""
    given = work()
    from autogluon.tabular import TabularPredictor

    folder = given.folder / "model"
    predictor = TabularPredictor(
        given.target,
        path=str(folder),
        problem_type=given.task,
        eval_metric=_METRICS.get(given.metric, given.metric),
        verbosity=0,
    )
    predictor.fit(given.train, time_limit=given.left(), presets=sys.argv[2], num_cpus=given.cpus)
    predictor.persist()

    def predict(rows: pd.DataFrame) -> pd.DataFrame | np.ndarray:
        if given.task == "regression":
            return predictor.predict(rows).to_numpy()
        return predictor.predict_proba(rows)

    deliver(given, predict, model=folder)


if __name__ == "__main__":
    main()
