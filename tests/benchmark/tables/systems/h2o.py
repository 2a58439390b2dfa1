"""H2O AutoML with its defaults. Needs ``h2o`` and Java."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from tests.benchmark.tables.systems.exchange import deliver, work

_METRICS = {"roc_auc": "auc", "log_loss": "logloss", "rmse": "rmse"}
_CLASS = "class {}"


def main() -> None:
    """Search, and predict with the leader."""
    given = work()
    import h2o
    from h2o.automl import H2OAutoML

    h2o.init(nthreads=given.cpus, max_mem_size="6g", strict_version_check=False)
    h2o.no_progress()
    columns = given.train.drop(columns=given.target)
    kinds = {
        name: "numeric" if pd.api.types.is_numeric_dtype(kind) else "enum"
        for name, kind in columns.dtypes.items()
    }
    y, classes = given.train[given.target], []
    if given.task != "regression":
        classes = sorted(y.astype(str).unique())
        # Numbers as names, which H2O would read as the classes' order, keep the names that they were given.
        y = y.astype(str).map({name: _CLASS.format(place) for place, name in enumerate(classes)})
    train = h2o.H2OFrame(
        columns.assign(**{given.target: y}),
        column_types={**kinds, given.target: "enum" if classes else "numeric"},
    )
    model = H2OAutoML(
        max_runtime_secs=int(given.left()), seed=given.seed, sort_metric=_METRICS[given.metric], nfolds=5
    )
    model.train(y=given.target, training_frame=train)

    def predict(rows: pd.DataFrame) -> pd.DataFrame | np.ndarray:
        found = model.leader.predict(h2o.H2OFrame(rows, column_types=kinds)).as_data_frame()
        if not classes:
            return found["predict"].to_numpy()
        found = found.rename(columns=lambda name: name.replace(".", " "))
        return pd.DataFrame(
            {name: found[_CLASS.format(place)].to_numpy() for place, name in enumerate(classes)}
        )

    deliver(given, predict, model=Path(h2o.save_model(model.leader, path=str(given.folder / "model"))))
    h2o.cluster().shutdown()


if __name__ == "__main__":
    main()
