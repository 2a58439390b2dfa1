"""The declaration of the toy kind."""

from podium_ml.algorithms import AlgorithmSpec
from podium_ml.kinds import InferredProblem, Kind
from tests.toy_kind.settings import ToyProblem, ToySettings


def build(problem, *, seed, n_jobs, quantile=None):
    """Build an estimator that predicts the mean, or a quantile, of its training targets."""
    from sklearn.dummy import DummyRegressor

    if quantile is None:
        return DummyRegressor()
    return DummyRegressor(strategy="quantile", quantile=quantile)


class ToyKind(Kind):
    """A kind of problem that predicts a constant."""

    name = "toy"
    title = "toys"
    description = "Predict the same number for every row."
    tasks = ("constant",)
    settings = ToySettings
    problem_settings = ToyProblem

    @property
    def algorithms(self):
        tasks = frozenset({"constant"})
        baseline = AlgorithmSpec("baseline", "Baseline", tasks, build, weighted=False, interpretable=True)
        median = AlgorithmSpec(
            "median", "Median", tasks, build, portfolio=({"quantile": 0.5},), interpretable=True
        )
        return {"baseline": baseline, "median": median}

    def check_columns(self, columns, settings):
        pass

    def infer_problem(
        self, table, settings, *, test=None, readings=None, fingerprint="", reference=None, time_limit=""
    ):
        from podium_ml.contracts import Column, ColumnProfile, GuardrailResult, Problem, Profile
        from podium_ml.metrics import resolve_metric

        table = table.fillna({settings.target: settings.answer})
        if test is None:
            cut = round(len(table) * (1 - settings.test_share(auto=0.2)))
            table, test = table.iloc[:cut], table.iloc[cut:].reset_index(drop=True)
        columns = tuple(
            Column(str(name), "target" if name == settings.target else "numeric", str(values.dtype))
            for name, values in table.items()
        )
        problem = Problem(
            name=settings.name or settings.target,
            task="constant",
            target=settings.target,
            metric=resolve_metric(settings.metric, "constant").name,
            columns=columns,
            fold_strategy="shuffled",
            n_folds=3,
            n_train=len(table),
            n_test=len(test),
            seed=settings.seed,
            fingerprint=fingerprint,
            kind=self.name,
            target_type="constants",
        )
        profile = Profile(len(table), tuple(ColumnProfile(c.name, c.role, 0.0, 1) for c in columns))
        results = [GuardrailResult("toy", "Toy", "passed", f"{len(table)} rows are enough for a constant.")]
        return InferredProblem(problem, table, test, profile, results)

    def plan_features(self, problem, train):
        from tests.toy_kind.models import ToyFeaturizer

        return ToyFeaturizer([column.name for column in problem.features])

    def make_encoder(self, needs, *, schema, problem, seed):
        from tests.toy_kind.models import ToyEncoder

        return ToyEncoder()

    def make_predictor(self, problem, featurizer, model, **options):
        from tests.toy_kind.models import ToyPredictor

        return ToyPredictor(problem, featurizer, model, **options)

    def explain(self, predictor, *, train, test, deadline):
        from podium_ml.contracts import Explanation

        note = "A constant depends on no column."
        return Explanation.absent(predictor.name, metric=predictor.problem.metric, note=note)

    def render_features(self, problem, table, X, schema):
        return f"<!doctype html><title>Features</title><p>{len(schema.features)} features.</p>"

    def render_guardrails(self, results, problem):
        return f"<!doctype html><title>Guardrails</title><p>{results[0].seen}</p>"


KIND = ToyKind()
