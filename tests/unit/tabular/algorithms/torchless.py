"""Predictions of a process in which PyTorch cannot be imported."""

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

_CODE = """
import json, pickle, sys

class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ImportError("torch is not installed")

sys.meta_path.insert(0, NoTorch())
model, rows = pickle.load(open(sys.argv[1], "rb"))
print(json.dumps(getattr(model, sys.argv[2])(rows).tolist()))
"""


def predicted(model: Any, rows: Any, folder: Path, *, method: str = "predict") -> list[Any]:
    """Return what a model predicts after it was saved and loaded."""
    path = folder / "model.pkl"
    path.write_bytes(pickle.dumps((model, rows)))
    command = [sys.executable, "-c", _CODE, str(path), method]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
