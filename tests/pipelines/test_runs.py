"""Tests of complete runs on the embedded engine."""

import json
import os
import pickle
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

import podium
from podium.run_folder import DELIVERED
from podium_ml.errors import ModelFileError, RunError
from tests.pipelines.tables import binary_table, multiclass_table, regression_table

pytestmark = pytest.mark.slow
PODIUM = [sys.executable, "-m", "podium.main"]
QUICK = {"algorithms": "logistic_regression,decision_tree", "max_trials": 1}


def command(*words, **options):
    """Run the command line in a separate process."""
    return subprocess.run([*PODIUM, *map(str, words)], capture_output=True, text=True, check=False, **options)


@pytest.fixture(scope="module")
def binary_run(tmp_path_factory):
    """Return a finished run on a small table."""
    out = tmp_path_factory.mktemp("runs") / "churn"
    return podium.run(binary_table(400, seed=1), "churn", test=None, out=out, name="churn", **QUICK).wait()


def test_run_delivers_all_files(binary_run):
    for name in DELIVERED:
        assert (binary_run.path / name).stat().st_size > 0, name
    board = binary_run.leaderboard
    assert {"baseline", "logistic_regression", "decision_tree", "weighted_ensemble"} <= set(board["model"])
    assert board["chosen"].sum() == 1
    chosen = board[board["chosen"]].iloc[0]
    baseline = board[board["model"] == "baseline"].iloc[0]
    assert chosen["roc_auc_test"] > baseline["roc_auc_test"] + 0.1
    assert chosen["roc_auc_test_low"] <= chosen["roc_auc_test"] <= chosen["roc_auc_test_high"]


def test_predictor_accepts_reordered_columns(binary_run):
    predictor, rows = binary_run.predictor, binary_table(50, seed=9)
    labels = predictor.predict(rows.drop(columns="churn")[["noise", "plan", "usage", "joined", "age"]])
    assert set(labels) <= {"yes", "no"}
    assert (labels == rows["churn"]).mean() > 0.6
    assert predictor.predict_proba(rows).shape == (50, 2)


def test_predict_keeps_row_order(binary_run, tmp_path):
    rows = binary_table(30, seed=5).drop(columns="churn")
    rows.to_csv(tmp_path / "new.csv", index=False)
    done = command(
        "predict", binary_run.path, tmp_path / "new.csv", "--proba", "--out", tmp_path / "pred.csv"
    )
    assert done.returncode == 0, done.stderr
    written = pd.read_csv(tmp_path / "pred.csv")
    assert list(written.columns) == ["prediction", "probability_no", "probability_yes"]
    np.testing.assert_allclose(written.iloc[:, 1:], binary_run.predictor.predict_proba(rows), rtol=1e-6)
    printed = command("predict", binary_run.path / "model.pkl", tmp_path / "new.csv")
    assert printed.stdout.splitlines()[0] == "prediction"
    assert len(printed.stdout.splitlines()) == 31


def test_any_model_of_the_leaderboard_can_be_exported(binary_run, tmp_path):
    board, rows = binary_run.leaderboard, binary_table(60, seed=5)
    chosen, labels = binary_run.predictor.name, {}
    for name in ("logistic_regression", "weighted_ensemble"):
        done = command("export", binary_run.path, "--model", name, "--out", tmp_path / f"{name}.pkl")
        assert done.returncode == 0, done.stderr
        predictor = podium.Predictor.load(tmp_path / f"{name}.pkl")
        assert predictor.name == name
        labels[name] = predictor.predict(rows)
        assert (labels[name] == rows["churn"]).mean() > 0.6
    assert binary_run.model(chosen).name == chosen
    assert set(board["model"]) >= set(labels)
    done = command("export", binary_run.path, "--model", "nothing", "--out", tmp_path / "nothing.pkl")
    assert done.returncode == 2
    assert "has no model 'nothing'" in done.stderr
    assert not (tmp_path / "nothing.pkl").exists()


def test_facts_of_every_model_are_delivered(binary_run):
    facts = json.loads((binary_run.path / "models.json").read_text())
    models = {one["name"]: one for one in facts["models"]}
    assert list(models) == list(binary_run.leaderboard["model"])
    tree = models["decision_tree"]
    assert tree["parameters"]
    assert tree["charts"]["roc"]
    assert abs(sum(tree["drivers"]["columns"].values()) - 1) < 0.01
    assert models["weighted_ensemble"]["members"]
    assert tree["scores"]["roc_auc"]["low"] < tree["scores"]["roc_auc"]["value"]
    assert any(row["used"] for row in facts["thresholds"])


def test_commands_on_a_finished_run(binary_run, tmp_path):
    board = json.loads(command("leaderboard", binary_run.path, "--json").stdout)
    assert board[0]["rank"] == 1
    assert "chosen" in command("leaderboard", binary_run.path).stdout
    assert command("report", binary_run.path).stdout.strip().endswith("report.html")
    listed = json.loads(command("runs", "--folder", binary_run.path.parent, "--json").stdout)
    assert listed[0]["status"] == "succeeded"
    binary_table(3).to_csv(tmp_path / "rows.csv", index=False)
    explained = command("explain", binary_run.path, tmp_path / "rows.csv", "--top", "3")
    assert explained.stdout.count("row ") == 3, explained.stderr


