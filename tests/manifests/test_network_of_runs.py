"""Tests of what the pods of runs can reach, and who can reach them."""

import pytest

from podium.pipelines.secrets import SECRETS_OF_TASKS
from podium_ml.run.stages import TASKS

from .conftest import Object
from .network import Network, Pod

RUNS = "kubeflow"
TASK = {name: Pod(RUNS, {"podium.run/task": name.replace("_", "-")}) for name in (*TASKS, "finalize_run")}
FETCHING, PUBLISHING = {"resolve_inputs", "validate_data"}, {"publish_run", "finalize_run"}
TRACKING = {name.replace("-", "_") for name, given in SECRETS_OF_TASKS.items() if "podium-tracking" in given}
DNS = Pod("kube-system", {"k8s-app": "kube-dns"})
MLFLOW = Pod("podium", {"app.kubernetes.io/name": "mlflow"})
STRANGERS = {
    "metadata of the machine": ("169.254.169.254", 80),
    "metadata of the machine, IPv6": ("fd00:ec2::254", 80),
    "any link-local address": ("169.254.20.10", 53),
    "a database of the company": ("10.20.30.40", 5432),
    "a web server of the company": ("10.20.30.40", 443),
    "another one": ("172.31.0.1", 443),
    "a router": ("192.168.1.1", 80),
    "a node behind a provider": ("100.64.0.1", 443),
    "itself": ("127.0.0.1", 80),
    "a private address as 6to4": ("2002:a9fe:a9fe::1", 80),
    "mail": ("93.184.216.34", 25),
    "Kubeflow's database": (Pod("kubeflow", {"app": "mysql"}), 3306),
    "MLflow's database": (Pod("podium", {"app.kubernetes.io/name": "postgresql"}), 5432),
    "another pod": (Pod(RUNS, {"app": "notebook"}), 8888),
    "another run": (Pod(RUNS, {"podium.run/task": "train-candidate"}), 8080),
    "a pod beside the DNS server": (Pod("kube-system", {"k8s-app": "other"}), 53),
    "another port of the DNS server": (DNS, 8080),
    "a pod of another namespace": (Pod("team-b", {"app.kubernetes.io/name": "mlflow"}), 5000),
}


@pytest.fixture
def network(overlay: list[Object]) -> Network:
    return Network(overlay)


@pytest.mark.parametrize("what", STRANGERS)
def test_no_task_reaches_what_it_does_not_need(network: Network, what: str) -> None:
    target, port = STRANGERS[what]
    assert [name for name, pod in TASK.items() if network.connects(pod, target, port)] == []


def test_all_tasks_reach_what_all_need(network: Network) -> None:
    api, metadata = (
        Pod("kubeflow", {"app": "ml-pipeline"}),
        Pod("kubeflow", {"component": "metadata-grpc-server"}),
    )
    for pod in TASK.values():
        assert network.connects(pod, DNS, 53, "UDP")
        assert network.connects(pod, api, 8887)
        assert network.connects(pod, metadata, 8080)
        assert network.connects(pod, "192.0.2.1", 443)  # the Kubernetes API, whose address "make deploy" sets


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_only_tasks_that_fetch_or_publish_reach_the_internet(network: Network, address: str) -> None:
    assert {
        name for name, pod in TASK.items() if network.connects(pod, address, 443)
    } == FETCHING | PUBLISHING
    assert {name for name, pod in TASK.items() if network.connects(pod, address, 80)} == FETCHING


def test_only_tasks_that_read_or_write_the_registry_reach_it(network: Network) -> None:
    assert {name for name, pod in TASK.items() if network.connects(pod, MLFLOW, 5000)} == TRACKING
    for stranger in (Pod(RUNS, {"app": "notebook"}), Pod("team-b", {"podium.run/task": "publish-run"})):
        assert not network.connects(stranger, MLFLOW, 5000)


def test_nobody_reaches_a_pod_of_a_run(network: Network) -> None:
    for source in (Pod(RUNS), Pod("podium"), Pod("team-b"), DNS):
        assert not any(network.connects(source, pod, 8080) for pod in TASK.values())


def test_all_tasks_reach_the_store_of_their_artifacts(built: dict[str, list[Object]]) -> None:
    minio = Pod("podium", {"app.kubernetes.io/name": "minio"})
    assert all(Network(built["kind"]).connects(pod, minio, 9000) for pod in TASK.values())
    assert all(Network(built["production"]).connects(pod, "192.0.2.77", 443) for pod in TASK.values())


def test_servers_ask_only_the_dns_server_of_the_cluster(network: Network) -> None:
    assert network.connects(MLFLOW, DNS, 53, "UDP")
    assert not network.connects(MLFLOW, DNS, 443)
    for other in (
        Pod("kube-system", {"app": "any"}),
        Pod("kubeflow", {"k8s-app": "kube-dns"}),
        "169.254.20.10",
        "8.8.8.8",
    ):
        assert not network.connects(MLFLOW, other, 53, "UDP")
