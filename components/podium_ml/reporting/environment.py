"""The Jinja environment of the report templates."""

from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from podium_ml.reporting import formats

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).with_name("templates")


def make_environment() -> "Environment":
    """Return an environment whose templates escape every value."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for function in (
        formats.number,
        formats.aligned,
        formats.signed,
        formats.percent,
        formats.duration,
        formats.size,
        formats.counted,
        formats.short,
        formats.hint,
    ):
        environment.filters[function.__name__] = function
    environment.globals["css"] = _asset("page.css")
    environment.globals["js"] = _asset("page.js")
    return environment


def _asset(name: str) -> Markup:
    return Markup((_FOLDER / name).read_text(encoding="utf-8"))  # noqa: S704 - the file belongs to this package
