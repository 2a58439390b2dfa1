"""Tests of the container image names in compiled packages and in the files that build the images."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from podium.engines.kubeflow import package_for
from podium.images import IMAGES, REGISTRY, TAG, image_names, read_digests
from podium.main import main
from podium.packages import compile_package
from podium.pipelines.pod_settings import read_placement
from podium.servers.connections import Connections
from podium_components._component import DEFAULT_IMAGE
from podium_ml.errors import SettingsError
from podium_ml.kinds import KINDS
from podium_ml.tabular.algorithms import ALGORITHMS
from podium_ml.training import plan

ROOT = Path(__file__).parents[2]
DIGEST = "sha256:" + "0123456789abcdef" * 4


def load(path):
    """Return the pipeline specification of a package."""
    return next(yaml.safe_load_all(Path(path).read_text()))


def stage_images(package):
    """Return the images of all tasks except the branches, whose image is an input."""
    executors = package["deploymentSpec"]["executors"]
    images = {name: executor["container"]["image"] for name, executor in executors.items()}
    assert images.pop("exec-train-candidate") == "{{$.inputs.parameters['pipelinechannel--image']}}"
    return set(images.values())


def inputs_of(package, name):
    """Return the inputs of a task."""
    dags = [component["dag"]["tasks"] for component in package["components"].values() if "dag" in component]
    (task,) = [tasks[name] for tasks in dags if name in tasks]
    return task["inputs"]["parameters"]


def branch_images(package):
    """Return the package's images of branches."""
    return inputs_of(package, "plan-training")["images"]["runtimeValue"]["constant"]


@pytest.fixture
def tables_only(monkeypatch):
    """Let the command compile one package instead of one for each kind."""
    monkeypatch.setattr("podium_ml.kinds.KINDS", {"tabular": KINDS["tabular"]})


def test_package_without_options_has_branch_images(tmp_path):
    package = load(compile_package("tabular", tmp_path))
    assert stage_images(package) == {DEFAULT_IMAGE}
    assert branch_images(package) == {}


def test_stages_and_branches_get_the_given_names(tmp_path):
    names = image_names("registry.example:5000/team", "1.2.3")
    package = load(compile_package("tabular", tmp_path, images=names))
    assert stage_images(package) == {"registry.example:5000/team/python-cpu:1.2.3"}
    assert branch_images(package) == {
        "python-cpu": "registry.example:5000/team/python-cpu:1.2.3",
        "python-torch": "registry.example:5000/team/python-torch:1.2.3",
    }


def test_image_options_change_only_image_names(tmp_path):
    plain = load(compile_package("tabular", tmp_path / "plain"))
    named = load(compile_package("tabular", tmp_path / "named", images=image_names("registry.example", "9")))
    for package in (plain, named):
        for task in ("resolve-inputs", "plan-training"):
            del inputs_of(package, task)["images"]
        for executor in package["deploymentSpec"]["executors"].values():
            del executor["container"]["image"]
    assert plain == named


@pytest.mark.parametrize("name", list(KINDS))
def test_package_with_image_names_is_deterministic_and_ascii(name, tmp_path):
    names = image_names(
        "registry.example/" + "a-long-path/" * 20 + "end", "1", digests={"python-torch": DIGEST}
    )
    first, second = (compile_package(name, tmp_path / part, images=names).read_bytes() for part in "ab")
    assert first == second
    assert f" image: {names['python-cpu']}\n" in first.decode("ascii")


def test_image_names_do_not_affect_later_packages(tmp_path):
    before = compile_package("tabular", tmp_path / "before").read_bytes()
    compile_package("tabular", tmp_path / "named", images=image_names("registry.example", "9"))
    assert compile_package("tabular", tmp_path / "after").read_bytes() == before


def test_stage_image_can_be_the_pytorch_image(tmp_path):
    package = load(compile_package("tabular", tmp_path, images=image_names(), stage_image="python-torch"))
    assert stage_images(package) == {f"{REGISTRY}/python-torch:{TAG}"}
    assert branch_images(package) == image_names()


PLACEMENT = {"accelerators": 1, "node_selector": {"pool": "gpu"}, "tolerations": [{"operator": "Exists"}]}


@pytest.mark.parametrize("name", list(KINDS))
def test_forms_decide_neither_about_images_nor_about_nodes(name, tmp_path):
    package = load(
        compile_package(name, tmp_path, images=image_names("registry.example"), placement=PLACEMENT)
    )
    assert {"images", "placement", "image"}.isdisjoint(package["root"]["inputDefinitions"]["parameters"])
    assert inputs_of(package, "plan-training")["placement"]["runtimeValue"]["constant"] == PLACEMENT
    assert branch_images(package)["python-cpu"] == "registry.example/python-cpu:0.1.0"


def test_placement_is_compiled(tables_only, tmp_path, capsys):
    file = tmp_path / "placement.json"
    file.write_text(json.dumps(PLACEMENT))
    with pytest.raises(SystemExit) as ended:
        main(["compile", "--out", str(tmp_path), "--placement", str(file)])
    assert not ended.value.code
    package = load(tmp_path / "tabular.yaml")
    assert inputs_of(package, "plan-training")["placement"]["runtimeValue"]["constant"] == PLACEMENT
    connections = Connections({"PODIUM_PLACEMENT": str(file)})
    assert load(package_for(connections, "tabular", tmp_path / "engine")) == package


