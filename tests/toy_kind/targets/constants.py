"""A target type for numbers that are predicted by one constant."""

import numpy as np

from podium_ml.targets import Target


class Constants(Target):
    """Numbers, encoded as float64, shape ``(n,)``."""

    name = "constants"
    tasks = frozenset({"constant"})
    output = "values"

    def encode(self, values, problem):
        return values.to_numpy(dtype=np.float64)

    def decode(self, decisions, problem):
        return np.asarray(decisions, dtype=np.float64)

    def outputs(self, problem):
        return ("",)

    def zeros(self, rows, problem):
        return np.zeros(rows)

    def fit(self, work):
        return work.run()

    def predict(self, estimator, encoded, *, n_outputs):
        return np.asarray(estimator.predict(encoded), dtype=np.float64)

    def fallback(self, y, *, n_outputs):
        return float(y.mean())

    def raw(self, columns):
        return columns[:, 0]

    def decide(self, raw, threshold):
        return raw

    def main_output(self, raw, threshold):
        return np.zeros(len(raw), dtype=np.int64)

    def meta_features(self, predictions):
        return np.column_stack(predictions)

    def make_meta(self, *, n_outputs):
        from sklearn.linear_model import LinearRegression

        return LinearRegression(positive=True)


SPEC = Constants()
