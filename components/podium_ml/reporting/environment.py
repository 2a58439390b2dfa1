"""The Jinja environment of the report templates."""

import base64
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from podium_ml.reporting import formats

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).with_name("templates")
# The colours of reports, which the studio shares.
COLOURS = _FOLDER / "colours.css"


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
        coded,
        breakable,
    ):
        environment.filters[function.__name__] = function
    environment.globals["css"] = _asset(COLOURS.name) + _asset("page.css")
    environment.globals["js"] = _asset("page.js")
    environment.globals["policy"] = content_policy(_asset("page.js"))
    return environment


def content_policy(script: str = "") -> str:
    """Return a page's policy: it loads nothing, sends nothing, and runs only its own script.

    Args:
        script: The page's own script, exactly as between its tags; empty if it has none.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    scripts = f"script-src 'sha256-{digest}'; " if script else ""
    return f"default-src 'none'; {scripts}style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def coded(text: str) -> Markup:
    """Return a text with the parts between backticks as code.

    >>> coded("Run `podium runs`, not <this>.")
    Markup('Run <code>podium runs</code>, not &lt;this&gt;.')
    """
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped


def breakable(name: str) -> Markup:
    """Return a name that may wrap after the characters that part its words.

    >>> breakable("credit_amount")
    Markup('credit_<wbr>amount')
    """
    return Markup(re.sub(r"([_./-])(?=\w)", r"\1<wbr>", str(escape(name))))  # noqa: S704 - escaped


def _asset(name: str) -> Markup:
    return Markup((_FOLDER / name).read_text(encoding="utf-8"))  # noqa: S704 - the file belongs to this package
