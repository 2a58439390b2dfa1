"""Bad input: the page says what is wrong, where, and what to do, and nothing that was entered is lost."""

import csv
import io
import json
import os
import shutil
import socket
import threading
import time
import zipfile
from urllib.parse import quote

import pytest
import uvicorn
from starlette.testclient import TestClient

from podium.run_folder import RunFolder
from podium.studio.app import make_app
from podium.studio.drafts import Drafts
from podium_ml.settings import TabularSettings
from tests.studio.conftest import ADDRESS
from tests.studio.test_pages import draft_of


@pytest.fixture
def read(client, send, workplace):
    """Return a function that uploads a file as the data of a draft, and returns the page that follows."""

    def upload(name, content, **options):
        identifier = draft_of(send("/new", kind="tabular"))
        answer = send(f"/new/{identifier}/data", files={"upload": (name, content)}, **options)
        assert answer.status_code == 303, answer.text
        return client.get(f"/new/{identifier}/data").text, identifier

    return upload


def alert_of(page):
    assert 'role="alert"' in page, page
    return page.split('role="alert">')[1].split("</div>")[0]


def test_header_without_rows(read):
    page, _ = read("a.csv", b"a,b,c\n")
    assert "no rows" in alert_of(page).lower() or "only" in alert_of(page).lower()


def test_wrong_encoding_is_told_and_the_field_is_kept(read):
    rows = "größe,preis\n" + "".join(f"übergröße {n},{n}\n" for n in range(30))
    page, _ = read("a.csv", rows.encode("latin-1"), **{"reader.encoding": "utf-8"})
    assert "utf-8" in alert_of(page).lower()
    assert 'value="utf-8"' in page
    page, _ = read("a.csv", rows.encode("latin-1"))
    assert "größe" in page


def test_workbook_that_is_a_bomb_is_refused(read):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/workbook.xml", "<workbook/>")
        book.writestr("xl/worksheets/sheet1.xml", b"0" * 300_000_000)
    began = time.monotonic()
    page, _ = read("a.xlsx", packed.getvalue())
    assert alert_of(page)
    assert time.monotonic() - began < 120


def test_strange_names_of_columns_are_shown_as_text(client, send, read):
    page, _ = read("a.csv", b"a,a,b\n" + b"1,2,3\n" * 30)
    assert "columns with the same name" in alert_of(page)
    page, identifier = read("a.csv", b"<script>alert(1)</script>,a,b\n" + b"1,2,3\n" * 30)
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    columns = client.get(f"/new/{identifier}/columns").text
    assert "<script>alert" not in columns
    send(f"/new/{identifier}/columns", target="<script>alert(1)</script>")
    assert "<script>alert" not in client.get(f"/new/{identifier}/review").text


def test_one_class_is_told_by_the_checks(client, send, read):
    _, identifier = read("a.csv", b"x,y\n" + b"".join(b"%d,yes\n" % n for n in range(40)))
    send(f"/new/{identifier}/columns", target="y")
    page = client.get(f"/new/{identifier}/checks").text
    assert "only one" in alert_of(page)
    assert "sold" not in page
    columns = client.get(f"/new/{identifier}/columns").text
    assert 'value="y" aria-label="y is the target" checked' in columns


def test_thousands_of_columns_are_shown_in_parts(client, send, read, workplace):
    names = ",".join(f"c{n}" for n in range(4_000))
    page, identifier = read("a.csv", (f"{names}\n" + (",".join(["1"] * 4_000) + "\n") * 3).encode())
    assert "All 3 rows" in page
    pages = [page, *(client.get(f"/new/{identifier}/columns?from={start}").text for start in (0, 3_900))]
    assert max(map(len, pages)) < 150_000
    assert 'value="c99"' in pages[1]
    assert 'value="c3999"' in pages[2]
    # What was entered for columns of one part stays when another is kept.
    send(f"/new/{identifier}/columns", **{"column.0": "c7", "type.0": "ignore", "target": "c3999"})
    answer = send(
        f"/new/{identifier}/columns", onward="columns 100", **{"column.0": "c8", "type.0": "category"}
    )
    assert answer.headers["location"].endswith("/columns?from=100")
    values = Drafts(workplace.own / "drafts").load(identifier).values
    assert (values["drop"], values["types"], values["target"]) == ("c7", "c8=category", "c3999")


def test_upload_that_is_too_large_is_refused_as_soon_as_it_is(client, send, monkeypatch, workplace):
    monkeypatch.setattr("podium.studio.door.LARGEST_BODY", 100_000)
    identifier = draft_of(send("/new", kind="tabular"))
    send(f"/new/{identifier}/data", source="sales.csv")
    answer = send(f"/new/{identifier}/data", files={"upload": ("a.csv", b"a,b\n" * 50_000)})
    assert answer.status_code == 413
    assert "larger than" in answer.text
    assert Drafts(workplace.own / "drafts").load(identifier).values["source"] == "sales.csv"
    assert not list((workplace.own / "uploads").rglob("*.csv"))


def test_aborted_upload_leaves_nothing(client, keys, workplace, send):
    """A real connection that ends in the middle of a file."""
    identifier = draft_of(send("/new", kind="tabular"))
    config = uvicorn.Config(make_app(workplace, keys), port=0, log_level="critical", lifespan="off")
    server, listening = uvicorn.Server(config), config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = listening.getsockname()[1]
    body = (
        f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{keys.form}\r\n'
        '--x\r\nContent-Disposition: form-data; name="upload"; filename="a.csv"\r\n\r\na,b\n1,2\n'
    )
    head = (
        f"POST /new/{identifier}/data HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: podium_studio={keys.session}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {len(body) + 1000}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall((head + body).encode())
    time.sleep(0.5)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: podium_studio={keys.session}\r\n\r\n".encode()
        )
        assert connection.recv(100).startswith(b"HTTP/1.1 200")
    server.should_exit = server.force_exit = True
    thread.join(10)
    assert "source" not in Drafts(workplace.own / "drafts").load(identifier).values
    assert not list((workplace.own / "uploads").rglob("*.csv"))


