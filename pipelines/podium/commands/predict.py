"""``podium predict``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import pandas as pd

    from podium_ml.tabular.predictor import Predictor


def predict(
    model: Annotated[
        Path, typer.Argument(metavar="RUN_OR_MODEL", help="Folder or id of a run, or a model.pkl.")
    ],
    rows: Annotated[
        str, typer.Argument(metavar="DATA", help="Rows to predict, in any form that `run` reads.")
    ],
    proba: Annotated[
        bool, typer.Option("--proba", help="Add a probability_<class> column for each class.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="CSV file to write; prints by default.")] = None,
) -> None:
    """Predict new rows, in their own order."""
    predictor = load_predictor(model)
    table = predictions(predictor, read_rows(rows), proba=proba)
    table.to_csv(sys.stdout if out is None else out, index=False)
    if out is not None:
        print(f"{len(table)} predictions in {out}")


def load_predictor(model: Path) -> "Predictor":
    """Return the predictor of a run's folder or of a model file.

    Raises:
        PodiumError: There is none, or it cannot be used.
    """
    from podium.api import open_run
    from podium.engines.kubeflow import is_run_id
    from podium_ml.errors import ModelFileError
    from podium_ml.tabular.predictor import Predictor

    if model.is_dir() or is_run_id(str(model)):
        return open_run(model).predictor
    if not model.exists():
        raise ModelFileError(f"There is no run or model at {model}.", "See `podium runs`.")
    return Predictor.load(model)


def read_rows(source: str) -> "pd.DataFrame":
    """Read rows in any form that ``podium run`` reads."""
    from podium_ml.ingestion import read_frame
    from podium_ml.settings.tabular import ReaderOptions

    return read_frame(source, ReaderOptions())


def predictions(predictor: "Predictor", rows: "pd.DataFrame", *, proba: bool) -> "pd.DataFrame":
    """Return the column ``prediction`` and, if asked, one ``probability_<class>`` a class."""
    import pandas as pd

    from podium_ml.errors import SettingsError

    table = pd.DataFrame({"prediction": predictor.predict(rows)})
    if not proba:
        return table
    if not predictor.problem.is_classification:
        raise SettingsError("--proba: a regression model has no probabilities.", "Leave it out.")
    columns = [f"probability_{label}" for label in predictor.problem.classes]
    return table.join(pd.DataFrame(predictor.predict_proba(rows), columns=columns))
