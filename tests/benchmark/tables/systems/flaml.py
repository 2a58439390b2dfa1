"""FLAML's AutoML with its default estimators. Needs ``flaml[automl]``."""

import pickle

import numpy as np
import pandas as pd

from tests.benchmark.tables.systems.exchange import deliver, work

_METRICS = {"roc_auc": "roc_auc", "log_loss": "log_loss", "rmse": "rmse"}
_TASKS = {"binary": "classification", "multiclass": "classification", "regression": "regression"}


def main() -> None:
    """Search, and predict with the best model."""
    given = work()
    from flaml import AutoML

    columns = given.train.drop(columns=given.target)
    texts = columns.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in columns.dtypes]]
    columns = columns.astype(dict.fromkeys(texts, "category"))
    y = given.train[given.target]
    model = AutoML()
    model.fit(
        columns,
        y if given.task == "regression" else y.astype(str),
        task=_TASKS[given.task],
        metric=_METRICS[given.metric],
        time_budget=given.left(),
        n_jobs=given.cpus,
        seed=given.seed,
        verbose=0,
    )
    path = given.folder / "model.pkl"
    path.write_bytes(pickle.dumps(model))

    def predict(rows: pd.DataFrame) -> pd.DataFrame | np.ndarray:
        rows = rows.astype({name: columns[name].dtype for name in texts})
        if given.task == "regression":
            return np.asarray(model.predict(rows))
        return pd.DataFrame(model.predict_proba(rows), columns=model.classes_)

    deliver(given, predict, model=path)


if __name__ == "__main__":
    main()
