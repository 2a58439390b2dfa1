"""Weights of a model hub that speaks as Hugging Face's does (https://huggingface.co/docs/hub/api)."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from podium_ml.errors import DataError, SettingsError
from podium_ml.files.inside import inside
from podium_ml.ingestion.http import download
from podium_ml.weights import files

ENDPOINT_VARIABLE, _ENDPOINT = "HF_ENDPOINT", "https://huggingface.co"
_MOST_ANSWER = 16 << 20


def revision(place: str, asked: str) -> str:
    """Return the commit that a branch, tag or commit of the model means."""
    return str(_about(place, asked or "main")["sha"])


def copy(place: str, revision: str, target: Path) -> None:
    """Download the files of a commit."""
    names = [str(one.get("rfilename", "")) for one in _about(place, revision).get("siblings", ())]
    sizes: list[int] = []
    for name in files.chosen(names):
        path = inside(target, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="podium-", dir=target.parent) as folder:
            address = f"{place}/resolve/{revision}/{quote(name)}"
            _download(address, Path(folder), place, most=files.MOST_BYTES).rename(path)
        sizes.append(path.stat().st_size)
        files.check_sizes(sizes, f"hub:{place}")


def _about(place: str, revision: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="podium-") as folder:
        address = f"api/models/{place}/revision/{quote(revision, safe='')}"
        path = _download(address, Path(folder), place, most=_MOST_ANSWER)
        try:
            about = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(about, dict) and isinstance(about.get("sha"), str):
                return about
        except (ValueError, RecursionError):
            pass
    raise SettingsError(
        f"hub:{place}: {_endpoint()} does not answer as a hub of models.", f"Check {ENDPOINT_VARIABLE}."
    )


def _download(path: str, folder: Path, place: str, *, most: int) -> Path:
    try:
        return download(f"{_endpoint()}/{path}", folder, most=most).path
    except DataError as error:
        raise DataError(
            f"hub:{place}: {error.message}",
            f"Check the name and the network, or copy the model to a folder or a bucket and name that. {error.hint}",
        ) from None


def _endpoint() -> str:
    return (os.environ.get(ENDPOINT_VARIABLE) or _ENDPOINT).rstrip("/")
