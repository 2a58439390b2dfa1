"""The compiled pipeline itself: its golden, its promises, its run form, its size."""

import ast
import inspect
import os
import re
from pathlib import Path

import pytest
import yaml

import podium
import podium_components
import podium_ml
from podium.packages import compile_package, pipeline_arguments
from podium_ml.kinds import KINDS
from podium_ml.run.stages import TASKS
from podium_ml.settings import DeploymentSettings, ReaderOptions, TabularSettings

GOLDEN = Path(__file__).parent / "golden"
# Stages that train, combine or choose models that are scored: test rows must never reach them.
BLIND = {
    "plan-training",
    "featurize-data",
    "train-candidate",
    "select-model",
}


def load(path):
    """Return the package without what differs between versions of the compiler."""
    package = next(yaml.safe_load_all(Path(path).read_text()))
    package.pop("sdkVersion", None)
    return package


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The compiled tabular pipeline."""
    return load(compile_package("tabular", tmp_path_factory.mktemp("package")))


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    """What the package says of the pods of each of its executors."""
    path = compile_package("tabular", tmp_path_factory.mktemp("package"))
    _, platform = yaml.safe_load_all(path.read_text())
    return platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]


@pytest.mark.parametrize("name", list(KINDS))
def test_package_equals_its_golden(name, tmp_path):
    compiled = compile_package(name, tmp_path)
    if os.environ.get("PODIUM_UPDATE_GOLDEN"):
        (GOLDEN / f"{name}.yaml").write_bytes(compiled.read_bytes())
    assert load(compiled) == load(GOLDEN / f"{name}.yaml"), "if this change is meant: make golden"


@pytest.mark.parametrize("name", list(KINDS))
def test_compilation_is_deterministic_and_ascii(name, tmp_path):
    first, second = (compile_package(name, tmp_path / part).read_bytes() for part in "ab")
    assert first == second
    first.decode("ascii")


def edges(package):
    """Yield (producer, output, consumer) for all that one task hands to another, whatever pipelines lie in between.

    The producer of what the form holds is empty, the output then being the field. Tasks are those of containers.
    """
    fields = package["root"]["inputDefinitions"]["parameters"]
    yield from _edges(package, package["root"]["dag"], {name: ("", name) for name in fields})


def _edges(package, dag, given):
    """Yield the edges of a pipeline whose own inputs are ``given``, by name."""
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
    """Return the producer of one input and the output's name, or ``None`` for a constant."""
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
    """Return the task of a container that makes an output, which the pipeline around it may pass on."""
    component = package["components"][dag["tasks"][producer]["componentRef"]["name"]]
    if "dag" not in component:
        return producer, output
    (passed,) = component["dag"]["outputs"]["artifacts"][output]["artifactSelectors"]
    return _produced(package, component["dag"], passed["producerSubtask"], passed["outputArtifactKey"])


def reached_by(package, producer, output):
    """Return all tasks that data of one output can reach, directly or through others."""
    links = list(edges(package))
    reached = {consumer for p, o, consumer in links if (p, o) == (producer, output)}
    while more := {c for p, _, c in links if p in reached} - reached:
        reached |= more
    return reached


def outputs_of(package, task):
    """Return the names of all that a task hands on."""
    declared = package["components"][f"comp-{task}"]["outputDefinitions"]
    return {name for kind in declared.values() for name in kind}


def dags(package):
    """Return the tasks of each pipeline in the package, by the name of its component."""
    inner = {name: spec["dag"]["tasks"] for name, spec in package["components"].items() if "dag" in spec}
    return {"root": package["root"]["dag"]["tasks"], **inner}


def test_the_tasks_are_those_of_the_table_of_stages(package):
    tasks = {name for tasks in dags(package).values() for name in tasks}
    containers = {name for name in tasks if "executorLabel" in package["components"].get(f"comp-{name}", {})}
    assert containers == {name.replace("_", "-") for name in TASKS} | {"finalize-run"}
    assert containers > BLIND


def test_test_rows_reach_no_task_that_trains_ensembles_or_selects(package):
    reached = reached_by(package, "validate-data", "test")
    assert reached == {"evaluate-models", "finish-model", "publish-run"}
    assert not reached & BLIND


def test_the_comparison_with_the_champion_reaches_nothing_but_what_publishes(package):
    """The evaluation, which saw the test rows, hands on nothing else."""
    outputs = outputs_of(package, "evaluate-models")
    assert {"evaluation", "decision"} <= outputs
    reached = set().union(*(reached_by(package, "evaluate-models", output) for output in outputs))
    assert reached == {"publish-run"}


