"""Tests that README.md, CONTRIBUTING.md and SECURITY.md match the code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import podium_ml.stages
from podium_ml.run.stages import NAMES, TASKS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def example() -> str:
    """Return the example algorithm from README.md."""
    return re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]


def rows_below(heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading in CONTRIBUTING.md."""
    section = CONTRIBUTING.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_example_algorithm_is_formatted(tmp_path):
    path = tmp_path / "discriminant_analysis.py"
    path.write_text(example())
    for command in (["format", "--check"], ["check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml"), str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.timeout(300)
def test_example_algorithm_passes_the_contract_tests(tmp_path):
    (tmp_path / "discriminant_analysis.py").write_text(example())
    path = ":".join([str(ROOT), str(ROOT / "components"), str(ROOT / "pipelines")])
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "tests/contracts/test_algorithms.py",
            "-k",
            "discriminant_analysis",
        ],
        cwd=ROOT,
        env={
            "PATH": "/usr/bin:/bin",
            "PODIUM_ALGORITHMS": str(tmp_path),
            "PYTHONPATH": path,
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 10


@pytest.mark.parametrize("row", rows_below("Where to add things"), ids=lambda row: row[0])
def test_listed_folders_exist(row):
    what, write, tested = row
    for name in re.findall(r"`([\w/.*<>]+/[\w/.*<>]*)`", f"{write} {tested}"):
        folder = Path(name.replace("podium_ml/", "components/podium_ml/"))
        known = folder.parent if re.search(r"[*<]", folder.name) else folder
        if name in ("targets/", "metrics/"):
            continue
        assert (ROOT / known).exists(), f"{what}: {name}"


LOADING = re.compile(
    r"load_predictor|load_forecaster|\.predictor\b|\.model\(|make_notebook|\.register\(|resume_run|\.resume\("
)


def test_commands_that_load_models_are_listed():
    """Whoever handles a stranger's run must be able to look up what runs code of theirs."""
    commands = [path for path in (ROOT / "pipelines/podium/commands").glob("*.py") if path.name[0] != "_"]
    loading = {path.stem for path in commands if LOADING.search(path.read_text(encoding="utf-8"))}
    table = SECURITY.split("| loads | whose model |")[1].split("\n\n")[0]
    assert set(re.findall(r"`podium (\w+)`", table)) - {"studio"} == loading
    assert {"predict", "forecast", "register", "resume"} <= loading


def test_documented_tasks_match_the_table_of_stages():
    found = {row[0].strip("`").split("`")[0]: row[1] for row in rows_below("The house") if "`" in row[0]}
    for task in TASKS:
        assert task in CONTRIBUTING, task
    stages = CONTRIBUTING.split("| task | stages |")[1].split("\n\n")[0]
    for name in set(NAMES) - {"resolve_inputs"}:
        assert f"`{name}`" in stages, name
    assert found
    folder = Path(podium_ml.stages.__file__).parent
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == set(NAMES)


def test_all_packages_are_documented():
    house = CONTRIBUTING.split("## The house")[1].split("## Where to add")[0]
    rooms = {
        path.name for path in (ROOT / "components" / "podium_ml").iterdir() if (path / "__init__.py").exists()
    }
    missing = {room for room in rooms if not re.search(rf"^    .*\b{room}\b", house, re.MULTILINE)}
    assert not missing
