"""What accounts may do in a cluster, as its API server says."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from podium.pipelines.secrets import SECRETS, STORE
from podium.servers.connections import Connections
from podium.servers.pods import cluster_errors, core_api

_SECONDS = 10.0


@dataclass(frozen=True)
class Right:
    """What an account may do.

    Attributes:
        verb: Such as ``get``.
        resource: In the plural, such as ``pods`` or ``pods/log``.
        group: Its API group; empty for the core.
        name: Of one object; empty for all.
    """

    verb: str
    resource: str
    group: str = ""
    name: str = ""

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}" + (f" {self.name}" if self.name else "")


# What Argo's executor and Kubeflow's launcher need in the pods of a run.
NEEDED = (
    Right("create", "workflowtaskresults", "argoproj.io"),
    Right("patch", "workflowtaskresults", "argoproj.io"),
    Right("get", "pods"),
    Right("get", "configmaps", name="kfp-launcher"),
)
# What a pod of a run must not do, because forms, data and models of strangers meet there.
EXCESSIVE = (
    Right("list", "secrets"),
    *(Right("get", "secrets", name=name) for name in SECRETS if name != STORE),
    Right("update", "configmaps", name="kfp-launcher"),
    Right("create", "pods"),
    Right("delete", "pods"),
    Right("create", "pods/exec"),
    Right("create", "workflows", "argoproj.io"),
    Right("create", "jobs", "batch"),
    Right("create", "deployments", "apps"),
    Right("update", "networkpolicies", "networking.k8s.io"),
    Right("create", "rolebindings", "rbac.authorization.k8s.io"),
)
EVERYTHING = Right("*", "*", "*")
# The right to ask what other accounts may do in a namespace.
REVIEWS = Right("create", "localsubjectaccessreviews", "authorization.k8s.io")
ALL_SECRETS = Right("list", "secrets")


def own_rights(connections: Connections, rights: Iterable[Right], namespace: str) -> list[Right]:
    """Return those rights that the user's account has.

    Args:
        connections: Settings of the servers.
        rights: The rights to ask for.
        namespace: Where; empty for all namespaces.

    Raises:
        ServerError: The cluster cannot be reached.
    """
    from kubernetes import client

    def ask(attributes: Any, api: Any) -> Any:
        spec = client.V1SelfSubjectAccessReviewSpec(resource_attributes=attributes)
        review = client.V1SelfSubjectAccessReview(spec=spec)
        return api.create_self_subject_access_review(review, _request_timeout=_SECONDS)

    return _granted(connections, rights, namespace, ask)


def rights_of(connections: Connections, account: str, rights: Iterable[Right], namespace: str) -> list[Right]:
    """Return those rights that a service account has in its namespace.

    Args:
        connections: Settings of the servers.
        account: Name of the service account.
        rights: The rights to ask for.
        namespace: Its namespace.

    Raises:
        ServerError: The cluster cannot be reached, or does not say what this account may do.
    """
    from kubernetes import client

    def ask(attributes: Any, api: Any) -> Any:
        spec = client.V1SubjectAccessReviewSpec(
            user=f"system:serviceaccount:{namespace}:{account}",
            groups=["system:serviceaccounts", f"system:serviceaccounts:{namespace}", "system:authenticated"],
            resource_attributes=attributes,
        )
        review = client.V1LocalSubjectAccessReview(metadata={"namespace": namespace}, spec=spec)
        return api.create_namespaced_local_subject_access_review(namespace, review, _request_timeout=_SECONDS)

    return _granted(connections, rights, namespace, ask)


def user_may(connections: Connections, user: str, right: Right, namespace: str) -> bool:
    """Return whether a user has a right in a namespace.

    Args:
        connections: Settings of the servers.
        user: Name of the user.
        right: The right.
        namespace: Where.

    Raises:
        ServerError: The cluster cannot be reached, or does not say what this user may do.
    """
    from kubernetes import client

    def ask(attributes: Any, api: Any) -> Any:
        spec = client.V1SubjectAccessReviewSpec(
            user=user, groups=["system:authenticated"], resource_attributes=attributes
        )
        review = client.V1SubjectAccessReview(spec=spec)
        return api.create_subject_access_review(review, _request_timeout=_SECONDS)

    return bool(_granted(connections, [right], namespace, ask))


def _granted(
    connections: Connections, rights: Iterable[Right], namespace: str, ask: Callable[[Any, Any], Any]
) -> list[Right]:
    from kubernetes import client

    with cluster_errors(connections):
        api = client.AuthorizationV1Api(core_api(connections).api_client)
        return [one for one in rights if ask(_attributes(one, namespace), api).status.allowed]


def _attributes(right: Right, namespace: str) -> Any:
    from kubernetes import client

    resource, _, subresource = right.resource.partition("/")
    return client.V1ResourceAttributes(
        namespace=namespace,
        verb=right.verb,
        group=right.group,
        resource=resource,
        subresource=subresource or None,
        name=right.name or None,
    )
