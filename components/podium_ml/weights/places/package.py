"""Weights inside an installed package of the Python index."""

import zipfile
from importlib import metadata
from pathlib import Path, PurePosixPath

from podium_ml.confinement.extras import install_packages
from podium_ml.errors import SettingsError
from podium_ml.media.archives import open_archive
from podium_ml.weights import files
from podium_ml.weights.card import UNKNOWN


def revision(place: str, asked: str) -> str:
    """Return the version of the package.

    Raises:
        SettingsError: It is not installed, or in another version.
    """
    found = _distribution(place).version
    if asked and asked != found:
        raise SettingsError(
            f"The package {place} has version {found}, not {asked}.",
            install_packages(f"{place}=={asked}"),
        )
    return found


def copy(place: str, revision: str, target: Path) -> None:
    """Copy the files, and those of archives."""
    package = _distribution(place)
    known = {
        str(PurePosixPath(one)): Path(str(package.locate_file(one)))
        for one in package.files or ()
        if not one.parts[0].endswith((".dist-info", ".data"))
    }
    archives = [name for name, path in known.items() if name.endswith(".zip") and zipfile.is_zipfile(path)]
    named = {name: known[name] for name in files.chosen(known)}
    files.check_sizes([path.stat().st_size for path in named.values()], f"package:{place}")
    for name, path in named.items():
        files.copy(path, target, name)
    for name in archives:
        _unpack(known[name], target, label=f"{name} of package:{place}")


def licence(place: str) -> str:
    """Return the licence that a package states."""
    about = _distribution(place).metadata
    classifiers = [
        one.rpartition("::")[2].strip() for one in about.get_all("Classifier") or () if "License" in one
    ]
    named = [about[name] for name in ("License-Expression", "License") if name in about]
    stated = next(filter(None, [*named, " ".join(classifiers)]), "")
    return stated.strip().partition("\n")[0][:80] or UNKNOWN


def _unpack(archive: Path, target: Path, *, label: str) -> None:
    with open_archive(archive, label) as packed:
        sizes = []
        for name in files.chosen(packed.names):
            content = packed.read(name)
            sizes.append(len(content))
            files.check_sizes(sizes, label)
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(content)


def _distribution(place: str) -> metadata.Distribution:
    try:
        return metadata.distribution(place)
    except metadata.PackageNotFoundError:
        raise SettingsError(f"The package {place} is not installed.", install_packages(place)) from None
