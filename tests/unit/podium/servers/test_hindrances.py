"""Tests of the reasons why pods do not start, on a server that describes pods as Kubernetes does."""

import pytest

from podium.engines.kubeflow import KubeflowEngine
from podium.servers.connections import Connections
from podium.servers.hindrances import hindrances, images_waited_for
from podium.servers.pods import list_pods
from tests.unit.podium.conftest import RUN, container, pod


def texts():
    connections = Connections()
    return [one.text for one in hindrances(connections, list_pods(connections, RUN))]


def waiting(reason, message="", **facts):
    return container("waiting", reason=reason, message=message, **facts)


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("CreateContainerConfigError", 'secret "podium-credentials" not found'),
        ("CreateContainerConfigError", 'configmap "podium-servers" not found'),
        ("CreateContainerError", "context deadline exceeded"),
        ("RunContainerError", "no such file or directory"),
        ("CrashLoopBackOff", "back-off 10s restarting failed container=main"),
        ("SomethingThatKubernetesAddsLater", "of which nobody knows"),
    ],
)
def test_every_reason_is_told_with_its_message(cluster, reason, message):
    cluster.pods = [pod("validate-data", "Pending", waiting(reason, message))]
    assert texts() == [f"The pod of validate_data cannot start: {reason}: {message}."]


def test_a_moment_of_waiting_is_not_told(cluster):
    cluster.pods = [
        pod("validate-data", "Pending", waiting("CreateContainerConfigError", "no secret"), age=5),
        pod("plan-training", "Running", container("running")),
        pod("resolve-inputs", "Failed", waiting("ContainerCreating")),
    ]
    assert texts() == []


@pytest.mark.parametrize(
    ("reason", "message", "why"),
    [
        ("ErrImagePull", "not found", ": not found"),
        (
            "ImagePullBackOff",
            'Back-off pulling image "a:1": ErrImagePull: not found',
            ": ErrImagePull: not found",
        ),
        ("ImagePullBackOff", 'Back-off pulling image "a:1"', ""),
        ("InvalidImageName", "", ""),
        ("ErrImageNeverPull", "image is not present", ": image is not present"),
    ],
)
def test_images_that_cannot_be_pulled(cluster, reason, message, why):
    missing = waiting(reason, message, image="a:1")
    cluster.pods = [pod("validate-data", "Pending", missing), pod("plan-training", "Pending", missing)]
    assert texts() == [f"The image a:1 cannot be pulled{why}."]
    assert images_waited_for(Connections()) == {"a:1"}


def test_pods_that_have_ended_are_not_even_asked_for(cluster):
    """Hundreds of them are tens of megabytes, more than the ten seconds of a check of `podium doctor`."""
    ended = pod("validate-data", "Failed", waiting("ErrImagePull", "not found", image="a:1"))
    cluster.pods = [ended, pod("plan-training", "Pending", waiting("ErrImagePull", "not found", image="b:1"))]
    assert images_waited_for(Connections()) == {"b:1"}


def scheduling(message, reason="Unschedulable"):
    since = "2026-01-01T00:00:00Z"
    return {
        "type": "PodScheduled",
        "status": "False",
        "reason": reason,
        "message": message,
        "lastTransitionTime": since,
    }


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            "0/3 nodes are available: 3 Insufficient cpu. preemption: none.",
            "0/3 nodes are available: 3 Insufficient cpu",
        ),
        (
            "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: none.",
            "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims",
        ),
    ],
)
def test_pods_without_a_place_are_told_once(cluster, message, told):
    names = ("ridge", "lightgbm")
    cluster.pods = [
        pod("train-candidate", "Pending", algorithm=name, conditions=[scheduling(message)]) for name in names
    ]
    assert texts() == [f"A pod cannot be scheduled on any node: {told}."]


def event(pod_name, kind, reason, message, second):
    return {
        "involvedObject": {"uid": pod_name},
        "metadata": {"name": f"e{second}", "creationTimestamp": f"2026-01-01T00:00:{second:02}Z"},
        "type": kind,
        "reason": reason,
        "message": message,
        "lastTimestamp": f"2026-01-01T00:00:{second:02}Z",
    }


def test_volume_that_is_missing_is_told_by_events(cluster):
    """Kubernetes says no more than ContainerCreating of the pod itself."""
    cluster.pods = [pod("publish-run", "Pending", waiting("ContainerCreating"))]
    cluster.events = [
        event(
            "run-x-publish-run",
            "Warning",
            "FailedMount",
            'MountVolume.SetUp failed: configmap "x" not found',
            1,
        ),
        event("run-x-publish-run", "Normal", "Scheduled", "Successfully assigned", 2),
    ]
    expected = (
        'The pod of publish_run cannot start: FailedMount: MountVolume.SetUp failed: configmap "x" not found.'
    )
    assert texts() == [expected]
    cluster.events = []
    assert texts() == ["The pod of publish_run cannot start: its container is not created yet."]


@pytest.mark.parametrize("reason", ["Pulled", "Created", "Started"])
def test_pod_that_is_about_to_run_is_not_told(cluster, reason):
    cluster.pods = [pod("publish-run", "Pending", waiting("ContainerCreating"))]
    cluster.events = [
        event("run-x-publish-run", "Normal", "Scheduled", "Successfully assigned", 1),
        event("run-x-publish-run", "Normal", reason, "As it should", 2),
    ]
    assert texts() == []


def test_containers_that_prepare_a_pod_are_looked_at_first(cluster):
    init = [container("waiting", "kfp-launcher", reason="ErrImagePull", message="denied", image="launcher:2")]
    cluster.pods = [pod("publish-run", "Pending", waiting("PodInitializing"), initContainerStatuses=init)]
    assert texts() == ["The image launcher:2 cannot be pulled: denied."]
    init = [container("running", "kfp-launcher")]
    cluster.pods = [pod("publish-run", "Pending", waiting("PodInitializing"), initContainerStatuses=init)]
    assert texts() == []


def notices(folder):
    return [one["text"] for one in folder.events() if one["event"] == "notice"]


def test_a_run_tells_each_reason_once(cluster, folder, s3, monkeypatch):
    s3.create_bucket(Bucket="mlpipeline")
    monkeypatch.setattr("podium.engines.kubeflow._PODS_SECONDS", 0.0)
    engine = KubeflowEngine(folder)
    for seconds in (10, 20):
        message = f"back-off {seconds}s restarting failed container=main pod=run-x-validate-data"
        cluster.pods = [pod("validate-data", "Pending", waiting("CrashLoopBackOff", message))]
        engine.refresh()
    KubeflowEngine(folder).refresh()
    assert len(notices(folder)) == 1
    assert "back-off 10s" in notices(folder)[0]


def test_argo_tells_reasons_to_users_who_may_not_look_at_pods(cluster, folder, s3, monkeypatch):
    s3.create_bucket(Bucket="mlpipeline")
    monkeypatch.setattr("podium.engines.kubeflow._PODS_SECONDS", 0.0)
    cluster.forbids_pods = True
    forbidden = 'pods "x" is forbidden: exceeded quota: team'
    waits = {"type": "Pod", "phase": "Pending", "startedAt": "2026-01-01T00:00:00Z"}
    nodes = {
        "a": {**waits, "id": "a", "name": "x(0).validate-data(0).executor(0)", "message": forbidden},
        "b": {**waits, "id": "b", "name": "x(0).plan-training(0).executor(0)", "message": "PodInitializing"},
    }
    cluster.workflows[RUN] = {"status": {"nodes": nodes}}
    KubeflowEngine(folder).refresh()
    assert notices(folder) == [f"The pod of validate_data cannot start: {forbidden}."]
