"""Tests of the command line without runs: help, lists, usage errors and exit codes."""

import json
import re
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import get_args

import pandas as pd
import pytest

from podium.commands import COMMANDS, GROUPS, load
from podium.main import main
from podium_ml.kinds import KINDS
from podium_ml.settings import Panel, ReaderOptions, TabularSettings, panel_of

PODIUM = [sys.executable, "-m", "podium.main"]


def call(capsys, *words):
    """Run the command line in this process; return exit code, standard output and standard error."""
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    out, err = capsys.readouterr()
    return ended.value.code or 0, out, err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name, capsys):
    code, out, _ = call(capsys, name, "--help")
    assert code == 0
    described = " ".join((load(name, COMMANDS[name][0]).__doc__ or "").split())
    assert described.startswith(COMMANDS[name][1].rstrip("."))
    assert "Usage: podium " + name in out


def test_help_is_fast():
    subprocess.run([*PODIUM, "--help"], capture_output=True, check=True)  # warm up the file cache
    times = []
    for _ in range(5):
        started = time.perf_counter()
        subprocess.run([*PODIUM, "--help"], capture_output=True, check=True)
        times.append(time.perf_counter() - started)
    bare = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import typer"], check=True)
    bare = time.perf_counter() - bare
    # The limit is half a second, or more on machines where importing typer alone is slow.
    assert min(times) < max(0.5, 3 * bare)


def test_help_shows_commands_in_groups(capsys):
    lines = call(capsys, "--help")[1].splitlines()
    starts = [next(at for at, line in enumerate(lines) if f"─ {group} ─" in line) for group in GROUPS]
    assert starts == sorted(starts)
    for group, start in zip(GROUPS, starts, strict=True):
        shown = lines[start + 1 : next(at for at in range(start, len(lines)) if lines[at].startswith("╰"))]
        assert [name for name in GROUPS[group] if any(f"│ {name} " in line for line in shown)] == [
            *GROUPS[group]
        ]


def test_help_shows_settings_in_panels(capsys):
    lines = call(capsys, "run", "--help")[1].splitlines()
    panel, panels = "", {}
    for line in lines:
        if line.startswith("╭─"):
            panel = line.split()[1]
        elif found := re.match(r"│ --([a-z-]+)", line):
            panels[found[1].replace("-", "_")] = panel
    fields = {**TabularSettings.model_fields, **ReaderOptions.model_fields}
    for name in set(fields) - {"source", "reader"}:
        assert panels[name] == panel_of(fields[name])
    assert list(dict.fromkeys(panels.values())) == ["Options", *get_args(Panel)]


def test_warnings_of_predict_are_lines_of_the_program(capsys, tmp_path, monkeypatch):
    rows = tmp_path / "rows.csv"
    rows.write_text("a\n1\n2\n")

    def predicted(*_, **__):
        warnings.warn("Missing column 'b':\ntreated as missing.", UserWarning, stacklevel=2)
        return pd.DataFrame({"prediction": [1, 2]})

    monkeypatch.setattr("podium.commands.predict.load_predictor", lambda _: None)
    monkeypatch.setattr("podium.commands.predict.read_rows", lambda *_: None)
    monkeypatch.setattr("podium.commands.predict.predictions", predicted)
    with pytest.raises(SystemExit):
        main(["predict", "model.pkl", str(rows)])
    out, err = capsys.readouterr()
    assert err == "Warning: Missing column 'b': treated as missing.\n"
    assert out == "prediction\n1\n2\n"


@pytest.mark.parametrize("command", ["predict", "explain"])
def test_new_rows_may_be_written_in_another_way(capsys, command):
    shown = call(capsys, command, "--help")[1]
    for name in ReaderOptions.model_fields:
        assert f"--{name.replace('_', '-')}" in shown


