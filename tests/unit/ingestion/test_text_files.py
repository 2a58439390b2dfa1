"""Tests of text files in folders of their classes."""

import pandas as pd
import pytest

from podium_ml.contracts import Problem
from podium_ml.errors import DataError
from podium_ml.ingestion import read_frame
from podium_ml.ingestion.new_rows import read_new_rows
from podium_ml.settings import ReaderOptions

TEXTS = {
    "pos/a.txt": 'Très bien,\nvraiment "bon"'.encode("cp1252"),
    "pos/b.txt": "很好吃".encode(),
    "neg/c.txt": b"bad, bad",
    "neg/d.txt": b"N/A",
    "neg/.hidden": b"x",
}


@pytest.fixture
def folder(tmp_path):
    for name, content in TEXTS.items():
        (tmp_path / "texts" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "texts" / name).write_bytes(content)
    return tmp_path / "texts"


def test_folders_are_classes_and_texts_stay_as_they_are(folder):
    table = read_frame(str(folder))
    assert table.to_dict("list") == {
        "text": ["bad, bad", "N/A", 'Très bien,\nvraiment "bon"', "很好吃"],
        "label": ["neg", "neg", "pos", "pos"],
    }


def test_notes_and_other_names_of_texts(folder):
    """As collections of texts are packed: a note beside the classes, capitals or nothing as the suffix."""
    (folder / "README.TXT").write_text("Texts of 2 classes")
    (folder / "pos" / "a.txt").rename(folder / "pos" / "A.TXT")
    (folder / "neg" / "c.txt").rename(folder / "neg" / "10003")
    (folder / "neg" / "e.txt").write_bytes(b"")
    (folder / "neg" / "f.txt").write_bytes("schön".encode("utf-16"))
    table = read_frame(str(folder))
    assert table["label"].tolist() == ["neg"] * 4 + ["pos"] * 2
    assert set(table["text"]) == {"bad, bad", "N/A", "", "schön", 'Très bien,\nvraiment "bon"', "很好吃"}


def test_new_texts_need_no_folder_of_a_class(folder, tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "z.txt").write_text("fine\n,", encoding="utf-8")
    problem = Problem(
        name="x",
        task="binary",
        target="label",
        metric="log_loss",
        columns=(),
        reader={"format": "text_files"},
    )
    rows = read_new_rows(str(tmp_path / "new"), problem)
    assert rows.to_dict("list") == {"text": ["fine\n,"], "file": ["z.txt"]}
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no text files"):
        read_frame(str(tmp_path / "empty"), ReaderOptions(format="text_files"))


def test_tables_in_folders_stay_tables(tmp_path):
    for number in range(4):
        path = tmp_path / "tables" / f"part{number % 2}" / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        pd.DataFrame({"a": [1, 2], "b": [number, 3]}).to_csv(path, index=False)
    assert list(read_frame(str(tmp_path / "tables")).columns) == ["a", "b"]
