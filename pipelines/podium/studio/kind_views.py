"""The views of each kind of problem, found in the kind's own folder; kinds without any predict rows."""

from dataclasses import dataclass
from pathlib import Path

from podium.studio.rows.view import VIEW as ROWS
from podium_ml.kinds import KINDS, Kind, View, view_folder, view_of

_ROWS = "rows"
_ASSETS = ("studio.css", "studio.js")
_TEMPLATES = Path(__file__).with_name(_ROWS)


@dataclass(frozen=True)
class KindViews:
    """What the pages show in a kind's own way.

    Attributes:
        view: Asks the model.
        folder: Name of the templates' folder, for the loader of templates.
        results: Name of the template of the section on the page of results; empty without one.
        styles: Addresses of style sheets below ``/kinds/``.
        scripts: Addresses of scripts below ``/kinds/``.
    """

    view: View
    folder: str
    results: str
    styles: tuple[str, ...]
    scripts: tuple[str, ...]


def views_of(kind: Kind) -> KindViews:
    """Return the views of a kind; each part that it lacks is that of predicted rows."""
    own, folder = view_of(kind), view_folder(kind)
    if own is None or folder is None:
        return KindViews(ROWS, _ROWS, "", (), ())
    assets = [f"{kind.name}/{name}" for name in _ASSETS if (folder / name).is_file()]
    return KindViews(
        view=own,
        folder=kind.name,
        results=f"{kind.name}/results.html" if (folder / "results.html").is_file() else "",
        styles=tuple(name for name in assets if name.endswith(".css")),
        scripts=tuple(name for name in assets if name.endswith(".js")),
    )


def template_folders() -> dict[str, Path]:
    """Return the folders of templates by the name that pages use for them."""
    own = {name: folder for name, kind in KINDS.items() if (folder := view_folder(kind)) is not None}
    return {_ROWS: _TEMPLATES, **own}


def asset_of(kind: str, name: str) -> Path | None:
    """Return a style sheet or script of a kind, or ``None`` if there is none."""
    folder = view_folder(KINDS[kind]) if kind in KINDS and name in _ASSETS else None
    return folder / name if folder is not None and (folder / name).is_file() else None
