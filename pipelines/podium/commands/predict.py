"""``podium predict``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from podium.commands._options import READER, with_settings
from podium.terminal import say

if TYPE_CHECKING:
    import pandas as pd

    from podium_ml.forecasting.predictor import Forecaster
    from podium_ml.kinds import Predictor

# Longest side of pictures that are looked at in tiles.
_LARGEST_PICTURE = 16_000


def _predict(
    model: Annotated[
        Path, typer.Argument(metavar="RUN_OR_MODEL", help="Folder or id of a run, or a model.pkl.")
    ],
    rows: Annotated[
        str | None, typer.Argument(metavar="DATA", help="Rows to predict, in any format that `run` reads.")
    ] = None,
    proba: Annotated[
        bool, typer.Option("--proba", help="Add probabilities of classes, or quantiles of forecasts.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="CSV or JSON lines (.jsonl) file to write, or COCO (.json) of objects; else results are printed.",
        ),
    ] = None,
    draw: Annotated[
        Path | None, typer.Option("--draw", help="Folder for pictures with the objects that were found.")
    ] = None,
    tiles: Annotated[
        bool,
        typer.Option(
            "--tiles", help="Look for objects in windows of large pictures, each as large as in training."
        ),
    ] = False,
    *,
    given: dict[str, Any],
) -> None:
    """Predict new rows, keeping their order. Columns are read as in training; options say where the file differs."""
    from podium.commands._output import JSON_LINES, holds_lists, json_lines, make_folder, write_table
    from podium_ml.values.formulas import without_formulas
    from podium_ml.values.printable import printable

    if out is not None:
        make_folder(out.parent)  # told before the rows are predicted
    predictor = load_predictor(model)
    if rows is None:
        raise _no_rows(model, predictor)
    if tiles:
        predictor, given = _in_tiles(predictor, given)
    given_rows = read_rows(rows, predictor, given)
    if draw is not None:
        _draw(predictor, given_rows, draw)
    deliver = getattr(predictor, "deliver", None)  # objects in pictures have a format of their own
    if deliver is not None and out is not None and out.suffix.lower() == ".json":
        say(f"Wrote {deliver(given_rows, out)} objects to {out}")
        return
    lists = out is not None and out.suffix.lower() in JSON_LINES
    table = predictions(predictor, given_rows, proba=proba, lists=lists)
    if out is None:
        text = json_lines(table) if holds_lists(table) else without_formulas(table).to_csv(index=False)
        sys.stdout.write(printable(text) if sys.stdout.isatty() else text)
        return
    write_table(table, out)
    say(f"Wrote {len(table)} predictions to {out}")


predict = with_settings(_predict, only=READER)


def _in_tiles(predictor: Any, given: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """Return a model that looks at parts of large pictures, and options with which they are read as large as they are.

    Raises:
        SettingsError: It finds nothing in pictures.
    """
    from podium_ml.errors import SettingsError

    own = getattr(predictor, "in_tiles", None)
    if own is None:
        raise SettingsError("--tiles: only models that find objects in pictures have tiles.", "Leave it out.")
    return own(), {**given, "reader": {"picture_size": _LARGEST_PICTURE, **given.get("reader", {})}}


def _draw(predictor: "Predictor", rows: "pd.DataFrame", folder: Path) -> None:
    """Draw what a model finds in pictures.

    Raises:
        SettingsError: It finds nothing in pictures.
    """
    from podium_ml.errors import SettingsError

    own = getattr(predictor, "draw", None)
    if own is None:
        raise SettingsError("--draw: only models that find objects in pictures can draw.", "Leave it out.")
    say(f"Drew {own(rows, folder)} pictures in {folder}")


def _no_rows(model: Path, predictor: "Predictor") -> Exception:
    from podium_ml.errors import SettingsError

    hint = f"`podium predict {model} rows.csv` predicts each row of a file."
    if predictor.problem.series is not None:
        hint = f"`podium forecast {model}` gives the next values of every series."
    return SettingsError("DATA: name the rows to predict.", hint)


def load_predictor(model: Path) -> "Predictor":
    """Return the predictor of a run or of a model file.

    Raises:
        PodiumError: There is no predictor, or it cannot be used.
    """
    from podium_ml.errors import ModelFileError
    from podium_ml.kinds import load_predictor as load

    if model.is_file():
        return load(model)
    from podium.api import open_run
    from podium.engines.kubeflow import is_run_id

    if model.is_dir() or is_run_id(str(model)):
        return open_run(model).predictor
    if not model.exists():
        raise ModelFileError(f"There is no run or model at {model}.", "See `podium runs`.")
    return load(model)


def read_rows(source: str, predictor: "Predictor | Forecaster", given: dict[str, Any]) -> "pd.DataFrame":
    """Read rows in any format that ``podium run`` reads, as the model reads them.

    Args:
        source: The rows.
        predictor: The model.
        given: The reader's options, where they differ from those of the training rows.
    """
    from podium_ml.ingestion.new_rows import read_new_rows
    from podium_ml.settings import ReaderOptions

    return read_new_rows(source, predictor.problem, ReaderOptions.parse(given.get("reader", {})))


def predictions(
    predictor: "Predictor", rows: "pd.DataFrame", *, proba: bool, lists: bool = False
) -> "pd.DataFrame":
    """Return the column ``prediction`` and, if requested, a ``probability_<class>`` column for each class.

    Args:
        predictor: The model.
        rows: Rows with the user's columns.
        proba: Whether to add probabilities.
        lists: Whether sets of labels are lists, and not texts.

    Raises:
        SettingsError: Probabilities were requested from a model that has none.
    """
    from podium_ml.errors import SettingsError
    from podium_ml.kinds import prediction_table
    from podium_ml.targets import target_of

    if proba and predictor.problem.series is None and target_of(predictor.problem).output != "probabilities":
        raise SettingsError("--proba: a regression model has no probabilities.", "Leave it out.")
    return prediction_table(predictor, rows, proba=proba, lists=lists)
