"""What every kind of predictor offers, and reading one from its file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from podium_ml.files import pickles

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from podium_ml.contracts import Problem
    from podium_ml.kinds._kind import Featurizer
    from podium_ml.metrics import Threshold

KIND = "predictor"


class Predictor(Protocol):
    """Model and preprocessing in one object, as a user keeps it.

    Attributes:
        problem: The problem that was learned.
        featurizer: Turns the user's columns into features.
        model: Predicts from features.
        name: Name of the model, as on the leaderboard.
        calibrator: Corrects probabilities, or ``None``.
        threshold: Probability from which a class is predicted, or ``None``.
        sample: Some training rows, as background for explanations.
    """

    problem: "Problem"
    featurizer: "Featurizer"
    model: Any
    name: str
    calibrator: Any
    threshold: "Threshold"
    sample: "pd.DataFrame"

    def predict(self, rows: "pd.DataFrame") -> "np.ndarray":
        """Return predictions in the target's own type, shape ``(n,)``."""
        ...

    def predict_raw(self, rows: "pd.DataFrame") -> "np.ndarray":
        """Return raw predictions of rows with the user's columns."""
        ...

    def predict_features(self, X: "pd.DataFrame") -> "np.ndarray":
        """Return the same for rows that are features already."""
        ...

    def check_schema(self, rows: "pd.DataFrame") -> "pd.DataFrame":
        """Return the columns that the model needs, in its order."""
        ...

    def explain(self, rows: "pd.DataFrame") -> "pd.DataFrame":
        """Return what each column contributed to each row's prediction."""
        ...

    def save(self, path: str | Path) -> int:
        """Write the predictor to one file and return its size in bytes."""
        ...


def load_predictor(path: str | Path) -> Predictor:
    """Read a predictor of any kind.

    Raises:
        ModelFileError: The file is missing, damaged, foreign, or needs a package that is not installed.
    """
    return pickles.load(path, kind=KIND)


def score(predictor: Predictor, rows: "pd.DataFrame") -> "pd.Series":
    """Return the scores of a model on labelled rows, the default metric of the task first.

    Scores on rows that the model was trained on are too good.

    Args:
        predictor: The model; forecasters have ``backtest`` instead.
        rows: Rows with the user's columns, the target among them, and the weights if the training had some. Rows
            whose target is missing or new to the model are left out.
    """
    import pandas as pd

    from podium_ml.metrics import metrics_for
    from podium_ml.targets import target_of
    from podium_ml.values.row_roles import read_weights

    problem, target = predictor.problem, target_of(predictor.problem)
    if prepare := getattr(predictor, "labelled_rows", None):  # labels may be written otherwise than learned
        rows = prepare(rows)
    y = target.encode_rows(rows, problem)
    known = target.known(y)
    y, rows = y[known], rows[known]
    raw = predictor.predict_raw(rows)
    weight = read_weights(rows[problem.weight_column]) if problem.weight_column in rows else None
    found = {
        metric.name: metric.over(problem.target_range).score(y, raw, weight, threshold=predictor.threshold)
        for metric in metrics_for(problem.task)
    }
    return pd.Series(found, name=predictor.name, dtype=float).dropna()


def prediction_table(
    predictor: Predictor, rows: "pd.DataFrame", *, proba: bool, lists: bool = False
) -> "pd.DataFrame":
    """Return the column ``prediction`` and, if wanted and possible, one ``probability_<class>`` a class.

    Args:
        predictor: The model.
        rows: Rows with the user's columns.
        proba: Whether to add probabilities; models of values have none.
        lists: Whether sets of labels are lists, and not texts.
    """
    import pandas as pd

    from podium_ml.targets import target_of

    if own := getattr(
        predictor, "prediction_table", None
    ):  # rows may be history, from which others are predicted
        return own(rows, proba=proba)
    problem, target = predictor.problem, target_of(predictor.problem)
    raw = predictor.predict_raw(rows)
    decided = target.decode(target.decide(raw, predictor.threshold), problem)
    table = pd.DataFrame({"prediction": list(decided) if lists else target.column(decided)})
    name_rows = getattr(predictor, "row_names", None)  # rows may be files
    if name_rows and (names := name_rows(rows)) is not None:
        table.insert(0, str(names.name), names.to_numpy())
    if not proba or target.output != "probabilities":
        return table
    columns = [f"probability_{name}" for name in target.outputs(problem)]
    return table.join(pd.DataFrame(raw, columns=columns))
