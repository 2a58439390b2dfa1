"""Write the locks of this folder: ``make lock`` adds what is missing, ``make upgrade`` takes the newest versions.

Each file pins its packages and the hashes of all their files:

- ``podium.txt``: what Podium needs; a file per extra: what the extra adds
- ``build.txt``: what builds Podium and packages without wheels, and uv, which installs the rest
- ``dev.txt``: what developers need beside all of these
- ``mlflow.txt``: the image of the MLflow server
- ``sbom.txt``: what lists the packages of an image
"""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OPTIONS = [
    *("--universal", "--python-version", "3.11", "--fork-strategy", "fewest", "--generate-hashes"),
    *("--no-annotate", "--no-header", "--no-emit-index-url", "--no-emit-find-links"),
    *("--system-certs", "--quiet"),
]
# setuptools builds kfp-server-api and, with its extension, seqeval, which have no wheels.
TOOLS = ["setuptools", "setuptools-scm", "uv"]
Lock = dict[str, str]
"""The lines of each package: its version, and the hashes of its files."""


def main(uv: str, *options: str) -> None:
    """Write all locks."""
    extras = PROJECT["project"]["optional-dependencies"]
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder) / "build.in"
        build.write_text("\n".join([*PROJECT["build-system"]["requires"], *TOOLS]), encoding="utf-8")
        project, server = ROOT / "pyproject.toml", ROOT / "images" / "mlflow" / "requirements.txt"
        pins = "\n".join(file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.txt")))
        # All at once first, so that all parts agree on the versions.
        pins = compiled(uv, pins, project, "--all-extras", "--group", "dev", build, server, *options)
        locks = {
            "podium": read(compiled(uv, pins, project)),
            "build": read(compiled(uv, pins, build)),
            "mlflow": read(compiled(uv, pins, server)),
            "sbom": read(compiled(uv, pins, "--group", "sbom")),
        }
        for extra in extras:
            locks[extra] = without(read(compiled(uv, pins, project, "--extra", extra)), locks["podium"])
        everything = read(compiled(uv, pins, project, "--all-extras", "--group", "dev"))
        locks["dev"] = without(everything, *(locks[name] for name in ("podium", "build", *extras)))
    for name, lock in locks.items():
        (FOLDER / f"{name}.txt").write_text("".join(lock.values()), encoding="utf-8")


def compiled(uv: str, pins: str, *arguments: str | Path) -> str:
    """Return what ``uv pip compile`` writes for some inputs. It keeps the versions that it finds in its output."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "requirements.txt"
        output.write_text(pins, encoding="utf-8")
        command = [uv, "pip", "compile", *OPTIONS, *arguments, "--output-file", output]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return output.read_text(encoding="utf-8")


def read(text: str) -> Lock:
    """Read a lock: lines with hashes are indented."""
    lock: Lock = {}
    name = ""
    for line in text.splitlines(keepends=True):
        if not line.startswith(" "):
            name = line.split("==")[0]
        lock[name] = lock.get(name, "") + line
    return lock


def without(lock: Lock, *others: Lock) -> Lock:
    """Return the packages of a lock that no other one has."""
    return {name: lines for name, lines in lock.items() if not any(name in other for other in others)}


if __name__ == "__main__":
    main(*sys.argv[1:])
