"""Tests of what images install: a file that is not the one of the lock is refused."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

IMAGES = Path(__file__).parents[2] / "images"
SCRIPTS = ["install-dependencies", "package-index", "remove_unneeded.py", "unneeded-files.txt"]


@pytest.fixture
def build(tmp_path):
    """A folder as the image builds have it, for two small packages that ``index`` offers."""
    folder, index = tmp_path / "build", tmp_path / "index"
    index.mkdir()
    (folder / "requirements").mkdir(parents=True)
    for script in SCRIPTS:
        shutil.copy(IMAGES / script, folder)
    (folder / "unneeded-packages.txt").write_text("setuptools\n")
    for lock, name in (("build", "setuptools"), ("podium", "honest")):
        digest = hashlib.sha256(write_wheel(index, name, "1").read_bytes()).hexdigest()
        (folder / "requirements" / f"{lock}.txt").write_text(f"{name}==1.0 \\\n    --hash=sha256:{digest}\n")
    return folder


def write_wheel(folder, name, value):
    path = folder / f"{name}-1.0-py3-none-any.whl"
    files = {
        f"{name}.py": f"VALUE = {value}\n",
        f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{name}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = [f"{file},sha256={record(text)},{len(text)}\n" for file, text in files.items()]
    files[f"{name}-1.0.dist-info/RECORD"] = "".join(rows) + f"{name}-1.0.dist-info/RECORD,,\n"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in files.items():
            archive.writestr(zipfile.ZipInfo(file), text)
    return path


def record(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def install(build):
    programs = build.parent / "bin"
    programs.mkdir()
    (programs / "pip").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pip "$@"\n')
    (programs / "python").symlink_to(sys.executable)
    (programs / "pip").chmod(0o755)
    (programs / "strip").symlink_to("/bin/true")
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(build.parent / "index"),
        "PIP_CONFIG_FILE": os.devnull,
    }
    command = ["bash", build / "install-dependencies", build.parent / "environment"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def installed(build, module):
    return list((build.parent / "environment").glob(f"lib/python*/site-packages/{module}.py"))


def test_installs_what_the_lock_names(build):
    done = install(build)
    assert done.returncode == 0, done.stderr
    assert installed(build, "honest")
    assert not installed(build, "setuptools")


def test_refuses_another_file_of_the_same_version(build):
    write_wheel(build.parent / "index", "honest", "__import__('os').system('id')")
    done = install(build)
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not installed(build, "honest")


def test_refuses_a_package_without_a_hash(build):
    lock = build / "requirements" / "podium.txt"
    lock.write_text(lock.read_text().split(" \\")[0] + "\n")
    done = install(build)
    assert done.returncode != 0
    assert "--require-hashes mode" in done.stderr
    assert not installed(build, "honest")
