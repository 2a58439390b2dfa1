"""A network of pytabkit with its defaults; the second argument is its name, such as ``RealMLP_TD`` or ``TabM_D``.

It takes the time that it needs. Needs ``pytabkit``.
"""

import sys

import numpy as np
import pandas as pd

from tests.benchmark.tables.systems.exchange import deliver, work


def main() -> None:
    """Fit the network, and predict with it."""
    given = work()
    from pytabkit.models.sklearn import sklearn_interfaces

    is_regression = given.task == "regression"
    kind = getattr(sklearn_interfaces, f"{sys.argv[2]}_{'Regressor' if is_regression else 'Classifier'}")
    columns, target = _typed(given.train.drop(columns=given.target)), given.train[given.target]
    model = kind(
        random_state=given.seed,
        n_threads=given.cpus,
        device="cpu",
        val_metric_name="rmse" if is_regression else "cross_entropy",
    )
    model.fit(columns, target.to_numpy(dtype=float) if is_regression else target)

    def predict(rows: pd.DataFrame) -> pd.DataFrame | np.ndarray:
        if is_regression:
            return np.asarray(model.predict(_typed(rows))).reshape(-1)
        return pd.DataFrame(model.predict_proba(_typed(rows)), columns=[str(one) for one in model.classes_])

    # It keeps its model in memory, whose size is not measured.
    deliver(given, predict, model=given.folder / "work.json")


def _typed(columns: pd.DataFrame) -> pd.DataFrame:
    """Return numbers without gaps, and everything else as categories, as its networks expect."""
    numbers = columns.select_dtypes("number")
    others = columns.drop(columns=numbers.columns).astype(str).astype("category")
    return pd.concat([numbers.fillna(numbers.median()).astype(float), others], axis=1)


if __name__ == "__main__":
    main()
