"""Tests of link_or_copy."""

import errno
import os

import pytest

from podium_ml.files.link_or_copy import link_or_copy


@pytest.fixture
def source(tmp_path):
    """Return the path of a small file."""
    path = tmp_path / "model.pkl"
    path.write_bytes(b"a model")
    return path


def test_file_is_hard_linked(source, tmp_path):
    link_or_copy(source, tmp_path / "second")
    assert (tmp_path / "second").samefile(source)


def test_existing_target_is_replaced_without_changing_its_links(source, tmp_path):
    target, elsewhere = tmp_path / "second", tmp_path / "elsewhere"
    elsewhere.write_bytes(b"precious")
    os.link(elsewhere, target)
    link_or_copy(str(source), str(target))
    assert target.read_bytes() == b"a model"
    assert elsewhere.read_bytes() == b"precious"


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EPERM, errno.EMLINK])
def test_file_is_copied_if_linking_fails(source, tmp_path, monkeypatch, code):
    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", refuse)
    target = tmp_path / "second"
    target.write_bytes(b"something longer than the model")
    link_or_copy(source, target)
    assert target.read_bytes() == b"a model"
    assert not target.samefile(source)


def test_deleting_source_keeps_target(source, tmp_path):
    link_or_copy(source, tmp_path / "second")
    source.unlink()
    assert (tmp_path / "second").read_bytes() == b"a model"


def test_missing_source(tmp_path):
    with pytest.raises(FileNotFoundError):
        link_or_copy(tmp_path / "none", tmp_path / "second")
    assert not (tmp_path / "second").exists()
