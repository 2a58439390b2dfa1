"""Tests of the manifests as kustomize builds them."""

import base64
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from podium.pipelines import _pods as pods_of_runs
from podium.pipelines.secrets import SECRETS, SERVERS, STORE
from podium_ml.champions.keys import public_half

from .conftest import MANIFESTS, OVERLAYS, ROOT, SECRET_FILES, TEAM, Object, build
from .network import selects

LABELS = {f"app.kubernetes.io/{name}" for name in ("name", "component", "part-of", "managed-by")}
# Kinds with a pod template.
WORKLOADS = {"Deployment", "StatefulSet", "Job"}


def _name(one: Object) -> str:
    return f"{one['kind']}/{one['metadata']['name']}"


def _pods(objects: list[Object]) -> dict[str, Object]:
    return {_name(o): o["spec"]["template"] for o in objects if o["kind"] in WORKLOADS}


def _containers(objects: list[Object]) -> dict[str, Object]:
    return {
        f"{owner}/{one['name']}": one
        for owner, template in _pods(objects).items()
        for one in [*template["spec"].get("initContainers", []), *template["spec"]["containers"]]
    }


def _one(objects: list[Object], kind: str, name: str) -> Object:
    (found,) = (o for o in objects if o["kind"] == kind and o["metadata"]["name"] == name)
    return found


def _policies(objects: list[Object], namespace: str) -> list[Object]:
    """Return the network policies of a namespace."""
    found = [o for o in objects if o["kind"] == "NetworkPolicy" and o["metadata"]["namespace"] == namespace]
    assert found
    return found


def test_each_file_has_one_object() -> None:
    files = sorted(MANIFESTS.rglob("*.yaml"))
    assert files
    for path in files:
        assert len(list(yaml.safe_load_all(path.read_text()))) == 1, path


def test_each_file_is_in_a_kustomization() -> None:
    for path in MANIFESTS.rglob("*.yaml"):
        if path.name != "kustomization.yaml":
            assert path.name in (path.parent / "kustomization.yaml").read_text(), path


def test_no_secret_is_committed() -> None:
    for path in MANIFESTS.rglob("*.yaml"):
        for one in yaml.safe_load_all(path.read_text()):
            assert one["kind"] != "Secret", path
            for generator in one.get("secretGenerator", []):
                assert set(generator) <= {"name", "namespace", "envs", "options"}, path
                for env in generator["envs"]:
                    assert Path(env).name in SECRET_FILES
    for path in MANIFESTS.rglob("*.example"):
        assert not re.search(r"^\w*(KEY|PASSWORD|TOKEN|KEY_ID)=.+", path.read_text(), re.MULTILINE), path


