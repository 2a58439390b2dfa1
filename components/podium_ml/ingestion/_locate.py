"""Resolving a source to local files and the reader for them."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from podium_ml.errors import DataError
from podium_ml.files.inside import inside
from podium_ml.ingestion._formats import PICTURES, choose_names, find_reader, reader_of_folders
from podium_ml.ingestion.disk import writing
from podium_ml.ingestion.local_files import DELTA_LOG, common_folder, find_files, to_path
from podium_ml.media.archives import is_archive
from podium_ml.media.names import has_picture_suffix
from podium_ml.media.places import holds_pictures
from podium_ml.readers import READERS, Reader, SourceFile
from podium_ml.readers.text_files import NAME as TEXT_FILES
from podium_ml.readers.text_files import holds_texts
from podium_ml.values.addresses import place_of, public_name, public_names, split_list

# A file with one of these suffixes describes the pictures beside it.
_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".xlsx")
_CHUNK = 4 * 1024 * 1024


@dataclass(frozen=True)
class Located:
    """The files of a source and the reader for them.

    Attributes:
        reader: Reader of the files.
        files: Files to read one after another; downloads are in the work folder.
    """

    reader: Reader
    files: tuple[SourceFile, ...]

    def beginnings(self, most_bytes: int) -> "Located":
        """Return the same with the first lines of each file alone, if the format allows it.

        Args:
            most_bytes: Size of a beginning.
        """
        if not self.reader.can_be_cut:
            return self
        return replace(self, files=tuple(replace(file, most_bytes=most_bytes) for file in self.files))


def locate(source: str | Sequence[str], work: Path, *, wanted: str = "", kind: str = "") -> Located:
    """Find, and if necessary download, the files of a source.

    Args:
        source: A file, folder, pattern, URL, or several of them.
        work: Folder for downloads.
        wanted: Format that the user set, or an empty string.
        kind: Kind of problem, whose own formats are read too.

    Raises:
        DataError: There is nothing to read, or it cannot be read.
        RegistryError: The format does not exist.
    """
    sources = split_list(source)
    if not sources or not all(one.strip() for one in sources):
        raise DataError("The source is empty.", "Provide a file, folder, pattern or URL.")
    if whole := _find_whole_table(sources, wanted) or _find_annotations(sources, work, wanted, kind):
        return whole
    if texts := find_texts(sources, wanted):
        return Located(READERS[TEXT_FILES], texts)
    files = [
        file for number, one in enumerate(sources) for file in _find(one, work / f"{number}", wanted, kind)
    ]
    if wanted in ("", PICTURES):
        files = _of_folders(files, public_names(sources))
    reader = find_reader(files, wanted=wanted, source=public_names(sources), kind=kind)
    if reader.takes == "seekable":
        files = [_decompressed(file, work / f"plain-{number}") for number, file in enumerate(files)]
    return Located(reader, tuple(files))


def find_texts(sources: Sequence[str], wanted: str) -> tuple[SourceFile, ...]:
    """Return the folders that sources name if they hold texts in folders of their classes; else none."""
    if wanted not in ("", TEXT_FILES) or any(place_of(one) != "local" for one in sources):
        return ()
    paths = [to_path(one) for one in sources]
    if not all(os.path.isdir(path) for path in paths):  # noqa: PTH112 - no error without permission
        return ()
    if not wanted and not all(map(holds_texts, paths)):
        return ()
    return tuple(SourceFile(str(path), one) for path, one in zip(paths, sources, strict=True))


def _find_annotations(sources: list[str], work: Path, wanted: str, kind: str) -> Located | None:
    """Return the kind's own reader of whole folders and archives, if it has one."""
    reader = reader_of_folders(kind)
    if reader is None or wanted not in ("", reader.name):
        return None
    files = [_whole(source, work / f"{number}", kind) for number, source in enumerate(sources)]
    return Located(reader, tuple(files))


def _whole(source: str, work: Path, kind: str) -> SourceFile:
    """Return a folder or file with all that a source holds."""
    place = place_of(source)
    if place == "local":
        find_files(source)  # it exists and may be read
        return SourceFile(str(to_path(source)), source)
    with writing(work):
        work.mkdir(parents=True)
    if place == "http":
        from podium_ml.ingestion.http import download

        return download(source, work)
    from podium_ml.ingestion.objects import Objects

    choose = partial(choose_names, wanted="", kind=kind)
    files = Objects(source).fetch(work, choose=choose)
    if len(files) > 1:
        return _tree(files, source, work / "tree")
    return files[0] if is_archive(files[0].path) else _with_folder(source, work / "folder", choose)


