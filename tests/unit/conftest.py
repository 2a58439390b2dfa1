"""Fixtures for tests of several rooms."""

import pytest


@pytest.fixture
def pod(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this process the pod of a run, without lists of its owner."""
    monkeypatch.setenv("PODIUM_RUN_BEGAN", "1700000000 1.0")
    for name in ("HOSTS", "BUCKETS", "FOLDERS", "NAMES", "METRICS"):
        monkeypatch.delenv(f"PODIUM_ALLOWED_{name}", raising=False)
