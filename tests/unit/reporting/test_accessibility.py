"""Tests of what makes reports readable for everybody: contrast, names, headings, tables, and the keyboard.

They check the causes of what axe-core reports as serious: a run of axe-core needs a browser.
"""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from podium_ml import reporting
from podium_ml.reporting.explanation_page import render_explanation
from podium_ml.reporting.report import render_report

TEMPLATES = Path(reporting.__file__).parent / "templates"
CSS, COLOURS = ((TEMPLATES / name).read_text(encoding="utf-8") for name in ("page.css", "colours.css"))
THEMES = ("light", "dark")
# Text and what it is printed on, by the names of colours.
PRINTED = [
    *(
        (text, ground)
        for text in ("ink", "muted")
        for ground in ("paper", "surface", "sunken", "accent-soft")
    ),
    *(("accent", ground) for ground in ("paper", "surface")),
    *((one, f"{one}-soft") for one in ("good", "warn", "bad")),
    ("warn", "surface"),
    *(("paper", "accent"), ("on-accent", "accent")),
]
# Level AA of the Web Content Accessibility Guidelines 2.2 for text of normal size (success criterion 1.4.3).
LEAST = 4.5
VOID = {"meta", "br", "hr", "img", "input", "link", "wbr"}


def colours(theme):
    found = re.findall(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", COLOURS)
    codes = {name: pair[THEMES.index(theme)] for name, *pair in found}
    return {name: tuple(int(code[at : at + 2], 16) for at in (1, 3, 5)) for name, code in codes.items()}


def luminance(colour):
    """Return the relative luminance as the guidelines define it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (c / 255 for c in colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_text_stands_out(theme):
    known = colours(theme)
    weak = {
        f"{text} on {ground}": round(ratio, 2)
        for text, ground in PRINTED
        if (ratio := contrast(known[text], known[ground])) < LEAST
    }
    assert not weak


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("kind", "colour"), [("right", "good"), ("wrong", "bad")])
def test_counts_stand_out_in_the_confusion_matrix(theme, kind, colour):
    """Cells are coloured by their share; the strongest colour is that of a share of 1."""
    known = colours(theme)
    rule = re.search(rf"\.confusion \.{kind} .*?\* (\d+)%\), var\(--(\w+)\)", CSS)
    assert rule is not None
    most, ground = int(rule[1]) / 100, known[rule[2]]
    mixed = [most * a + (1 - most) * b for a, b in zip(known[colour], ground, strict=True)]
    assert contrast(known["ink"], mixed) >= LEAST


class Elements(HTMLParser):
    """Collects all elements of a page with their attributes, text and the elements around them."""

    def __init__(self, html):
        super().__init__()
        self.found, self.open = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        element = {
            "tag": tag,
            "text": "",
            "around": [*self.open],
            "columns": 0,
            "class": "",
            **dict(attributes),
        }
        self.found.append(element)
        if tag == "th":
            self.count_column(element)
        if tag not in VOID:
            self.open.append(element)

    def count_column(self, cell):
        if cell.get("scope") == "col":
            next(one for one in reversed(self.open) if one["tag"] == "table")["columns"] += 1

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        self.open.pop()

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def of(self, *tags):
        return [element for element in self.found if element["tag"] in tags]


@pytest.fixture(scope="module", params=["binary", "multiclass", "regression", "explanation"])
def page(request, facts_of):
    if request.param == "explanation":
        return Elements(render_explanation(facts_of("binary").explanation))
    return Elements(render_report(facts_of(request.param)))


def test_page_has_a_language_and_a_title(page):
    assert page.of("html")[0]["lang"] == "en"
    assert page.of("title")[0]["text"].strip()


def test_headings_skip_no_level(page):
    levels = [int(heading["tag"][1]) for heading in page.of("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_headings_of_tables_say_what_they_head(page):
    for cell in page.of("th"):
        assert cell["text"].strip()
        assert cell["scope"] in ("col", "row")


def test_pictures_have_a_text(page):
    for picture in page.of("svg"):
        assert picture.get("aria-hidden") == "true" or (picture["role"] == "img" and picture["aria-label"])


def test_keyboard_reaches_what_scrolls(page):
    scrolled = [one for one in page.found if "scroll" in one["class"].split()]
    for element in scrolled:
        assert element["tabindex"] == "0"
        assert element["role"] == "group"
        assert element["aria-label"]
    assert all(element["tabindex"] == "0" for element in page.of("pre"))


def test_inputs_and_buttons_have_a_name(page):
    labelled = {label.get("for") for label in page.of("label")}
    for element in page.of("input"):
        assert element.get("id") in labelled or any(other["tag"] == "label" for other in element["around"])
    assert all(button["text"].strip() or button.get("aria-label") for button in page.of("button"))


def test_wide_tables_scroll_on_their_own(page):
    """No table of more than two columns makes the page wider than a phone."""
    tables = [one for one in page.of("table") if one["columns"] > 2]
    assert all(any("scroll" in other["class"].split() for other in one["around"]) for one in tables)
