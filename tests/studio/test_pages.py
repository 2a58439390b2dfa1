"""The pages of the studio, without a browser."""

import asyncio
import json
import time

import pytest

from podium.run_folder import RunFolder
from podium.studio.children import Children
from podium.studio.drafts import Drafts
from podium.studio.live import LiveRuns
from podium_ml.settings import TabularSettings


def draft_of(answer):
    """Return the id of the draft that an answer leads to."""
    return answer.headers["location"].split("/")[2]


@pytest.fixture
def draft(send, workplace):
    """Return the id of a draft with data and target."""
    identifier = draft_of(send("/new", kind="tabular"))
    source = str(workplace.roots[0] / "sales.csv")
    send(f"/new/{identifier}/data", source=source)
    send(f"/new/{identifier}/columns", target="sold")
    return identifier


def test_first_page_leads_to_a_new_run(client):
    page = client.get("/")
    assert "There is no run" in page.text
    assert 'href="/new"' in page.text


def test_each_kind_can_be_chosen(client, send):
    page = client.get("/new").text
    for kind in ("tabular", "forecasting"):
        assert f'value="{kind}"' in page
        assert client.get(send("/new", kind=kind).headers["location"]).status_code == 200


def test_data_are_previewed_as_a_run_reads_them(client, draft):
    page = client.get(f"/new/{draft}/data").text
    assert "All 79 rows were read as csv" in page
    assert "<td>158</td>" not in page  # only the first rows are shown
    page = client.get(f"/new/{draft}/columns").text
    assert page.count('name="target"') == 3
    assert 'value="sold" aria-label="sold is the target" checked' in page


def test_upload_is_kept_under_a_safe_name(client, send, workplace):
    identifier = draft_of(send("/new", kind="tabular"))
    content = ("../../evil <script>.csv", b"a,b\n1,2\n3,4\n", "text/csv")
    assert send(f"/new/{identifier}/data", files={"upload": content}, onward="data").status_code == 303
    source = Drafts(workplace.own / "drafts").load(identifier).values["source"]
    assert source == str(workplace.own / "uploads" / identifier / "evil-script-.csv")
    page = client.get(f"/new/{identifier}/data").text
    assert "All 2 rows" in page
    assert "<script>.csv" not in page


def test_folder_is_kept_with_its_folders(client, send, workplace):
    identifier = draft_of(send("/new", kind="tabular"))
    names = [
        "my shop/north sea/a.csv",
        "my shop/b.csv",
        "my shop/.git/config",
        "my shop/empty.csv",
        "../x.csv",
    ]
    files = [("folder", (name, b"" if "empty" in name else b"a,b\n1,2\n3,4\n")) for name in names]
    source = send(f"/new/{identifier}/folder", files=files[:1], anew="1").json()["source"]
    assert send(f"/new/{identifier}/folder", files=files[1:]).json()["source"] == source
    root = workplace.own / "uploads" / identifier / "my-shop"
    assert source == str(root)
    kept = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    assert kept == ["b.csv", "north sea/a.csv"]
    send(f"/new/{identifier}/data", source=source)
    assert "All 4 rows" in client.get(f"/new/{identifier}/data").text
    send(f"/new/{identifier}/folder", files=files[1:2], anew="1")
    assert not (root / "north sea").exists()


@pytest.mark.parametrize(
    "name", ["a/../../x", "/etc/x", "a/.ssh/x", "x", "a//x", "a/" + 300 * "x", "a\\..\\..\\x"]
)
def test_names_in_a_folder_that_leave_it_are_refused(send, workplace, name):
    identifier = draft_of(send("/new", kind="tabular"))
    answer = send(f"/new/{identifier}/folder", files=[("folder", (name, b"1"))])
    assert (answer.status_code, "no files" in answer.json()["error"]) == (400, True)
    assert not [path for path in (workplace.own / "uploads").rglob("*") if path.is_file()]


