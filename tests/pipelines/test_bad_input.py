"""Bad input: one clear message of what, where and what to do; exit code 2; no traceback; no run that looks done."""

import io
import json
import os
import re
import resource
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from podium.run_folder import RunFolder
from tests.pipelines.tables import binary_table, regression_table
from tests.unit.objects.scenes import write_coco

pytestmark = pytest.mark.slow
PODIUM = [sys.executable, "-m", "podium.main"]
# What is promised; an idle machine takes two to four.
MOST_SECONDS = 10.0
ATTEMPTS = 3


def fails(folder, source, *words, target="churn", within=MOST_SECONDS, **options):
    """Run on bad input and return the message, after checking what holds for every mistake."""
    for attempt in range(ATTEMPTS):
        message, seconds = attempt_that_fails(
            folder / f"run{attempt}", source, *words, target=target, **options
        )
        if seconds < within * slowness():
            return message
    pytest.fail(f"It took {seconds:.1f} s to say: {message}")


def slowness():
    """Return how many times slower than alone a run is, by how many processes share this machine's cores."""
    return max(1.0, os.getloadavg()[0] / os.cpu_count())


def attempt_that_fails(out, source, *words, target, **options):
    """Run on bad input and return the message, and how many seconds after the start it was known."""
    command = [
        *PODIUM,
        "run",
        str(source),
        "--target",
        target,
        "--out",
        str(out),
        "--max-trials",
        "1",
        *words,
    ]
    started = time.time()
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=out.parent, **options)
    ended = time.time()
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.startswith("Error:")
    assert not (out / "model.pkl").exists()
    errors = []
    if (out / "run.json").exists():
        run = RunFolder.open(out)
        assert run.state.status == "failed"
        errors = [event["at"] for event in run.events() if event["event"] == "error"]
    return done.stderr, min([*errors, ended]) - started


def text(folder, content, name="data.csv"):
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def table(folder, frame):
    """Write a table and return its path."""
    return text(folder, frame.to_csv(index=False))


FILES = {
    "empty file": (b"", "empty"),
    "header only": (b"a,b,churn\n", "no rows|header"),
    "binary rubbish": (bytes(range(256)) * 40, "data.csv"),
    "ragged rows": (b"a,churn\n1,yes\n2,no,3,4\n3,yes\n" * 5, "(line|row) 3"),
    "one row": (b"a,churn\n1,yes\n", "row"),
    "three rows": (b"a,churn\n1,yes\n2,no\n3,yes\n", "row"),
    "duplicated column names": (b"a,a,churn\n" + b"1,2,yes\n2,1,no\n" * 10, "'?a'?"),
    "wrong delimiter": (b"a;churn\n" + b"1;yes\n2;no\n" * 10, "delimiter|';'"),
}


@pytest.mark.parametrize("case", FILES)
def test_files(case, tmp_path):
    content, expected = FILES[case]
    words = ["--delimiter", ","] if case == "wrong delimiter" else []
    assert re.search(expected, fails(tmp_path, text(tmp_path, content), *words))


def frame(**columns):
    """A table whose further columns say something."""
    return binary_table(60).assign(**columns)


TABLES = {
    "misspelt target": (frame(), "chrun", [], "'churn'"),
    "missing target": (frame(), "revenue", [], "revenue"),
    "all-missing target": (frame(churn=None), "churn", [], "missing in all|empty|no value"),
    "one class": (frame(churn="yes"), "churn", [], "one value"),
    "target with inf": (
        regression_table(60).assign(price=[np.inf, *range(59)]),
        "price",
        ["--task", "regression"],
        "infinite",
    ),
    "only ids": (
        pd.DataFrame({"key": [f"k{i:05d}x" for i in range(60)], "churn": ["yes", "no"] * 30}),
        "churn",
        [],
        "No column is left",
    ),
    "wrong metric for the task": (frame(), "churn", ["--metric", "rmse"], "not for binary"),
    "algorithm of another task": (frame(), "churn", ["--algorithms", "ridge"], "ridge"),
    "unknown time column": (frame(), "churn", ["--time-column", "joind"], "'joined'"),
    "unknown positive label": (frame(), "churn", ["--positive-label", "maybe"], "maybe"),
    "text to be regressed": (frame(), "churn", ["--task", "regression"], "not a number"),
    "two groups": (frame(g=["a", "b"] * 30), "churn", ["--group-column", "g"], "only 2 groups"),
    "logarithms of negative targets": (
        regression_table(60).assign(price=np.arange(-30, 30) * 1.5),
        "price",
        ["--metric", "rmsle"],
        "RMSLE is undefined",
    ),
    "negative weights": (frame(w=-1.0), "churn", ["--weight-column", "w"], "'w'"),
}