def test_a_finished_run_cannot_be_resumed(binary_run):
    with pytest.raises(RunError, match="cannot be resumed: its status is 'succeeded'"):
        binary_run.resume()
    assert command("resume", binary_run.path).returncode == 2


def test_run_is_logged_to_mlflow(binary_run):
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{binary_run.path.parent}/mlflow.db")
    experiment = client.get_experiment_by_name("churn")
    assert experiment.artifact_location.startswith((binary_run.path.parent / "mlartifacts").as_uri())
    runs = client.search_runs([experiment.experiment_id])
    parent = next(run for run in runs if run.data.tags["podium.kind"] == "pipeline")
    children = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    assert {run.info.run_name for run in children} == {"baseline", "logistic_regression", "decision_tree"}
    assert parent.data.metrics["roc_auc_test"] > 0.6
    assert parent.data.params["target"] == "churn"
    assert client.get_registered_model("churn").latest_versions


def test_registered_model_predicts(binary_run, monkeypatch):
    import mlflow

    uri = f"sqlite:///{binary_run.path.parent}/mlflow.db"
    # MLflow also sets the environment variable, which would affect the commands of other tests.
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    mlflow.set_tracking_uri(uri)
    # MLflow puts the model's copy of the library first, where the processes of later tests would find it.
    monkeypatch.setattr(sys, "path", list(sys.path))
    model = mlflow.pyfunc.load_model("models:/churn/1")
    rows = binary_table(10, seed=4).drop(columns="churn")
    predicted = model.predict(rows)
    np.testing.assert_array_equal(predicted["prediction"], binary_run.predictor.predict(rows))


def test_run_can_be_repeated_from_config_file(binary_run, tmp_path):
    again = command(
        "run", "--config", binary_run.path / "config.yaml", "--out", tmp_path / "again", "--quiet"
    )
    assert again.returncode == 0, again.stderr
    assert pd.read_csv(tmp_path / "again" / "leaderboard.csv")["model"].notna().all()


@pytest.mark.parametrize(
    ("table", "target", "metric"),
    [(multiclass_table, "kind", "log_loss"), (regression_table, "price", "rmse")],
)
def test_equal_seeds_give_equal_leaderboards_and_predictions(table, target, metric, tmp_path):
    algorithms = "lightgbm,decision_tree"
    runs = [
        podium.run(
            table(250), target, algorithms=algorithms, max_trials=2, seed=7, out=tmp_path / part
        ).wait()
        for part in "ab"
    ]
    boards = [run.leaderboard for run in runs]
    scores = [c for c in boards[0].columns if c.endswith(("_oof", "_test", "_low", "_high"))]
    texts = [board[["model", *scores]].to_csv() for board in boards]
    assert texts[0] == texts[1]
    new = table(40, seed=3)
    np.testing.assert_array_equal(*(run.predictor.predict_raw(new) for run in runs))
    best, baseline = (
        boards[0][boards[0]["model"] == name].iloc[0] for name in (boards[0]["model"][0], "baseline")
    )
    assert best[f"{metric}_test"] < baseline[f"{metric}_test"]


@pytest.mark.alone
def test_time_limit_is_kept(tmp_path):
    """The time limit is guaranteed from one minute upwards."""
    started = time.monotonic()
    finished = podium.run(binary_table(3000), "churn", time_limit="60s", out=tmp_path / "run").wait()
    assert time.monotonic() - started <= 66
    assert finished.leaderboard["status"].eq("ok").sum() > 3


def test_very_short_time_limit_still_gives_baseline(tmp_path):
    finished = podium.run(binary_table(200), "churn", time_limit="5s", out=tmp_path / "run").wait()
    assert list(finished.leaderboard["model"]) == ["baseline"]