def test_full_disk_is_told_and_nothing_is_lost(workplace, keys, monkeypatch):
    app = make_app(workplace, keys)
    browser = TestClient(app, base_url=ADDRESS, follow_redirects=False, raise_server_exceptions=False)
    browser.get(f"/?token={keys.token}")
    identifier = Drafts(workplace.own / "drafts").new(values={"target": "sold"}).id

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("podium.studio.routes.new.store", full)
    answer = browser.post(
        f"/new/{identifier}/data", data={"csrf": keys.form}, files={"upload": ("a.csv", b"a,b\n1,2\n")}
    )
    assert answer.status_code == 507
    assert "No space is left on the disk" in answer.text
    assert Drafts(workplace.own / "drafts").load(identifier).values == {"target": "sold"}


def test_run_whose_process_died_can_be_resumed(client, workplace):
    folder = RunFolder.create(workplace.runs / "dead", TabularSettings(source="x.csv", target="y"))
    folder.append([{"event": "branch_planned", "at": 1.0, "branches": [{"algorithm": "ridge"}]}])
    folder.append([{"event": "stage_started", "at": 1.0, "stage": "ingest_data"}])
    folder.update(pid=2**22 - 1)
    page = client.get("/runs/dead").text
    assert 'value="resume"' in page
    assert "The run was interrupted." in page
    assert "(blank)" not in page
    assert 'class="failed" data-stage="ingest_data"' in page
    assert "<td>not begun</td>" in page


def test_run_of_which_files_are_broken_is_told(client, finished):
    (finished.path / "metrics.json").write_text("{")
    answer = client.get("/runs/sales-1")
    assert answer.status_code == 400
    assert "metrics.json" in answer.text
    (finished.path / "run.json").write_text("{}")
    assert "is damaged" in client.get("/").text
    shutil.rmtree(finished.path)
    assert client.get("/runs/sales-1").status_code == 404
    assert client.get("/").status_code == 200


def test_run_folder_of_an_old_version_is_shown(client, finished):
    """Versions before had neither these files nor these columns, and fewer fields."""
    state = json.loads((finished.path / "run.json").read_text())
    for field in ("problem", "note", "kind", "link"):
        del state[field]
    (finished.path / "run.json").write_text(json.dumps(state))
    for name in ("guardrails.json", "importance.csv", "problem.json"):
        (finished.path / name).unlink()
    board = "rank,model,status,rmse_oof\n1,ridge,ok,0.5\n"
    (finished.path / "leaderboard.csv").write_text(board)
    assert "ridge" in client.get("/runs/sales-1").text
    assert client.get("/runs/sales-1/use").status_code == 200


def test_server_that_is_down_is_told(client):
    # Commands have the environment of the server's start.
    studio = client.app._app.state.studio
    studio.children._environment["KF_PIPELINES_ENDPOINT"] = "http://127.0.0.1:9"
    studio.registry._environment["MLFLOW_TRACKING_URI"] = "http://127.0.0.1:9"
    assert "127.0.0.1:9" in alert_of(client.get("/servers").text)
    assert "127.0.0.1:9" in alert_of(client.get("/champions").text)


def test_two_tabs_of_one_draft_do_not_undo_each_other(client, send, draft_with_data, workplace):
    """A tab saves the fields of its own step, and leaves the others as they are."""
    identifier = draft_with_data
    send(f"/new/{identifier}/settings", time_limit="5m")
    send(f"/new/{identifier}/columns", target="price")
    values = Drafts(workplace.own / "drafts").load(identifier).values
    assert (values["time_limit"], values["target"]) == ("5m", "price")


@pytest.fixture
def draft_with_data(send, workplace):
    identifier = draft_of(send("/new", kind="tabular"))
    send(f"/new/{identifier}/data", source=str(workplace.roots[0] / "sales.csv"))
    return identifier


STRANGE = (
    "../../outside",
    "/etc/outside",
    "a\\..\\outside",
    'x"; filename="a.exe',
    "a\r\nSet-Cookie: a=b",
    "modèle",
)


@pytest.mark.parametrize("name", STRANGE)
def test_names_of_models_are_no_paths_and_no_headers(client, send, finished, workplace, name):
    """A run folder may be somebody else's, and its leaderboard names models."""
    board = finished.path / "leaderboard.csv"
    with board.open("a", newline="") as file:
        csv.writer(file).writerow([3, name, "ok", 0.5, 0.6, 0.5, 0.7, 0.8, 1200, 3, False, False, ""])
    made = workplace.own / "models" / finished.path.name
    made.mkdir(parents=True)
    later = time.time() + 60
    for place in (made / f"{name.rpartition('/')[2]}.pkl", workplace.own / "outside.pkl"):
        place.write_text("a model that was put together before")
        os.utime(place, (later, later))
    answer = client.get(f"/runs/sales-1/models/{quote(name, safe='')}/file")
    if "/" in name or "\\" in name or "\n" in name:
        assert answer.status_code in (400, 404)
    else:
        assert answer.status_code == 200
        assert (
            answer.headers["content-disposition"]
            == f"attachment; filename*=UTF-8''{quote(name + '.pkl', safe='')}"
        )
    assert "set-cookie" not in answer.headers
    if "/" in name or "\\" in name:
        answer = send(f"/runs/sales-1/use?model={quote(name, safe='')}", text="")
        assert "Nothing is written outside of a folder" in answer.text
