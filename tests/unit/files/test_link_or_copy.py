"""One file in two places."""

import errno
import os

import pytest

from podium_ml.files.link_or_copy import link_or_copy


@pytest.fixture
def source(tmp_path):
    """A file."""
    path = tmp_path / "model.pkl"
    path.write_bytes(b"a model")
    return path


def test_a_file_is_stored_once(source, tmp_path):
    link_or_copy(source, tmp_path / "second")
    assert (tmp_path / "second").samefile(source)


def test_what_was_there_is_replaced_and_not_written_through(source, tmp_path):
    target, elsewhere = tmp_path / "second", tmp_path / "elsewhere"
    elsewhere.write_bytes(b"precious")
    os.link(elsewhere, target)
    link_or_copy(str(source), str(target))
    assert target.read_bytes() == b"a model"
    assert elsewhere.read_bytes() == b"precious"


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EPERM, errno.EMLINK])
def test_where_files_cannot_be_linked_it_is_copied(source, tmp_path, monkeypatch, code):
    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", refuse)
    target = tmp_path / "second"
    target.write_bytes(b"something longer than the model")
    link_or_copy(source, target)
    assert target.read_bytes() == b"a model"
    assert not target.samefile(source)


def test_a_deleted_original_leaves_the_second(source, tmp_path):
    link_or_copy(source, tmp_path / "second")
    source.unlink()
    assert (tmp_path / "second").read_bytes() == b"a model"


def test_no_such_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        link_or_copy(tmp_path / "none", tmp_path / "second")
    assert not (tmp_path / "second").exists()
