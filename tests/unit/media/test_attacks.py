"""Attacks by pictures, and by archives of them: each is refused in one message, and honest ones beside it are read."""

import base64
import bz2
import gzip
import io
import json
import os
import tarfile
import threading
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pytest_httpserver import HTTPServer

from podium_ml.errors import DataError
from podium_ml.ingestion import _pictures, read_frame
from podium_ml.media import archives, decoding, references
from podium_ml.media.archives import is_archive, open_archive
from podium_ml.media.decoding import decode
from podium_ml.media.errors import PictureError
from podium_ml.media.packing import facts_of, is_packed
from podium_ml.values import bounds

PLACE = ("PODIUM_RUN_BEGAN", "2026-01-01T00:00:00Z")


def png(colour: str = "red", size: tuple[int, int] = (12, 10), **facts: object) -> bytes:
    """Return a picture that may claim to be a packed one."""
    stream, info = io.BytesIO(), PngInfo()
    if facts:
        info.add_text("podium", json.dumps(facts))
    Image.new("RGB", size, colour).save(stream, "PNG", pnginfo=info)
    return stream.getvalue()


def header(name: str = "a.png", size: int = 0, kind: bytes = tarfile.REGTYPE) -> bytes:
    """Return the header of a file of a tar archive, which may claim any size."""
    info = tarfile.TarInfo(name)
    info.type = kind
    made = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    made[124:136] = (size % (1 << 96)).to_bytes(12, "big")
    made[124] |= 0x80
    made[148:156] = b" " * 8
    made[148:156] = b"%06o\0 " % sum(made)
    return bytes(made)


def plain_tar() -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name in ("cats/1.png", "dogs/1.png", "dogs/2.png"):
            info = tarfile.TarInfo(name)
            info.size = len(png())
            archive.addfile(info, io.BytesIO(png()))
    return stream.getvalue()


HEADERS = {
    "negative size": header(size=-1024) + bytes(1024),
    "negative size of what is followed by itself": header(size=-512) + header("b.png") + bytes(1024),
    "more than there is": header(size=1 << 62) + bytes(1024),
    "endless name": header("././@LongLink", 1 << 62, tarfile.GNUTYPE_LONGNAME) + b"a" * 2048,
    "endless settings": header("x", 1 << 62, tarfile.XHDTYPE) + b"a" * 2048,
    "settings of settings": header("x", 0, tarfile.XHDTYPE) * 5000 + header() + bytes(1024),
}


