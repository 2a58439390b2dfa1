"""Tests of the manifests of two teams on one cluster: what is shared, and what one of them could reach of the other."""

import base64
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from podium_ml.run.stages import TASKS

from .conftest import MANIFESTS, SECRET_FILES, Object, build
from .network import Network, Pod

TEAMS = ("blue", "green")
# What the servers that all teams share are called in their namespace.
MINIO, POSTGRESQL = (Pod("podium", {"app.kubernetes.io/name": name}) for name in ("minio", "postgresql"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the manifests in which both teams were made."""
    folder = tmp_path_factory.mktemp("teams") / "manifests"
    shutil.copytree(MANIFESTS, folder, ignore=shutil.ignore_patterns(*SECRET_FILES))
    for team in TEAMS:
        subprocess.run([sys.executable, folder / "make-team", team], check=True, capture_output=True)
    subprocess.run(
        [sys.executable, folder / "make-credentials", "kind", *TEAMS], check=True, capture_output=True
    )
    return folder


@pytest.fixture(scope="module")
def built_teams(kustomize: list[str], folder: Path) -> dict[str, list[Object]]:
    return {name: build(kustomize, folder / "overlays" / name) for name in ("kind", *TEAMS)}


@pytest.fixture(scope="module")
def network(built_teams: dict[str, list[Object]]) -> Network:
    return Network([one for objects in built_teams.values() for one in objects])


def tasks(namespace: str) -> list[Pod]:
    return [Pod(namespace, {"podium.run/task": name.replace("_", "-")}) for name in (*TASKS, "finalize_run")]


def mlflow(team: str) -> Pod:
    return Pod(f"podium-{team}", {"app.kubernetes.io/name": "mlflow"})


def identity(one: Object) -> tuple[str, ...]:
    return one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]


def values(objects: list[Object]) -> dict[str, str]:
    """Return the values of all Secrets, with the first Secret and key that holds each."""
    return {
        base64.b64decode(value).decode(): f"{one['metadata']['name']}/{key}"
        for one in objects
        if one["kind"] == "Secret"
        for key, value in one["data"].items()
    }


def test_teams_share_no_object(built_teams: dict[str, list[Object]]) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for name, objects in built_teams.items():
        for one in objects:
            assert seen.setdefault(identity(one), name) == name, identity(one)


@pytest.mark.parametrize(("mine", "other"), [TEAMS, TEAMS[::-1]])
def test_nothing_of_a_team_names_the_other_or_the_template(
    built_teams: dict[str, list[Object]], mine: str, other: str
) -> None:
    text = yaml.safe_dump(built_teams[mine])
    assert other not in text
    assert "team-a" not in text
    assert {one["metadata"].get("namespace") for one in built_teams[mine] if one["kind"] != "Namespace"} == {
        *(mine, f"podium-{mine}", "podium"),
    }


def test_teams_have_no_key_in_common(built_teams: dict[str, list[Object]]) -> None:
    """Names of accounts may be equal, because they are those of different servers."""
    keys = [
        {value for value in values(objects) if re.fullmatch("[0-9a-f]{32}", value)}
        for objects in built_teams.values()
    ]
    assert all(len(one) >= 4 for one in keys)
    assert len(set.union(*keys)) == sum(map(len, keys))


def test_namespaces_of_a_team_hold_no_key_of_a_superuser(built_teams: dict[str, list[Object]]) -> None:
    for team in TEAMS:
        for one in built_teams[team]:
            assert "root" not in one["metadata"]["name"], identity(one)
        in_runs = {
            one["metadata"]["name"]: set(one["data"])
            for one in built_teams[team]
            if one["kind"] == "Secret" and one["metadata"]["namespace"] == team
        }
        assert in_runs == {
            "podium-signing-key": {"PODIUM_SIGNING_KEY"},
            "podium-credentials": {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"},
            "podium-tracking": {"MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"},
        }


def test_jobs_make_only_the_buckets_and_the_database_of_the_team(
    built_teams: dict[str, list[Object]],
) -> None:
    for team in TEAMS:
        made = {
            item["path"].partition("/")[0]
            for one in built_teams[team]
            if one["kind"] == "Job"
            for volume in one["spec"]["template"]["spec"]["volumes"]
            for source in volume.get("projected", {}).get("sources", [])
            for item in source["secret"]["items"]
        }
        assert made == {f"runs-{team}", f"mlflow-{team}"}


def test_jobs_use_secrets_that_exist(built_teams: dict[str, list[Object]]) -> None:
    """Names have hashes, which kustomize writes into every reference that it knows."""
    for team in TEAMS:
        known = {
            identity(one)[1:]
            for objects in (built_teams["kind"], built_teams[team])
            for one in objects
            if one["kind"] in {"Secret", "ConfigMap"}
        }
        for one in built_teams[team]:
            if one["kind"] in {"Job", "Deployment"}:
                text = yaml.safe_dump(one["spec"])
                for name in re.findall(
                    r"(?:secretRef|configMapRef|secret|configMap|secretKeyRef):\n(?:.*\n)*?\s+name: (\S+)",
                    text,
                ):
                    assert (one["metadata"]["namespace"], name) in known, (identity(one), name)


def test_accounts_of_runs_have_rights_in_their_own_namespace_alone(
    built_teams: dict[str, list[Object]],
) -> None:
    for team in TEAMS:
        for one in built_teams[team]:
            assert one["kind"] not in {"ClusterRole", "ClusterRoleBinding"}
            if one["kind"] == "RoleBinding":
                assert one["metadata"]["namespace"] == team
                assert [subject["namespace"] for subject in one["subjects"]] == [team]


@pytest.mark.parametrize(("mine", "other"), [TEAMS, TEAMS[::-1]])
def test_runs_reach_the_servers_of_their_team_alone(network: Network, mine: str, other: str) -> None:
    single = Pod("podium", {"app.kubernetes.io/name": "mlflow"})
    for pod in tasks(mine):
        assert network.connects(pod, MINIO, 9000)
        for target in (mlflow(other), single):
            assert not network.connects(pod, target, 5000)
        for target in tasks(other):
            assert not network.connects(pod, target, 8080)
        assert not network.connects(pod, POSTGRESQL, 5432)
    assert any(network.connects(pod, mlflow(mine), 5000) for pod in tasks(mine))


def test_mlflow_of_each_team_reaches_its_store_and_database(network: Network) -> None:
    for mine, other in (TEAMS, TEAMS[::-1]):
        assert network.connects(mlflow(mine), MINIO, 9000)
        assert network.connects(mlflow(mine), POSTGRESQL, 5432)
        assert not network.connects(mlflow(mine), mlflow(other), 5000)
        assert not network.connects(mlflow(mine), "93.184.216.34", 443)


def test_other_namespaces_reach_no_server(network: Network) -> None:
    for target, port in ((MINIO, 9000), (POSTGRESQL, 5432), (mlflow("blue"), 5000)):
        assert not network.connects(Pod("red", {"podium.run/task": "publish-run"}), target, port)


def test_each_team_has_a_quota(built_teams: dict[str, list[Object]]) -> None:
    for team in TEAMS:
        kinds = {one["kind"] for one in built_teams[team] if one["metadata"].get("namespace") == team}
        assert {"ResourceQuota", "LimitRange"} <= kinds


def test_mlflow_of_a_team_asks_for_an_account(built_teams: dict[str, list[Object]]) -> None:
    for team in TEAMS:
        (one,) = (one for one in built_teams[team] if one["kind"] == "Deployment")
        (container,) = one["spec"]["template"]["spec"]["containers"]
        assert "--app-name=basic-auth" in container["args"]


@pytest.mark.parametrize(
    "name", ["Blue", "podium", "kube-system", "podium-blue", "../kind", "a" * 32, "kind", "blue", "", "blue-"]
)
def test_names_that_are_taken_or_no_names_are_refused(folder: Path, name: str) -> None:
    before = sorted(folder.rglob("*"))
    done = subprocess.run([sys.executable, folder / "make-team", name], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert sorted(folder.rglob("*")) == before
