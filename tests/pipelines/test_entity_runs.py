"""Tests of whole runs that find entities: from files to spans, on the command line."""

import json

import pandas as pd
import pytest

from podium import run
from podium_ml.entities.algorithms import ALGORITHMS
from tests.pipelines.no_network import forbid_network
from tests.unit.embeddings.tiny import write_transformer
from tests.unit.entities.test_models import KNOWN, texts

pytestmark = pytest.mark.slow
LEARNS_ON = ALGORITHMS["fine_tuned_transformer"].is_available()


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a finished run on texts with spans, counted in UTF-16 units, and its folder.

    It reads weights from a folder, and no process of it reaches another machine.
    """
    folder = tmp_path_factory.mktemp("entities")
    more = {}
    if LEARNS_ON:
        write_transformer(folder / "encoder", KNOWN)
        more = {"encoder": str(folder / "encoder")}
    lines = []
    for row in texts(150).to_dict("records"):
        units = [
            {
                "start": len(row["text"][:start].encode("utf-16-le")) // 2,
                "end": len(row["text"][:end].encode("utf-16-le")) // 2,
                "label": label,
                "text": row["text"][start:end],
            }
            for start, end, label in json.loads(row["spans"])
        ]
        lines.append(json.dumps({"text": row["text"], "spans": units}, ensure_ascii=False))
    (folder / "train.jsonl").write_text("\n".join(lines), encoding="utf-8")
    names = ["conditional_random_field", *(["fine_tuned_transformer"] if LEARNS_ON else [])]
    with pytest.MonkeyPatch.context() as changed:
        forbid_network(folder / "early", changed)
        done = run(
            folder / "train.jsonl",
            task="entities",
            out=folder / "run",
            max_trials=1,
            algorithms=",".join(names),
            name="dishes",
            **more,
        ).wait()
    return done, folder


def test_run_scores_and_explains(finished):
    done, folder = finished
    board = pd.read_csv(folder / "run" / "leaderboard.csv")
    assert board["status"].eq("ok").all()
    assert board.set_index("model")["span_f1_test"]["conditional_random_field"] > 0.95
    assert ("fine_tuned_transformer" in set(board["model"])) == LEARNS_ON
    problem = json.loads((folder / "run" / "problem.json").read_text())
    assert set(problem["weights"]) == ({"encoder"} if LEARNS_ON else set())
    assert problem["classes"] == ["DISH", "TOWN"]
    report = (folder / "run" / "report.html").read_text()
    assert "How well each label is predicted" in report
    assert "Edges and types of spans" in report
    assert "Errors by length of the text" in report
    assert "could not be drawn" not in report
    assert "The comparison failed" not in report
    assert list(done.predictor.predict(["rye cake in Faro"])[0][0]) == [
        "start",
        "end",
        "label",
        "score",
        "text",
    ]


def test_predicted_spans_are_json_lines_in_order(finished):
    from podium.main import main

    _, folder = finished
    given = [
        "👩‍🍳 No 7: leek tart in 東京 was fine",
        "",
        "Nothing here.",
        "No 9: beet salad in Brno was fine 👩‍🍳",
    ]
    (folder / "new.jsonl").write_text(
        "\n".join(json.dumps({"text": text}, ensure_ascii=False) for text in given), encoding="utf-8"
    )
    with pytest.raises(SystemExit) as ended:
        main(
            ["predict", str(folder / "run"), str(folder / "new.jsonl"), "--out", str(folder / "spans.jsonl")]
        )
    assert ended.value.code in (0, None)
    found = [json.loads(line) for line in (folder / "spans.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [one["text"] for one in found] == given
    assert [[one["text"] for one in row["spans"]] for row in found] == [
        ["leek tart", "東京"],
        [],
        [],
        ["beet salad", "Brno"],
    ]
    assert all(
        text[one["start"] : one["end"]] == one["text"]
        for text, row in zip(given, found, strict=True)
        for one in row["spans"]
    )


def test_texts_worth_labelling_and_doubtful_spans_are_files(finished):
    from podium.main import main

    _, folder = finished
    assert list(pd.read_csv(folder / "run" / "label_errors.csv")) == [
        "training_row",
        "name",
        "label",
        "expected",
        "doubt",
    ]
    unsure = pd.read_csv(folder / "run" / "label_next.csv")
    assert unsure["expected"].str.contains("DISH: ").any()
    given = texts(30, seed=5)[["text"]]
    given.to_json(folder / "more.jsonl", orient="records", lines=True, force_ascii=False)
    with pytest.raises(SystemExit) as ended:
        main(["label", str(folder / "run"), str(folder / "more.jsonl"), "--out", str(folder / "next.csv")])
    assert ended.value.code in (0, None)
    found = pd.read_csv(folder / "next.csv")
    assert set(found["text"]) <= set(given["text"])
    assert found["doubt"].is_monotonic_decreasing
    assert json.loads(found["prediction"][0]) is not None
