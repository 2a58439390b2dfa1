"""Rendering of the studio's pages."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from podium.studio.kind_views import template_folders
from podium.studio.surroundings import Surroundings
from podium.studio.workplace import shown_source
from podium_ml.reporting import formats

# Types of columns in plain words, by the beginnings of their names.
_TYPES = {
    "bool": "yes or no",
    "int": "whole number",
    "uint": "whole number",
    "double": "number",
    "float": "number",
    "decimal": "number",
    "string": "text",
    "large_string": "text",
    "timestamp": "date and time",
    "date": "date",
    "list": "list",
    "binary": "file",
    "large_binary": "file",
    "dictionary": "category",
}
_LONG_NUMBER = re.compile(r"-?\d+\.\d{7,}")
_FOLDER = Path(__file__).with_name("templates")


class Pages:
    """Renders templates, which escape every value.

    Args:
        form_key: Value that each form carries.
        prefix: Path that the studio is mounted under, without a slash at its end.
        surroundings: Where the studio runs, which says what pages offer.
    """

    def __init__(self, form_key: str, prefix: str, surroundings: Surroundings) -> None:
        self._prefix = prefix
        self._environment = Environment(
            loader=ChoiceLoader(
                [
                    FileSystemLoader(_FOLDER),
                    PrefixLoader({name: FileSystemLoader(path) for name, path in template_folders().items()}),
                ]
            ),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        for name in ("number", "percent", "duration", "size", "counted", "short"):
            self._environment.filters[name] = getattr(formats, name)
        self._environment.filters.update(plain_type=plain_type, rounded=rounded, shown_source=shown_source)
        self._environment.globals.update(form_key=form_key, at=self.at, surroundings=surroundings)

    def at(self, path: str, **query: str) -> str:
        """Return the address of a page, with the parts of a query that are not empty."""
        words = urlencode({name: value for name, value in query.items() if value})
        return f"{self._prefix}{path}" + (f"?{words}" if words else "")

    def show(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page."""
        return HTMLResponse(self._environment.get_template(template).render(**values), status)

    def go(self, path: str, **query: str) -> Response:
        """Lead the browser to a page; going back does not send a form again."""
        return RedirectResponse(self.at(path, **query), 303)

    def part(self, template: str, **values: Any) -> str:
        """Return a part of a page."""
        return self._environment.get_template(template).render(**values)


def plain_type(name: str) -> str:
    """Return the type of a column in plain words.

    >>> plain_type("int64"), plain_type("timestamp[us]"), plain_type("map")
    ('whole number', 'date and time', 'map')
    """
    return next((words for beginning, words in _TYPES.items() if name.startswith(beginning)), name)


def rounded(text: str) -> str:
    """Return a number of many digits with a few of them; other texts as they are.

    >>> rounded("7.961687173031299"), rounded("2017-01-01"), rounded("0.5")
    ('7.96169', '2017-01-01', '0.5')
    """
    return f"{float(text):.6g}" if _LONG_NUMBER.fullmatch(text) else text


async def entered(request: Request) -> dict[str, Any]:
    """Return the fields of a form; of several values of one name, all: texts separated by commas, files as a list."""
    form = await request.form()
    names = dict.fromkeys(form.keys())
    return {name: _joined(form.getlist(name)) for name in names}


def _joined(values: list[Any]) -> Any:
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) < len(values):
        return values if len(values) > 1 else values[0]
    return texts[0] if len(texts) == 1 else ",".join(filter(None, texts))