def started_processes(path):
    """Return the process ids of a run."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                environment = open(f"/proc/{entry}/environ", "rb").read()
                state = open(f"/proc/{entry}/stat").read().rsplit(")", 1)[1].split()[0]
            except OSError:
                continue
            if f"PODIUM_EVENTS={path}".encode() in environment and state != "Z":
                found.append(int(entry))
    return found


def test_runs_leave_no_temporary_files(tmp_path):
    temporary, data = tmp_path / "t", tmp_path / "data.csv"
    temporary.mkdir()
    binary_table(400).to_csv(data, index=False)
    words = ["run", data, "--target", "churn", "--out", tmp_path / "run", "--quiet", "--max-trials", "1"]
    words += ["--algorithms", "decision_tree"]
    done = command(*words, env=os.environ | {"TMPDIR": str(temporary)})
    assert done.returncode == 0, done.stderr
    assert list(temporary.iterdir()) == []


def test_interrupted_run_leaves_nothing_behind_and_can_be_resumed(tmp_path):
    # Background jobs of a shell ignore interrupts, and their child processes inherit this.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    data, out = tmp_path / "data.csv", tmp_path / "run"
    binary_table(1500).to_csv(data, index=False)
    words = ["run", data, "--target", "churn", "--out", out, "--max-trials", "12", "--time-limit", "5m"]
    words += ["--algorithms", "logistic_regression,random_forest,lightgbm"]
    temporary = tmp_path / "t"
    temporary.mkdir()
    environment = os.environ | {"TMPDIR": str(temporary)}
    process = subprocess.Popen(
        [*PODIUM, *map(str, words)], stderr=subprocess.PIPE, text=True, env=environment
    )
    events = out / "events.jsonl"
    # When the third branch starts, the first one has finished and is in the cache.
    wait_until(lambda: events.exists() and events.read_text().count('"stage": "train_candidate"') >= 4)
    process.send_signal(signal.SIGINT)
    message = process.communicate(timeout=20)[1]
    assert process.returncode == 130
    assert f"podium resume {out}" in message
    wait_until(lambda: not started_processes(events))
    assert list(temporary.iterdir()) == []
    assert not (out / "model.pkl").exists()
    assert podium.open_run(out).status == "cancelled"

    first = finished_branches(events.read_text())[0]
    before = events.stat().st_size
    resumed = command("resume", out, "--quiet")
    assert resumed.returncode == 0, resumed.stderr
    assert first not in finished_branches(events.read_text()[before:])  # finished branches were not repeated
    assert (out / "model.pkl").exists()


def finished_branches(lines):
    """Return the algorithms of the finished branches in order."""
    events = map(json.loads, lines.splitlines())
    return [event["algorithm"] for event in events if event["event"] == "branch_finished"]


def wait_until(condition, seconds=120.0):
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "timed out"
        time.sleep(0.1)


def test_foreign_and_damaged_models_are_rejected(binary_run, tmp_path):
    foreign = tmp_path / "foreign.pkl"
    foreign.write_bytes(pickle.dumps({"model": 1}))
    whole = (binary_run.path / "model.pkl").read_bytes()
    damaged = tmp_path / "damaged.pkl"
    damaged.write_bytes(whole[:100] + b"x" + whole[101:])
    short = tmp_path / "short.pkl"
    short.write_bytes(whole[: len(whole) // 2])
    for path in (foreign, damaged, short):
        with pytest.raises(ModelFileError):
            podium.Predictor.load(path)
        done = command("predict", path, tmp_path / "rows.csv")
        assert done.returncode == 2
        assert "Traceback" not in done.stderr


def test_model_can_be_loaded_with_pickle(binary_run):
    with (binary_run.path / "model.pkl").open("rb") as file:
        model = pickle.load(file)
    rows = binary_table(10, seed=2)
    np.testing.assert_array_equal(model.predict(rows), binary_run.predictor.predict(rows))


def test_wishes_for_gaps_and_hyperparameters_are_kept(tmp_path):
    table = binary_table(200)
    table.loc[::7, "age"] = np.nan
    run = podium.run(
        table, "churn", algorithms="decision_tree,logistic_regression", max_trials=6, out=tmp_path / "run",
        impute={"age": "median"}, search_space={"decision_tree": {"max_leaf_nodes": [2, 3]}},
    ).wait()  # fmt: skip
    lines = (run.path / "trials.jsonl").read_text().splitlines()
    trials = [one for one in map(json.loads, lines) if one["algorithm"] == "decision_tree"]
    assert len(trials) > 2
    assert {one["parameters"]["max_leaf_nodes"] for one in trials} <= {2, 3}
    columns = {one.name: one.fill for one in run.predictor.problem.columns}
    assert columns["age"] == "median"


@pytest.mark.parametrize("model", ["", "decision_tree"])
def test_notebook_runs_as_it_stands(binary_run, tmp_path, model):
    options = ["--model", model] if model else []
    done = command("notebook", binary_run.path, *options, "--out", tmp_path / "model.ipynb")
    assert done.returncode == 0, done.stderr
    book = json.loads((tmp_path / "model.ipynb").read_text())
    assert (book["nbformat"], book["metadata"]["kernelspec"]["name"]) == (4, "python3")
    name = model or binary_run.predictor.name
    assert book["cells"][0]["source"].startswith(f"# {name}".replace("_", "\\_"))
    cells = [one["source"] for one in book["cells"] if one["cell_type"] == "code"]
    # Each cell ends with what it shows.
    code = "\n".join([f"exec(compile({cell!r}, 'cell', 'exec'))" for cell in cells])
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nprint(podium.score(scored, rows).to_json())"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    board = binary_run.leaderboard.set_index("model")
    assert json.loads(done.stdout)["roc_auc"] == pytest.approx(board.loc[name, "roc_auc_test"], abs=1e-6)
