"""Drafts of runs: what the user has entered so far, kept in files, so that nothing is lost."""

import json
import re
import secrets
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from podium.studio.workplace import NotFoundError
from podium_ml.files.atomic_write import atomic_write

_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Draft:
    """A run that is being prepared.

    Attributes:
        id: Its name in addresses.
        kind: Kind of problem, a key of ``podium_ml.kinds.KINDS``.
        values: Settings as the user entered them; those of the reader are in ``reader``.
        engine: Where it will run, ``local`` or ``kubeflow``.
        run: Name of the run that was started from it, or empty.
    """

    id: str
    kind: str = "tabular"
    values: dict[str, Any] = field(default_factory=dict)
    engine: str = "local"
    run: str = ""


class Drafts:
    """The drafts in a folder.

    Args:
        folder: The folder; it does not have to exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self, **known: Any) -> Draft:
        """Store a new draft."""
        return self.save(Draft(secrets.token_hex(8), **known))

    def save(self, draft: Draft, **changes: Any) -> Draft:
        """Store a draft with some changes."""
        draft = replace(draft, **changes)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with atomic_write(self._file(draft.id)) as partial:
            partial.write_text(json.dumps(asdict(draft), indent=1), encoding="utf-8")
        return draft

    def load(self, identifier: str) -> Draft:
        """Return a draft.

        Raises:
            NotFoundError: There is no such draft.
        """
        if not _ID.fullmatch(identifier) or not self._file(identifier).is_file():
            raise NotFoundError("There is no such draft.", "Start a new run.")
        return Draft(**json.loads(self._file(identifier).read_text(encoding="utf-8")))

    def _file(self, identifier: str) -> Path:
        return self._folder / f"{identifier}.json"
