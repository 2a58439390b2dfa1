"""Tests of the files and folders that ``--out`` names."""

from types import SimpleNamespace

import pandas as pd
import pytest

from podium.main import main

TABLE = pd.DataFrame({"prediction": [1, 2]})
COMMANDS = {
    "predict": ["predict", "model.pkl", "rows.csv", "--out"],
    "explain": ["explain", "model.pkl", "rows.csv", "--out"],
    "compile": ["compile", "--out"],
    "run": ["run", "rows.csv", "--target", "a", "--out"],
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with rows, and with a model that predicts and explains anything."""
    (tmp_path / "rows.csv").write_text("a\n1\n2\n")
    model = SimpleNamespace(explain=lambda _: TABLE, problem=None)
    monkeypatch.setattr("podium.commands.predict.load_predictor", lambda _: model)
    monkeypatch.setattr("podium.commands.predict.read_rows", lambda *_: TABLE)
    monkeypatch.setattr("podium.commands.predict.predictions", lambda *_, **__: TABLE)
    monkeypatch.setattr("podium_ml.targets.target_of", lambda _: None)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    out, err = capsys.readouterr()
    return ended.value.code or 0, out, err


@pytest.mark.parametrize("command", ["predict", "explain"])
def test_folder_of_the_file_is_made(command, folder, capsys):
    code, _, err = call(capsys, *COMMANDS[command], "new/folder/x.csv")
    assert (code, err) == (0, "")
    assert pd.read_csv(folder / "new" / "folder" / "x.csv").equals(TABLE)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("place", ["rows.csv/x.csv", "taken"])
def test_place_that_cannot_be_written_is_one_line(command, place, folder, capsys):
    taken = folder / "taken"
    if command in ("predict", "explain"):
        taken.mkdir()
    else:
        taken.write_text("")
    code, _, err = call(capsys, *COMMANDS[command], place)
    assert code == 2
    assert len(err.splitlines()) == 1
    assert "a bug" not in err
    assert place.split("/")[0] in err
