"""Texts with marked words and pictures with drawn objects, made and used without code in a real Chromium."""

import json
import re
import shutil

import pytest

playwright = pytest.importorskip("playwright.sync_api")

from tests.studio.conftest import CHROMIUM  # noqa: E402
from tests.unit.entities.test_models import texts  # noqa: E402
from tests.unit.objects.scenes import scene, write_coco  # noqa: E402

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
    pytest.mark.timeout(900),
]


def make(page, kind, file, *, algorithm):
    """Upload data, make a run with one algorithm, and go to the page that uses its model."""
    page.get_by_role("link", name="New run").click()
    page.get_by_role("button", name=f"Choose {kind}").click()
    page.get_by_label("Or upload a file").set_input_files(file)
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("button", name="Next: columns").click()
    page.get_by_role("button", name="Next: checks").click()
    page.get_by_role("button", name="Next: settings").click(timeout=120_000)
    page.get_by_label("Time limit").fill("3m")
    page.get_by_text("Which algorithms are there?").click()
    page.get_by_role("checkbox", name=algorithm).check()
    playwright.expect(page.get_by_label("Algorithms", exact=True)).to_have_value(algorithm)
    page.get_by_text("Limits", exact=True).click()
    page.get_by_label("Max trials").fill("1")
    page.get_by_role("button", name="Next: review").click()
    page.get_by_role("button", name="Start the run").click()
    page.get_by_role("link", name="Use the model").click(timeout=400_000)


def test_entities_are_found_without_code(page, tmp_path):
    lines = [
        {"text": row["text"], "spans": json.loads(row["spans"])} for row in texts(150).to_dict("records")
    ]
    file = tmp_path / "dishes.jsonl"
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    make(page, "entities", file, algorithm="conditional_random_field")
    page.get_by_label("Texts, one on each line").fill(f"<b> {lines[1]['text']}")
    page.get_by_role("button", name="Find entities").click()
    playwright.expect(page.locator(".texts p")).to_contain_text("<b> No 1:", timeout=180_000)
    labels = page.locator(".texts mark small").all_inner_texts()
    assert {label.split()[0] for label in labels} == {"DISH", "TOWN"}


def test_objects_are_found_without_code(page, tmp_path):
    write_coco(tmp_path / "scenes", 60)
    file = shutil.make_archive(str(tmp_path / "scenes"), "zip", tmp_path / "scenes")
    make(page, "objects", file, algorithm="pixel_forest")
    scene(2)[0].save(tmp_path / "new.png")
    page.get_by_label("Picture", exact=True).set_input_files(tmp_path / "new.png")
    page.get_by_role("button", name="Find objects").click()
    drawn = page.get_by_role("img", name=re.compile("The picture with"))
    playwright.expect(drawn).to_be_visible(timeout=120_000)
    assert drawn.evaluate("one => one.naturalWidth") == 480
    with page.expect_download(timeout=120_000) as download:
        page.get_by_label("Picture", exact=True).set_input_files(tmp_path / "new.png")
        page.get_by_role("button", name="Download as COCO").click()
    found = json.loads(download.value.path().read_text())
    assert found["images"][0]["width"] == 80
