"""Attacks on the studio's door, with the honest use beside them."""

import stat

import pytest
from starlette.testclient import TestClient

from podium.studio.app import make_app
from podium.studio.door import Keys
from tests.studio.conftest import ADDRESS


def test_link_signs_in_once(workplace, keys):
    app, token = make_app(workplace, keys), keys.token
    first, second = (TestClient(app, base_url=ADDRESS, follow_redirects=False) for _ in range(2))
    answer = first.get(f"/?token={token}")
    assert answer.status_code == 303
    assert "token" not in answer.headers["location"]
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert first.get("/").status_code == 200
    assert second.get(f"/?token={token}").status_code == 401
    assert second.get("/").status_code == 401


@pytest.mark.parametrize("path", ["/", "/new", "/servers", "/runs/sales-1", "/runs/sales-1/files/model.pkl"])
def test_nothing_is_shown_without_signing_in(workplace, keys, finished, path):
    client = TestClient(make_app(workplace, keys), base_url=ADDRESS)
    answer = client.get(path)
    assert answer.status_code == 401
    assert "podium studio" in answer.text
    client.cookies.set("podium_studio", "guess")
    assert client.get(path).status_code == 401


def test_other_names_of_this_machine_are_refused(client):
    """A page whose name points here (DNS rebinding) sends its own name."""
    assert client.get("/", headers={"host": "rebound.example.com:8765"}).status_code == 421
    assert client.get("/", headers={"host": "127.0.0.1.example.com"}).status_code == 421
    assert client.get("/", headers={"host": "localhost:8765"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example.com"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
    ],
)
def test_changes_from_other_sites_are_refused(client, keys, headers):
    form = {"csrf": keys.form, "kind": "tabular"}
    assert client.post("/new", data=form, headers=headers).status_code == 403
    assert client.post("/new", data=form, headers={"origin": ADDRESS}).status_code == 303


def test_forms_need_their_key(client, keys):
    assert client.post("/new", data={"kind": "tabular"}).status_code == 403
    assert client.post("/new", data={"kind": "tabular", "csrf": keys.session}).status_code == 403
    assert client.post("/new", data={"kind": "tabular", "csrf": keys.form}).status_code == 303


def test_pages_load_and_send_nothing_elsewhere(client):
    headers = client.get("/new").headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_session_outlives_a_restart_and_its_key_is_private(workplace, keys):
    file = workplace.own / "session.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Keys(file).session == keys.session
    assert Keys(file).token != keys.token


def test_key_that_others_could_read_is_replaced(workplace, keys):
    file = workplace.own / "session.key"
    file.chmod(0o644)
    assert Keys(file).session != keys.session


def test_studio_under_a_prefix(workplace, keys):
    client = TestClient(make_app(workplace, keys, prefix="/studio"), base_url=ADDRESS, follow_redirects=False)
    assert client.get(f"/studio/?token={keys.token}").headers["location"] == "/studio/"
    assert 'href="/studio/new"' in client.get("/studio/").text
    assert client.get("/new").status_code == 404
