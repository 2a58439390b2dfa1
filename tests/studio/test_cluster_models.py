"""Models in the studio of a cluster: used by who may, in a child that a stranger's model cannot leave."""

import os
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from podium.run_folder import RunFolder
from podium.studio.app import make_app
from podium.studio.cluster.access import Access
from podium.studio.cluster.app import ClusterStudio
from podium.studio.cluster.gateway import Gateway
from podium_components.supervision import can_confine
from podium_ml.settings import TabularSettings
from tests.components.stranger import Stranger
from tests.pipelines.tables import binary_table
from tests.studio.test_cluster import ALICE, GATEWAY, HOST, key_of
from tests.unit.champions.conftest import train

ROOT = Path(__file__).parents[2]
BOARD = "model,status,log_loss_oof,chosen\nlinear,ok,0.5,True\ntree,ok,0.6,False\n"
confined = pytest.mark.skipif(not can_confine(), reason="this kernel cannot confine models")


@pytest.fixture(scope="module")
def trained():
    return train(binary_table(300, seed=1))


def run_in(runs, trained):
    """Write a run on a server that has succeeded, with its model."""
    settings = TabularSettings(source="s3://lake/churn.csv", target="churn")
    folder = RunFolder.create(runs / "churn-1", settings, engine="kubeflow")
    trained.predictor.save(folder.path / "model.pkl")
    trained.problem.save(folder.path / "problem.json")
    (folder.path / "leaderboard.csv").write_text(BOARD)
    (folder.path / "metrics.json").write_text('{"metric": "log_loss"}')
    folder.update(status="succeeded", ended=folder.state.started + 60, pid=0)
    return folder


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), *sys.path]))
    monkeypatch.setenv("PODIUM_MODEL_MODULES", "tests")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "planted")
    (tmp_path / "registries").mkdir()
    (tmp_path / "registries" / "team-a").write_text(
        "MLFLOW_TRACKING_URI=https://mlflow.team-a\nMLFLOW_TRACKING_PASSWORD=a\nAWS_SECRET_ACCESS_KEY=b\n"
    )
    return ClusterStudio(
        tmp_path / "data",
        gateway=Gateway(GATEWAY),
        access=Access(lambda *_: True),
        hosts={"kubeflow.example.com"},
        registries=tmp_path / "registries",
    )


@pytest.fixture
def browser(app):
    return TestClient(app, base_url=HOST, client=("127.0.0.6", 50000), headers=ALICE, follow_redirects=False)


def predict(browser, rows, where="/ns/team-a/runs/churn-1/use"):
    """Upload rows to predict."""
    form = {"csrf": key_of(browser.get(where)), "as": "file"}
    return browser.post(where, data=form, files={"upload": ("rows.csv", rows.to_csv(index=False))})


@confined
def test_rows_are_predicted(app, browser, trained, tmp_path):
    run_in(tmp_path / "data" / "team-a" / "runs", trained)
    assert "Use the model" in browser.get("/ns/team-a/runs/churn-1").text
    answer = predict(browser, trained.test.head(7))
    assert answer.status_code == 200, answer.text
    assert len(answer.text.splitlines()) == 8
    assert answer.headers["content-disposition"].startswith("attachment")


@confined
def test_mistake_in_the_rows_is_told(app, browser, trained, tmp_path):
    run_in(tmp_path / "data" / "team-a" / "runs", trained)
    page = predict(browser, trained.test.head(7)[["churn"]]).text
    assert 'role="alert"' in page
    assert "bug" not in page


@confined
def test_model_of_a_stranger_reaches_nothing(app, browser, workplace, keys, trained, tmp_path):
    """On a laptop, whose user trusts the model, the same attack succeeds."""
    loot = workplace.runs.parent / "loot"
    (loot.with_name("evaluation")).mkdir()
    honest, trained.predictor.model = trained.predictor.model, Stranger(str(loot))
    try:
        run_in(tmp_path / "data" / "team-a" / "runs", trained)
        run_in(workplace.runs, trained)
    finally:
        trained.predictor.model = honest
    assert predict(browser, trained.test.head(3)).status_code == 200
    assert not loot.exists()
    laptop = TestClient(make_app(workplace, keys), base_url="http://127.0.0.1:8765")
    laptop.get(f"/?token={keys.token}")
    assert predict(laptop, trained.test.head(3), "/runs/churn-1/use").status_code == 200
    assert loot.exists()


def test_no_model_is_loaded_where_it_cannot_be_confined(browser, trained, tmp_path, monkeypatch):
    monkeypatch.setattr("podium.studio.model_commands.can_confine", lambda: False)
    run_in(tmp_path / "data" / "team-a" / "runs", trained)
    assert "Linux before 6.7 cannot confine them" in predict(browser, trained.test.head(3)).text
    assert browser.get("/ns/team-a/runs/churn-1/models/linear/file").status_code == 200


def test_no_model_is_registered(browser, trained, tmp_path):
    run_in(tmp_path / "data" / "team-a" / "runs", trained)
    page = browser.get("/ns/team-a/runs/churn-1")
    assert 'value="register"' not in page.text
    form = {"csrf": key_of(page), "action": "register"}
    answer = browser.post("/ns/team-a/runs/churn-1/models/linear", data=form)
    assert (answer.status_code, "registers no models" in answer.text) == (400, True)


def test_registry_is_that_of_the_namespace(app, browser):
    ours, theirs = (app._studio("alice@example.com", name) for name in ("team-a", "team-b"))
    known = {"MLFLOW_TRACKING_URI": "https://mlflow.team-a", "MLFLOW_TRACKING_PASSWORD": "a"}
    assert ours.surroundings.registry == known
    assert known.items() <= ours.registry._environment.items()
    assert ours.registry._environment["PODIUM_KUBEFLOW_USER"] == "alice@example.com"
    assert not known.keys() & ours.children._environment.keys()
    assert not theirs.surroundings.has_registry
    assert ">Champions<" in browser.get("/ns/team-a/").text
    assert ">Champions<" not in browser.get("/ns/team-b/").text
    assert "does not know the registry" in browser.get("/ns/team-b/champions").text