@pytest.mark.parametrize("example", sorted(MANIFESTS.rglob("*.example")), ids=lambda path: path.stem)
def test_git_ignores_credentials(example: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.fail("run the tests in a git checkout")
    assert example.stem in SECRET_FILES
    assert subprocess.run(["git", "check-ignore", "-q", example.with_suffix("")], cwd=ROOT).returncode == 0
    assert subprocess.run(["git", "check-ignore", "-q", example], cwd=ROOT).returncode == 1


def test_git_ignores_nothing_else() -> None:
    ignored = subprocess.run(
        ["git", "ls-files", "--others", "--ignored", "--exclude-standard", "manifests"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert {Path(x).name for x in ignored if "__pycache__" not in x} <= SECRET_FILES


def test_credentials_are_random_and_created_once(tmp_path: Path) -> None:
    shutil.copytree(MANIFESTS, tmp_path / "m", ignore=shutil.ignore_patterns(*SECRET_FILES))
    path = tmp_path / "m" / "overlays" / "kind" / "runner" / "credentials.env"
    seen = []
    for _ in range(2):
        path.unlink(missing_ok=True)
        subprocess.run([sys.executable, tmp_path / "m" / "make-credentials", "kind"], check=True)
        seen.append(path.read_text())
        assert path.stat().st_mode & 0o077 == 0
        assert all(len(line.partition("=")[2]) == 32 for line in seen[-1].splitlines())
    assert seen[0] != seen[1]
    subprocess.run([sys.executable, tmp_path / "m" / "make-credentials", "kind"], check=True)
    assert path.read_text() == seen[1]


@pytest.mark.parametrize("name", ["kind", TEAM])
def test_runs_trust_the_key_that_signs_their_models(built: dict[str, list[Object]], name: str) -> None:
    secret = _one(built[name], "Secret", "podium-signing-key")["data"]["PODIUM_SIGNING_KEY"]
    trusted = _one(built[name], "ConfigMap", SERVERS)["data"]["PODIUM_TRUSTED_KEYS"]
    assert trusted == public_half(base64.b64decode(secret).decode())


def test_unknown_overlay_is_rejected() -> None:
    result = subprocess.run(
        [sys.executable, MANIFESTS / "make-credentials", "nowhere"], capture_output=True, text=True
    )
    assert result.returncode == 1
    assert "there is no overlay nowhere" in result.stderr


def test_production_has_no_secrets_stateful_sets_or_jobs(built: dict[str, list[Object]]) -> None:
    kinds = {o["kind"] for o in built["production"]}
    assert not {"Secret", "StatefulSet", "Job"} & kinds
    targets = {o["spec"]["target"]["name"] for o in built["production"] if o["kind"] == "ExternalSecret"}
    assert targets == {
        *("s3-credentials", "database-credentials", "podium-credentials"),
        *("mlflow-door", "mlflow-accounts", "podium-tracking", "podium-signing-key"),
    }


@pytest.mark.parametrize("name", [*OVERLAYS, TEAM, "examples"])
def test_each_object_has_the_recommended_labels(built: dict[str, list[Object]], name: str) -> None:
    for one in built[name]:
        labels = set(one["metadata"].get("labels", {}))
        missing = LABELS - labels
        # Generated objects do not belong to one server.
        generated = one["kind"] in {"ConfigMap", "Secret"} and name != "examples"
        assert not missing or (
            generated and missing <= {"app.kubernetes.io/name", "app.kubernetes.io/component"}
        ), (_name(one), missing)


def test_pods_have_the_recommended_labels(any_overlay: list[Object]) -> None:
    for owner, pod in _pods(any_overlay).items():
        assert set(pod["metadata"]["labels"]) >= LABELS, owner


def test_pods_are_restricted(any_overlay: list[Object]) -> None:
    assert _pods(any_overlay)
    for owner, pod in _pods(any_overlay).items():
        context = pod["spec"]["securityContext"]
        assert context["runAsNonRoot"] is True, owner
        assert context["runAsUser"] > 0, owner
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, owner
        assert pod["spec"]["automountServiceAccountToken"] is False, owner
        assert pod["spec"]["serviceAccountName"] != "default", owner
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod["spec"]), owner
        assert not any("hostPath" in volume for volume in pod["spec"].get("volumes", [])), owner
    for name, container in _containers(any_overlay).items():
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name


def test_containers_have_requests_and_limits(any_overlay: list[Object]) -> None:
    for name, container in _containers(any_overlay).items():
        assert set(container["resources"]["requests"]) >= {"cpu", "memory"}, name
        assert "memory" in container["resources"]["limits"], name


def test_empty_dir_volumes_have_size_limits(any_overlay: list[Object]) -> None:
    for owner, pod in _pods(any_overlay).items():
        for volume in pod["spec"].get("volumes", []):
            if "emptyDir" in volume:
                assert "sizeLimit" in volume["emptyDir"], owner


def test_servers_have_probes(any_overlay: list[Object]) -> None:
    for name, container in _containers(any_overlay).items():
        if container.get("ports"):
            assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container), name


def test_images_are_pinned(any_overlay: list[Object]) -> None:
    for name, container in _containers(any_overlay).items():
        _, _, tag = container["image"].rpartition(":")
        assert tag, name
        assert "/" not in tag, name
        assert tag != "latest", name


def test_podium_images_have_the_version_of_the_project(any_overlay: list[Object]) -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version
    for name, container in _containers(any_overlay).items():
        if "podium/" in container["image"]:
            assert container["image"].endswith(f":{version[1]}"), name


def test_namespace_enforces_pod_security(overlay: list[Object]) -> None:
    labels = _one(overlay, "Namespace", "podium")["metadata"]["labels"]
    for mode in ("enforce", "warn", "audit"):
        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"


def test_default_policy_denies_all_traffic(overlay: list[Object]) -> None:
    spec = _one(overlay, "NetworkPolicy", "default-deny")["spec"]
    assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_policies_allow_exactly_the_ports_of_services(overlay: list[Object]) -> None:
    policies = [o["spec"] for o in _policies(overlay, "podium")]
    templates = [t["metadata"]["labels"] for t in _pods(overlay).values()]
    services = [o for o in overlay if o["kind"] == "Service"]
    assert services
    for service in services:
        (labels,) = (x for x in templates if service["spec"]["selector"].items() <= x.items())
        open_ports = {
            port["port"]
            for policy in policies
            if "Ingress" in policy["policyTypes"] and selects(policy["podSelector"], labels)
            for rule in policy.get("ingress", [])
            for port in rule["ports"]
        }
        assert open_ports == {port["port"] for port in service["spec"]["ports"]}, _name(service)


def test_no_policy_allows_everything(any_overlay: list[Object]) -> None:
    for one in any_overlay:
        if one["kind"] == "NetworkPolicy":
            for side, key in (("ingress", "from"), ("egress", "to")):
                for rule in one["spec"].get(side, []):
                    assert rule.get(key), _name(one)
                    assert rule.get("ports"), _name(one)
                    assert not any(peer == {} for peer in rule[key]), _name(one)


def test_ingress_and_egress_rules_match(built: dict[str, list[Object]]) -> None:
    """A connection within the namespace needs an egress and an ingress rule."""
    objects = built["kind"]
    policies = [o["spec"] for o in _policies(objects, "podium")]
    pairs = {"Ingress": set(), "Egress": set()}
    for policy in policies:
        (side,) = policy["policyTypes"] if len(policy["policyTypes"]) == 1 else ("",)
        here = policy["podSelector"].get("matchLabels", {}).get("app.kubernetes.io/name")
        for rule in policy.get("ingress" if side == "Ingress" else "egress", []) if side else []:
            for peer in rule["from" if side == "Ingress" else "to"]:
                there = peer.get("podSelector", {}).get("matchLabels", {}).get("app.kubernetes.io/name")
                if there and "namespaceSelector" not in peer:
                    port = rule["ports"][0]["port"]
                    pairs[side].add((there, here, port) if side == "Ingress" else (here, there, port))
    assert pairs["Ingress"] == pairs["Egress"]
    assert pairs["Egress"] == {
        ("mlflow", "postgresql", 5432),
        ("mlflow", "minio", 9000),
        ("minio-bucket", "minio", 9000),
        ("postgresql-database", "postgresql", 5432),
    }


def test_volume_claims_are_retained(built: dict[str, list[Object]]) -> None:
    sets = [o for o in built["kind"] if o["kind"] == "StatefulSet"]
    assert {o["metadata"]["name"] for o in sets} == {"minio", "postgresql"}
    for one in sets:
        assert one["spec"]["persistentVolumeClaimRetentionPolicy"] == {
            "whenDeleted": "Retain",
            "whenScaled": "Retain",
        }
        assert one["spec"]["volumeClaimTemplates"]


def test_runs_find_their_config_map_and_secret(overlay: list[Object]) -> None:
    servers = _one(overlay, "ConfigMap", SERVERS)
    assert servers["metadata"]["namespace"] == "kubeflow"
    assert set(servers["data"]) <= set(pods_of_runs._ADDRESSES)
    kind, keys = (
        ("Secret", lambda o: set(o["data"]))
        if any(o["kind"] == "Secret" for o in overlay)
        else ("ExternalSecret", lambda o: {x["secretKey"] for x in o["spec"]["data"]})
    )
    secret = _one(overlay, kind, STORE)
    assert secret["metadata"]["namespace"] == "kubeflow"
    assert keys(secret) <= set(SECRETS[STORE])


@pytest.mark.parametrize(
    ("name", "secret"), [("kind", "podium-credentials"), ("production", "mlpipeline-minio-artifact")]
)
def test_role_of_runs_is_minimal(built: dict[str, list[Object]], name: str, secret: str) -> None:
    """The only Secret that pods may read is the one that Kubeflow's launcher takes the key of the artifacts from."""
    role = _one(built[name], "Role", "podium-runner")
    assert role["metadata"]["namespace"] == "kubeflow"
    may = {
        (f"{resource}/{named}", verb)
        for rule in role["rules"]
        for resource in rule["resources"]
        for named in rule.get("resourceNames", ["any"])
        for verb in rule["verbs"]
    }
    assert may == {
        ("workflowtaskresults/any", "create"),
        ("workflowtaskresults/any", "patch"),
        ("pods/any", "get"),
        ("configmaps/kfp-launcher", "get"),
        (f"secrets/{secret}", "get"),
    }
    (subject,) = _one(built[name], "RoleBinding", "podium-runner")["subjects"]
    assert subject["namespace"] == "kubeflow"


@pytest.mark.parametrize("name", OVERLAYS)
def test_namespace_of_runs_is_set_in_one_place(
    kustomize: list[str], copy: Path, tmp_path: Path, name: str
) -> None:
    shutil.copytree(copy, tmp_path / "m")
    path = tmp_path / "m" / "overlays" / name / "runner" / "kustomization.yaml"
    path.write_text(path.read_text().replace("namespace: kubeflow\n", "namespace: team-a\n"))
    objects = build(kustomize, tmp_path / "m" / "overlays" / name)
    assert {o["metadata"].get("namespace") for o in objects if o["kind"] != "Namespace"} == {
        "podium",
        "team-a",
    }
    policies = yaml.safe_dump(_policies(objects, "podium"))
    assert "kubernetes.io/metadata.name: team-a" in policies
    assert "kubeflow" not in policies


def test_production_trusts_a_private_certificate_authority(built: dict[str, list[Object]]) -> None:
    objects = built["production"]
    pod = _pods(objects)["Deployment/mlflow"]["spec"]
    (container,) = pod["containers"]
    settings = next(
        o["data"]
        for o in objects
        if o["kind"] == "ConfigMap" and o["metadata"]["name"].startswith("mlflow-settings")
    )
    (mount,) = (m["mountPath"] for m in container["volumeMounts"] if m["name"] == "certificate-authority")
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "PGSSLROOTCERT"):
        assert settings[name] == f"{mount}/ca.crt"
    assert settings["PGSSLMODE"] == "verify-full"
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"] == {"path": "/health", "port": "http", "scheme": "HTTPS"}
    servers = _one(objects, "ConfigMap", "podium-servers")["data"]
    assert servers["AWS_CA_BUNDLE"] == "/etc/podium/ca/ca.crt"
    assert servers["MLFLOW_TRACKING_URI"].startswith("https://")