def test_help_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from podium.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'pandas', 'numpy', 'kfp', 'sklearn', 'torch', 'mlflow', 'pydantic', 'matplotlib'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "--target", "y"], "name the data"),
        (["run", "x.csv"], "target: name the column"),
        (["run", "x.csv", "--target", "y"], "There is no file or folder x.csv."),
        (["run", f"{__file__}", "--target", "y", "--test", "x.csv"], "There is no file or folder x.csv."),
        (["run", "data/{date}/*.csv", "--target", "y"], "No file matches data/2"),
        (["run", "x.csv", "--target", "y", "--time-limit", "soon"], "'soon' is not a duration"),
        (["run", "x.csv", "--target", "y", "--max-trials", "-1"], "max_trials"),
        (["run", "x.csv", "--target", "y", "--algorithms", "lightgm"], "Did you mean lightgbm"),
        (["run", "x.csv", "--target", "y", "--exclude", "nothing_like_it"], "Unknown algorithm"),
        (["run", "x.csv", "--target", "y", "--metric", "roc_auk"], "roc_auc"),
        (["run", "x.csv", "--target", "y", "--drop", "y"], "cannot be dropped"),
        (["run", "x.csv", "--target", "y", "--engine", "cloud"], "'cloud' is not one of"),
        (["run", "x.csv", "--target", "y", "--test-fraction", "1.5"], "test_fraction"),
        (["run", "x.csv", "--target", "y", "--config", "no.yaml"], "Cannot read no.yaml"),
        (["leaderboard", "nowhere"], "no run at nowhere"),
        (["predict", "nowhere", "x.csv"], "no run or model at nowhere"),
        (["resume", "nowhere"], "no run at nowhere"),
    ],
)
def test_usage_errors_are_short_messages(words, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = call(capsys, *words)
    assert code == 2
    assert message in err
    assert err.startswith("Error:")
    assert "Traceback" not in err + out
    assert list(tmp_path.iterdir()) == []  # no run folder was created


def test_each_invalid_setting_has_one_line(capsys):
    code, _, err = call(capsys, "run", "x.csv", "--target", "y", "--time-limit", "soon", "--folds", "1")
    assert code == 2
    assert len(err.splitlines()) == 3


def test_debug_shows_the_traceback():
    done = subprocess.run(
        [*PODIUM, "leaderboard", "nowhere", "--debug"], capture_output=True, text=True, check=False
    )
    assert "Traceback" in done.stderr


def test_list_commands_as_json(capsys):
    for words, known in ((["algorithms"], "lightgbm"), (["metrics"], "roc_auc")):
        code, out, _ = call(capsys, *words, "--json")
        assert code == 0
        assert known in [row["name"] for row in json.loads(out)]
        assert known in call(capsys, *words)[1]


def test_no_runs_yet(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "No runs" in call(capsys, "runs")[1]
    assert json.loads(call(capsys, "runs", "--json")[1]) == []


def test_compile_writes_a_package_for_each_kind(capsys, tmp_path):
    code, out, _ = call(capsys, "compile", "--out", str(tmp_path / "build"))
    assert code == 0
    paths = [Path(line) for line in out.split()]
    assert {path.stem for path in paths} == set(KINDS)
    assert all(path.read_text().startswith("# PIPELINE DEFINITION") for path in paths)


def test_options_override_configuration_file(tmp_path):
    from podium.commands._options import gather

    config = tmp_path / "config.yaml"
    config.write_text("target: churn\ntime_limit: 5m\nreader:\n  delimiter: ';'\n")
    settings = gather({"time_limit": "1m"}, config, source="x.csv")
    assert (settings.target, settings.time_limit, settings.reader.delimiter) == ("churn", "1m", ";")


def test_lists_of_names_come_from_files_and_from_repeated_options(tmp_path, capsys):
    from podium.commands._options import gather

    config = tmp_path / "config.yaml"
    config.write_text("target: y\ndrop:\n  - Income, USD\n  - a\nalgorithms: [ridge, lightgbm]\n")
    settings = gather({}, config, source="x.csv")
    assert settings.columns_to_drop == ("Income, USD", "a")
    assert settings.algorithm_names == ("ridge", "lightgbm")
    rows = "".join(f"{n},{n % 3},{n % 5},{n % 2}\n" for n in range(60))
    (tmp_path / "x.csv").write_text(f'"Income, USD",a,b,y\n{rows}')
    words = ["check", str(tmp_path / "x.csv"), "--target", "y", "--drop", "Income, USD"]
    _, _, err = call(capsys, *words, "--drop", "a", "--drop", "b")
    assert "No column is left" in err
    assert "'Income, USD': Dropped by the user" in err


def test_invalid_configuration_files(tmp_path, capsys):
    for text, message in (
        ("- a\n- b\n", "not a mapping of settings"),
        ("tarqet: y\n", "Did you mean target"),
        ("a: [", "Cannot read"),
    ):
        config = tmp_path / "config.yaml"
        config.write_text(text)
        code, _, err = call(capsys, "run", "x.csv", "--config", str(config))
        assert code == 2
        assert message in err