@pytest.mark.parametrize("case", TABLES)
def test_tables(case, tmp_path):
    data, target, words, expected = TABLES[case]
    message = fails(tmp_path, table(tmp_path, data), *words, target=target)
    assert re.search(expected, message), message


def coco(folder, *, masks=True, change=None, pictures=None):
    """Write annotated pictures, changed by a function, each picture with other content, and return their file."""
    path = write_coco(folder / "scenes", 10)
    content = json.loads(path.read_text())
    for one in content["annotations"]:
        one["segmentation"] = one["segmentation"] if masks else []
    if change:
        change(content)
    path.write_text(json.dumps(content))
    for file in (folder / "scenes" / "images").iterdir() if pictures is not None else ():
        file.write_bytes(pictures)
    return path


def bomb():
    """Return a small PNG of 400 million pixels."""
    stream = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(stream, "PNG")
    return stream.getvalue()


def misnamed(folder):
    """Write a folder of texts that are named like pictures."""
    for label in ("cats", "dogs"):
        (folder / "photos" / label).mkdir(parents=True)
        for at in range(8):
            (folder / "photos" / label / f"{at}.jpg").write_text("no picture")
    return folder / "photos"


PICTURES = {
    "text named .jpg": (misnamed, "classification", "cannot be read"),
    "pictures of zero bytes": (lambda f: coco(f, pictures=b""), "detection", "empty"),
    "bombs of pixels": (lambda f: coco(f, pictures=bomb()), "detection", "pixels"),
    "no objects at all": (
        lambda f: coco(f, change=lambda c: c["annotations"].clear()),
        "detection",
        "object",
    ),
    "masks asked of boxes": (lambda f: coco(f, masks=False), "segmentation", "boxes alone"),
    "few pictures": (
        lambda f: coco(f, change=lambda c: c["images"].__delitem__(slice(4, 10))),
        "detection",
        "Only 4",
    ),
    "broken JSON": (lambda f: text(f, '{"images": [], "annotations": [', "a.json"), "detection", "a.json"),
}


@pytest.mark.parametrize("case", PICTURES)
def test_pictures(case, tmp_path):
    make, task, expected = PICTURES[case]
    target = "label" if task == "classification" else "objects"
    assert re.search(expected, fails(tmp_path, make(tmp_path), "--task", task, target=target))


def test_limit_that_no_model_keeps(tmp_path):
    """This is known once there are models."""
    words = ["--max-latency", "0.0001ms", "--algorithms", "decision_tree"]
    assert "limit" in fails(tmp_path, table(tmp_path, frame()), *words, within=60.0)


def test_no_such_file_suggests_near_ones(tmp_path):
    table(tmp_path, frame())
    assert "data.csv" in fails(tmp_path, tmp_path / "dta.csv")


def test_nested_json(tmp_path):
    lines = "\n".join(json.dumps({"a": {"b": i}, "churn": i % 2}) for i in range(30))
    assert "'a'" in fails(tmp_path, text(tmp_path, lines, "data.jsonl"))


def test_url_that_answers_404(httpserver, tmp_path):
    httpserver.expect_request("/data.csv").respond_with_data(status=404)
    assert "404" in fails(tmp_path, httpserver.url_for("/data.csv"))


@pytest.mark.parametrize("kilobytes", [20, 120])
def test_full_disk(kilobytes, tmp_path):
    """A limit on the size of files stands for it, which takes no root: first the pipeline does not fit, then data."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024))

    source = table(tmp_path, binary_table(20_000))
    assert "No space is left on the disk" in fails(tmp_path, source, preexec_fn=limit)
