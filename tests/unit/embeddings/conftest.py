"""Tiny pretrained models."""

import pytest

from tests.unit.embeddings.tiny import write_static, write_transformer


@pytest.fixture
def static(tmp_path):
    """Return a folder of static vectors."""
    return write_static(tmp_path / "static")


@pytest.fixture
def transformer(tmp_path):
    """Return a folder of a network."""
    return write_transformer(tmp_path / "transformer")
