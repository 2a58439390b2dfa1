"""Tests of runs on a full disk."""

import errno
from pathlib import Path

import pytest

from podium.run_folder import RunFolder
from podium_components.supervision._call import describe
from podium_ml.settings import TabularSettings


def test_state_is_overwritten_in_place(tmp_path, monkeypatch):
    folder = RunFolder.create(tmp_path / "run", TabularSettings(name="sales"))
    real = Path.write_text

    def full(path, *arguments, **options):
        if path.suffix == ".partial":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", full)
    folder.update(status="failed", error="No space is left on the disk.")
    assert folder.state.status == "failed"
    folder.update(error="")
    assert folder.state.error == ""


def test_truncated_events_are_skipped(tmp_path):
    folder = RunFolder.create(tmp_path / "run", TabularSettings())
    folder.events_file.write_text(
        '{"event": "a", "at": 1}\n{"event": "b", "a{"event": "c"}\n3\n{"event": "d"}\n{"ev'
    )
    assert [event["event"] for event in folder.events()] == ["a", "d"]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), OSError("Error writing bytes: No space left on device")]
)
def test_full_disk_error_has_hint(error):
    described = describe(error)
    assert (described["kind"], described["message"]) == ("user", "No space is left on the disk.")
    assert "--out" in described["hint"]
