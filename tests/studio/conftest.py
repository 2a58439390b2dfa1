"""A studio without a server and in a real Chromium, and finished runs for it."""

import json
import shutil
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from podium.run_folder import RunFolder
from podium.studio.app import make_app
from podium.studio.door import Keys
from podium.studio.workplace import Workplace
from podium_ml.settings import TabularSettings

ADDRESS = "http://127.0.0.1:8765"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """Return folders with a small file of data."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "sales.csv").write_text("shop,price,sold\n" + "".join(f"A,{n},{2 * n}\n" for n in range(1, 80)))
    return Workplace(tmp_path / "runs", (data,))


@pytest.fixture
def keys(workplace: Workplace) -> Keys:
    return Keys(workplace.own / "session.key")


@pytest.fixture
def client(workplace: Workplace, keys: Keys) -> TestClient:
    """Return a browser that has signed in."""
    found = TestClient(make_app(workplace, keys), base_url=ADDRESS, follow_redirects=False)
    assert found.get(f"/?token={keys.token}").status_code == 303
    return found


@pytest.fixture
def send(client: TestClient, keys: Keys):
    """Return a function that sends a form as the studio's pages do."""

    def post(path, files=None, **fields):
        return client.post(path, data={"csrf": keys.form, **fields}, files=files)

    return post


@pytest.fixture
def finished(workplace: Workplace) -> RunFolder:
    """Return a run that has succeeded, as its files are, without a model."""
    settings = TabularSettings(source=str(workplace.roots[0] / "sales.csv"), target="sold", name="sales")
    folder = RunFolder.create(workplace.runs / "sales-1", settings)
    columns = [
        {"name": "price", "role": "numeric", "is_feature": True},
        {"name": "sold", "role": "target", "is_feature": True},
    ]
    files = {
        "problem.json": json.dumps({"kind": "tabular", "metric": "rmse", "columns": columns}),
        "metrics.json": json.dumps({"metric": "rmse", "seconds": 61.0}),
        "guardrails.json": json.dumps(
            [{"title": "Copies", "outcome": "alert", "seen": "<b>3</b> rows are copies.", "done": ""}]
        ),
        "leaderboard.csv": "rank,model,status,rmse_oof,rmse_test,rmse_test_low,rmse_test_high,predict_ms,size_bytes,"
        "n_trials,tied,chosen,reason\n1,ridge,ok,0.5,0.6,0.5,0.7,0.8,1200,3,True,True,\n2,svm,failed,,,,,,,1,False,"
        "False,It was killed.\n",
        "importance.csv": "column,importance,std\nprice,0.9,0.1\n",
        "report.html": "<!doctype html><title>Report</title><p>All of it.</p>",
        "model.pkl": "not a model",
    }
    for name, text in files.items():
        (folder.path / name).write_text(text)
    folder.update(status="succeeded", ended=folder.state.started + 61, pid=0)
    return folder


@contextmanager
def serving(workplace, keys, *, port=0):
    """Serve a studio, and yield its port."""
    import uvicorn

    config = uvicorn.Config(make_app(workplace, keys), port=port, log_level="critical", lifespan="off")
    server, socket = uvicorn.Server(config), config.bind_socket()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield socket.getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)
        socket.close()


@pytest.fixture
def address(workplace, keys, monkeypatch):
    """Serve a studio, and return its first link."""
    monkeypatch.chdir(workplace.roots[0])
    with serving(workplace, keys) as port:
        yield f"http://127.0.0.1:{port}/?token={keys.token}"


@pytest.fixture
def page(address):
    """Return a page that has signed in; no request may leave this machine, and no script may fail."""
    with browsing(address) as page:
        yield page


@contextmanager
def browsing(address):
    """Open a page of a real Chromium; see ``page``."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZES["desktop"])
        asked, errors = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Refused" in said.text else None)
        page.set_default_timeout(180_000)
        page.goto(address)
        yield page
        browser.close()
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {address.split("/")[2]}
    assert not errors
