"""Tests that one field of a kind's settings appears in the form, the first task and the command line."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
import yaml

from podium.packages import compile_package, pipeline_arguments
from podium.pipelines._form import field_types
from podium_components.resolve_inputs import resolve_inputs_for
from podium_ml.errors import SettingsError
from podium_ml.kinds import KINDS, kind_of_parsed, parse_settings
from podium_ml.settings import DeploymentSettings, TabularSettings

# The only code needed for a kind with a new setting.
KIND = """
from pydantic import Field

from podium_ml.settings import TabularProblem, TabularSettings
from podium_ml.tabular.kind import TabularKind


class OrchardProblem(TabularProblem):
    ripeness: int = Field(7, ge=0, description="How ripe the fruit of an orchard must be.")


class OrchardSettings(TabularSettings, OrchardProblem):
    pass


class OrchardKind(TabularKind):
    name, title, tasks = "orchard", "orchards", ()
    settings, problem_settings = OrchardSettings, OrchardProblem


KIND = OrchardKind()
"""
DESCRIPTION = "How ripe the fruit of an orchard must be."
OUTPUTS = (
    "source_today", "test_today", "data_version", "reference", "problem_settings", "plan_settings", "limits",
    "promotion", "publication",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def orchard(tmp_path_factory):
    """Install the kind as a user's package that is named in the environment."""
    folder = tmp_path_factory.mktemp("packages")
    (folder / "orchard").mkdir()
    (folder / "orchard" / "__init__.py").touch()
    (folder / "orchard" / "kind.py").write_text(KIND)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
            patch.delenv(name, raising=False)
        patch.syspath_prepend(str(folder))
        paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
        patch.setenv("PYTHONPATH", os.pathsep.join(paths))
        patch.setenv("PODIUM_KINDS", "orchard")
        patch.setattr(KINDS, "_found", {})
        yield KINDS["orchard"]


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """Return the compiled pipeline of the kind."""
    path = compile_package("orchard", tmp_path_factory.mktemp("package"))
    return next(yaml.safe_load_all(path.read_text(encoding="ascii")))


def test_kind_is_registered(orchard):
    assert list(KINDS) == ["tabular", "entities", "forecasting", "objects", "orchard"]
    assert set(orchard.settings.model_fields) - set(TabularSettings.model_fields) == {"ripeness"}


def test_setting_is_a_form_field(package):
    field = package["root"]["inputDefinitions"]["parameters"]["ripeness"]
    assert field == {
        "parameterType": "NUMBER_INTEGER",
        "defaultValue": 7,
        "description": DESCRIPTION,
        "isOptional": True,
    }
    assert package["pipelineInfo"]["name"] == "podium-orchard"


def test_setting_reaches_first_task(package):
    inputs = package["components"]["comp-resolve-inputs"]["inputDefinitions"]["parameters"]
    assert inputs["ripeness"] == {"parameterType": "NUMBER_INTEGER", "description": DESCRIPTION}
    tasks = [spec["dag"]["tasks"] for spec in package["components"].values() if "dag" in spec]
    task = next(one["resolve-inputs"] for one in tasks if "resolve-inputs" in one)
    assert task["inputs"]["parameters"]["ripeness"] == {
        "componentInputParameter": "pipelinechannel--ripeness"
    }
    assert task["inputs"]["parameters"]["kind"] == {"runtimeValue": {"constant": "orchard"}}


def test_first_task_passes_setting_to_its_stages(orchard, tmp_path):
    settings = parse_settings({"source": "data.csv", "target": "apples", "ripeness": 3})
    form = {
        **DeploymentSettings().model_dump(mode="json"),
        **pipeline_arguments(settings, fingerprint="v1", tracking={"folder": str(tmp_path)}),
    }
    paths = {name: str(tmp_path / name) for name in OUTPUTS}
    component = resolve_inputs_for(field_types(orchard))
    note = SimpleNamespace(path=str(tmp_path / "repeated"), uri=str(tmp_path / "repeated"))
    assert component.python_func(kind="orchard", images={}, repeated=note, **form, **paths) is True
    written = {name: (tmp_path / name).read_text(encoding="utf-8") for name in OUTPUTS}
    problem = json.loads(written["problem_settings"])
    assert orchard.problem_settings.read(problem) == orchard.problem_settings(target="apples", ripeness=3)
    assert json.loads(written["publication"])["settings"]["ripeness"] == 3
    for name in ("plan_settings", "limits", "promotion"):
        assert "ripeness" not in json.loads(written[name])


def test_setting_is_a_command_line_option():
    command = [sys.executable, "-m", "podium.main", "run", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"--ripeness <int> {DESCRIPTION} [default: (7)]" in " ".join(done.stdout.replace("│", "").split())


def test_setting_selects_the_kind():
    settings = parse_settings({"target": "apples", "ripeness": 3})
    assert kind_of_parsed(settings).name == "orchard"
    assert settings.ripeness == 3
    assert kind_of_parsed(parse_settings({"target": "apples"})).name == "tabular"
    with pytest.raises(SettingsError, match="ripeness: Input should be greater than or equal to 0"):
        parse_settings({"target": "apples", "ripeness": -1})
