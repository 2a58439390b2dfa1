"""The featurizer, encoder and predictor of the toy kind."""

from podium_ml.contracts import Feature, FeatureSchema
from podium_ml.files import pickles
from podium_ml.targets import target_of


class ToyFeaturizer:
    """A featurizer that keeps the columns unchanged."""

    def __init__(self, names):
        self.schema = FeatureSchema(tuple(Feature(name, "numeric", name, "as it is") for name in names))

    def transform(self, table):
        names = [feature.name for feature in self.schema.features]
        return table[names].astype("float64").reset_index(drop=True)


class ToyEncoder:
    """An encoder that keeps the features unchanged."""

    def fit_transform(self, X, y, *, weight=None, group=None):
        return self.transform(X)

    def transform(self, X):
        return X.to_numpy()


class ToyPredictor:
    """A predictor, see ``podium_ml.kinds.Predictor``."""

    def __init__(
        self,
        problem,
        featurizer,
        model,
        *,
        name,
        calibrator=None,
        threshold=None,
        sample=None,
        requirements=(),
    ):
        self.problem, self.featurizer, self.model, self.name = problem, featurizer, model, name
        self.calibrator, self.threshold, self.sample = calibrator, threshold, sample
        self.requirements = list(requirements)

    def predict(self, rows):
        return target_of(self.problem).decode(self.predict_raw(rows), self.problem)

    def predict_raw(self, rows):
        return self.predict_features(self.featurizer.transform(rows))

    def predict_features(self, X):
        return self.model.predict_raw(X)

    def check_schema(self, rows):
        return rows

    def save(self, path):
        return pickles.dump(self, path, kind="predictor", metadata={"requirements": self.requirements})