@pytest.mark.parametrize("what", HEADERS)
def test_headers_of_tar_archives(what: str, tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(HEADERS[what])
    with pytest.raises(DataError):
        read_frame(str(path))
    path.write_bytes(plain_tar())
    assert len(read_frame(str(path))) == 3


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_packed_tar_of_zeros(pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "_ALWAYS_UNPACKED", 1 << 24)
    path = tmp_path / "a.tar.gz"
    path.write_bytes(pack(header(size=1 << 26) + bytes(1 << 26)))
    with pytest.raises(DataError, match="times its size"), open_archive(path, "a.tar.gz"):
        pass
    with pytest.raises(DataError):
        read_frame(str(path))
    path.write_bytes(pack(plain_tar()))
    assert len(read_frame(str(path))) == 3


def test_name_in_a_packed_tar_is_not_unpacked_to_tell_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.tar.gz"
    path.write_bytes(
        gzip.compress(header("././@LongLink", 1 << 28, tarfile.GNUTYPE_LONGNAME) + bytes(1 << 28))
    )
    tracemalloc.start()
    is_archive(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 24


def test_many_files_that_unpack_far_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "_ALWAYS_UNPACKED", 1 << 22)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(16):
            archive.writestr(f"{number}.png", bytes(1 << 20))
    with pytest.raises(DataError, match="times its size"):
        read_frame(str(path))


def test_links_in_a_tar_are_no_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(png("blue"))
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for name, kind in (("link.png", tarfile.SYMTYPE), ("hard.png", tarfile.LNKTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, str(secret)
            archive.addfile(info)
        info = tarfile.TarInfo("own.png")
        info.size = len(png())
        archive.addfile(info, io.BytesIO(png()))
    assert read_frame(str(path))["file"].tolist() == ["own.png"]


def test_damaged_member(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.png", bytes(10_000))
    content = path.read_bytes().replace(b"a.png", b"a.png", 1)
    path.write_bytes(content[:36] + b"\xff" * 10 + content[46:])
    with pytest.raises(DataError, match="cannot be unpacked"):
        read_frame(str(path))


def test_archive_is_read_by_several_threads(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    contents = {f"{number}.png": bytes([number]) * 50_000 for number in range(40)}
    with tarfile.open(path, "w") as archive:
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    with open_archive(path, "a.tar") as opened:
        found: dict[str, bytes] = {}
        work = [
            threading.Thread(target=lambda name=name: found.update({name: opened.read(name)}))
            for name in contents
        ]
        for one in work:
            one.start()
        for one in work:
            one.join()
    assert found == contents


CLAIMS = {
    "larger than it says": {"size": (3000, 2000), "width": 4, "height": 4, "mode": "RGB", "hash": "0"},
    "no size": {"width": 0, "height": 4, "mode": "RGB", "hash": "0"},
    "a size that no picture has": {"width": 10**9, "height": 10**9, "mode": "RGB", "hash": "0"},
    "a text as size": {"width": "9" * 9, "height": 4, "mode": "RGB", "hash": "0"},
    "a hash that is none": {"width": 4, "height": 4, "mode": "RGB", "hash": "f" * 99},
    "other facts": {"width": 4, "wide": 4},
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_picture_that_claims_to_be_packed(claim: str, tmp_path: Path) -> None:
    facts = dict(CLAIMS[claim])
    size = facts.pop("size", (12, 10))
    table = pd.DataFrame({"photo": [png(size=size, **facts), png("blue"), png("green")], "price": [1, 2, 3]})
    table.to_parquet(tmp_path / "a.parquet")
    found = read_frame(str(tmp_path / "a.parquet"))["photo"]
    assert all(map(is_packed, found))
    assert [facts_of(one).width for one in found] == [size[0], 12, 12]
    assert max(decode(found[0]).image.size) <= 256


def test_damaged_picture_that_claims_to_be_packed(tmp_path: Path) -> None:
    damaged = bytearray(png(width=4, height=4, mode="RGB", hash="0"))
    damaged[-30:] = b"\xff" * 30
    table = pd.DataFrame({"photo": [png("blue"), png("green"), bytes(damaged)], "price": [1, 2, 3]})
    table.to_parquet(tmp_path / "a.parquet")
    with pytest.warns(UserWarning, match="is damaged"):
        assert read_frame(str(tmp_path / "a.parquet"))["photo"].isna().tolist() == [False, False, True]


@pytest.fixture
def ghostscript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program gs that leaves a file where it ran, as Pillow would start it for a picture of type EPS."""
    program, ran = tmp_path / "bin" / "gs", tmp_path / "ran"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntouch {ran}\necho 10\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    monkeypatch.setattr("PIL.EpsImagePlugin.gs_binary", None)
    return ran


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n"


def test_no_picture_starts_a_program(ghostscript: Path, tmp_path: Path) -> None:
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.png").write_bytes(EPS)
    (tmp_path / "masks" / "a.png").write_bytes(EPS)
    with pytest.raises(DataError):
        read_frame(str(tmp_path / "images"))
    with pytest.raises(PictureError, match="is no picture"):
        decoding.decode_values(EPS)
    assert not ghostscript.exists()
    with Image.open(io.BytesIO(EPS)) as image, pytest.raises(OSError):  # what would have happened
        image.load()
    assert ghostscript.exists()


def test_large_pictures_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "_LARGE", 50)
    at_work, most = [], []
    own = decoding._decoded

    def watched(*given):
        at_work.append(1)
        most.append(len(at_work))
        try:
            return own(*given)
        finally:
            at_work.pop()

    monkeypatch.setattr(decoding, "_decoded", watched)
    work = [threading.Thread(target=decode, args=(png(size=(900, 900)),)) for _ in range(6)]
    for one in work:
        one.start()
    for one in work:
        one.join()
    assert len(most) == 6
    assert max(most) == 1


def test_numbers_are_scaled_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.arange(40_000, dtype=np.uint16).reshape(200, 200)
    stream = io.BytesIO()
    Image.fromarray(values).save(stream, "PNG")
    whole = np.asarray(decode(stream.getvalue()).image)
    monkeypatch.setattr(decoding, "_AT_ONCE", 1_000)
    assert (np.asarray(decode(stream.getvalue()).image) == whole).all()


@pytest.fixture
def table(tmp_path: Path):
    """Return a function that reads a table of pictures at some addresses."""

    def read(*cells: str) -> pd.Series:
        path = tmp_path / "mount" / "table.csv"
        path.parent.mkdir(exist_ok=True)
        pd.DataFrame({"photo": cells, "price": range(len(cells))}).to_csv(path, index=False)
        return read_frame(str(path))["photo"]

    return read


@pytest.fixture
def pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(*PLACE)
    monkeypatch.setenv("PODIUM_ALLOWED_FOLDERS", str(tmp_path / "mount"))


@pytest.mark.usefixtures("pod")
def test_cells_lead_pods_nowhere_that_the_owner_does_not_list(
    table, tmp_path: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/a.png").respond_with_data(png())
    for path, to in (("/metadata.png", "http://169.254.169.254/a.png"), ("/private.png", "http://10.0.0.1/")):
        httpserver.expect_request(path).respond_with_data(status=302, headers={"Location": to})
    (tmp_path / "secret.png").write_bytes(png("blue"))
    (tmp_path / "mount").mkdir()
    (tmp_path / "mount" / "link.png").symlink_to(tmp_path / "secret.png")
    (tmp_path / "mount" / "own.png").write_bytes(png())
    address = httpserver.url_for("/a.png")
    attacks = [
        *(address, "http://169.254.169.254/latest/a.png", "http://[::ffff:169.254.169.254]/a.png"),
        *(str(tmp_path / "secret.png"), "../secret.png", "link.png", "file:///etc/a.png"),
        *("s3://others/a.png", "s3://mlpipeline/../others/a.png"),
    ]
    with pytest.warns(UserWarning, match="9 of 21 pictures cannot be read"):
        found = table(*["own.png"] * 12, *attacks)
    assert found.notna().tolist() == [True] * 12 + [False] * 9
    assert not httpserver.log
    monkeypatch.setenv("PODIUM_ALLOWED_HOSTS", "127.0.0.1")
    redirects = [httpserver.url_for(path) for path in ("/metadata.png", "/private.png")]
    with pytest.warns(UserWarning, match="may not connect"):
        found = table(address, "own.png", "own.png", *redirects)
    assert found.notna().tolist() == [True, True, True, False, False]


def test_fetched_pictures_have_an_end(
    table, httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pictures, "LARGEST", 5_000)
    httpserver.expect_request("/a.png").respond_with_data(png())
    httpserver.expect_request("/b.png").respond_with_data(bytes(50_000))
    cells = [httpserver.url_for(path) for path in ("/a.png", "/a.png", "/b.png")]
    with pytest.warns(UserWarning, match="is larger than"):
        assert table(*cells).notna().tolist() == [True, True, False]


def test_data_uris_have_an_end(table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "LARGEST", 5_000)
    small = f"data:image/png;base64,{base64.b64encode(png()).decode()}"
    with pytest.warns(UserWarning, match="is larger than"):
        assert table(small, small, small + "A" * 20_000).notna().tolist() == [True, True, False]


def test_pipe_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png())
    os.mkfifo(tmp_path / "b.png")
    with pytest.warns(UserWarning, match="is no file"):
        assert len(read_frame(str(tmp_path))) == 1


def test_bounds_of_archives_hold_together() -> None:
    assert archives._LARGEST_FILE <= bounds._ALWAYS_UNPACKED
