"""Tests of two teams on one cluster: each does its work, and each tries to reach what is the other's."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import requests
from minio import Minio
from minio.error import S3Error

from podium.servers.connections import Connections
from podium.servers.namespace_checks import check_account_of_runs, check_namespace

from .conftest import Cluster
from .pods import container, volumes

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1200)]
TEAMS = ("test-blue", "test-green")
# What a profile of Kubeflow gives its owner in the namespace.
OWNER = "admin"
TAG = os.environ.get("TAG") or "0.1.0"


@dataclass(frozen=True)
class Team:
    """A team on the cluster.

    Attributes:
        name: Its name, which is the namespace of its runs.
        folder: Its overlay.
        store: Address of the object store.
        mlflow: Address of its MLflow server.
        database: Host and port of the database.
    """

    name: str
    folder: Path
    store: str
    mlflow: str
    database: tuple[str, str]

    def secret(self, file: str) -> dict[str, str]:
        lines = (self.folder / file).read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def account(self) -> tuple[str, str]:
        found = self.secret("runner/tracking.env")
        return found["MLFLOW_TRACKING_USERNAME"], found["MLFLOW_TRACKING_PASSWORD"]

    def bucket_client(self) -> Minio:
        """Return a client of the store with the key of the team's runs."""
        found = self.secret("runner/credentials.env")
        host = self.store.partition("://")[2]
        return Minio(host, *found.values(), secure=False, region="us-east-1")

    def ask_mlflow(
        self, path: str, account: tuple[str, str] | None = None, **fields: Any
    ) -> requests.Response:
        address = f"{self.mlflow}/api/2.0/mlflow/{path}"
        return requests.post(address, json=fields, auth=account or self.account, timeout=60)


