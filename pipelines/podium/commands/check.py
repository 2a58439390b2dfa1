"""``podium check``."""

from typing import Annotated, Any

import typer

from podium.commands._options import gather, with_settings

_OPTIONS = {
    *("target", "task", "metric", "test_fraction", "folds", "time_column", "group_column", "weight_column"),
    *("positive_label", "drop", "max_memory", "seed"),
    *("format", "delimiter", "encoding", "decimal", "sheet", "query"),
}


def _check(
    source: Annotated[
        str, typer.Argument(metavar="DATA", help="File, folder, glob or URL of labelled rows.")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    given: dict[str, Any],
) -> None:
    """Run the guardrails on data without training anything."""
    from podium.commands._output import show_rows
    from podium_ml.errors import SettingsError
    from podium_ml.ingestion import read_frame
    from podium_ml.kinds import kind_of_parsed

    settings = gather(given, None, source=source)
    if not settings.target:
        raise SettingsError("target: name the column to predict.")
    kind, rows = kind_of_parsed(settings), read_frame(source, settings.reader)
    results = kind.infer_problem(rows, settings).results
    shown = [
        {"outcome": result.outcome, "guardrail": result.title, "seen": result.seen, "done": result.done}
        for result in results
    ]
    show_rows(shown, as_json=as_json)


check = with_settings(_check, only=_OPTIONS)
