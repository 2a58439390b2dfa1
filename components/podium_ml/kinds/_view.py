"""How the web studio shows a kind of problem: files in the folder ``studio`` of the kind's own package.

The folder holds what the kind shows in its own way, and nothing else; the studio draws the rest:

- ``use.html``: the forms of the page that uses a model
- ``answer.html``: what the model answered
- ``results.html``: a section on the page of a finished run
- ``studio.css`` and ``studio.js``: a style sheet, and an ES module, of these pages
- ``view.py``: ``VIEW``, a ``View``, which says which commands answer a form, and makes what the templates show
"""

import csv
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from podium_ml.kinds._kind import Kind

FOLDER = "studio"


@dataclass(frozen=True)
class Input:
    """A column that a model reads.

    Attributes:
        name: The column.
        role: What it is used as.
        usual: A usual value, as text; empty if unknown.
        known: The most frequent values of a category.
    """

    name: str
    role: str
    usual: str = ""
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """What a user asks a model in a form.

    Attributes:
        model: The model as commands take it: the folder of a run, or a model file.
        problem: Content of ``problem.json``.
        inputs: The columns that the model reads.
        form: Fields of the form, as text, by name.
        files: Uploaded files by the name of their field, with the ending that tells their format.
        work: Private folder for the files of this question, which is removed once it is answered.
    """

    model: str
    problem: Mapping[str, Any]
    inputs: Sequence[Input]
    form: Mapping[str, str]
    files: Mapping[str, Path]
    work: Path


class View:
    """How the studio asks a model of one kind, and shows its answers.

    The studio loads no model: it runs commands of ``podium``, each in a process of its own. Templates are Jinja and
    escape every value. They get ``problem``, ``inputs``, ``form`` (fields as they were entered), ``action`` (where the
    forms go; each needs ``{{ secret(form_key) }}``), ``answer`` and, for ``results.html``, ``shown``.

    Attributes:
        result: File in ``Question.work`` that the last command writes; a button with ``name="as" value="file"``
            downloads it.
    """

    result: str = "predictions.csv"

    def commands(self, question: Question) -> Sequence[Sequence[str]]:
        """Return the commands that answer a question, without the word ``podium``.

        What a user entered goes into files, or behind ``--``, so that it never becomes an option.

        Args:
            question: What the user asks.
        """
        raise NotImplementedError

    def answer(self, question: Question) -> Any:
        """Return what ``answer.html`` shows as ``answer``, from what the commands wrote; by default a table."""
        return read_table(question.work / self.result)

    def shown(self, run: Path, problem: Mapping[str, Any]) -> Any:
        """Return what ``results.html`` shows as ``shown``.

        Args:
            run: Folder of the run, of which the delivered files are there.
            problem: Content of ``problem.json``.
        """
        return None


@dataclass(frozen=True)
class Table:
    """A table that a command wrote.

    Attributes:
        header: Names of the columns.
        rows: The first rows, as text.
        total: Number of all rows.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int


def read_table(path: Path, *, most: int = 200) -> Table:
    """Return the first rows of a CSV file.

    Args:
        path: The file.
        most: Number of rows.
    """
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        header, rows, total = tuple(next(lines, ())), list[tuple[str, ...]](), 0
        for row in lines:
            total += 1
            if total <= most:
                rows.append(tuple(row))
    return Table(header, tuple(rows), total)


def write_row(values: Mapping[str, str], path: Path) -> Path:
    """Write one row as a CSV file, and return the file.

    Args:
        values: The values by column.
        path: The file.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([list(values), list(values.values())])
    return path


def view_folder(kind: Kind) -> Path | None:
    """Return the folder of a kind's views, or ``None`` if it has none."""
    package = importlib.import_module(_package(kind))
    folder = Path(str(package.__file__)).with_name(FOLDER)
    return folder if folder.is_dir() else None


@cache
def view_of(kind: Kind) -> View | None:
    """Return the view of a kind, or ``None`` if it has none of its own."""
    if view_folder(kind) is None or find_spec(f"{_package(kind)}.{FOLDER}.view") is None:
        return None
    return importlib.import_module(f"{_package(kind)}.{FOLDER}.view").VIEW


def _package(kind: Kind) -> str:
    return type(kind).__module__.rpartition(".")[0]
