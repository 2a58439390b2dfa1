"""What a full disk leaves behind, and that it can still be read."""

import errno
from pathlib import Path

import pytest

from podium.run_folder import RunFolder
from podium_components.supervision._call import describe
from podium_ml.settings import TabularSettings


def test_the_state_is_written_over_the_old_one(tmp_path, monkeypatch):
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


def test_events_that_were_cut_off_are_passed_over(tmp_path):
    folder = RunFolder.create(tmp_path / "run", TabularSettings())
    folder.events_file.write_text(
        '{"event": "a", "at": 1}\n{"event": "b", "a{"event": "c"}\n3\n{"event": "d"}\n{"ev'
    )
    assert [event["event"] for event in folder.events()] == ["a", "d"]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), OSError("Error writing bytes: No space left on device")]
)
def test_a_stage_that_meets_one_says_what_to_do(error):
    described = describe(error)
    assert (described["kind"], described["message"]) == ("user", "No space is left on the disk.")
    assert "--out" in described["hint"]
