"""The studio in a real Chromium: with a mouse, with a keyboard alone, in both themes, narrow and wide."""

import json
import re
import time
from contextlib import ExitStack

import numpy as np
import pandas as pd
import pytest

playwright = pytest.importorskip("playwright.sync_api")

from podium.run_folder import RunFolder  # noqa: E402
from podium.studio.live import LiveRuns  # noqa: E402
from podium_ml.settings import TabularSettings  # noqa: E402
from tests.studio.conftest import CHROMIUM, SIZES, browsing, serving  # noqa: E402
from tests.studio.test_pages import MODELS  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]
# What a screen reader would say of the focused element, or its name.
FOCUSED = "(e => e.getAttribute('aria-label') || e.innerText || e.id)(document.activeElement)"
playwright.expect.set_options(timeout=120_000)


def to_columns(page, source):
    """Enter data for a table, and go to its columns."""
    page.get_by_role("link", name="New run").click()
    page.get_by_role("button", name="Choose tables").click()
    page.get_by_label("Source", exact=True).fill(source)
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("button", name="Next: columns").click()


def test_data_are_uploaded_and_read_again_with_other_options(page, tmp_path):
    file = tmp_path / "prices.txt"
    file.write_text("shop;price\n" + "".join(f"A;{n},5\n" for n in range(40)))
    page.get_by_role("link", name="New run").click()
    page.get_by_role("button", name="Choose tables").click()
    page.get_by_label("Or upload a file").set_input_files(file)
    page.get_by_role("button", name="Read it").click()
    playwright.expect(page.get_by_text("All 40 rows were read as csv")).to_be_visible()
    page.get_by_text("How to read it", exact=True).click()
    page.get_by_label("Delimiter").fill("|")
    page.get_by_role("button", name="Read it").click()
    playwright.expect(page.get_by_role("alert")).to_contain_text("The delimiter seems to be semicolon")
    page.get_by_label("Delimiter").fill(";")
    page.get_by_role("button", name="Read it").click()
    playwright.expect(page.get_by_role("columnheader")).to_have_count(2)


def test_folder_of_pictures_is_uploaded_in_parts(page, tmp_path, workplace):
    from PIL import Image

    for label, colour in (("night sky", "navy"), ("sand", "khaki")):
        (tmp_path / "pictures" / label).mkdir(parents=True)
        for number in range(70):
            Image.new("RGB", (8, 8), colour).save(tmp_path / "pictures" / label / f"{number}.png")
    page.get_by_role("link", name="New run").click()
    page.get_by_role("button", name="Choose tables").click()
    page.get_by_label("Or upload a folder").set_input_files(tmp_path / "pictures")
    page.get_by_role("button", name="Read it").click()
    playwright.expect(page.get_by_text("All 140 rows were read as")).to_be_visible()
    assert page.get_by_label("Source", exact=True).input_value().endswith("/pictures")
    assert len(list((workplace.own / "uploads").rglob("night sky/*.png"))) == 70


def test_back_and_forward_lose_nothing(page):
    to_columns(page, "sales.csv")
    page.get_by_label("sold is the target").check()
    page.get_by_label("Use shop as").select_option("category")
    with page.expect_navigation():  # a page that is being left has no history to go back in
        page.get_by_role("button", name="Keep").click()
    page.go_back()
    page.go_forward()
    page.reload()
    assert page.get_by_label("sold is the target").is_checked()
    assert page.get_by_label("Use shop as").input_value() == "category"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_pages_are_accessible_and_fit(page, finished, workplace, theme, size):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    RunFolder.create(workplace.runs / "sales-2", TabularSettings(source="x.csv", target="y"))
    page.set_viewport_size(SIZES[size])
    page.emulate_media(color_scheme=theme)
    to_columns(page, "sales.csv")
    draft = page.url.rsplit("/", 1)[0]
    home = "/".join(page.url.split("/")[:3])
    (finished.path / "models.json").write_text(json.dumps(MODELS))
    steps = [f"{draft}/{step}" for step in ("data", "browse", "columns", "checks", "settings", "review")]
    pages = ("sales-1", "sales-1/use", "sales-1/models/ridge", "sales-2")
    runs = [f"{home}/runs/{name}" for name in pages]
    others = [
        f"{home}/{path}" for path in ("compare?run=sales-1&run=sales-2", "champions", "servers", "nowhere")
    ]
    for url in [f"{home}/", f"{home}/new", *steps, *runs, *others]:
        page.goto(url)
        found = axe.run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
        serious = [
            f"{one['id']}: {one['nodes'][0]['html']}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert not serious, url
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], url


