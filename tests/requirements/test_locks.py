"""Tests of the locks: all that pyproject.toml names is pinned, and nothing is installed without its hash."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "requirements"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = sorted(PROJECT["project"]["optional-dependencies"])


def pins(*parts):
    """Return the pinned requirement of each package, and the number of its hashes."""
    found = {}
    for part in parts:
        for entry in (FOLDER / f"{part}.txt").read_text().replace("\\\n", " ").splitlines():
            requirement, *hashes = re.split(r" +--hash=", entry.strip())
            assert all(re.fullmatch("sha256:[0-9a-f]{64}", one) for one in hashes), entry
            found[Requirement(requirement).name] = Requirement(requirement), len(hashes)
    return found


@pytest.mark.parametrize("lock", sorted(FOLDER.glob("*.txt")), ids=lambda path: path.stem)
def test_each_package_has_one_version_and_hashes(lock):
    for name, (requirement, hashes) in pins(lock.stem).items():
        assert [one.operator for one in requirement.specifier] == ["=="], name
        assert hashes > 0, name


def test_all_locks_agree_on_versions():
    versions = {}
    for lock in FOLDER.glob("*.txt"):
        for name, (requirement, _) in pins(lock.stem).items():
            assert versions.setdefault(name, requirement.specifier) == requirement.specifier, name


@pytest.mark.parametrize("part", ["podium", "build", "dev", "mlflow", "sbom", *EXTRAS])
def test_whatever_is_named_is_pinned(part):
    project = PROJECT["project"]
    named = {
        "podium": project["dependencies"],
        "build": PROJECT["build-system"]["requires"],
        "dev": [line for line in PROJECT["dependency-groups"]["dev"] if isinstance(line, str)],
        "sbom": PROJECT["dependency-groups"]["sbom"],
        "mlflow": [
            line
            for line in (ROOT / "images/mlflow/requirements.txt").read_text().splitlines()
            if not line.startswith("#")
        ],
        **project["optional-dependencies"],
    }
    locked = {canonicalize_name(name): pin for name, pin in pins(*files_of(part)).items()}
    for line in named[part]:
        wanted = Requirement(line)
        (version,) = locked[canonicalize_name(wanted.name)][0].specifier
        assert wanted.specifier.contains(version.version), f"{line}: run 'make lock'"


def files_of(part):
    """Return the locks from which a part is installed."""
    if part in ("mlflow", "sbom"):
        return [part]
    return ["podium", "build", *EXTRAS, "dev"] if part == "dev" else ["podium", "build", part]


@pytest.mark.parametrize(
    "file",
    [ROOT / "Makefile", *sorted(ROOT.glob("images/*/Containerfile")), *sorted(ROOT.glob("images/install-*"))],
)
def test_nothing_is_installed_without_hashes(file):
    text = file.read_text().replace("\\\n", " ").replace("$(HASHED)", "--require-hashes")
    for line in text.splitlines():
        if re.search(r"(\bpip\b|UV_PIP).* (install|download)\b", line):
            assert re.search(r"--require-hashes|--no-deps", line), line
