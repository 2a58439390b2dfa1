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
from podium.packages import compile_package, load_pipeline, pipeline_arguments
from podium_components.attempts import NODE_VARIABLE
from podium_ml.kinds import KINDS
from podium_ml.run.stages import TASKS
from podium_ml.settings import DeploymentSettings, ReaderOptions, TabularSettings

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
# The tasks of a branch, and those of them that usually do not run.
BRANCH = {"train-candidate", "train-again", "record-loss"}
AFTER_FAILURES = BRANCH - {"train-candidate"}
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


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """Return the folder of all packages, one of a kind from outside the project among them."""
    folder = tmp_path_factory.mktemp("packages")
    environment = {**os.environ, "PODIUM_KINDS": "tests.toy_kind"}
    command = [sys.executable, "-m", "podium.main", "compile", "--out", str(folder)]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    return folder


@pytest.fixture(scope="module", params=[*KINDS, "toy"])
def package(request, packages):
    """Return the compiled pipeline of each kind of problem."""
    return load(packages / f"{request.param}.yaml")


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
    constant = str(source["runtimeValue"]["constant"])  # the compiler repeats resources that are inputs
    assert "{{$" not in constant.replace("{{$.inputs.parameters['pipelinechannel--", ""), source
    return None


def _produced(package, dag, producer, output):
    """Return the container task and output behind an output that a nested pipeline may pass on."""
    component = package["components"][dag["tasks"][producer]["componentRef"]["name"]]
    if "dag" not in component:
        return producer, output
    passed, *_ = component["dag"]["outputs"]["artifacts"][output]["artifactSelectors"]
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
    assert containers == {name.replace("_", "-") for name in TASKS} | {"record-loss", "finalize-run"}
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


def test_refitted_model_is_not_evaluated(package):
    """It was trained on the test rows, too. On a cluster, both tasks start together."""
    for output in outputs_of(package, "finish-model"):
        assert reached_by(package, "finish-model", output) <= {"publish-run"}
    tasks = next(tasks for tasks in dags(package).values() if "finish-model" in tasks)
    assert "evaluate-models" not in tasks["finish-model"]["dependentTasks"]
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
    assert set(loop["dag"]["tasks"]) == {"branch"}
    assert {(p, o) for p, o, c in edges(package) if c in BRANCH} == {
        ("featurize-data", "features"),
        ("validate-data", "problem"),
        ("plan-training", "Output"),
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
            lengths[name] = own + max(map(until, waits_for(tasks[name])), default=0)
        return lengths[name]

    return max(until(name) for name in tasks if name not in AFTER_FAILURES)


def waits_for(task):
    """Return the tasks that a task waits for."""
    return [name for name in task.get("dependentTasks") or [] if ".Failed" not in name]


@pytest.mark.parametrize("branches", [2, 3, 12])
def test_run_starts_few_pods(package, branches):
    assert pods(package, package["root"]["dag"]["tasks"], branches) <= 30 + 4 * (branches - 2)


def pods(package, tasks, branches):
    """Return how many pods Kubeflow starts: a driver per pipeline, loop and iteration, and two pods per task."""
    total = 1
    for name, task in tasks.items():
        component = package["components"][task["componentRef"]["name"]]
        if name in AFTER_FAILURES:
            continue
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
        "cpu_request": resources["resourceCpuRequest"],
        "memory": resources["resourceMemoryRequest"],
        "memory_limit": resources["resourceMemoryLimit"],
        "accelerator": resources["accelerator"]["resourceType"],
        "accelerator_count": resources["accelerator"]["resourceCount"],
        "image": container["image"],
    }
    assert given == {name: f"{{{{$.inputs.parameters['pipelinechannel--{name}']}}}}" for name in given}
    loop = next(spec for name, spec in package["components"].items() if name.startswith("comp-for-loop"))
    parameters = loop["dag"]["tasks"]["branch"]["inputs"]["parameters"]
    items = {name: parameters[name]["parameterExpressionSelector"] for name in given}
    assert items == {name: f'parseJson(string_value)["{name}"]' for name in given}
    pod = platform["exec-train-candidate"]
    named = {
        "item": pod["nodeAffinity"][0]["nodeAffinityJson"]["componentInputParameter"],
        "tolerations": pod["tolerations"][0]["tolerationJson"]["componentInputParameter"],
    }
    # The driver looks up these names in the inputs of the branch.
    assert named == {name: name for name in named}
    assert set(named) <= set(package["components"]["comp-branch"]["inputDefinitions"]["parameters"])


def test_branch_is_tried_again_and_then_recorded_only_after_failures(package, platform):
    """Kubeflow writes ".Succeeded" behind each name; Argo evaluates the result."""
    tasks = package["components"]["comp-branch"]["dag"]["tasks"]
    assert set(tasks) == BRANCH
    assert "dependentTasks" not in tasks["train-candidate"]
    for name, earlier in (("train-again", "train-candidate"), ("record-loss", "train-again")):
        (expression,) = tasks[name]["dependentTasks"]
        terms = [term.split(" && ") for term in f"{expression}.Succeeded".split(" || ")]
        for state, runs in (("Failed", True), ("Errored", True), ("Succeeded", False), ("Omitted", False)):
            assert any(all(part == f"{earlier}.{state}" for part in term) for term in terms) == runs
    fields = {one["name"]: one["fieldPath"] for one in platform["exec-train-candidate"]["fieldPathAsEnv"]}
    assert fields[NODE_VARIABLE] == "metadata.annotations['workflows.argoproj.io/node-name']"


def test_second_attempt_at_a_branch_has_the_cache_key_of_the_first(package):
    """So that the next run takes what it trained from the cache."""
    tasks = package["components"]["comp-branch"]["dag"]["tasks"]
    first, second = (tasks[name] for name in ("train-candidate", "train-again"))
    assert first["inputs"] == second["inputs"]
    assert first["componentRef"] == second["componentRef"]
    assert tasks["record-loss"]["cachingOptions"] == {}


def test_candidate_of_a_branch_is_that_of_the_task_that_succeeded(package):
    (output,) = package["components"]["comp-branch"]["dag"]["outputs"]["artifacts"].values()
    selectors = [(one["producerSubtask"], one["outputArtifactKey"]) for one in output["artifactSelectors"]]
    assert selectors == [(name, "candidate") for name in ("train-candidate", "train-again", "record-loss")]


def test_branches_of_the_local_engine_are_plain_tasks():
    """They run in processes whose death the engine notices."""
    spec = load_pipeline("tabular").pipeline_spec
    (loop,) = (one for name, one in spec.components.items() if name.startswith("comp-for-loop"))
    assert list(loop.dag.tasks) == ["train-candidate"]
    assert "comp-branch" not in spec.components


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
    assert set(components) == {*TASKS, "record_loss", "finalize_run"} - {"resolve_inputs"}
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