def test_file_that_is_a_folder_too_is_told(send):
    identifier = draft_of(send("/new", kind="tabular"))
    files = [("folder", (name, b"1")) for name in ("a/b", "a/b/c")]
    answer = send(f"/new/{identifier}/folder", files=files)
    assert (answer.status_code, "Rename it" in answer.json()["error"]) == (400, True)


def test_empty_upload_is_told(send):
    identifier = draft_of(send("/new", kind="tabular"))
    files = {"upload": ("empty.csv", b"", "text/csv")}
    answer = send(f"/new/{identifier}/data", files=files, **{"reader.delimiter": ";"})
    assert answer.status_code == 400
    assert "empty.csv is empty" in answer.text
    assert 'name="reader.delimiter" value=";"' in answer.text


def test_file_outside_the_folders_is_told_on_the_page(client, send):
    identifier = draft_of(send("/new", kind="tabular"))
    send(f"/new/{identifier}/data", source="/etc/passwd")
    page = client.get(f"/new/{identifier}/data").text
    assert "outside the folders" in page
    assert "root:" not in page


def test_data_cannot_smuggle_options(client, send):
    identifier = draft_of(send("/new", kind="tabular"))
    send(f"/new/{identifier}/data", source="--help")
    page = client.get(f"/new/{identifier}/data").text
    assert "Usage" not in page
    assert "--help" in page


def test_types_and_columns_to_leave_out(client, send, draft, workplace):
    send(
        f"/new/{draft}/columns",
        target="sold",
        **{"column.0": "shop", "type.0": "ignore", "column.1": "price", "type.1": "category"},
    )
    values = Drafts(workplace.own / "drafts").load(draft).values
    assert (values["types"], values["drop"], values["target"]) == ("price=category", "shop", "sold")


def test_gaps_are_filled_as_the_table_of_columns_says(client, send, draft, workplace):
    fields = {"column.0": "shop", "type.0": "", "fill.0": "most_frequent", "column.1": "price", "fill.1": "0"}
    send(f"/new/{draft}/columns", target="sold", **fields)
    assert Drafts(workplace.own / "drafts").load(draft).values["impute"] == "shop=most_frequent,price=0"
    page = client.get(f"/new/{draft}/columns").text
    assert 'name="fill.0" value="most_frequent"' in page
    assert "--impute" in client.get(f"/new/{draft}/review").text


def test_hyperparameters_have_a_field_each(client, send, draft, workplace):
    page = client.get(f"/new/{draft}/settings").text
    assert 'name="space.lightgbm.num_leaves" value="" placeholder="4..255"' in page
    send(f"/new/{draft}/settings", **{"space.lightgbm.num_leaves": "8..16", "space.ridge.alpha": " "})
    assert Drafts(workplace.own / "drafts").load(draft).values["search_space"] == "lightgbm.num_leaves=8..16"
    assert 'name="space.lightgbm.num_leaves" value="8..16"' in client.get(f"/new/{draft}/settings").text
    assert "--search-space lightgbm.num_leaves=8..16" in client.get(f"/new/{draft}/review").text
    send(f"/new/{draft}/settings", **{"space.lightgbm.num_leaves": "16..8"})
    assert '<option value="rmse">' in page
    assert "Boosted symmetric trees" in page
    assert 'value="conditional_random_field"' not in page, "an algorithm of another kind"
    assert "16..8 is no range" in client.get(f"/new/{draft}/review").text


def test_wrong_settings_are_told_at_their_field_and_kept(client, send, draft):
    send(f"/new/{draft}/settings", folds="many", time_limit="5m")
    page = client.get(f"/new/{draft}/settings").text
    assert 'value="many" placeholder="auto" aria-invalid="true"' in page
    assert 'value="5m"' in page
    review = client.get(f"/new/{draft}/review").text
    assert "folds" in review
    assert "Start the run" not in review


def test_review_shows_the_equal_command(client, draft, workplace):
    page = client.get(f"/new/{draft}/review").text
    assert f"podium run {workplace.roots[0] / 'sales.csv'} --target sold" in page
    assert "import podium" in page


