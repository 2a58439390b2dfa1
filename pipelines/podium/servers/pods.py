"""Pods, as far as the cluster lets the user see them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from podium.servers.connections import Connections
from podium.servers.errors import ServerError, one_line

_NO_IMAGE = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")


def images_waited_for(connections: Connections, namespace: str) -> set[str]:
    """Return the images that pods of a namespace wait for because they cannot be pulled.

    Args:
        connections: Where the cluster is.
        namespace: The namespace.

    Raises:
        ServerError: The cluster cannot be reached, or does not allow it.
    """
    with _errors(namespace):
        pods = _core_api(connections).list_namespaced_pod(namespace).items
    states = [one for pod in pods for one in (pod.status.container_statuses or ())]
    return {one.image for one in states if one.state.waiting and one.state.waiting.reason in _NO_IMAGE}


@contextmanager
def _errors(namespace: str) -> Iterator[None]:
    from kubernetes.client.exceptions import ApiException
    from kubernetes.config import ConfigException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ApiException as error:
        raise ServerError(
            f"Kubernetes says {error.status} {error.reason} to listing pods in {namespace}.",
            "Ask for the permission, or look at the run's pods in the user interface.",
        ) from None
    except (ConfigException, HTTPError, OSError) as error:
        raise ServerError(
            f"Kubernetes cannot be reached: {one_line(error)}.",
            "Set KUBECONFIG, or look at the run's pods in the user interface.",
        ) from None


def _core_api(connections: Connections) -> Any:
    from kubernetes import client, config

    if connections.settings["kubeflow endpoint"].origin == "in-cluster service account":
        config.load_incluster_config()
    else:
        config.load_kube_config(context=connections["kubernetes context"] or None)
    return client.CoreV1Api()
