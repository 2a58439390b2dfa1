"""LightGBM with its defaults on all rows: what every other system has to beat."""

import pickle

import numpy as np
import pandas as pd

from tests.benchmark.tables.systems.exchange import deliver, work


def main() -> None:
    """Fit once, and predict."""
    given = work()
    import lightgbm

    columns = given.train.drop(columns=given.target)
    texts = columns.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in columns.dtypes]]
    columns = columns.astype(dict.fromkeys(texts, "category"))
    kinds = {name: columns[name].dtype for name in texts}
    plain = [f"c{i}" for i in range(columns.shape[1])]
    kind = lightgbm.LGBMRegressor if given.task == "regression" else lightgbm.LGBMClassifier
    y = given.train[given.target]
    model = kind(n_jobs=given.cpus, random_state=given.seed, verbosity=-1)
    model.fit(columns.set_axis(plain, axis=1), y if given.task == "regression" else y.astype(str))
    path = given.folder / "model.pkl"
    path.write_bytes(pickle.dumps(model))

    def predict(rows: pd.DataFrame) -> pd.DataFrame | np.ndarray:
        rows = rows.astype(kinds).set_axis(plain, axis=1)
        if given.task == "regression":
            return np.asarray(model.predict(rows))
        return pd.DataFrame(np.asarray(model.predict_proba(rows)), columns=model.classes_)

    deliver(given, predict, model=path)


if __name__ == "__main__":
    main()
