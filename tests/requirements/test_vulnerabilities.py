"""The list of known vulnerabilities against the locks and the images of the manifests."""

import importlib.util
import re
import subprocess
import tomllib

import pytest
from packaging.specifiers import SpecifierSet

from .test_locks import FOLDER, ROOT, pins

KNOWN = tomllib.loads((FOLDER / "vulnerabilities.toml").read_text())["vulnerability"]
IMAGE = re.compile(r"image: (\S+?):([^\s@]+)(?:@sha256:[0-9a-f]{64})?$", re.MULTILINE)


def packages():
    """Return the locked version of each package."""
    locked = pins(*(lock.stem for lock in FOLDER.glob("*.txt")))
    return {name: requirement.specifier for name, (requirement, _) in locked.items()}


def images():
    """Return the version of each image that the manifests name: the numbers of its tag."""
    found = {}
    for file in (ROOT / "manifests").rglob("*.yaml"):
        for name, tag in IMAGE.findall(file.read_text()):
            numbers = re.findall(
                r"\d+", tag.partition("T")[0] if tag.startswith("RELEASE.") else tag.partition("-")[0]
            )
            found[name] = ".".join(numbers)
    return found


def version_of(entry, locked, deployed):
    if "package" in entry:
        (pin,) = locked.get(entry["package"], (None,))
        return pin and pin.version
    return deployed.get(entry["image"])


def problems(known, locked, deployed):
    """Return what is wrong with a list: holes that are there, and acceptances that nobody needs."""
    found = []
    for entry in known:
        version = version_of(entry, locked, deployed)
        is_there = version is not None and SpecifierSet(entry["versions"]).contains(version, prereleases=True)
        accepted = entry.get("accepted", "")
        if is_there and len(accepted) < 30:
            found.append(
                f"{entry['id']}: {entry.get('package') or entry['image']} {version} has it: {entry['title']}"
            )
        if accepted and not is_there:
            found.append(f"{entry['id']} is accepted, but no longer there")
    return found


def test_nothing_with_a_known_hole_is_locked_or_deployed():
    assert problems(KNOWN, packages(), images()) == []


@pytest.mark.parametrize("entry", KNOWN, ids=lambda entry: entry["id"])
def test_each_entry_says_what_it_is_about(entry):
    assert re.fullmatch(r"(CVE|PYSEC|GHSA|SN)-[\w-]+", entry["id"])
    assert ("package" in entry) != ("image" in entry)
    assert entry["title"]
    assert SpecifierSet(entry["versions"])


def test_a_hole_that_nobody_accepted_is_found():
    hole = {"id": "CVE-2099-1", "package": "mlflow", "versions": ">=3", "title": "made for this test"}
    assert "CVE-2099-1: mlflow" in problems([hole], packages(), {})[0]
    assert problems([hole | {"accepted": "no"}], packages(), {})
    assert not problems([hole | {"accepted": "a reason that says why it does not reach us"}], packages(), {})
    assert "no longer" in problems([hole | {"versions": "<2", "accepted": "x" * 40}], packages(), {})[0]


def test_the_old_image_of_minio_is_found():
    assert "CVE-2026-40344" in problems(KNOWN, packages(), {"quay.io/minio/minio": "2025.09.07"})[0]
    assert "SN-2026-011" in problems(KNOWN, packages(), {"docker.io/pgsty/silo": "2026.09.03"})[0]


def test_what_could_not_be_audited_is_no_success(tmp_path):
    """As with a mirror of the index, which has no lists of vulnerabilities."""
    pytest.importorskip("pip_audit")
    spec = importlib.util.spec_from_file_location("audit", FOLDER / "audit.py")
    audit = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(audit)
    lock = tmp_path / "lock.txt"
    lock.write_text(f"podium-tests-no-such-package==1.0 --hash=sha256:{'0' * 64}\n")
    done = subprocess.run(audit.command(lock), capture_output=True, text=True, check=False)
    assert done.returncode != 0, done.stdout + done.stderr