def test_two_clicks_make_one_run(send, draft, workplace, monkeypatch):
    started = []

    def start(settings, *, out, engine):
        started.append((settings.target, engine))
        return type("Run", (), {"path": out})

    monkeypatch.setattr("podium.api.start", start)
    answers = [send(f"/new/{draft}/review", onward="start", engine="local") for _ in range(2)]
    assert started == [("sold", "local")]
    assert answers[0].headers["location"] == answers[1].headers["location"]


def test_back_after_the_start_leads_to_the_run(client, send, draft, monkeypatch):
    monkeypatch.setattr("podium.api.start", lambda settings, out, engine: type("Run", (), {"path": out}))
    run = send(f"/new/{draft}/review", onward="start").headers["location"]
    assert client.get(f"/new/{draft}/review").headers["location"] == run


def test_finished_run_shows_its_results(client, finished):
    page = client.get("/runs/sales-1").text
    assert "<strong>ridge</strong> was chosen" in page
    assert "0.5 to 0.7" in page
    assert "It was killed." in page
    assert "&lt;b&gt;3&lt;/b&gt; rows are copies." in page
    assert 'sandbox="allow-scripts"' in page


def test_report_is_bound(client, finished):
    answer = client.get("/runs/sales-1/report")
    assert "All of it." in answer.text
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts;")
    assert "img-src data:;" in policy, "reports hold pictures"


@pytest.mark.parametrize(
    "name", ["run.json", "config.yaml", "events.jsonl", ".variables.json", "..%2Fsecret", "%2e%2e"]
)
def test_only_delivered_files_are_given(client, finished, name):
    (finished.path.parent / "secret").write_text("secret")
    (finished.path / ".variables.json").write_text("{}")
    answer = client.get(f"/runs/sales-1/files/{name}")
    assert answer.status_code in (400, 404)
    assert client.get("/runs/sales-1/files/leaderboard.csv").text.startswith("rank,model")


