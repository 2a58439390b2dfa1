"""A run on Kubeflow without code, in a real Chromium, against a server that answers as Kubeflow Pipelines 2.17 does.

The results in its store are those of a real run. ``make test-kubeflow`` runs the same commands on a real server.
"""

import json
import re
from datetime import UTC, datetime

import pytest
import yaml
from pytest_httpserver import URI_DEFAULT
from werkzeug import Request, Response

import podium
from podium.run_folder import FETCHED
from podium_ml.kinds import load_predictor
from tests.studio.conftest import CHROMIUM
from tests.studio.test_browser import playwright, to_columns

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.minio,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
    pytest.mark.timeout(600),
]
RUN = "115304fa-4f97-4258-ba4c-9c21f1e2002e"
PLACE = f"mlpipeline/v2/artifacts/podium-tabular/{RUN}"
TASKS = {"validate-data", "featurize-data", "train-candidate", "select-model", "evaluate-models"}


class Server:
    """One pipeline, its versions and runs, by the requests that the client makes."""

    def __init__(self):
        self.versions, self.runs, self.users = [], {}, set()

    def __call__(self, request: Request) -> Response:
        self.users.add(request.headers.get("kubeflow-userid"))
        path = request.path.removeprefix("/apis/v2beta1/")
        answer = self.answer(request, path)
        return Response(
            json.dumps(answer or {}), 404 if answer is None else 200, content_type="application/json"
        )

    def answer(self, request, path):
        if path == "healthz":
            return {"tag_name": "2.17.0", "multi_user": False}
        if path == "pipelines":
            return {"pipelines": [{"pipeline_id": "p1", "display_name": "podium-tabular"}]}
        if path == "experiments":
            return {"experiments": [{"experiment_id": "e1", "display_name": "shop"}]}
        if path == "pipelines/upload_version":
            documents = list(yaml.safe_load_all(request.files["uploadfile"].read()))
            self.versions.append({"pipeline_version_id": "v1", "display_name": request.args["name"]})
            return {**self.versions[-1], "pipeline_spec": documents[0]}
        if path.endswith("/versions"):
            return {"pipeline_versions": []}
        if path == "runs" and request.method == "POST":
            now = datetime.now(UTC).isoformat()
            self.runs[RUN] = {**request.get_json(), "run_id": RUN, "state": "RUNNING", "created_at": now}
            return self.runs[RUN]
        if path == f"runs/{RUN}":
            return self.runs.get(RUN)
        if path == f"runs/{RUN}:terminate":
            self.runs[RUN]["state"] = "CANCELED"
            return {}
        return None


@pytest.fixture
def kubeflow(httpserver, s3, monkeypatch):
    """Return a server that the environment names, before the studio starts."""
    server = Server()
    httpserver.expect_request(URI_DEFAULT).respond_with_handler(server)
    monkeypatch.setenv("KF_PIPELINES_ENDPOINT", httpserver.url_for("").rstrip("/"))
    monkeypatch.setenv("KUBECONFIG", "/nonexistent")
    s3.create_bucket(Bucket="mlpipeline")
    return server


def deliver(s3, made):
    """Write the outputs of a real run where a run on the server writes them, with the notes of where they are."""
    for name in FETCHED:
        if (made.path / name).is_file():
            put(s3, f"publish-run/1/delivery/{name}", (made.path / name).read_bytes())
    places = {"candidates": []}
    for file in sorted(path for path in made.folder.artifacts.rglob("*") if path.is_file()):
        parts = file.relative_to(made.folder.artifacts).parts
        task = next((at for at, part in enumerate(parts) if part in TASKS), None)
        if task is None:
            continue
        attempt = parts[task - 1]  # of branches, which are in the loop, one after another
        place = f"{parts[task]}/{attempt}/{parts[task + 1]}"
        put(s3, "/".join([place, *parts[task + 2 :]]), file.read_bytes())
        uri = f"minio://{PLACE}/{place}"
        if parts[task + 1] != "candidate":
            places[parts[task + 1]] = uri
        elif uri not in places["candidates"]:
            places["candidates"].append(uri)
    model = places["model"].removeprefix(f"minio://{PLACE}/")
    for notes in (f"{model}/sources.json", "publish-run/1/delivery/sources.json"):
        put(s3, notes, json.dumps(places).encode())


def put(s3, name, content):
    bucket, _, folder = PLACE.partition("/")
    s3.put_object(Bucket=bucket, Key=f"{folder}/{name}", Body=content)


def test_run_on_kubeflow_is_made_and_used_without_code(kubeflow, s3, page, workplace, tmp_path):
    table = workplace.roots[0] / "shop.csv"
    table.write_text(
        "price,sold\n" + "".join(f"{n % 9 + 1},{90 - 8 * (n % 9 + 1) + n % 2}\n" for n in range(200))
    )
    made = podium.run(table, "sold", out=tmp_path / "made", algorithms="ridge,decision_tree", max_trials=1)
    made.wait()
    to_columns(page, "shop.csv")
    page.get_by_label("sold is the target").check()
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("link", name="Review").click()
    page.get_by_label("On Kubeflow Pipelines").check()
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url(re.compile("/runs/"), timeout=120_000)
    sent = kubeflow.runs[RUN]["runtime_config"]["parameters"]
    assert sent["target"] == "sold"
    assert sent["source"].startswith("s3://mlpipeline/podium/")
    playwright.expect(page.get_by_role("link", name="On the server")).to_have_attribute(
        "href", re.compile(RUN)
    )
    playwright.expect(page.get_by_text("running").first).to_be_visible()
    deliver(s3, made)
    kubeflow.runs[RUN] |= {"state": "SUCCEEDED", "finished_at": datetime.now(UTC).isoformat()}
    # The live page shows the results by itself.
    page.get_by_role("link", name="Use the model").click(timeout=120_000)
    page.get_by_label("price").fill("2")
    page.get_by_role("button", name="Predict", exact=True).click()
    value = page.locator(".tiles .value").first
    playwright.expect(value).to_be_visible(timeout=120_000)
    assert abs(float(value.inner_text()) - 74) < 4
    assert kubeflow.users == {None}
    other = next(name for name in ("ridge", "decision_tree") if name != made.predictor.name)
    page.get_by_role("link", name="Back to the run").click()
    page.locator(f"a[href$='/models/{other}']").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert load_predictor(download.value.path()).name == other
    with page.expect_download() as download:
        page.get_by_role("link", name="Notebook").click()
    cells = json.loads(download.value.path().read_text())["cells"]
    assert f"podium.open_run('{RUN}')" in str(cells)
    assert "podium.score(scored, rows)" in str(cells)


def test_run_on_kubeflow_is_cancelled_without_code(kubeflow, page, workplace):
    to_columns(page, "sales.csv")
    page.get_by_label("sold is the target").check()
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("link", name="Review").click()
    page.get_by_label("On Kubeflow Pipelines").check()
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url(re.compile("/runs/"), timeout=120_000)
    page.get_by_role("button", name="Cancel").click()
    playwright.expect(page.get_by_text("Cancelled by the user.")).to_be_visible(timeout=120_000)
    assert kubeflow.runs[RUN]["state"] == "CANCELED"
