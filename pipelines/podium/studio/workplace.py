"""The folders of the studio: runs, drafts of runs, uploads, and the folders whose data may be used."""

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from podium.run_folder import RunFolder
from podium_ml.confinement import DATABASE_PORTS
from podium_ml.errors import DataError, RunError
from podium_ml.ingestion.local_files import find_files, to_path
from podium_ml.values.addresses import place_of, scheme_of, split_list

_OWN = ".studio"
_NAME = re.compile(r"[\w.-]{1,120}")
# Folders of uploads, and those that data are sent to for runs on a cluster.
_UPLOADS = re.compile(r"[^,]*/(\.studio/([0-9a-f]{24}/)?uploads/[0-9a-f]{16}|data/[0-9a-f]{64})/")


def shown_source(source: str) -> str:
    """Return the address of data for people: of uploads, the names that their users know.

    >>> shown_source("/home/me/runs/.studio/uploads/0123456789abcdef/sales.csv"), shown_source("data/sales.csv")
    ('sales.csv', 'data/sales.csv')
    """
    return _UPLOADS.sub("", source)


class NotFoundError(RunError):
    """The address names something that is not there."""


@dataclass(frozen=True)
class Workplace:
    """Where the studio reads and writes.

    Attributes:
        runs: Folder of the runs.
        roots: Folders whose files may be used as data.
        private: Name of the folder of a user's own drafts and uploads, where several users share the runs.
    """

    runs: Path
    roots: tuple[Path, ...]
    private: str = ""

    @property
    def own(self) -> Path:
        """Folder of drafts, uploads and the session's key, which nobody else may read."""
        path = self.runs / _OWN / self.private
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path

    @contextmanager
    def work_folder(self) -> Iterator[Path]:
        """Yield a private folder for the files of one request, and remove it."""
        work = self.own / "work" / secrets.token_hex(8)
        work.mkdir(mode=0o700, parents=True)
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def run(self, name: str) -> RunFolder:
        """Return a run by the name of its folder, which must be in the list of runs.

        Raises:
            NotFoundError: There is no such run.
        """
        if name not in self.run_names():
            raise NotFoundError(f"There is no run '{name}'.", "The list of runs shows all that there are.")
        return RunFolder.open(self.runs / name)

    def run_names(self) -> list[str]:
        """Return the names of all runs."""
        if not self.runs.is_dir():
            return []
        return [
            one.name
            for one in self.runs.iterdir()
            if _NAME.fullmatch(one.name) and (one / "run.json").is_file()
        ]

    def newest_first(self) -> list[str]:
        """Return the names of all runs by the times of their folders, which is enough to choose what to show."""
        return sorted(
            self.run_names(), key=lambda name: -(self.runs / name / "config.yaml").stat().st_mtime_ns
        )

    def check_source(self, source: str) -> str:
        """Return the address of data, if it lies where the studio may read.

        Raises:
            DataError: It does not.
        """
        for one in split_list(source):
            place = place_of(one)
            if place == "database":
                self._check_database(one)
            elif place == "local":
                self.check_file(one)
        return source

    def check_file(self, name: str) -> Path:
        """Return the path of a local file, folder or pattern, if all of it lies below one of the roots, links resolved.

        Raises:
            DataError: It does not.
        """
        path = to_path(name).absolute()
        found = [Path(*_fixed(path))]
        with suppress(DataError):  # who reads it will say that there is none
            found += [one.path for one in find_files(name)]
        if outside := next((one for one in found if not self._holds(one)), None):
            folders = ", ".join(str(root) for root in self.roots) or "there are none"
            where = name if outside == found[0] else f"{outside.name} in {name}"
            raise DataError(
                f"{where} is outside the folders that the studio may read: {folders}.",
                "Upload the file, or start the studio with --data FOLDER.",
            )
        return path

    def _check_database(self, address: str) -> None:
        """Refuse databases that are files, other than those of SQLite below one of the roots.

        Queries of DuckDB may read any file, and so may a parameter of SQLite's address.
        """
        dialect = scheme_of(address).partition("+")[0]
        if dialect in DATABASE_PORTS:
            return
        path, question, _ = address.partition("://")[2].partition("?")
        if dialect != "sqlite" or question or not path.startswith("/") or path.startswith("/file:"):
            known = ", ".join(DATABASE_PORTS)
            raise DataError(
                f"The studio reads no database like {dialect}.", f"It reads {known}, and files of SQLite."
            )
        self.check_file(path.removeprefix("/"))

    def _holds(self, path: Path) -> bool:
        return any(path.resolve().is_relative_to(root) for root in self._allowed)

    @property
    def _allowed(self) -> tuple[Path, ...]:
        return tuple(root.resolve() for root in (*self.roots, self.own / "uploads"))


def _fixed(path: Path) -> tuple[str, ...]:
    """Return the parts of a path before the first that is a pattern."""
    parts = []
    for part in path.parts:
        if any(sign in part for sign in "*?["):
            break
        parts.append(part)
    return tuple(parts)