def test_linked_files_are_not_given(client, finished, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (finished.path / "report.html").unlink()
    (finished.path / "report.html").symlink_to(tmp_path / "secret")
    assert "secret" not in client.get("/runs/sales-1/report").text


def test_clone_keeps_the_settings(client, send, finished):
    identifier = draft_of(send("/new", run="sales-1"))
    assert "--target sold" in client.get(f"/new/{identifier}/review").text


def test_comparison_shows_what_differs(client, finished, workplace):
    other = RunFolder.create(workplace.runs / "sales-2", TabularSettings(source="x.csv", target="price"))
    other.update(status="failed", pid=0)
    page = client.get("/compare?run=sales-1&run=sales-2").text
    assert "<td>sold</td><td>price</td>" in page
    assert client.get("/compare?run=..").status_code == 404


def test_progress_names_algorithms_by_their_titles(client, workplace):
    folder = RunFolder.create(workplace.runs / "titles", TabularSettings(source="x.csv", target="y"))
    names = [{"algorithm": name} for name in ("lightgbm", "theta_2_of_4", "my_own")]
    folder.append([{"event": "branch_planned", "at": 1.0, "branches": names}])
    with client:  # one loop of events for all requests
        client.get("/runs/titles")
        deadline = time.monotonic() + 120
        while "LightGBM" not in (page := client.get("/runs/titles").text) and time.monotonic() < deadline:
            time.sleep(0.2)
    assert "LightGBM" in page
    assert "Theta, part 2 of 4" in page
    assert "my_own" in page


def test_unknown_pages_are_told(client):
    for path in ("/runs/none", "/nowhere", "/new/0123456789abcdef/data", "/new/x/y"):
        assert client.get(path).status_code in (400, 404)


def test_progress_goes_on_after_the_last_event_that_was_seen(workplace):
    folder = RunFolder.create(workplace.runs / "sales-3", TabularSettings(source="x.csv", target="y"))
    live = LiveRuns(workplace, Children(workplace.runs))

    async def watch():
        follower = live.follow("sales-3")
        first = await anext(follower)
        seen = first.split("\n")[0].removeprefix("id: ")
        folder.append([{"event": "branch_planned", "at": 1.0, "branches": [{"algorithm": "ridge"}]}])
        second = await asyncio.wait_for(anext(follower), 5)
        folder.update(status="succeeded", ended=1.0, pid=0)
        rest = [text async for text in live.follow("sales-3", after=seen)]
        return first, second, rest

    first, second, rest = asyncio.run(watch())
    assert json.loads(first.split("data: ")[1])["branches"] == []
    assert "ridge" in second
    assert rest[-1].startswith("event: end")
    assert first not in rest


def test_one_state_is_read_for_many_watchers(workplace, monkeypatch):
    RunFolder.create(workplace.runs / "sales-4", TabularSettings(source="x.csv", target="y"))
    live, read = LiveRuns(workplace, Children(workplace.runs)), []
    monkeypatch.setattr("podium.studio.live.Watched.news", lambda self: read.append(1) or False)
    monkeypatch.setattr("podium.studio.live._POLL_SECONDS", 0.05)

    async def watch():
        async def one():
            async for _ in live.follow("sales-4"):
                pass

        tasks = [asyncio.create_task(one()) for _ in range(50)]
        await asyncio.sleep(0.5)
        before = len(read)
        await asyncio.sleep(0.5)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return len(read) - before

    assert asyncio.run(watch()) <= 12


MODELS = {
    "models": [
        {
            "name": "ridge",
            "title": "Ridge regression",
            "scores": {"rmse": {"value": 0.6, "low": 0.5, "high": 0.7, "reason": ""}},
            "charts": {"predicted_vs_true": {"true": [1.0, 2.0, 3.0], "predicted": [1.1, 2.2, 2.9]}},
            "drivers": {"kind": "own", "columns": {"price": 0.8, "shop<b>": 0.2}},
            "trial": "Its only trial scores 0.5 out of fold.",
            "parameters": [{"name": "alpha", "value": "0.3", "changed": True}],
            "members": [],
            "columns": [],
        }
    ],
    "thresholds": [
        {"threshold": "20%", "precision": 0.4, "recall": 0.9, "f1": 0.5,
         "false_alarms": 30, "misses": 2, "used": False},
        {"threshold": "50%", "precision": 0.7, "recall": 0.7, "f1": 0.7,
         "false_alarms": 8, "misses": 9, "used": True},
    ],
    "metrics": {"rmse": "Root mean squared error"},
}  # fmt: skip


def test_each_model_has_its_settings_charts_and_drivers(client, finished):
    (finished.path / "models.json").write_text(json.dumps(MODELS))
    page = client.get("/runs/sales-1/models/ridge").text
    for text in (
        "Ridge regression",
        "alpha",
        "Its only trial",
        "Predicted versus true",
        "0.5 to 0.7",
        'width="25.0"',
    ):
        assert text in page
    assert "Root mean squared error" in page
    assert "shop&lt;b&gt;" in page
    home = client.get("/runs/sales-1").text
    assert "<strong>Ridge regression</strong> was chosen. Its Root mean squared error is" in home
    assert ' style="' not in page
    assert "It was killed." in client.get("/runs/sales-1/models/svm").text
    assert client.get("/runs/sales-1/models/nothing").status_code == 404
    assert client.get("/runs/sales-1/models/..%2F..%2Fridge").status_code == 404


def test_run_of_an_earlier_version_has_pages_of_its_models_too(client, finished):
    assert "ridge" in client.get("/runs/sales-1/models/ridge").text


def test_thresholds_are_priced_without_javascript(client, finished):
    (finished.path / "models.json").write_text(json.dumps(MODELS))
    problem = json.loads((finished.path / "problem.json").read_text())
    (finished.path / "problem.json").write_text(json.dumps({**problem, "classes": ["good", "bad"]}))
    rows = client.get("/runs/sales-1").text.split("data-misses=")
    assert 'class="chosen"' in rows[2]
    rows = client.get("/runs/sales-1?miss=10&alarm=1").text.split("data-misses=")
    assert 'class="chosen"' in rows[1]
    assert "data-cost>50<" in rows[1]
    assert client.get("/runs/sales-1?miss=nan&alarm=-1").status_code == 200


def test_download_of_another_model_is_put_together_once(client, finished, workplace, monkeypatch):
    made = []

    async def text(self, *words, **options):
        made.append(words)
        from pathlib import Path

        Path(words[words.index("--out") + 1]).write_bytes(b"model")
        return ""

    board = (finished.path / "leaderboard.csv").read_text().replace("svm,failed", "svm,ok")
    (finished.path / "leaderboard.csv").write_text(board)
    monkeypatch.setattr("podium.studio.children.Children.text", text)
    for _ in range(2):
        answer = client.get("/runs/sales-1/models/svm/file")
        assert (answer.status_code, answer.content) == (200, b"model")
    assert [words[:3] for words in made] == [("export", "--model", "svm")]
    assert client.get("/runs/sales-1/models/ridge/file").content == b"not a model"


def test_champion_is_moved_by_its_version_alone(client, send, monkeypatch):
    asked = []

    async def text(self, *words, **options):
        asked.append(words)
        return "[]" if "--json" in words else ""

    monkeypatch.setattr("podium.studio.children.Children.text", text)
    assert "No model is registered" in client.get("/champions").text
    assert send("/champions", model="--help", version="3").headers["location"] == "/champions"
    assert asked[-1][-2:] == ("--", "--help")
    assert send("/champions", model="churn", version="3 --to 4").status_code == 400


def test_schedules_and_runs_of_the_server(client, send, finished, monkeypatch):
    elsewhere = "0c0f6a4e-3f2b-4d8e-9a52-6c1f1f0e7c11"
    finished.update(run_id="115304fa-4f97-4258-ba4c-9c21f1e2002e")
    lists = {
        "schedules": [
            {"schedule": name, "cron": "0 6 * * 1", "status": status, "link": "#/x"}
            for name, status in (("churn", "on"), ("<b>sales", "paused"))
        ],
        "runs": [
            {
                "run": run,
                "name": name,
                "status": "succeeded",
                "started": "2026-01-01 06:00:00",
                "seconds": 61.0,
            }
            for run, name in ((finished.state.run_id, "here"), (elsewhere, "there"))
        ],
    }
    asked = []

    async def text(self, *words, **options):
        asked.append(words)
        return json.dumps(lists[words[0]]) if "--json" in words else f"{finished.path}\n"

    monkeypatch.setattr("podium.studio.children.Children.text", text)
    page = client.get("/servers").text
    assert 'aria-label="Pause churn"' in page
    assert 'aria-label="Resume churn"' not in page
    assert 'aria-label="Resume &lt;b&gt;sales"' in page
    assert '<a href="/runs/sales-1">here</a>' in page
    assert f'name="run" value="{elsewhere}"' in page
    assert send("/servers", action="open", run=elsewhere).headers["location"] == "/runs/sales-1"
    assert asked[-1][-2:] == ("--", elsewhere)
    assert send("/servers", action="pause", schedule="--help").headers["location"] == "/servers"
    assert asked[-1] == ("pause", "--", "--help")
    assert send("/servers", action="drop", schedule="churn").status_code == 400


def test_schedule_takes_the_settings_of_the_draft(client, send, draft):
    page = send(f"/new/{draft}/schedule", cron="--help").text
    assert 'value="--help"' in page
    assert "Usage" not in page
    assert "name the schedule" in page


def test_folders_are_browsed_to_a_file(client, send, workplace):
    identifier = draft_of(send("/new", kind="tabular"))
    (workplace.roots[0] / "more").mkdir()
    page = client.get(f"/new/{identifier}/browse").text
    assert "sales.csv" in page
    assert "more/" in page
    source = str(workplace.roots[0] / "sales.csv")
    assert f'name="source" value="{source}"' in page
    page = client.get(f"/new/{identifier}/browse?place=/etc").text
    assert "outside the folders" in page
    assert "passwd" not in page
    assert "Usage" not in client.get(f"/new/{identifier}/browse?place=--help").text


def test_tables_of_a_database_are_read_by_a_query(client, send, workplace):
    import sqlite3

    with sqlite3.connect(workplace.roots[0] / "shop.db") as database:
        database.execute("create table sales (price, sold)")
        database.executemany("insert into sales values (?, ?)", [(n, 2 * n) for n in range(50)])
    identifier = draft_of(send("/new", kind="tabular"))
    address = f"sqlite:///{workplace.roots[0]}/shop.db"
    send(f"/new/{identifier}/data", source=address, **{"reader.query": "select * from sales where price > 9"})
    page = client.get(f"/new/{identifier}/data").text
    assert "All 40 rows were read as sql" in page
    send(f"/new/{identifier}/data", **{"reader.query": "drop table sales"})
    assert "<table" not in client.get(f"/new/{identifier}/data").text


def test_restart_in_the_middle_of_a_run_shows_it_on(workplace, keys, client):
    """The second studio has the state of the first, so that a browser that comes back need not see it again."""
    from starlette.testclient import TestClient

    from podium.studio.app import make_app
    from tests.studio.conftest import ADDRESS

    folder = RunFolder.create(workplace.runs / "sales-5", TabularSettings(source="x.csv", target="y"))
    folder.append([{"event": "branch_planned", "at": 1.0, "branches": [{"algorithm": "ridge"}]}])
    before = client.get("/runs/sales-5/state").json()
    again = TestClient(make_app(workplace, keys), base_url=ADDRESS, cookies=client.cookies)
    after = again.get("/runs/sales-5/state").json()
    assert before["branches"][0]["algorithm"] == after["branches"][0]["algorithm"] == "ridge"
    assert (before["events"], before["status"]) == (after["events"], after["status"]) == (1, "running")
    assert "ridge" in again.get("/runs/sales-5").text


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_equal_command_gives_the_same_run(client, send, draft, workplace, tmp_path):
    """The command of the review, run in a shell, makes what the studio makes."""
    import html
    import os
    import subprocess
    import sys

    import numpy as np
    import pandas as pd

    from podium.api import open_run

    random = np.random.default_rng(0)
    price, size = random.uniform(1, 9, (2, 120))
    table = pd.DataFrame({"price": price, "size": size, "sold": 90 - 8 * price + random.normal(0, 2, 120)})
    table.to_csv(workplace.roots[0] / "shop.csv", index=False)
    send(f"/new/{draft}/data", source=str(workplace.roots[0] / "shop.csv"))
    fields = {"algorithms": "ridge, decision_tree", "max_trials": "2", "space.ridge.alpha": "0.5..2"}
    send(f"/new/{draft}/settings", **fields)
    page = client.get(f"/new/{draft}/review").text
    command = html.unescape(page.split("<pre")[1].split(">", 1)[1].split("</pre>")[0])
    made = send(f"/new/{draft}/review", onward="start", engine="local").headers["location"]
    run = open_run(workplace.runs / made.rpartition("/")[2]).wait()
    shell = f'podium() {{ "{sys.executable}" -m podium.main "$@"; }}; {command} --quiet --out {tmp_path / "shell"}'
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    boards = [pd.read_csv(folder / "leaderboard.csv") for folder in (run.path, tmp_path / "shell")]
    columns = ["model", "rmse_oof", "rmse_test", "n_trials"]
    pd.testing.assert_frame_equal(boards[0][columns], boards[1][columns])
    configs = [(folder / "config.yaml").read_text() for folder in (run.path, tmp_path / "shell")]
    assert configs[0] == configs[1]