@pytest.mark.parametrize("streams", [True, False], ids=["by events", "by asking again"])
def test_progress_is_shown_as_it_comes(page, workplace, streams):
    run = RunFolder.create(workplace.runs / "live", TabularSettings(source="x.csv", target="y"))
    if not streams:
        page.route("**/events", lambda route: route.fulfill(status=503))
    page.goto("/".join([*page.url.split("/")[:3], "runs", "live"]))
    run.append([{"event": "branch_planned", "at": time.time(), "branches": [{"algorithm": "ridge"}]}])
    playwright.expect(page.get_by_role("rowheader", name="ridge")).to_be_visible()
    run.update(status="cancelled", ended=time.time(), pid=0)
    playwright.expect(page.get_by_role("button", name="Resume")).to_be_visible()


def test_restart_in_the_middle_of_a_run_shows_it_on(workplace, keys, monkeypatch):
    """The browser comes back by itself, and names the last event that it has seen."""
    follow, seen = LiveRuns.follow, []

    def followed(self, name, *, after=""):
        seen.append(after)
        return follow(self, name, after=after)

    monkeypatch.setattr(LiveRuns, "follow", followed)
    run = RunFolder.create(workplace.runs / "live", TabularSettings(source="x.csv", target="y"))
    run.append([{"event": "branch_planned", "at": time.time(), "branches": [{"algorithm": "first"}]}])
    with ExitStack() as stack:
        before = stack.enter_context(ExitStack())
        port = before.enter_context(serving(workplace, keys))
        page = stack.enter_context(browsing(f"http://127.0.0.1:{port}/?token={keys.token}"))
        page.goto(f"http://127.0.0.1:{port}/runs/live")
        playwright.expect(page.get_by_role("rowheader", name="first")).to_be_visible()
        before.close()
        run.append([{"event": "stage_started", "stage": "x", "at": 1.0, "algorithm": "second"}])
        stack.enter_context(serving(workplace, keys, port=port))
        playwright.expect(page.get_by_role("rowheader", name="second")).to_be_visible()
    assert len(seen) == 2
    assert seen[1].startswith("1-running")