def _with_folder(source: str, work: Path, choose: Callable[[list[str]], list[str]]) -> SourceFile:
    """Return a file of annotations within its folder, where the pictures lie that it is about."""
    from podium_ml.ingestion.objects import Objects

    folder, _, name = source.rstrip("/").rpartition("/")
    with writing(work):
        work.mkdir(parents=True)
    files = Objects(folder).fetch(work, choose=choose)
    tree = _tree(files, folder, work / "tree")
    return SourceFile(str(tree.path / name), source)


def _find_whole_table(sources: list[str], wanted: str) -> Located | None:
    """Return the reader of a database or Delta table, which finds its files itself."""
    for source in sources:
        place, reader = place_of(source), None
        if place == "database":
            reader = READERS["sql"]
        elif _is_delta(source, place, wanted):
            reader = READERS["delta"]
        if reader is None:
            continue
        label = public_name(source)
        if wanted not in ("", reader.name):
            raise DataError(f"{label} has the format {reader.name}, not {wanted}.", "Omit the format.")
        if len(sources) > 1:
            raise DataError(f"{label} cannot be read together with other sources.", "Provide one source.")
        return Located(reader, (SourceFile(_address(source, place), label),))
    return None


def _is_delta(source: str, place: str, wanted: str) -> bool:
    if wanted not in ("", "delta"):
        return False
    if place == "local":
        return os.path.isdir(to_path(source) / DELTA_LOG)  # noqa: PTH112 - no error without permission
    if place == "objects":
        from podium_ml.ingestion.objects import Objects

        return Objects(source).is_delta()
    return False


def _address(source: str, place: str) -> str:
    return str(to_path(source)) if place == "local" else source


def _find(source: str, work: Path, wanted: str, kind: str) -> list[SourceFile]:
    place = place_of(source)
    if place == "local":
        return _find_local(source, wanted, kind)
    with writing(work):
        work.mkdir(parents=True)
    if place == "http":
        from podium_ml.ingestion.http import download

        return [download(source, work)]
    from podium_ml.ingestion.objects import Objects

    files = Objects(source).fetch(work, choose=lambda names: choose_names(names, wanted=wanted, kind=kind))
    return _as_tree(files, source, work / "tree")


def _as_tree(files: list[SourceFile], source: str, tree: Path) -> list[SourceFile]:
    """Return downloaded pictures as one folder, whose folders name their classes; other files as they are."""
    if len(files) < 2 or not all(has_picture_suffix(file.label) for file in files):
        return files
    return [_tree(files, source, tree)]


def _tree(files: list[SourceFile], source: str, tree: Path) -> SourceFile:
    """Return downloaded files as one folder."""
    for file in files:
        target = inside(tree, file.label.removeprefix(source.rstrip("/")).lstrip("/"))
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            file.path.rename(target)
    return SourceFile(str(tree), source)


def _of_folders(files: list[SourceFile], label: str) -> list[SourceFile]:
    """Return local pictures that lie in several folders as one source, because folders name classes."""
    paths = [
        file.path.absolute()
        for file in files
        if place_of(file.label) == "local" and has_picture_suffix(file.label)
    ]
    if len(paths) < len(files) or any(path.is_dir() for path in paths):
        return files
    if not (root := common_folder(paths)):
        return files
    members = tuple(path.relative_to(root).as_posix() for path in paths)
    return [SourceFile(str(root), label, members=members)]


def _find_local(source: str, wanted: str, kind: str) -> list[SourceFile]:
    if wanted in ("", PICTURES) and (folder := _picture_folder(source)):
        return [SourceFile(str(folder), source)]
    files = [SourceFile(str(file.path), str(file.path), file.partitions) for file in find_files(source)]
    chosen = set(choose_names([file.label for file in files], wanted=wanted, kind=kind))
    return [file for file in files if file.label in chosen]


def _picture_folder(source: str) -> Path | None:
    """Return the folder that a source names if it holds pictures and no table that describes them."""
    path = to_path(source)
    if not os.path.isdir(path) or not holds_pictures(path):  # noqa: PTH112 - no error without permission
        return None
    return None if any(SourceFile(name, name).suffix in _TABLES for name in os.listdir(path)) else path  # noqa: PTH208


def _decompressed(file: SourceFile, target: Path) -> SourceFile:
    """Return the file itself, or a decompressed copy of it."""
    if not file.compression:
        return file
    with file.open() as source, writing(target), target.open("wb") as copy:
        while chunk := source.read(_CHUNK):
            copy.write(chunk)
    return replace(file, address=str(target))
