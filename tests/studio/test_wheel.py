"""Tests that the wheel holds everything that the studio shows."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENDINGS = {".html", ".css", ".js", ".svg"}


def test_wheel_holds_all_assets(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    for parent in (ROOT / "pipelines", ROOT / "components"):
        for path in parent.rglob("*"):
            if path.suffix in ENDINGS:
                assert str(path.relative_to(parent)) in held
    assert {"podium/studio/static/studio.css", "podium_ml/forecasting/studio/use.html"} <= held


def test_studio_is_light():
    """The server imports neither pandas nor a client of the cluster, which commands do in processes of their own."""
    heavy = ["numpy", "pandas", "sklearn", "kfp", "kubernetes", "mlflow", "matplotlib", "torch"]
    code = (
        "import sys, podium.studio.serving, podium.studio.cluster.app\nfrom podium_ml.kinds import KINDS\n"
        f"list(KINDS)\nprint([one for one in {heavy!r} if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
