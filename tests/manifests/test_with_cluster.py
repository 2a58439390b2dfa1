"""Tests of the command that starts the test cluster."""

import os
import subprocess
from pathlib import Path

import pytest

COMMAND = Path(__file__).parents[1] / "cluster" / "with-cluster"


@pytest.mark.parametrize(("free", "is_enough"), [(13, False), (14, True)])
def test_too_little_room_is_told_before_anything_starts(tmp_path: Path, free: int, is_enough: bool) -> None:
    """The kubelet ends pods when 1 % of the disk is free, and then every test of the cluster fails."""
    for name, code in (
        ("df", f"printf '  Size Avail\\n  300 {free}\\n'"),
        ("up", "echo it started >&2; exit 3"),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{code}\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "down").symlink_to("/bin/true")
    environment = {
        **os.environ,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PODIUM_TEST_CLUSTER": str(tmp_path),
        "PODIUM_CLUSTER_STATE": str(tmp_path / "state" / "of" / "it"),
    }
    done = subprocess.run([COMMAND, "true"], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode != 0
    assert ("it started" in done.stderr) is is_enough
    assert (f"has {free} GB free, and the test cluster needs 14 GB" in done.stderr) is not is_enough
