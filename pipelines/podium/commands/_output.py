"""Prints tables for people, or the same rows as JSON for programs."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podium.terminal import say
from podium_ml.values.printable import printable

if TYPE_CHECKING:
    import pandas as pd

# Names of files that get JSON lines instead of CSV.
JSON_LINES = (".jsonl", ".ndjson")


def show_rows(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    """Print rows with the same keys as a table, or as one JSON list."""
    if as_json:
        say(json.dumps(rows, indent=1, default=str))
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for title in rows[0] if rows else ():
        numeric = all(isinstance(row[title], int | float) or row[title] in ("", None) for row in rows)
        table.add_column(printable(title), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_text(value) for value in row.values()))
    # A pipe has no width, and rich's narrow default would wrap lines.
    Console(width=None if sys.stdout.isatty() else 160, highlight=False, markup=False).print(table)


def make_folder(folder: Path) -> None:
    """Create the folder that ``--out`` names, or that its file lies in.

    Raises:
        SettingsError: It cannot be created.
    """
    from podium_ml.errors import SettingsError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"--out: the folder {folder} cannot be created: {error.strerror or error}.",
            "Choose another place.",
        ) from error


def write_table(table: "pd.DataFrame", out: Path) -> None:
    """Write a table to the file that ``--out`` names: as JSON lines if its name says so, else as CSV."""
    if out.suffix.lower() in JSON_LINES:
        _write(out, lambda: out.write_text(json_lines(table), encoding="utf-8", newline="\n"))
    else:
        write_csv(_with_json_cells(table), out)


def json_lines(table: "pd.DataFrame") -> str:
    """Return one JSON object a row, with missing values as null."""
    return "".join(
        json.dumps({name: _json_value(value) for name, value in row.items()}, ensure_ascii=False) + "\n"
        for row in table.to_dict("records")
    )


def holds_lists(table: "pd.DataFrame") -> bool:
    """Whether cells are lists, which CSV has no place for."""
    return len(table) > 0 and any(isinstance(value, list) for value in table.iloc[0])


def _json_value(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if value is None or value != value:
        return None
    return value.isoformat() if hasattr(value, "isoformat") else value


def _with_json_cells(table: "pd.DataFrame") -> "pd.DataFrame":
    """Return a table whose lists are texts."""
    if not holds_lists(table):
        return table
    return table.map(
        lambda value: json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
    )


def write_csv(table: "pd.DataFrame", out: Path) -> None:
    """Write a table to the file that ``--out`` names; its folder is created.

    Raises:
        SettingsError: The file cannot be written.
    """
    from podium_ml.values.formulas import without_formulas

    _write(out, lambda: without_formulas(table).to_csv(out, index=False))


def _write(out: Path, write: Callable[[], Any]) -> None:
    from podium_ml.errors import SettingsError
    from podium_ml.files import full_disk

    make_folder(out.parent)
    try:
        write()
    except OSError as error:
        if full_disk.is_full(error):
            raise
        raise SettingsError(
            f"--out: {out} cannot be written: {error.strerror or error}.", "Name another file."
        ) from error


def relative(path: Path) -> Path:
    """Return a path relative to the working directory if it is below it, else unchanged."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _text(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, float):
        return f"{value:.5g}"
    return printable(str(value))