def press_until(page, text):
    """Press Tab until an element is focused that a screen reader calls so."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if text in page.evaluate(FOCUSED):
            return
    raise AssertionError(f"The keyboard does not reach {text!r} on {page.url}.")


def press(page, text, leads_to):
    """Press the button or link of this name with the keyboard, and wait for its page."""
    press_until(page, text)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(leads_to))


def to_columns_by_keyboard(page, source):
    press(page, "New run", "/new$")
    press(page, "Choose tables", "/data$")
    press_until(page, "source")
    page.keyboard.type(source)
    press_until(page, "Read it")
    page.keyboard.press("Enter")
    page.get_by_text("First rows").wait_for()
    press(page, "Next: columns", "/columns$")


def test_keyboard_alone_prepares_a_run(page):
    to_columns_by_keyboard(page, "sales.csv")
    press_until(page, "is the target")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator("input[name=target]:checked").input_value() == "sold"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_keyboard_alone_makes_a_run_and_uses_its_model(page, workplace):
    shop_table(workplace)
    to_columns_by_keyboard(page, "shop.csv")
    press_until(page, "is the target")
    page.keyboard.press("ArrowDown")
    press(page, "Next: checks", "/checks$")
    press(page, "Next: settings", "/settings$")
    press_until(page, "time_limit")
    page.keyboard.type("2m")
    press_until(page, "algorithms")
    page.keyboard.type("ridge")
    press(page, "Next: review", "/review$")
    press(page, "Start the run", "/runs/")
    page.get_by_role("link", name="Use the model").wait_for(timeout=300_000)
    # The menu of a model, then the form of one row.
    press_until(page, "Menu of")
    page.keyboard.press("Enter")
    press(page, "Charts and settings", "/models/")
    page.get_by_role("heading", name="How it was made").or_(
        page.get_by_role("heading", name="Scores on test rows")
    ).first.wait_for()
    page.go_back()
    press(page, "Use the model", "/use$")
    press_until(page, "value.0")
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    value = page.locator(".tiles .value").first
    playwright.expect(value).to_be_visible(timeout=180_000)
    assert abs(float(value.inner_text()) - 74) < 4


def shop_table(workplace):
    """Write data whose target hangs on one column."""
    random = np.random.default_rng(0)
    price = random.uniform(1, 9, 300)
    table = pd.DataFrame({"price": price, "sold": 90 - 8 * price + random.normal(0, 1, 300)})
    table.to_csv(workplace.roots[0] / "shop.csv", index=False)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_run_is_made_and_its_model_used_without_code(page, workplace):
    shop_table(workplace)
    to_columns(page, "shop.csv")
    page.get_by_label("sold is the target").check()
    page.get_by_role("button", name="Next: checks").click()
    playwright.expect(page.get_by_role("heading", name="Are the data sound?")).to_be_visible(timeout=180_000)
    page.get_by_role("button", name="Next: settings").click()
    page.get_by_label("Algorithms").fill("ridge, decision_tree")
    page.get_by_label("Time limit").fill("3m")
    page.get_by_role("button", name="Next: review").click()
    command = page.locator("pre").first.inner_text()
    page.get_by_role("button", name="Start the run").dblclick()
    page.wait_for_url(re.compile("/runs/"))
    playwright.expect(page.get_by_role("rowheader", name="Ridge")).to_be_visible(timeout=90_000)
    page.go_back()
    page.wait_for_url(re.compile("/runs/"))  # of the review, which is over
    page.reload()
    page.get_by_role("button", name="Cancel").click()
    playwright.expect(page.get_by_text("Cancelled by the user.")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("link", name="Use the model").click(timeout=300_000)
    assert len(workplace.run_names()) == 1
    assert command == "podium run shop.csv --target sold --algorithms 'ridge, decision_tree' --time-limit 3m"
    page.get_by_label("price").fill("2")
    page.get_by_role("button", name="Predict", exact=True).click()
    value = page.locator(".tiles .value").first
    playwright.expect(value).to_be_visible(timeout=180_000)
    assert abs(float(value.inner_text()) - 74) < 4
    page.go_back()
    page.get_by_role("link", name="Back to the run").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download model.pkl").click()
    assert download.value.suggested_filename == "model.pkl"
    hand_over_another_model(page)
    page.get_by_role("link", name="Runs").click()
    page.get_by_role("rowheader").get_by_role("link").click()
    page.get_by_role("link", name="Logs").click()
    playwright.expect(page.locator("pre")).to_contain_text("publish-run")
    assert "KFP Executor" not in page.locator("pre").inner_text()
    page.go_back()
    page.get_by_role("button", name="Clone").click()
    playwright.expect(page.locator("pre").first).to_contain_text(command.partition(" --algorithms")[2])


def hand_over_another_model(page):
    """Download the notebook of a model that was not chosen, register the model, and make it champion and no more."""
    page.get_by_role("row").filter(has_not_text="chosen").get_by_label("Menu of").first.click()
    menu = page.locator("details[open] .menu")
    with page.expect_download() as download:
        menu.get_by_role("link", name="Notebook").click()
    assert "podium.score(scored, rows)" in download.value.path().read_text()
    menu.get_by_role("button", name="Register").click()
    page.get_by_label("Make version 2 of shop the champion").click()
    page.get_by_label("Make version 1 of shop the champion").click()
    playwright.expect(page.get_by_label("Make version 2 of shop the champion")).to_be_visible()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_forecasts_are_made_without_code(page, workplace):
    days = pd.date_range("2024-01-01", periods=120)
    table = pd.DataFrame({"day": days, "sold": 50 + 10 * (days.dayofweek >= 5) + np.arange(120) % 3})
    table.to_csv(workplace.roots[0] / "daily.csv", index=False)
    page.get_by_role("link", name="New run").click()
    page.get_by_role("button", name="Choose series").click()
    page.get_by_label("Source", exact=True).fill("daily.csv")
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("button", name="Next: columns").click()
    page.get_by_label("Time column").fill("day")
    page.get_by_label("Horizon").fill("7")
    page.get_by_label("sold is the target").check()
    page.get_by_role("button", name="Next: checks").click()
    page.get_by_role("button", name="Next: settings").click(timeout=180_000)
    page.get_by_label("Time limit").fill("3m")
    page.get_by_text("Models", exact=True).click()
    page.get_by_label("Algorithms").fill("seasonal_mean")
    page.get_by_role("button", name="Next: review").click()
    page.get_by_role("button", name="Start the run").click()
    page.get_by_role("link", name="Use the model").click(timeout=300_000)
    page.get_by_role("button", name="Show forecasts").click()
    playwright.expect(page.get_by_text("7 forecasts.")).to_be_visible(timeout=180_000)
    playwright.expect(page.get_by_role("cell", name="2024-04-30")).to_be_visible()
