"""Tests of common tasks on a real Kubeflow Pipelines server."""

import json
import os
import time

import numpy as np
import pandas as pd
import pytest

import podium
from podium.engines.kubeflow import open_server_run
from podium.images import image_names
from podium.progress.state import Progress
from podium.run_folder import RunFolder
from podium.servers.deliveries import Deliveries
from podium_ml.run.stages import NAMES, TASKS
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.values.quantities import parse_size
from tests.pipelines.tables import binary_table

pytestmark = [pytest.mark.kubeflow, pytest.mark.timeout(1800)]
SCORES = ["model", "roc_auc_oof", "roc_auc_test"]
ENDED = ("SUCCEEDED", "FAILED", "CANCELED")


def ended(kubeflow, run_id, *, seconds=900):
    """Wait until a run on the server has ended, and return it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        run = kubeflow.run(run_id)
        if run.state in ENDED:
            return run
        time.sleep(5)
    return pytest.fail(f"Run {run_id} did not end within {seconds} s.")


def test_package_is_uploaded_once(command):
    first, second = command("upload"), command("upload")
    assert first.returncode == 0, first.stderr
    assert "is already there" in second.stdout
    assert second.stdout.splitlines()[-1] == first.stdout.splitlines()[-1]


def test_run_delivers_results(first_run, folder):
    assert first_run.status == "succeeded"
    board = first_run.leaderboard
    assert board["status"].eq("ok").all()
    rows = pd.read_csv(folder / "customers.csv").drop(columns="churn")
    assert len(first_run.predictor.predict(rows)) == len(rows)
    assert first_run.report.read_text().count("<h1") == 1


def test_progress_is_complete(first_run):
    progress = Progress()
    for event in first_run.folder.events():
        progress.take(event)
    assert set(progress.stages) == set(NAMES)
    assert set(progress.stages.values()) == {"done"}
    assert progress.branches["decision_tree"].best > 0.5


def test_logs_of_one_branch(first_run, command):
    printed = command("logs", first_run.path, "decision_tree").stdout
    assert printed.count("==>") == 1
    assert '"algorithm": "decision_tree"' in printed
    unknown = command("logs", first_run.path, "decision_tre")
    assert (unknown.returncode, "Did you mean decision_tree" in unknown.stderr) == (2, True)


def test_logs_are_in_order_of_time(first_run, command):
    printed = command("logs", first_run.path).stdout
    named = [line.split()[1] for line in printed.splitlines() if line.startswith("==> ")]
    tasks = [name for name in named if name in TASKS]
    assert tasks[:2] == ["resolve_inputs", "validate_data"]
    assert tasks[-1] == "publish_run"
    assert named.index("validate_data") < named.index("decision_tree") < named.index("select_model")


def test_number_of_trials_is_shown(first_run):
    progress = Progress()
    for event in first_run.folder.events():
        progress.take(event)
    ledger = pd.read_json(first_run.path / "trials.jsonl", lines=True)
    counts = ledger["algorithm"].value_counts().to_dict()
    assert {name: one.trials for name, one in progress.branches.items()} == counts


def test_leaderboard_matches_local_run(first_run, folder):
    settings = first_run.folder.settings.model_copy(update={"source": str(folder / "customers.csv")})
    given = settings.model_dump(include={"max_trials", "algorithms"})
    given["name"] = f"test-{os.urandom(4).hex()}"  # no champion of an earlier session is its reference
    local = podium.run(settings.source, settings.target, out=folder / "local" / "run", **given).wait()
    ours, theirs = first_run.leaderboard[SCORES], local.leaderboard[SCORES]
    assert list(ours["model"]) == list(theirs["model"])
    np.testing.assert_allclose(ours[SCORES[1:]], theirs[SCORES[1:]], rtol=1e-6)


def test_a_second_run_trains_only_what_changed(first_run, folder, connections, kubeflow):
    """The model of the first run is the champion at that time."""
    given = first_run.folder.settings.model_dump(include={"max_trials", "name"})
    again = podium.run(
        folder / "customers.csv",
        "churn",
        engine="kubeflow",
        out=folder / "second",
        algorithms="logistic_regression,decision_tree,naive_bayes",
        **given,
    ).wait()
    trained = Deliveries(connections, kubeflow.run(again.state.run_id)).candidates()
    assert [one.algorithm for one in trained] == ["naive_bayes"]
    assert {"naive_bayes", "decision_tree", "logistic_regression"} <= set(again.leaderboard["model"])


def test_pods_have_the_resources_of_their_branches(first_run, pods):
    branches = [container.resources for _, _, container in pods.branches(first_run.state.run_id)]
    given = {(one.limits["cpu"], parse_size(one.requests["memory"])) for one in branches}
    specs = [ALGORITHMS[name].resources for name in ("baseline", "decision_tree", "logistic_regression")]
    assert given == {(spec.cpu, parse_size(spec.memory)) for spec in specs}
    for one in branches:
        assert parse_size(one.limits["memory"]) == 2 * parse_size(one.requests["memory"])
    assert all(one.security_context.run_as_non_root for one in pods.main_containers(first_run.state.run_id))


def test_first_task_reports_a_wrong_field(first_run, command, folder, kubeflow, connections):
    began = time.time()
    failed = command(
        "run", folder / "customers.csv", "--target", "churn", "--engine", "kubeflow", "--out", "wrong",
        "--algorithms", "decision_tree", "--max-trials", "1", "--metric", "rmse", "--task", "binary", "--quiet",
    )  # fmt: skip
    assert failed.returncode == 2
    assert failed.stderr.startswith("Error: ")
    assert len(failed.stderr.splitlines()) == 1
    assert time.time() - began < 300


def test_image_that_cannot_be_pulled_is_reported_while_waiting(first_run, folder, command, monkeypatch):
    monkeypatch.setenv("PODIUM_IMAGE_REGISTRY", "registry.invalid/podium")
    started = podium.run(folder / "customers.csv", "churn", engine="kubeflow", out=folder / "no-image")
    try:
        until, notices = time.monotonic() + 300, []
        while not notices and time.monotonic() < until:
            started.wait(seconds=5)
            notices = [event["text"] for event in started.folder.events() if event["event"] == "notice"]
        missing = image_names("registry.invalid/podium")["python-cpu"]
        assert [text.startswith(f"The image {missing} cannot be pulled") for text in notices] == [True]
        examined = command("doctor")
        assert examined.returncode == 2
        assert "registry.invalid/podium/python-cpu" in examined.stdout
    finally:
        started.cancel()


def test_cancel(first_run, command, folder, kubeflow):
    started = command(
        "run", folder / "customers.csv", "--target", "churn", "--engine", "kubeflow", "--out", "cancelled",
        "--seed", "1", "--no-wait",
    )  # fmt: skip
    assert started.returncode == 0, started.stderr
    time.sleep(20)
    assert command("cancel", "cancelled").returncode == 0
    state = RunFolder.open(folder / "cancelled").state
    assert state.status == "cancelled"
    assert ended(kubeflow, state.run_id, seconds=120).state in ("CANCELED", "FAILED")


def test_scheduled_runs_and_champion(command, kubeflow, connections, folder):
    """The runs are a first champion, one with unchanged data, and a challenger with worse data that is not promoted."""
    import mlflow

    from podium.servers.store import Store

    name, store = f"test-{os.urandom(4).hex()}", Store(connections["store"])
    lake = f"lake/{name}"

    def put(table):
        table.to_csv(folder / "lake.csv", index=False)
        store.upload([(folder / "lake.csv", f"{len(table)}.csv")], lake)

    def triggered():
        done = command("trigger", name)
        assert done.returncode == 0, done.stderr
        return ended(kubeflow, done.stdout.split()[1].rstrip("."))

    def champion():
        client = mlflow.MlflowClient(connections["MLflow"])
        return client.get_model_version_by_alias(name, "champion").version

    put(binary_table(400, seed=11))
    made = command(
        "schedule", "--name", name, "--cron", "0 3 * * 1", "--data", f"{store}/{lake}/", "--target", "churn",
        "--max-trials", "1", "--algorithms", "decision_tree",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    try:
        assert command("pause", name).returncode == 0
        listed = json.loads(command("schedules", "--json").stdout)
        assert {one["schedule"]: one["status"] for one in listed}[name] == "paused"
        assert command("resume", name).returncode == 0
        listed = json.loads(command("schedules", "--json").stdout)
        assert [one["status"] for one in listed if one["schedule"] == name] == ["on"]
        assert triggered().state == "SUCCEEDED"
        assert champion() == "1"

        unchanged = triggered()
        assert unchanged.state == "SUCCEEDED"
        note = RunFolder(open_server_run(unchanged.run_id, parent=folder / "runs").path)
        assert podium.open_run(note.path).state.note

        shuffled = binary_table(600, seed=12)
        shuffled["churn"] = shuffled["churn"].sample(frac=1, random_state=1).to_numpy()
        put(shuffled)
        assert triggered().state == "SUCCEEDED"
        assert champion() == "1"
    finally:
        assert command("delete", name).returncode == 0
