"""Pictures, folders and archives as people really have them: read as they are shown, or named."""

import io
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from podium_ml.errors import DataError
from podium_ml.ingestion import read_frame
from podium_ml.media.decoding import decode
from podium_ml.media.errors import PictureError
from podium_ml.media.packing import facts_of, unpack
from podium_ml.objects.formats._files import Finder
from tests.unit.media.test_places import folder, png

SIDE = 24


def shown() -> np.ndarray:
    """Return a dark disc at the upper left, on white, grey levels."""
    y, x = np.mgrid[:SIDE, :SIDE]
    return np.where((x - 7) ** 2 + (y - 6) ** 2 < 25, 40, 255).astype(np.uint8)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def seen_through(mode: str) -> Image.Image:
    """Return the disc with black under what is transparent."""
    grey = shown()
    image = Image.fromarray(np.where(grey == 255, 0, grey).astype(np.uint8)).convert("L")
    image.putalpha(Image.fromarray(np.where(grey == 255, 0, 255).astype(np.uint8)))
    return image.convert(mode)


def palette() -> Image.Image:
    image = Image.fromarray((shown() == 255).astype(np.uint8), mode="P")
    image.putpalette([40, 40, 40, 255, 0, 0])
    return image


def turned(orientation: int) -> bytes:
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # what undoes each orientation
    image = Image.fromarray(shown())
    stored = image if orientation == 1 else image.transpose(Image.Transpose(turns[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(stored, "PNG", exif=exif)


def frames(form: str) -> bytes:
    first = Image.fromarray(shown()).convert("RGB")
    others = [Image.new("RGB", (SIDE, SIDE), colour) for colour in ("red", "blue")]
    lossless = {"lossless": True} if form == "WEBP" else {}
    return saved(first, form, save_all=True, append_images=others, **lossless)


PICTURES: dict[str, Callable[[], bytes]] = {
    **{f"orientation {one}": lambda one=one: turned(one) for one in range(1, 9)},  # type: ignore[misc]
    "16 bits in PNG": lambda: saved(Image.fromarray(shown().astype(np.uint16) * 257), "PNG"),
    "16 bits in TIFF": lambda: saved(Image.fromarray(shown().astype(np.uint16) * 257), "TIFF"),
    "numbers of 32 bits": lambda: saved(Image.fromarray(shown().astype(np.int32) * 257), "TIFF"),
    "fractions": lambda: saved(Image.fromarray((shown() / 255).astype(np.float32)), "TIFF"),
    "palette with transparency": lambda: saved(palette(), "PNG", transparency=1),
    "GIF with transparency": lambda: saved(palette(), "GIF", transparency=1),
    "grey and alpha": lambda: saved(seen_through("LA"), "PNG"),
    "colours and alpha": lambda: saved(seen_through("RGBA"), "WEBP", lossless=True),
    "CMYK": lambda: saved(Image.fromarray(shown()).convert("CMYK"), "JPEG", quality=98),
    "YCbCr in TIFF": lambda: saved(Image.fromarray(shown()).convert("YCbCr"), "TIFF"),
    "animated GIF": lambda: frames("GIF"),
    "animated WebP": lambda: frames("WEBP"),
    "animated PNG": lambda: frames("PNG"),
    "pages of TIFF": lambda: frames("TIFF"),
    "AVIF": lambda: saved(Image.fromarray(shown()).convert("RGB"), "AVIF", quality=95),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_read_as_they_are_shown(name: str) -> None:
    found = np.asarray(decode(PICTURES[name]()).image.convert("L"), dtype=int)
    assert np.abs(found - shown()).mean() < 4


def test_one_bit_a_pixel() -> None:
    found = decode(saved(Image.fromarray(shown() > 100), "PNG"))
    assert sorted(set(np.asarray(found.image).ravel())) == [0, 255]


@pytest.mark.parametrize("size", [(1, 1), (1, 5_000), (5_000, 1), (3, 2_000)])
def test_very_long_pictures_keep_their_size_and_have_pixels(size: tuple[int, int], tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png("red", size))
    packed = read_frame(str(tmp_path / "a.png"))["picture"].iloc[0]
    facts = facts_of(packed)
    assert (facts.width, facts.height) == size
    assert unpack(packed).getpixel((0, 0)) == (255, 0, 0)


UNREADABLE = {
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
    "JPEG XL": b"\xff\x0a" + bytes(40),
    "PSD": b"8BPS\0\1" + bytes(40),
    "PDF": b"%PDF-1.7\n",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_formats_that_nothing_decodes_are_named(name: str) -> None:
    with pytest.raises(PictureError, match=f"{name}, which cannot be read: convert it to JPEG or PNG"):
        decode(UNREADABLE[name])


def test_rare_kinds_of_known_formats_are_told_apart_from_what_is_no_picture() -> None:
    with pytest.raises(PictureError, match="of a rare kind that cannot be read: convert it to PNG"):
        decode(b"II*\0\x08\0\0\0" + bytes(200))


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_cut_pictures_are_damaged(share: float) -> None:
    whole = saved(Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 90, 3), np.uint8)), "JPEG")
    with pytest.raises(PictureError, match="is damaged"):
        decode(whole[: int(share * len(whole))])


def test_pictures_of_phones_are_named_and_do_not_vanish(tmp_path: Path) -> None:
    (folder(tmp_path) / "cats" / "IMG_1.HEIC").write_bytes(UNREADABLE["HEIC"])
    with pytest.warns(UserWarning, match=r"cats/IMG_1\.HEIC is in the format HEIC"):
        assert len(read_frame(str(tmp_path))) == 4


def test_pictures_without_an_ending_are_read_by_their_content(tmp_path: Path) -> None:
    for at, label in enumerate(["cats", "dogs"] * 3):
        (tmp_path / label).mkdir(exist_ok=True)
        (tmp_path / label / f"{at:032x}").write_bytes(png("red" if at % 2 else "blue"))
    (tmp_path / "LICENSE").write_text("Do what you like.")
    table = read_frame(str(tmp_path))
    assert table["label"].tolist() == ["cats"] * 3 + ["dogs"] * 3


def test_archives_with_backslashes_have_folders(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for at, label in enumerate(["cats", "dogs"] * 3):
            archive.writestr(f"data\\{label}\\{at}.png", png("red"))
    assert sorted(read_frame(str(path))["label"]) == ["cats"] * 3 + ["dogs"] * 3


def test_links_in_an_archive_are_named(tmp_path: Path) -> None:
    path = tmp_path / "pictures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("cats/1.png", "cats/2.png", "dogs/1.png"):
            archive.writestr(name, png())
        link = zipfile.ZipInfo("dogs/2.png")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/hostname")
    with pytest.warns(UserWarning, match=r"dogs/2\.png is no picture"):
        assert len(read_frame(str(path))) == 3


def test_names_of_classes_in_two_spellings_are_one_class(tmp_path: Path) -> None:
    for at, (split, form) in enumerate((("train", "NFC"), ("test", "NFD"))):
        place = tmp_path / split / unicodedata.normalize(form, "große Bäume")
        place.mkdir(parents=True)
        (place / f"{at}.png").write_bytes(png())
        (tmp_path / split / "small").mkdir()
        (tmp_path / split / "small" / f"{at}.png").write_bytes(png("blue"))
    assert set(read_frame(str(tmp_path))["label"]) == {unicodedata.normalize("NFC", "große Bäume"), "small"}


def cells(root: Path, *named: str) -> pd.Series:
    table = root / "table.csv"
    pd.DataFrame({"photo": named, "price": range(len(named))}).to_csv(table, index=False)
    return read_frame(str(table))["photo"]


def colour(packed: bytes) -> tuple[int, int, int]:
    return unpack(packed).getpixel((0, 0))  # type: ignore[return-value]


@pytest.mark.parametrize("prefix", ["", "..\\", "azureml://store/paths/", "C:\\old\\", "/gone/home/"])
def test_a_missing_picture_is_not_another_of_the_same_name(prefix: str, tmp_path: Path) -> None:
    """There is cats/1.png, and dogs/2.png, but no dogs/1.png."""
    for name in ("notes/a.json", "cats/1.png", "dogs/2.png"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(png())
    finder = Finder(tmp_path / "notes")
    for name in ("cats/1.png", "gone/1.png"):
        found = finder.find(f"{prefix}{name}")
        assert found is not None
        assert found.samefile(tmp_path / "cats" / "1.png")
    assert finder.find(f"{prefix}dogs/1.png") is None


def test_urls_of_files_and_names_with_blanks(tmp_path: Path) -> None:
    file = tmp_path / "my photos" / "ä 1.png"
    file.parent.mkdir()
    file.write_bytes(png("lime"))
    found = cells(tmp_path, file.as_uri(), str(file), "my photos/ä 1.png", f" {file} ")
    assert [colour(one) for one in found] == [(0, 255, 0)] * 4


def test_bare_names_lead_to_the_only_picture_of_that_name_in_a_folder_below(tmp_path: Path) -> None:
    for name, one in (("images/1.png", "red"), ("images/2.png", "blue"), ("thumbnails/2.png", "lime")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(png(one))
    with pytest.warns(UserWarning, match=r"2\.png \(row 2\) is missing"):
        found = cells(tmp_path, "1.png", "2.png")
    assert colour(found[0]) == (255, 0, 0)
    assert found.isna().tolist() == [False, True]


def test_damaged_data_is_named_by_row(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(png())
    with pytest.warns(UserWarning, match=r"\(row 2\) is (damaged|no picture)"):
        found = cells(tmp_path, "1.png", "data:image/png;base64,AAAA", "1.png")
    assert found.isna().tolist() == [False, True, False]


def test_a_folder_of_what_nothing_decodes_is_refused(tmp_path: Path) -> None:
    for label in ("cats", "dogs"):
        (tmp_path / label).mkdir()
        for at in range(4):
            (tmp_path / label / f"{at}.heic").write_bytes(UNREADABLE["HEIC"])
    with pytest.raises(DataError, match="HEIC, which cannot be read: convert"):
        read_frame(str(tmp_path))


def test_the_one_of_few_pictures_that_can_be_read_has_its_row(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png())
    for at in range(3):
        (tmp_path / f"{at}.png").write_bytes(b"")
    with pytest.warns(UserWarning, match="3 of 4 pictures cannot be read"):
        assert read_frame(str(tmp_path))["file"].tolist() == ["a.png"]
