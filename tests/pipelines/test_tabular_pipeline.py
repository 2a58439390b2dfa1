"""Tests of the compiled pipeline: its golden file, data flow, run form and size."""

import ast
import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import podium
import podium_components
import podium_ml
from podium.packages import compile_package, pipeline_arguments, retry_failures
from podium_components.attempts import MOST_DEATHS, NODE_VARIABLE
from podium_ml.kinds import KINDS
from podium_ml.run.stages import TASKS
from podium_ml.settings import DeploymentSettings, ReaderOptions, TabularSettings
from podium_ml.values.quantities import parse_duration

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
# Tasks that train, combine or select the scored models. Test rows must never reach them.
BLIND = {
    "plan-training",
    "featurize-data",
    "train-candidate",
    "select-model",
}


def load(path):
    """Return the package without the version of the compiler."""
    package = next(yaml.safe_load_all(Path(path).read_text()))
    package.pop("sdkVersion", None)
    return package


@pytest.fixture(scope="module", params=[*KINDS, "toy"])
def package(request, tmp_path_factory):
    """Return the compiled pipeline of each kind of problem, one from outside the project among them."""
    folder = tmp_path_factory.mktemp("package")
    environment = {**os.environ, "PODIUM_KINDS": "tests.toy_kind"}
    command = [sys.executable, "-m", "podium.main", "compile", "--out", str(folder)]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    return load(folder / f"{request.param}.yaml")


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """Return the Kubernetes settings of each executor in the package."""
    path = compile_package("tabular", tmp_path_factory.mktemp("package"))
    _, platform = yaml.safe_load_all(path.read_text())
    return platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]


@pytest.mark.parametrize("name", list(KINDS))
def test_package_matches_golden_file(name, tmp_path):
    compiled = compile_package(name, tmp_path)
    if os.environ.get("PODIUM_UPDATE_GOLDEN"):
        (GOLDEN / f"{name}.yaml").write_bytes(compiled.read_bytes())
    assert load(compiled) == load(GOLDEN / f"{name}.yaml"), "if this change is intended, run: make golden"


@pytest.mark.parametrize("name", list(KINDS))
def test_compilation_is_deterministic_and_ascii(name, tmp_path):
    first, second = (compile_package(name, tmp_path / part).read_bytes() for part in "ab")
    assert first == second
    first.decode("ascii")


def edges(package):
    """Yield (producer, output, consumer) for each value that one container task passes to another.

    Values are followed through nested pipelines. For form fields, the producer is empty and the output is the field.
    """
    fields = package["root"]["inputDefinitions"]["parameters"]
    yield from _edges(package, package["root"]["dag"], {name: ("", name) for name in fields})


def _edges(package, dag, given):
    """Yield the edges of a pipeline whose inputs come from the origins in ``given``."""
    for name, task in dag["tasks"].items():
        inputs = {
            input_name: _origin(package, dag, source, given)
            for kind in (task.get("inputs") or {}).values()
            for input_name, source in kind.items()
        }
        if iterator := task.get("parameterIterator"):
            inputs[iterator["itemInput"]] = inputs[iterator["items"]["inputParameter"]]
        component = package["components"][task["componentRef"]["name"]]
        if "dag" in component:
            yield from _edges(package, component["dag"], inputs)
        else:
            yield from ((*origin, name) for origin in inputs.values() if origin is not None)


def _origin(package, dag, source, given):
    """Return the producer and output that one input comes from, or ``None`` for a constant."""
    if "taskOutputArtifact" in source:
        handed = source["taskOutputArtifact"]
        return _produced(package, dag, handed["producerTask"], handed["outputArtifactKey"])
    if "taskOutputParameter" in source:
        handed = source["taskOutputParameter"]
        return _produced(package, dag, handed["producerTask"], handed["outputParameterKey"])
    for key in ("componentInputArtifact", "componentInputParameter"):
        if key in source:
            return given[source[key]]
    if "taskFinalStatus" in source:
        return None
    assert "{{$" not in str(source["runtimeValue"]["constant"]), source
    return None


def _produced(package, dag, producer, output):
    """Return the container task and output behind an output that a nested pipeline may pass on."""
    component = package["components"][dag["tasks"][producer]["componentRef"]["name"]]
    if "dag" not in component:
        return producer, output
    (passed,) = component["dag"]["outputs"]["artifacts"][output]["artifactSelectors"]
    return _produced(package, component["dag"], passed["producerSubtask"], passed["outputArtifactKey"])


def reached_by(package, producer, output):
    """Return all tasks that data of one output can reach, directly or through other tasks."""
    links = list(edges(package))
    reached = {consumer for p, o, consumer in links if (p, o) == (producer, output)}
    while more := {c for p, _, c in links if p in reached} - reached:
        reached |= more
    return reached


def outputs_of(package, task):
    """Return the names of all outputs of a task."""
    declared = package["components"][f"comp-{task}"]["outputDefinitions"]
    return {name for kind in declared.values() for name in kind}


