"""Tests of pickle files with a trailer of metadata."""

import errno
import json
import os
import pickle
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from podium_ml.errors import ModelFileError, PodiumError
from podium_ml.files import pickles


@pytest.fixture
def model() -> Ridge:
    X = np.arange(20.0).reshape(-1, 2)
    return Ridge().fit(X, X.sum(axis=1))


@pytest.fixture
def file(model: Ridge, tmp_path: Path) -> Path:
    path = tmp_path / "model.pkl"
    pickles.dump(model, path, kind="ridge", metadata={"columns": ["a", "b"]})
    return path


def refused(path: Path, *, kind: str = "ridge") -> ModelFileError:
    with pytest.raises(ModelFileError) as caught:
        pickles.load(path, kind=kind)
    assert str(path) in caught.value.message or path.name in caught.value.message
    return caught.value


def with_trailer(path: Path, **changes: object) -> None:
    """Change fields of a file's trailer to simulate a file of another version."""
    content = path.read_bytes()
    length = int.from_bytes(content[-16:-8], "big")
    trailer = json.loads(content[-16 - length : -16]) | changes
    text = json.dumps(trailer).encode()
    path.write_bytes(content[: -16 - length] + text + len(text).to_bytes(8, "big") + content[-8:])


def test_loaded_model_predicts_the_same(model: Ridge, file: Path) -> None:
    rows = np.array([[1.5, 2.5], [-3.0, 40.0]])
    np.testing.assert_array_equal(pickles.load(file, kind="ridge").predict(rows), model.predict(rows))


def test_file_is_readable_with_plain_pickle(model: Ridge, file: Path) -> None:
    with file.open("rb") as opened:
        assert pickle.load(opened).coef_.tolist() == model.coef_.tolist()


def test_size_is_returned(model: Ridge, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder" / "model.pkl"
    assert pickles.dump(model, path, kind="ridge") == path.stat().st_size


def test_metadata_is_read_without_unpickling(tmp_path: Path) -> None:
    path = tmp_path / "poison.pkl"
    pickles.dump(Bomb(), path, kind="ridge", metadata={"rows": 7})
    assert pickles.read_metadata(path) == {"rows": 7}


class Bomb:
    """An object that raises an error when it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return _explode, ("unpickled",)


def _explode(text: str) -> None:
    raise AssertionError(text)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"a,b\n1,2\n", "was not written by Podium"),
        (pickle.dumps([1], protocol=5), "a pickle that Podium did not write"),
        (b"PODIUM-1", "damaged"),
        (b"\x00" * 8 + b"PODIUM-1", "damaged"),
        (b"[1]" + (3).to_bytes(8, "big") + b"PODIUM-1", "damaged"),
        (b"{}" + (2).to_bytes(8, "big") + b"PODIUM-1", "damaged"),
        (b"\xff" * 64 + (2**63).to_bytes(8, "big") + b"PODIUM-1", "damaged"),
    ],
)
def test_foreign_files_are_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "other.pkl"
    path.write_bytes(content)
    error = refused(path)
    assert says in error.message
    assert error.hint


def test_every_truncation_is_refused(file: Path) -> None:
    whole = file.read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 60)):
        file.write_bytes(whole[:length])
        refused(file)


def test_every_flipped_byte_is_refused_before_unpickling(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pkl"
    pickles.dump(Bomb(), path, kind="ridge")
    whole = path.read_bytes()
    payload_bytes = whole.index(b'{"format"')
    for position in range(payload_bytes):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        assert "damaged" in refused(path).message


def test_wrong_kind_is_named(file: Path) -> None:
    assert "contains a ridge, not a predictor" in refused(file, kind="predictor").message


def test_newer_format_asks_for_an_upgrade(file: Path) -> None:
    with_trailer(file, format=2)
    assert "Upgrade" in refused(file).hint


def test_missing_file(tmp_path: Path) -> None:
    assert "No such file" in refused(tmp_path / "none.pkl").message


def test_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vanishing_library.py").write_text("class Estimator:\n    pass\n")
    monkeypatch.setenv("PODIUM_MODEL_MODULES", "vanishing_library")
    monkeypatch.syspath_prepend(str(tmp_path))
    import vanishing_library  # type: ignore[import-not-found]

    path = tmp_path / "model.pkl"
    pickles.dump(vanishing_library.Estimator(), path, kind="ridge")
    monkeypatch.delitem(sys.modules, "vanishing_library")
    (tmp_path / "vanishing_library.py").unlink()
    error = refused(path)
    assert "vanishing_library" in error.message
    assert "pip install" in error.hint


def test_load_error_names_differing_versions(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pkl"
    pickles.dump(Bomb(), path, kind="ridge")
    with_trailer(path, versions={"numpy": "0.1", "left_library": "3"})
    error = refused(path)
    assert "AssertionError" in error.message
    assert "numpy 0.1" in error.hint


def test_full_disk_raises_clear_error_and_keeps_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = file.read_bytes()

    def full(self: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(PodiumError, match="No space left on device") as caught:
        pickles.dump([1], file, kind="ridge")
    assert "Free some space" in caught.value.hint
    assert file.read_bytes() == before
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_folder_that_cannot_be_created(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(PodiumError, match="Cannot write"):
        pickles.dump([1], tmp_path / "taken" / "model.pkl", kind="ridge")


def test_versions_are_recorded(file: Path) -> None:
    text = file.read_bytes().decode("latin-1")
    assert re.search(r'"scikit-learn": "\d', text)
    assert re.search(r'"python": "3\.', text)