def test_production_spreads_two_replicas_of_mlflow_over_nodes(built: dict[str, list[Object]]) -> None:
    spec = _one(built["production"], "Deployment", "mlflow")["spec"]
    assert spec["replicas"] == 2
    assert spec["template"]["spec"]["topologySpreadConstraints"][0]["topologyKey"] == "kubernetes.io/hostname"
    budget = _one(built["production"], "PodDisruptionBudget", "mlflow")["spec"]
    assert budget["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()


def test_production_adds_a_door_and_tls_to_mlflow(built: dict[str, list[Object]]) -> None:
    one, two = (_containers(built[n])["Deployment/mlflow/mlflow"]["args"] for n in OVERLAYS)
    assert two[: len(one)] == one
    assert {x.partition("=")[0] for x in two[len(one) :]} == {"--app-name", "--workers", "--uvicorn-opts"}
    assert two[-1] == "--workers=2"


# The containers that may hold each Secret. A container that is not named here holds none of them.
HOLDERS = {
    "minio-root": {"StatefulSet/minio/minio", "Job/minio-bucket/bucket"},
    "postgresql-root": {"StatefulSet/postgresql/postgresql", "Job/postgresql-database/database"},
    "s3-credentials": {"Deployment/mlflow/mlflow", "Job/minio-bucket/bucket"},
    "runs-s3-credentials": {"Job/minio-bucket/bucket"},
    "database-credentials": {
        *("Deployment/mlflow/mlflow", "Deployment/mlflow/accounts", "Job/postgresql-database/database"),
    },
    "mlflow-door": {"Deployment/mlflow/accounts", "Deployment/mlflow/mlflow"},
    "mlflow-accounts": {"Deployment/mlflow/accounts"},
    "mlflow-tls": {"Deployment/mlflow/mlflow"},
}


def test_each_server_holds_only_its_own_keys(any_overlay: list[Object]) -> None:
    """The superusers of the store and of the database serve nobody but the jobs that make the others."""
    for name, container in _containers(any_overlay).items():
        pod = _pods(any_overlay)[name.rpartition("/")[0]]
        for secret in _secrets(container, pod):
            known = re.sub(r"(-team-a)?(-[a-z0-9]{10})?$", "", secret)
            assert name.replace("-team-a", "") in HOLDERS[known], (name, secret)


def test_mlflow_does_not_know_the_password_of_its_administrator(built: dict[str, list[Object]]) -> None:
    container = _containers(built["production"])["Deployment/mlflow/mlflow"]
    keys = {one["valueFrom"]["secretKeyRef"]["key"] for one in container["env"] if "valueFrom" in one}
    assert keys == {"MLFLOW_AUTH_ADMIN_USERNAME", "MLFLOW_FLASK_SERVER_SECRET_KEY"}
    assert not any("door" in one.get("secretRef", {}).get("name", "") for one in container["envFrom"])


def _secrets(container: Object, pod: Object) -> set[str]:
    """Return the Secrets that a container gets as variables or files."""
    mounts = {one["name"] for one in container.get("volumeMounts", [])}
    volumes = [one for one in pod["spec"].get("volumes", []) if one["name"] in mounts]
    sources = [
        *(one["secretRef"]["name"] for one in container.get("envFrom", []) if "secretRef" in one),
        *(
            one["valueFrom"]["secretKeyRef"]["name"]
            for one in container.get("env", [])
            if "secretKeyRef" in one.get("valueFrom", {})
        ),
        *(one["secret"]["secretName"] for one in volumes if "secret" in one),
        *(
            part["secret"]["name"]
            for one in volumes
            for part in one.get("projected", {}).get("sources", [])
            if "secret" in part
        ),
    ]
    return set(sources)


@pytest.mark.parametrize("name", OVERLAYS)
def test_overlays_list_what_forms_may_name(built: dict[str, list[Object]], name: str) -> None:
    from podium_ml.confinement import VARIABLES, Lists

    servers = _one(built[name], "ConfigMap", "podium-servers")["data"]
    assert set(VARIABLES) <= set(servers)
    if name == "kind":
        assert Lists.read(servers) == Lists.read({})


def test_placement_example_is_valid(built: dict[str, list[Object]], tmp_path: Path) -> None:
    import json

    from podium.pipelines.pod_settings import read_placement

    placement = json.loads(_one(built["examples"], "ConfigMap", "podium-placement")["data"]["placement"])
    assert set(placement) == {"accelerators", "accelerator", "node_selector", "tolerations"}
    (tmp_path / "placement.json").write_text(json.dumps(placement))
    assert read_placement(tmp_path / "placement.json") == placement


def test_pipeline_objects_contain_the_compiled_pipeline(tmp_path: Path) -> None:
    from podium.images import image_names
    from podium.packages import compile_package
    from podium_ml.kinds import KINDS

    command = [sys.executable, MANIFESTS / "pipeline_objects.py", "--namespace", "team-a"]
    command += ["--registry", "registry.example.com/team", "--tag", "1.2"]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}/components{os.pathsep}{ROOT}/pipelines"}
    for _ in range(2):
        subprocess.run([*command, tmp_path / "objects"], check=True, env=environment, capture_output=True)
    files = {path.name: path for path in (tmp_path / "objects").iterdir()}
    assert set(files) == {f"{kind}-{part}.yaml" for kind in KINDS for part in ("pipeline", "pipelineversion")}
    parts = ("tabular-pipeline.yaml", "tabular-pipelineversion.yaml")
    pipeline, version = (yaml.safe_load(files[name].read_text()) for name in parts)
    assert (pipeline["kind"], version["kind"]) == ("Pipeline", "PipelineVersion")
    assert version["spec"]["pipelineName"] == pipeline["metadata"]["name"]
    assert {pipeline["metadata"]["namespace"], version["metadata"]["namespace"]} == {"team-a"}
    package = compile_package("tabular", tmp_path, images=image_names("registry.example.com/team", "1.2"))
    spec, platform = yaml.safe_load_all(package.read_text())
    assert version["spec"]["pipelineSpec"] == spec
    assert version["spec"]["platformSpec"] == platform
    fields, shown = spec["root"]["inputDefinitions"]["parameters"], version["spec"]["description"]
    for field in ("source", "target"):
        assert f"- **{field}**: {fields[field]['description']}\n" in shown
    assert len(shown.splitlines()) < 15  # the card in the user interface shows no more


@pytest.mark.parametrize("name", OVERLAYS)
def test_pods_of_runs_have_a_limit_of_disk(built: dict[str, list[Object]], name: str) -> None:
    """The request is small: without one, it would be as large as the limit, and no pod would find a node."""
    limits = _one(built[name], "LimitRange", "podium-disk")
    assert limits["metadata"]["namespace"] == "kubeflow"
    (container,) = limits["spec"]["limits"]
    assert container["type"] == "Container"
    assert container["default"] == {"ephemeral-storage": "50Gi"}
    assert container["defaultRequest"] == {"ephemeral-storage": "256Mi"}