def dags(package):
    """Return the tasks of each pipeline in the package, by the name of its component."""
    inner = {name: spec["dag"]["tasks"] for name, spec in package["components"].items() if "dag" in spec}
    return {"root": package["root"]["dag"]["tasks"], **inner}


def test_tasks_match_table_of_stages(package):
    tasks = {name for tasks in dags(package).values() for name in tasks}
    containers = {name for name in tasks if "executorLabel" in package["components"].get(f"comp-{name}", {})}
    assert containers == {name.replace("_", "-") for name in TASKS} | {"finalize-run"}
    assert containers > BLIND


def test_test_rows_do_not_reach_training_or_selection(package):
    reached = reached_by(package, "validate-data", "test")
    assert reached == {"evaluate-models", "finish-model", "publish-run"}
    assert not reached & BLIND


def test_evaluation_reaches_only_publication(package):
    """The evaluation sees the test rows, so its outputs may only reach the publication."""
    outputs = outputs_of(package, "evaluate-models")
    assert {"evaluation", "decision"} <= outputs
    reached = set().union(*(reached_by(package, "evaluate-models", output) for output in outputs))
    assert reached == {"publish-run"}


def test_refit_comes_after_evaluation(package):
    tasks = next(tasks for tasks in dags(package).values() if "finish-model" in tasks)
    assert "evaluate-models" in tasks["finish-model"]["dependentTasks"]
    assert reached_by(package, "finish-model", "finished") == {"publish-run"}


def test_champion_data_comes_only_from_registry(package):
    """Otherwise test rows of this run could reach training tasks through the champion."""
    links = list(edges(package))
    given = {producer for producer, _, consumer in links if consumer == "resolve-inputs"}
    assert given == {""}
    expected = {"reference": {"validate-data"}, "promotion": {"evaluate-models"}}
    for output, readers in expected.items():
        assert {c for p, o, c in links if (p, o) == ("resolve-inputs", output)} == readers
    assert {producer for producer, _, consumer in links if consumer == "validate-data"} <= {
        "",
        "resolve-inputs",
    }
    assert BLIND & reached_by(package, "resolve-inputs", "reference")
    assert not BLIND & reached_by(package, "resolve-inputs", "promotion")


def test_reached_by_finds_training_tasks(package):
    assert BLIND & reached_by(package, "validate-data", "train")
    assert "train-candidate" in reached_by(package, "featurize-data", "features")
    assert "select-model" in reached_by(package, "train-candidate", "candidate")


def test_branches_get_only_training_data(package):
    loop = next(spec for name, spec in package["components"].items() if name.startswith("comp-for-loop"))
    inputs = set(loop["inputDefinitions"]["artifacts"])
    assert inputs == {"pipelinechannel--featurize-data-features", "pipelinechannel--validate-data-problem"}
    assert set(loop["dag"]["tasks"]) == {"train-candidate"}
    assert {(p, o) for p, o, c in edges(package) if c == "train-candidate"} == {
        ("featurize-data", "features"),
        ("validate-data", "problem"),
        ("plan-training", "Output"),
        ("plan-training", "tolerations"),
    }


def test_longest_chain_of_tasks_is_short(package):
    """Each task starts two pods on a cluster. The exit task is not counted."""
    before = {name: tasks for name, tasks in dags(package)["root"].items() if name != "finalize-run"}
    assert 5 < longest(package, before) <= 9


def longest(package, tasks):
    """Return the length of the longest chain of container tasks."""
    lengths = {}

    def until(name):
        if name not in lengths:
            component = package["components"][tasks[name]["componentRef"]["name"]]
            own = longest(package, component["dag"]["tasks"]) if "dag" in component else 1
            lengths[name] = own + max(map(until, tasks[name].get("dependentTasks") or []), default=0)
        return lengths[name]

    return max(map(until, tasks))


@pytest.mark.parametrize("branches", [2, 3, 12])
def test_run_starts_few_pods(package, branches):
    assert pods(package, package["root"]["dag"]["tasks"], branches) <= 28 + 3 * (branches - 2)


def pods(package, tasks, branches):
    """Return how many pods Kubeflow starts: a driver per pipeline, loop and iteration, and two pods per task."""
    total = 1
    for task in tasks.values():
        component = package["components"][task["componentRef"]["name"]]
        if "dag" not in component:
            total += 2
        elif "parameterIterator" in task:
            total += 1 + branches * pods(package, component["dag"]["tasks"], branches)
        else:
            total += pods(package, component["dag"]["tasks"], branches)
    return total


def test_every_parameter_has_a_type_default_and_description(package):
    parameters = package["root"]["inputDefinitions"]["parameters"]
    for name, parameter in parameters.items():
        assert parameter["parameterType"], name
        assert "defaultValue" in parameter, name
        assert parameter["description"].endswith("."), name
        assert len(parameter["description"]) < 120, name