@pytest.fixture(scope="module")
def teams(ready: Cluster, overlay: Path) -> Iterator[list[Team]]:
    """Deploy both teams as README.md says, and yield them."""
    manifests = overlay.parents[2] / "manifests"
    try:
        for name in TEAMS:
            ready.kubectl("create", "namespace", name)
            ready.kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
            ready.kubectl("create", "serviceaccount", "owner", "-n", name)
            account = f"--serviceaccount={name}:owner"
            ready.kubectl("create", "rolebinding", "owner", "-n", name, f"--clusterrole={OWNER}", account)
            subprocess.run([manifests / "make-team", name], check=True)
            variables = {"REGISTRY": "podium.invalid", "TAG": TAG}
            done = subprocess.run(
                [manifests / "deploy", name], env={**os.environ, **variables}, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stdout + done.stderr
            assert "would violate" not in done.stderr
        with (
            ready.tunnel("podium", "minio", 9000) as store,
            ready.tunnel("podium", "postgresql", 5432) as database,
            ready.tunnel(f"podium-{TEAMS[0]}", "mlflow", 5000) as one,
            ready.tunnel(f"podium-{TEAMS[1]}", "mlflow", 5000) as two,
        ):
            host, _, port = database.partition("://")[2].partition(":")
            yield [
                Team(name, manifests / "overlays" / name, store, mlflow, (host, port))
                for name, mlflow in zip(TEAMS, (one, two), strict=True)
            ]
    finally:
        if not os.environ.get("PODIUM_TEST_KEEP"):
            gone = [*TEAMS, *(f"podium-{name}" for name in TEAMS)]
            ready.try_kubectl("delete", "namespace", *gone, "--ignore-not-found", timeout=300)
        for name in TEAMS:
            shutil.rmtree(manifests / "overlays" / name, ignore_errors=True)


@pytest.fixture(params=[(0, 1), (1, 0)], ids=["blue-green", "green-blue"])
def pair(request: pytest.FixtureRequest, teams: list[Team]) -> tuple[Team, Team]:
    """Return a team and the other one."""
    mine, other = request.param
    return teams[mine], teams[other]


def may(cluster: Cluster, account: str, verb: str, what: str, namespace: str) -> bool:
    words = ("auth", "can-i", verb, what, f"--as=system:serviceaccount:{account}", "-n", namespace)
    return cluster.try_kubectl(*words).stdout.strip() == "yes"


@pytest.mark.parametrize("account", ["podium-runner", "owner"])
@pytest.mark.parametrize(
    ("verb", "what"),
    [
        ("get", "secrets/podium-credentials"),
        ("get", "secrets/podium-tracking"),
        ("list", "secrets"),
        ("get", "configmaps/kfp-launcher"),
        ("list", "pods"),
        ("get", "pods/log"),
        ("create", "pods"),
        ("create", "pods/exec"),
        ("create", "rolebindings.rbac.authorization.k8s.io"),
        ("update", "networkpolicies.networking.k8s.io"),
    ],
)
def test_accounts_have_no_rights_elsewhere(
    ready: Cluster, pair: tuple[Team, Team], account: str, verb: str, what: str
) -> None:
    mine, other = pair
    for namespace in (other.name, f"podium-{other.name}", f"podium-{mine.name}", "podium", "kube-system"):
        assert not may(ready, f"{mine.name}:{account}", verb, what, namespace), namespace


def test_accounts_do_their_work_at_home(ready: Cluster, pair: tuple[Team, Team]) -> None:
    mine, _ = pair
    assert may(ready, f"{mine.name}:podium-runner", "get", "secrets/podium-credentials", mine.name)
    assert not may(ready, f"{mine.name}:podium-runner", "get", "secrets/podium-tracking", mine.name)
    assert not may(ready, f"{mine.name}:podium-runner", "create", "pods", mine.name)
    assert may(ready, f"{mine.name}:owner", "list", "pods", mine.name)


def test_secret_of_the_other_team_is_forbidden(ready: Cluster, pair: tuple[Team, Team]) -> None:
    mine, other = pair
    as_runner = f"--as=system:serviceaccount:{mine.name}:podium-runner"
    words = ("get", "secret", "podium-credentials", as_runner, "-o", "name", "-n")
    assert "podium-credentials" in ready.kubectl(*words, mine.name)
    refused = ready.try_kubectl(*words, other.name)
    assert refused.returncode == 1
    assert "Forbidden" in refused.stderr


def test_key_of_a_team_opens_its_bucket_alone(pair: tuple[Team, Team], tmp_path: Path) -> None:
    mine, other = pair
    (tmp_path / "rows.csv").write_text("x,y\n1,2\n")
    secret, client = other.bucket_client(), mine.bucket_client()
    secret.fput_object(f"runs-{other.name}", "podium/rows.csv", str(tmp_path / "rows.csv"))
    client.fput_object(f"runs-{mine.name}", "podium/rows.csv", str(tmp_path / "rows.csv"))
    assert [one.object_name for one in client.list_objects(f"runs-{mine.name}", recursive=True)]
    attacks = [
        lambda bucket: client.get_object(bucket, "podium/rows.csv"),
        lambda bucket: list(client.list_objects(bucket)),
        lambda bucket: client.fput_object(bucket, "podium/rows.csv", str(tmp_path / "rows.csv")),
        lambda bucket: client.remove_object(bucket, "podium/rows.csv"),
        lambda bucket: client.get_bucket_policy(bucket),
    ]
    for bucket in (
        f"runs-{other.name}",
        f"mlflow-{other.name}",
        f"mlflow-{mine.name}",
        "mlpipeline",
        "mlflow",
    ):
        for attack in attacks:
            with pytest.raises(S3Error, match="AccessDenied"):
                attack(bucket)


def publish(team: Team) -> dict[str, str]:
    """Register a model and make it the champion, as ``publish_run`` does, and return what was asked for last."""
    asked = team.ask_mlflow("experiments/create", name=os.urandom(4).hex()).json()
    run = team.ask_mlflow("runs/create", experiment_id=asked["experiment_id"]).json()["run"]["info"]
    team.ask_mlflow("registered-models/create", name="churn")  # it may exist
    source = {"source": f"{run['artifact_uri']}/model", "run_id": run["run_id"]}
    made = team.ask_mlflow("model-versions/create", name="churn", **source)
    assert made.status_code == 200, made.text
    alias = {"name": "churn", "alias": "champion", "version": made.json()["model_version"]["version"]}
    assert team.ask_mlflow("registered-models/alias", **alias).status_code == 200
    return alias


def test_each_team_moves_its_own_champion(pair: tuple[Team, Team]) -> None:
    """Both have a model of the same name."""
    mine, other = pair
    publish(mine)
    alias = publish(other)
    for account in (mine.account, (mine.account[0], "wrong"), ("administrator", mine.account[1])):
        for path, fields in (
            ("registered-models/alias", {**alias, "version": "1"}),
            ("model-versions/create", {"name": "churn", "source": "mlflow-artifacts:/1/models/m-2"}),
            ("runs/search", {"experiment_ids": ["0"]}),
        ):
            assert other.ask_mlflow(path, account, **fields).status_code == 401
    anonymous = requests.get(f"{other.mlflow}/api/2.0/mlflow/registered-models/search", timeout=60)
    assert anonymous.status_code == 401


def test_role_of_a_team_opens_its_database_alone(pair: tuple[Team, Team]) -> None:
    mine, other = pair
    keys, (host, port) = mine.secret("database.env"), mine.database
    given = {"host": host, "port": port, "user": keys["PGUSER"], "password": keys["PGPASSWORD"]}
    with psycopg2.connect(dbname=f"mlflow-{mine.name}", **given) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM registered_models")
        cursor.execute(
            "SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False,)
    for name in (f"mlflow-{other.name}", "mlflow", "postgres"):
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            psycopg2.connect(dbname=name, **given)


LIKE_A_TASK = """
import mlflow, os
mlflow.set_experiment("from-a-run")
with mlflow.start_run(): mlflow.log_text("kept", "note.txt")
print("LOGGED")
from minio import Minio
keys = [os.environ[f"AWS_{name}"] for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")]
store = Minio("minio.podium.svc:9000", *keys, secure=False)
print("LISTED", len(list(store.list_objects(os.environ["MINE"]))))
mlflow.set_tracking_uri(os.environ["OTHER"])
try: mlflow.search_experiments(); print("ENTERED")
except Exception as error: print("REFUSED", "401" in str(error))
"""


def test_task_in_the_namespace_of_a_team(ready: Cluster, pair: tuple[Team, Team]) -> None:
    """With what the compiled pipeline gives to ``publish_run``, by the addresses inside the cluster."""
    mine, other = pair
    main = container("main", f"podium.invalid/mlflow:{TAG}", ["python", "-c", LIKE_A_TASK], "/tmp")
    main["envFrom"].append({"secretRef": {"name": "podium-tracking"}})
    variables = {"MINE": f"runs-{mine.name}", "OTHER": f"http://mlflow.podium-{other.name}.svc:5000"}
    variables["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "1"
    main["env"] = [{"name": name, "value": value} for name, value in variables.items()]
    labels = {"podium.run/task": "publish-run"}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "like-a-task", "namespace": mine.name, "labels": labels},
        "spec": {
            "serviceAccountName": "podium-runner",
            "restartPolicy": "Never",
            "containers": [main],
            "volumes": volumes({"/tmp": {"emptyDir": {}}}),
        },
    }
    ready.kubectl("apply", "-f", "-", stdin=json.dumps(pod))
    done = "--for=jsonpath={.status.phase}=Succeeded"
    ended = ready.try_kubectl("wait", "-n", mine.name, done, "pod/like-a-task", "--timeout=180s", timeout=200)
    log = ready.kubectl("logs", "-n", mine.name, "like-a-task")
    assert ended.returncode == 0, log
    assert "LOGGED" in log
    assert "LISTED" in log
    assert "REFUSED True" in log


def test_quota_ends_a_team_that_takes_everything(ready: Cluster, teams: list[Team]) -> None:
    for team in teams:
        found = ready.kubectl(
            "get", "resourcequota", "podium-runs", "-n", team.name, "-o", "jsonpath={.status.hard.pods}"
        )
        assert found == "200"


def test_second_deployment_changes_nothing(ready: Cluster, teams: list[Team]) -> None:
    """The jobs run again, because they may; everything else stays."""
    mine = teams[0]
    columns = ("-o", "jsonpath={.metadata.generation}")
    before = ready.kubectl("get", "deployment", "mlflow", "-n", f"podium-{mine.name}", *columns)
    variables = {"REGISTRY": "podium.invalid", "TAG": TAG}
    command = [mine.folder.parents[1] / "deploy", mine.name]
    done = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ready.kubectl("get", "deployment", "mlflow", "-n", f"podium-{mine.name}", *columns) == before


def test_doctor_tells_what_a_namespace_has_too_much_of(ready: Cluster, teams: list[Team]) -> None:
    name = teams[0].name
    connections = Connections({"PODIUM_NAMESPACE": name})
    assert check_namespace(connections, "podium-runner").verdict == "ok"
    assert check_account_of_runs(connections, "podium-runner").verdict == "ok"
    runner = f"--serviceaccount={name}:podium-runner"
    ready.kubectl("create", "rolebinding", "too-much", "-n", name, "--clusterrole=edit", runner)
    ready.kubectl("delete", "networkpolicy", "podium-runs-to-store", "podium-runs", "-n", name)
    ready.kubectl("delete", "resourcequota", "podium-runs", "-n", name)
    found = check_account_of_runs(connections, "podium-runner")
    assert found.verdict == "wrong"
    assert "create pods/exec" in found.seen
    lacking = "a NetworkPolicy for connections to the pods of runs, a ResourceQuota"
    assert check_namespace(connections, "podium-runner").seen == f"{name} lacks {lacking}."
