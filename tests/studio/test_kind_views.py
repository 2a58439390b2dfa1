"""Each kind's own views, and a new kind that brings its own without a change to the studio."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from starlette.testclient import TestClient

from podium.studio.app import make_app
from podium.studio.door import Keys
from podium.studio.kind_views import views_of
from podium_ml.kinds import KINDS, Input, Question
from tests.studio.conftest import ADDRESS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def toys(monkeypatch, workplace):
    """Return a studio that knows the toy kind, signed in, and the key of its forms."""
    monkeypatch.setenv("PODIUM_KINDS", "tests.toy_kind")
    paths = [str(ROOT), str(ROOT / "components"), str(ROOT / "pipelines")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))  # runs do not import from the working folder
    monkeypatch.setattr(KINDS, "_found", {})
    keys = Keys(workplace.own / "session.key")
    client = TestClient(make_app(workplace, keys), base_url=ADDRESS, follow_redirects=False)
    client.get(f"/?token={keys.token}")
    return client, keys.form


@pytest.mark.parametrize("name", list(KINDS))
def test_each_kind_asks_its_questions(client, name):
    page = client.get("/new").text
    assert (KINDS[name].questions or KINDS[name].description) in page


def test_new_kind_has_its_forms(toys):
    client, key = toys
    assert "Predict the same number for every row." in client.get("/new").text
    draft = client.post("/new", data={"csrf": key, "kind": "toy"}).headers["location"].split("/")[2]
    page = client.get(f"/new/{draft}/settings").text
    assert 'name="answer"' in page
    assert 'name="time_column"' not in page


def test_files_of_a_kind_are_found_by_their_names_alone(toys):
    client, _ = toys
    assert ".toy" in client.get("/kinds/toy/studio.css").text
    for path in ("toy/view.py", "toy/use.html", "toy/studio.js", "tabular/studio.css", "nothing/studio.css"):
        assert client.get(f"/kinds/{path}").status_code == 404


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_new_kind_shows_its_results_and_answers(toys, workplace):
    from podium.api import run

    client, key = toys
    random = np.random.default_rng(0)
    table = pd.DataFrame({"x": random.normal(size=90), "y": random.normal(7.0, 1.0, size=90)})
    made = run(table, "y", out=workplace.runs / "toy-1", task="constant", max_trials=1).wait()
    page = client.get("/runs/toy-1").text
    assert f'<p class="toy">It is a {made.metrics["model"]}.</p>' in page
    assert 'href="/kinds/toy/studio.css"' in page
    assert "Your guess" in client.get("/runs/toy-1/use").text
    page = client.post("/runs/toy-1/use", data={"csrf": key, "guess": "3"}).text
    assert "The toy says" in page
    assert 'value="3"' in page
    answer = float(page.split('<p class="toy">')[1].split("<")[0])
    assert 6 < answer < 8


def test_forecasts_are_drawn_by_series(tmp_path):
    view = views_of(KINDS["forecasting"]).view
    question = Question(
        "run", {"series": {"series_columns": ["shop"], "time_column": "day"}}, (), {}, {}, tmp_path
    )
    lines = [f"{shop},2024-01-0{day},{day},{day - 1},{day + 1}" for shop in "AB" for day in range(1, 6)]
    (tmp_path / view.result).write_text("\n".join(["shop,day,forecast,q0.1,q0.9", *lines]))
    answer = view.answer(question)
    assert [one.name for one in answer.paths] == ["A", "B"]
    assert (answer.paths[0].low, answer.paths[0].high) == (0, 6)
    assert answer.paths[0].band.count("L") == 9
    assert answer.table.total == 10


def test_rows_go_into_files_and_never_become_options(tmp_path):
    view = views_of(KINDS["tabular"]).view
    inputs = (Input("a", "numeric"), Input("b,c", "category"))
    question = Question("run", {}, inputs, {"value.0": "--help", "value.1": "x"}, {}, tmp_path)
    for words in view.commands(question):
        assert words[words.index("--") + 1 :] == ["run", str(tmp_path / "row.csv")]
    assert (tmp_path / "row.csv").read_text().splitlines() == ['a,"b,c"', "--help,x"]


def test_words_are_marked_in_the_text_as_it_was_given(tmp_path):
    view = views_of(KINDS["entities"]).view
    form = {"text": "👩‍🍳 rye cake in Faro\n\n--help <b>\n"}
    question = Question("run", {"classes": ["DISH", "TOWN"]}, (), form, {}, tmp_path)
    (words,) = view.commands(question)
    assert words[words.index("--") + 1] == "run"
    texts = [json.loads(line)["text"] for line in (tmp_path / "texts.jsonl").read_text().splitlines()]
    assert texts == ["👩‍🍳 rye cake in Faro", "--help <b>"]
    start = texts[0].index("rye")
    town = texts[0].index("Faro")
    spans = [
        {"start": town, "end": town + 4, "label": "TOWN", "score": 0.9},
        {"start": start, "end": start + 8, "label": "DISH", "score": 0.8},
        {"start": start + 4, "end": start + 8, "label": "DISH", "score": 0.2},
    ]
    rows = [{"text": texts[0], "spans": spans}, {"text": texts[1], "spans": []}]
    (tmp_path / view.result).write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    answer = view.answer(question)
    assert ["".join(one.text for one in text) for text in answer.texts] == texts
    assert [(one.text, one.label) for one in answer.texts[0] if one.label] == [
        ("rye cake", "DISH"),
        ("Faro", "TOWN"),
    ]
    assert answer.labels == (("DISH", 0), ("TOWN", 1))


def test_boxes_are_drawn_on_the_picture(tmp_path):
    view = views_of(KINDS["objects"]).view
    question = Question("run", {}, (), {}, {"upload": tmp_path / "upload.png"}, tmp_path)
    (words,) = view.commands(question)
    assert words[-2:] == ["run", str(tmp_path / "upload.png")]
    drawn = Path(words[words.index("--draw") + 1])
    drawn.mkdir()
    (drawn / "00000-a.png").write_bytes(b"\x89PNG")
    found = {
        "images": [{"id": 1, "file_name": "a.png", "width": 100, "height": 50}],
        "categories": [{"id": 7, "name": "bolt"}, {"id": 9, "name": "crack"}],
        "annotations": [
            {"image_id": 1, "category_id": 9, "bbox": [1, 2, 3, 4], "score": 0.5},
            {"image_id": 1, "category_id": 7, "bbox": [5, 6, 7, 8], "score": 0.9},
            {"image_id": 1, "category_id": 7, "bbox": [0, 0, 1, 1], "score": 0.01},
        ],
    }
    (tmp_path / view.result).write_text(json.dumps(found))
    (picture,) = view.answer(question)
    assert [(one.label, one.x, one.width) for one in picture.boxes] == [("bolt", 5, 7), ("crack", 1, 3)]
    assert picture.content.startswith("data:image/png;base64,")
