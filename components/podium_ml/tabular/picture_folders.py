"""What needs not be said about folders and archives of pictures."""

import glob
from pathlib import Path

from podium_ml.media.names import LABEL, has_picture_suffix
from podium_ml.media.places import holds_pictures
from podium_ml.values.addresses import scheme_of, split_list

_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz")


def target_of_folder(source: str) -> str:
    """Return the column of the classes if a source is local pictures (folder, archive, pattern, list), else nothing."""
    sources = split_list(source) if source else ()
    first = next(iter(sources), "")
    if not first or scheme_of(first) or "\0" in first:
        return ""
    if glob.has_magic(first) or (len(sources) > 1 and has_picture_suffix(first)):
        return LABEL if has_picture_suffix(first) else ""
    path = Path(first).expanduser()
    try:
        may_hold = path.is_dir() or path.name.lower().endswith(_ARCHIVES)
        return LABEL if may_hold and holds_pictures(path) else ""
    except OSError:
        return ""