def test_parameters_match_settings(tmp_path):
    package = load(compile_package("tabular", tmp_path))
    parameters = package["root"]["inputDefinitions"]["parameters"]
    settings = pipeline_arguments(TabularSettings())
    assert set(settings) == set(parameters)
    for name, field in {**TabularSettings.model_fields, **DeploymentSettings.model_fields}.items():
        assert parameters[name]["description"] == field.description, name
        if name != "reader":
            default = settings.get(name, field.get_default(call_default_factory=True))
            assert parameters[name]["defaultValue"] == default, name
    # The form's default is equivalent to the default of the settings.
    assert ReaderOptions.parse(parameters["reader"]["defaultValue"]) == TabularSettings().reader


def test_branch_gets_the_resources_of_its_loop_item(package, platform):
    container = package["deploymentSpec"]["executors"]["exec-train-candidate"]["container"]
    resources = container["resources"]
    given = {
        "cpu": resources["resourceCpuLimit"],
        "memory": resources["resourceMemoryRequest"],
        "memory_limit": resources["resourceMemoryLimit"],
        "accelerator": resources["accelerator"]["resourceType"],
        "accelerator_count": resources["accelerator"]["resourceCount"],
        "image": container["image"],
    }
    assert given == {name: f"{{{{$.inputs.parameters['{name}']}}}}" for name in given}
    task = next(tasks["train-candidate"] for tasks in dags(package).values() if "train-candidate" in tasks)
    parameters = task["inputs"]["parameters"]
    items = {name: parameters[name]["parameterExpressionSelector"] for name in given}
    assert items == {name: f'parseJson(string_value)["{name}"]' for name in given}
    pod = platform["exec-train-candidate"]
    loop = next(spec for name, spec in package["components"].items() if name.startswith("comp-for-loop"))
    named = {
        pod["nodeAffinity"][0]["nodeAffinityJson"]["componentInputParameter"],
        pod["tolerations"][0]["tolerationJson"]["componentInputParameter"],
    }
    # The driver looks up these names in the inputs of the loop.
    assert named == {parameters[name]["componentInputParameter"] for name in ("branch", "tolerations")}
    assert named - {task_iterator(package)["itemInput"]} <= set(loop["inputDefinitions"]["parameters"])


def test_branch_is_tried_again_whenever_its_container_dies(package, platform):
    """A whole backoff factor would be tried again only after errors, and a maximum not after a long training."""
    retried = {
        name: task["retryPolicy"]
        for tasks in dags(package).values()
        for name, task in tasks.items()
        if "retryPolicy" in task
    }
    assert set(retried) == {"train-candidate"}
    policy = retried["train-candidate"]
    assert policy["maxRetryCount"] == MOST_DEATHS
    assert policy["backoffFactor"] % 1 != 0
    assert parse_duration(policy["backoffMaxDuration"]) > 365 * 24 * 3600
    fields = {one["name"]: one["fieldPath"] for one in platform["exec-train-candidate"]["fieldPathAsEnv"]}
    assert fields[NODE_VARIABLE] == "metadata.annotations['workflows.argoproj.io/node-name']"


def test_package_for_an_older_server_has_a_whole_factor(tmp_path):
    path = compile_package("tabular", tmp_path)
    before = path.read_text()
    retry_failures(path)
    changed = [
        pair
        for pair in zip(before.splitlines(), path.read_text().splitlines(), strict=True)
        if len({*pair}) > 1
    ]
    assert [[line.strip() for line in pair] for pair in changed] == [
        ["backoffFactor: 1.5", "backoffFactor: 2.0"]
    ]


def task_iterator(package):
    """Return the iterator of the loop over the branches."""
    tasks = (task for tasks in dags(package).values() for task in tasks.values())
    return next(task["parameterIterator"] for task in tasks if "parameterIterator" in task)


def test_components_read_their_types_at_run_time():
    """KFP would receive postponed annotations as strings."""
    for module in Path(inspect.getfile(podium_components)).parent.glob("*.py"):
        assert "from __future__ import annotations" not in module.read_text(), module


def functions(package):
    """Yield each function in a Python package with its file."""
    for file in sorted(Path(package.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield file, node


def test_components_have_few_parameters():
    """The exception is ``resolve_inputs``, whose parameters are generated from the form's fields."""
    components = {
        function.name: len(function.args.args)
        for _, function in functions(podium_components)
        if any(isinstance(one, ast.Name) and one.id == "component" for one in function.decorator_list)
    }
    assert set(components) == {*TASKS, "finalize_run"} - {"resolve_inputs"}
    assert {name: count for name, count in components.items() if count > 15} == {}
    source = (Path(podium_components.__path__[0]) / "resolve_inputs.py").read_text(encoding="utf-8")
    for name in (*TabularSettings.model_fields, *DeploymentSettings.model_fields):
        assert not re.search(rf"^\s*{name}\s*:", source, re.MULTILINE), name


def test_functions_are_short():
    lengths = {
        f"{file.name}: {function.name}": lines_of(function)
        for package in (podium, podium_components, podium_ml)
        for file, function in functions(package)
    }
    assert len(lengths) > 100
    assert {name: length for name, length in lengths.items() if length > 60} == {}


def lines_of(function):
    """Return the number of lines in a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0