def test_the_model_is_trained_again_only_after_its_scores_were_taken(package):
    tasks = next(tasks for tasks in dags(package).values() if "finish-model" in tasks)
    assert "evaluate-models" in tasks["finish-model"]["dependentTasks"]
    assert reached_by(package, "finish-model", "finished") == {"publish-run"}


def test_what_is_known_of_the_champion_comes_from_the_registry_alone(package):
    """Else test rows of this run could come to what trains by way of the champion."""
    links = list(edges(package))
    given = {producer for producer, _, consumer in links if consumer == "resolve-inputs"}
    assert given == {""}
    told = {"reference": {"validate-data"}, "promotion": {"evaluate-models"}}
    for output, readers in told.items():
        assert {c for p, o, c in links if (p, o) == ("resolve-inputs", output)} == readers
    assert {producer for producer, _, consumer in links if consumer == "validate-data"} <= {
        "",
        "resolve-inputs",
    }
    assert BLIND & reached_by(package, "resolve-inputs", "reference")
    assert not BLIND & reached_by(package, "resolve-inputs", "promotion")


def test_the_check_above_can_fail(package):
    assert BLIND & reached_by(package, "validate-data", "train")
    assert "train-candidate" in reached_by(package, "featurize-data", "features")
    assert "select-model" in reached_by(package, "train-candidate", "candidate")


def test_loop_tasks_get_only_training_data(package):
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


def test_few_tasks_come_one_after_another(package):
    """Each costs a cluster the start of two pods; the closing one comes after them all."""
    before = {name: tasks for name, tasks in dags(package)["root"].items() if name != "finalize-run"}
    assert 5 < longest(package, before) <= 9


def longest(package, tasks):
    """Return how many tasks of containers come one after another at most."""
    lengths = {}

    def until(name):
        if name not in lengths:
            component = package["components"][tasks[name]["componentRef"]["name"]]
            own = longest(package, component["dag"]["tasks"]) if "dag" in component else 1
            lengths[name] = own + max(map(until, tasks[name].get("dependentTasks") or []), default=0)
        return lengths[name]

    return max(map(until, tasks))


@pytest.mark.parametrize("branches", [2, 3, 12])
def test_a_run_takes_few_pods(package, branches):
    assert pods(package, package["root"]["dag"]["tasks"], branches) <= 28 + 3 * (branches - 2)


def pods(package, tasks, branches):
    """Return how many pods Kubeflow starts: a driver a pipeline, a loop or a turn of it, and two pods a task."""
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


def test_every_parameter_has_type_default_and_description(package):
    parameters = package["root"]["inputDefinitions"]["parameters"]
    for name, parameter in parameters.items():
        assert parameter["parameterType"], name
        assert "defaultValue" in parameter, name
        assert parameter["description"].endswith("."), name
        assert len(parameter["description"]) < 120, name


def test_parameters_are_the_settings(package):
    parameters = package["root"]["inputDefinitions"]["parameters"]
    settings = pipeline_arguments(TabularSettings())
    assert set(settings) | {"images", "placement"} == set(parameters)
    for name, field in {**TabularSettings.model_fields, **DeploymentSettings.model_fields}.items():
        assert parameters[name]["description"] == field.description, name
        if name != "reader":
            default = settings.get(name, field.get_default(call_default_factory=True))
            assert parameters[name]["defaultValue"] == default, name
    # An empty form and the defaults of the settings mean the same.
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
    # The driver looks them up among the inputs of the loop.
    assert named == {parameters[name]["componentInputParameter"] for name in ("branch", "tolerations")}
    assert named - {task_iterator(package)["itemInput"]} <= set(loop["inputDefinitions"]["parameters"])


def task_iterator(package):
    """Return what the loop of the branches goes over."""
    tasks = (task for tasks in dags(package).values() for task in tasks.values())
    return next(task["parameterIterator"] for task in tasks if "parameterIterator" in task)


def test_components_read_their_types_at_run_time():
    """Postponed annotations would reach KFP as text."""
    for module in Path(inspect.getfile(podium_components)).parent.glob("*.py"):
        assert "from __future__ import annotations" not in module.read_text(), module


def functions(package):
    """Yield each function in a Python package, with the file that it is in."""
    for file in sorted(Path(package.__path__[0]).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield file, node


def test_components_take_few_parameters():
    """All but the one whose parameters are the form's fields; the source of that one names none of them."""
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
    """Return how many lines a function's body has, its docstring apart."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0