def test_every_pod_has_a_limit_of_memory(tables_only, tmp_path, capsys):
    package = load(compile_package("tabular", tmp_path))
    for name, executor in package["deploymentSpec"]["executors"].items():
        resources = executor["container"]["resources"]
        assert resources["resourceMemoryLimit"] == (
            "{{$.inputs.parameters['pipelinechannel--memory_limit']}}" if "train-cand" in name else "16Gi"
        )
    with pytest.raises(SystemExit) as ended:
        main(["compile", "--out", str(tmp_path), "--stage-memory", "32Gi"])
    assert not ended.value.code
    package = load(tmp_path / "tabular.yaml")
    assert (
        package["deploymentSpec"]["executors"]["exec-validate-data"]["container"]["resources"][
            "resourceMemoryLimit"
        ]
        == "32Gi"
    )
    connections = Connections({"PODIUM_STAGE_MEMORY": "32Gi"})
    assert load(package_for(connections, "tabular", tmp_path / "engine")) == package
    with pytest.raises(SettingsError, match="is no amount of memory"):
        compile_package("tabular", tmp_path, stage_memory="lots")


@pytest.mark.parametrize(
    "content",
    [
        "[",
        "[]",
        '{"image": "x"}',
        '{"accelerators": "1"}',
        '{"node_selector": {"a": 1}}',
        '{"tolerations": {}}',
    ],
)
def test_invalid_placement_is_rejected(content, tmp_path):
    path = tmp_path / "placement.json"
    path.write_text(content)
    with pytest.raises(SettingsError, match="holds no placement"):
        read_placement(path)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_placement(tmp_path / "none.json")


def test_default_names_belong_to_nobody(tmp_path):
    """A stranger may take any free name of a public registry, such as that of podium on Docker Hub."""
    package = load(compile_package("tabular", tmp_path))
    names = {*stage_images(package), *branch_images(package).values()}
    assert {name.partition("/")[0] for name in names} == {"podium.invalid"}


def test_digest_replaces_tag():
    names = image_names("registry.example", "1", digests={"python-cpu": DIGEST})
    assert names == {
        "python-cpu": f"registry.example/python-cpu@{DIGEST}",
        "python-torch": "registry.example/python-torch:1",
    }


def test_compile_command_writes_image_names(tmp_path, capsys):
    digests = tmp_path / "digests.json"
    digests.write_text(json.dumps({"python-cpu": DIGEST}))
    options = [
        "--image-registry",
        "registry.example/team",
        "--image-tag",
        "2",
        "--image-digests",
        str(digests),
    ]
    with pytest.raises(SystemExit) as ended:
        main(["compile", "--out", str(tmp_path), *options])
    assert not ended.value.code
    package = load(capsys.readouterr().out.splitlines()[0])
    assert stage_images(package) == {f"registry.example/team/python-cpu@{DIGEST}"}
    assert branch_images(package)["python-torch"] == "registry.example/team/python-torch:2"


@pytest.mark.parametrize("option", [["--image-tag", "3"], ["--stage-image", "python-torch"]])
def test_each_option_alone_sets_all_image_names(option, tables_only, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["compile", "--out", str(tmp_path), *option])
    assert not ended.value.code
    assert set(branch_images(load(capsys.readouterr().out.splitlines()[0]))) == set(IMAGES)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"registry": "https://registry.example"}, "not a valid image registry"),
        ({"registry": "registry.example/"}, "not a valid image registry"),
        ({"registry": "registry.example//team"}, "not a valid image registry"),
        ({"registry": "Registry.example"}, "not a valid image registry"),
        ({"registry": "registry.example\n"}, "not a valid image registry"),
        ({"tag": "v1:2"}, "not a valid image tag"),
        ({"tag": "-1"}, "not a valid image tag"),
        ({"tag": "a" * 129}, "not a valid image tag"),
        ({"digests": {"python": DIGEST}}, "Unknown image"),
        ({"digests": {"python-cpu": "sha256:1"}}, "not a valid digest"),
        ({"digests": {"python-cpu": 1}}, "not a valid digest"),
    ],
)
def test_invalid_names_are_rejected(options, message):
    with pytest.raises(SettingsError, match=message):
        image_names(**options)


@pytest.mark.parametrize(
    ("content", "message"), [(None, "cannot be read"), ("[1]", "no digests"), ("{", "no digests")]
)
def test_file_without_digests_is_rejected(content, message, tmp_path):
    path = tmp_path / "digests.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError, match=message):
        read_digests(path)


def test_default_names_are_consistent():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert version == TAG
    assert image_names()["python-cpu"] == DEFAULT_IMAGE == plan.DEFAULT_IMAGE
    assert {spec.resources.image for spec in ALGORITHMS.values()} <= set(IMAGES)
    servers = {"mlflow"}  # runs have no pods with this image
    assert {path.parent.name for path in ROOT.glob("images/*/Containerfile")} == set(IMAGES) | servers


def test_both_containerfiles_differ_only_in_pytorch():
    """Both images share one layer of dependencies, and a branch behaves the same in either image."""
    cpu, torch = ((ROOT / "images" / name / "Containerfile").read_text() for name in IMAGES)
    torch = re.sub(r"FROM dependencies AS torch\n.*?\n\n", "", torch, flags=re.DOTALL)
    torch = torch.replace("COPY --from=torch /layer/opt /opt\n", "")
    own = re.compile(r"^(# The image of|LABEL|.*image\.description=).*\n", re.MULTILINE)
    assert own.sub("", cpu) == own.sub("", torch)
