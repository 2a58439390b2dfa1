"""Texts with marked words and pictures with boxes: real runs, prepared by the studio's forms, and used on its pages."""

import json
import re

import pytest

from podium.run_folder import RunFolder
from tests.studio.test_pages import draft_of
from tests.unit.entities.test_models import texts
from tests.unit.objects.scenes import scene, write_coco

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def make(client, send, workplace, kind, source, **settings):
    """Make a run by the forms, wait until it has ended, and return its name."""
    from podium.api import open_run

    identifier = draft_of(send("/new", kind=kind))
    send(f"/new/{identifier}/data", source=str(source))
    page = client.get(f"/new/{identifier}/data").text
    assert "First rows" in page, page
    send(f"/new/{identifier}/settings", **settings)
    answer = send(f"/new/{identifier}/review", onward="start", engine="local")
    assert answer.status_code == 303, answer.text
    name = answer.headers["location"].rpartition("/")[2]
    open_run(workplace.runs / name).wait()
    return name


def test_entities_are_found_without_code(client, send, workplace):
    lines = [
        {"text": row["text"], "spans": json.loads(row["spans"])} for row in texts(150).to_dict("records")
    ]
    source = workplace.roots[0] / "dishes.jsonl"
    source.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    name = make(
        client, send, workplace, "entities", source,
        algorithms="conditional_random_field", max_trials="1",
    )  # fmt: skip
    assert "conditional_random_field" in client.get(f"/runs/{name}").text
    page = client.get(f"/runs/{name}/use").text
    assert "Texts, one on each line" in page
    page = send(f"/runs/{name}/use", text=f"<b> {lines[1]['text']}").text
    assert "&lt;b&gt;" in page
    marked = re.findall(r'<mark class="span colour-\d">([^<]+)<small>(\w+)', page)
    assert {label for _, label in marked} == {"DISH", "TOWN"}
    assert all(text in lines[1]["text"] for text, _ in marked)


def test_objects_are_found_without_code(client, send, workplace, tmp_path):
    source = write_coco(workplace.roots[0] / "scenes", 60)
    name = make(client, send, workplace, "objects", source, max_trials="1", time_limit="3m")
    assert RunFolder(workplace.runs / name).state.status == "succeeded"
    scene(2)[0].save(tmp_path / "new.png")
    content = (tmp_path / "new.png").read_bytes()
    page = send(f"/runs/{name}/use", files={"upload": ("new.png", content)}, **{"as": "page"}).text
    assert "data:image/png;base64," in page
    assert 'class="box' in page
    found = send(f"/runs/{name}/use", files={"upload": ("new.png", content)}, **{"as": "file"})
    assert json.loads(found.content)["images"][0]["width"] == 80
