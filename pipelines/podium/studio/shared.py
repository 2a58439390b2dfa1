"""What all pages share."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request

from podium.run_folder import RunFolder
from podium.studio.catalogue import Catalogue
from podium.studio.children import Children
from podium.studio.door import FIELD, Keys
from podium.studio.drafts import Drafts
from podium.studio.guard import Guard
from podium.studio.live import LiveRuns
from podium.studio.model_commands import ModelCommands
from podium.studio.pages import Pages, entered
from podium.studio.surroundings import Surroundings
from podium.studio.workplace import Workplace


class Studio:
    """What the pages share.

    Args:
        workplace: The folders.
        keys: The secrets.
        prefix: Path that the studio is mounted under, without a slash at its end.
        surroundings: Where the studio runs; by default a laptop.
        guard: What the user may do; by default everything.
    """

    def __init__(
        self,
        workplace: Workplace,
        keys: Keys,
        *,
        prefix: str = "",
        surroundings: Surroundings | None = None,
        guard: Guard | None = None,
    ) -> None:
        self.workplace, self.keys, self.prefix = workplace, keys, prefix
        self.surroundings, self.guard = surroundings or Surroundings(), guard or Guard()
        self.pages = Pages(keys.form, prefix, self.surroundings)
        self.drafts = Drafts(workplace.own / "drafts")
        self.children = Children(Path.cwd(), environment=self.surroundings.environment)
        self.models = ModelCommands(self.children, confined=self.surroundings.is_shared)
        self.registry = Children(
            Path.cwd(), environment={**self.surroundings.environment, **self.surroundings.registry}
        )
        self.catalogue = Catalogue(self.children)
        self.live = LiveRuns(workplace, self.children, title=self.catalogue.title)
        # A second click on "Start" waits for the first, and finds its run.
        self.starting = asyncio.Lock()


def studio_of(request: Request) -> Studio:
    """Return what the pages share."""
    return request.app.state.studio


def run_at(request: Request) -> tuple[Studio, RunFolder]:
    """Return the run that the address of a request names.

    Raises:
        NotFoundError: There is no such run.
    """
    studio = studio_of(request)
    return studio, studio.workplace.run(request.path_params["run"])


def to_number(text: str) -> int:
    """Return where a list begins, as an address says; 0 for what is no number."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def to_keep(name: str) -> dict[str, str]:
    """Return the headers of a file that the browser is to keep, whatever signs its name has (RFC 6266)."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}


async def checked_form(request: Request) -> dict[str, Any]:
    """Return the fields of a form of the studio's own pages.

    Raises:
        HTTPException: It comes from elsewhere.
    """
    form = await entered(request)
    if not studio_of(request).keys.has_form(form.pop(FIELD, None)):
        raise HTTPException(403, "This form is from another session. Load its page again.")
    return form
