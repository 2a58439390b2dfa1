"""``podium forecast``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from podium.commands._options import READER, with_settings
from podium.terminal import say

if TYPE_CHECKING:
    from podium_ml.forecasting.predictor import Forecaster


def _forecast(
    model: Annotated[
        Path, typer.Argument(metavar="RUN_OR_MODEL", help="Folder or id of a run, or a model.pkl.")
    ],
    history: Annotated[
        str | None,
        typer.Argument(metavar="HISTORY", help="Newer rows with the target; by default the model's own."),
    ] = None,
    future: Annotated[
        list[str] | None,
        typer.Option(
            "--future",
            help="Rows of the future with the columns that are known in advance; several plans come side by side.",
        ),
    ] = None,
    horizon: Annotated[
        int | None, typer.Option("--horizon", help="Number of steps; by default that of the training.")
    ] = None,
    quantiles: Annotated[
        str, typer.Option("--quantiles", help="Levels of the quantiles, like 0.1,0.5,0.9.")
    ] = "",
    total: Annotated[bool, typer.Option("--total", help="Add rows of all series together.")] = False,
    whole: Annotated[bool, typer.Option("--whole", help="Round to whole numbers.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="CSV file to write; by default, forecasts are printed.")
    ] = None,
    *,
    given: dict[str, Any],
) -> None:
    """Forecast the next values of every series. Columns are read as in training."""
    from podium.commands._output import make_folder, write_csv
    from podium.commands.predict import read_rows
    from podium_ml.values.formulas import without_formulas
    from podium_ml.values.printable import printable

    if out is not None:
        make_folder(out.parent)
    predictor = load_forecaster(model)
    levels = parse_levels(quantiles)
    table = predictor.predict(
        read_rows(history, predictor, given) if history else None,
        {name: read_rows(plan, predictor, {}) for name, plan in _named(future or []).items()} or None,
        horizon,
        levels,
        total=total,
        whole=whole,
    )
    if out is None:
        text = without_formulas(table).to_csv(index=False)
        sys.stdout.write(printable(text) if sys.stdout.isatty() else text)
        return
    write_csv(table, out)
    say(f"Wrote {len(table)} forecasts to {out}")


forecast = with_settings(_forecast, only=READER)


def load_forecaster(model: Path) -> "Forecaster":
    """Return the forecaster of a run or of a model file.

    Raises:
        SettingsError: It is a model of another kind.
    """
    from podium.commands.predict import load_predictor
    from podium_ml.errors import SettingsError

    predictor: Any = load_predictor(model)
    if predictor.problem.series is None:
        raise SettingsError(
            f"{model} does not forecast: its task is {predictor.problem.task}.",
            "Use `podium predict`, or train with --task forecasting.",
        )
    return predictor


def parse_levels(text: str) -> list[float] | None:
    """Return levels that are separated by commas, or ``None`` for those of the model.

    Raises:
        SettingsError: One is no number.
    """
    from podium_ml.errors import SettingsError

    try:
        return [float(one) for one in text.split(",") if one.strip()] or None
    except ValueError:
        raise SettingsError(f"--quantiles: '{text}' are no numbers.", "Give e.g. 0.1,0.5,0.9.") from None


def _named(plans: list[str]) -> dict[str, str]:
    """Return plans by the names of their files, in order; equal names get numbers."""
    named: dict[str, str] = {}
    for plan in plans:
        name = Path(plan.split("?")[0]).stem
        while name in named:
            name += "_2"
        named[name] = plan
    return named
