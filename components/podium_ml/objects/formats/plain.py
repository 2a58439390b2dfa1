"""Pictures whose objects nobody marked: those to predict."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from podium_ml.media.places import read_file
from podium_ml.objects.annotations import AnnotatedPicture, Notes
from podium_ml.objects.formats import Format
from podium_ml.objects.formats._files import pictures_below


def _detect(path: Path) -> bool:
    return bool(pictures_below(path))


def _read(path: Path, notes: Notes) -> Iterator[AnnotatedPicture]:
    root = path if path.is_dir() else path.parent
    for picture in pictures_below(path):
        yield AnnotatedPicture(picture.relative_to(root).as_posix(), partial(read_file, picture), None)


SPEC = Format("plain", 90, _detect, _read)
