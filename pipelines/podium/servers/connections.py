"""Addresses and credentials of the servers, by the conventions of each: variables, token files, kubeconfig.

Podium reads what ``kfp``, the AWS tools and MLflow read. It stores nothing, and no secret is ever an argument.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from podium_ml.values.masking import masked_address

_KFP_CONTEXT = Path("~/.config/kfp/context.json")
_SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
_PROJECTED_TOKEN = Path("/var/run/secrets/kubeflow/pipelines/token")


@dataclass(frozen=True)
class Setting:
    """A value and where it comes from.

    Attributes:
        value: The value; empty if it is not set.
        origin: The variable or file that holds it, or ``default``; if it is not set, the variable to set.
        is_secret: Whether it must be masked.
    """

    value: str
    origin: str
    is_secret: bool = False

    @property
    def shown(self) -> str:
        """The value, masked if it is secret; an address without its user, password and query."""
        if not self.value:
            return ""
        return "********" if self.is_secret else masked_address(self.value)


@dataclass(frozen=True)
class Variables:
    """A setting that is read from environment variables.

    Attributes:
        names: The variables; the first one that is set is used.
        default: The value if none is set.
        is_secret: Whether it must be masked.
    """

    names: tuple[str, ...]
    default: str = ""
    is_secret: bool = False

    def read(self, environment: Mapping[str, str]) -> Setting:
        """Read the setting from an environment."""
        for name in self.names:
            if environment.get(name):
                return Setting(environment[name], name, self.is_secret)
        return Setting(self.default, "default" if self.default else f"set {self.names[0]}", self.is_secret)


_VARIABLES = {
    "kubeflow endpoint": Variables(("KF_PIPELINES_ENDPOINT", "KFP_ENDPOINT")),
    "kubeflow UI": Variables(("KF_PIPELINES_UI_ENDPOINT", "KFP_UI_HOST")),
    "kubeflow server namespace": Variables(("KFP_NAMESPACE",), "kubeflow"),
    "kubeflow user namespace": Variables(("PODIUM_NAMESPACE",)),
    "kubeflow token": Variables(("KFP_EXISTING_TOKEN",), is_secret=True),
    "kubeflow token file": Variables(("KF_PIPELINES_SA_TOKEN_PATH",)),
    "kubeflow user": Variables(("PODIUM_KUBEFLOW_USER",)),
    "kubernetes context": Variables(("KFP_KUBE_CONTEXT",)),
    "CA certificates": Variables(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE")),
    "service account of runs": Variables(("PODIUM_SERVICE_ACCOUNT",)),
    "image registry": Variables(("PODIUM_IMAGE_REGISTRY",)),
    "image tag": Variables(("PODIUM_IMAGE_TAG",)),
    "image digests": Variables(("PODIUM_IMAGE_DIGESTS",)),
    "image of the stages": Variables(("PODIUM_STAGE_IMAGE",), "python-cpu"),
    "memory of the stages": Variables(("PODIUM_STAGE_MEMORY",)),
    "placement": Variables(("PODIUM_PLACEMENT",)),
    "pipeline root": Variables(("PODIUM_PIPELINE_ROOT",)),
    "store": Variables(("PODIUM_STORE",), "s3://mlpipeline/podium"),
    "S3 endpoint": Variables(
        ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "MINIO_ENDPOINT", "MINIO_ENDPOINT_URL")
    ),
    "S3 region": Variables(("AWS_REGION", "AWS_DEFAULT_REGION"), "us-east-1"),
    "S3 access key": Variables(("AWS_ACCESS_KEY_ID", "MINIO_ACCESS_KEY", "MINIO_ROOT_USER"), is_secret=True),
    "S3 secret key": Variables(
        ("AWS_SECRET_ACCESS_KEY", "MINIO_SECRET_KEY", "MINIO_ROOT_PASSWORD"), is_secret=True
    ),
    "S3 session token": Variables(("AWS_SESSION_TOKEN",), is_secret=True),
    "MLflow": Variables(("MLFLOW_TRACKING_URI",)),
    "MLflow password": Variables(("MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_TOKEN"), is_secret=True),
}


class Connections:
    """Everything that is known about the servers.

    Args:
        environment: Environment variables; by default those of the process.
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        environment = os.environ if environment is None else environment
        self.settings = {name: variables.read(environment) for name, variables in _VARIABLES.items()}
        self._complete()

    def __getitem__(self, name: str) -> str:
        return self.settings[name].value

    @property
    def has_kubeflow(self) -> bool:
        """Whether the endpoint of Kubeflow Pipelines is known."""
        return bool(self["kubeflow endpoint"])

    @property
    def namespace_of_runs(self) -> str:
        """Namespace of the pods: the user's, or the server's if all users share it."""
        return self["kubeflow user namespace"] or self["kubeflow server namespace"]

    @property
    def is_in_cluster(self) -> bool:
        """Whether this is a pod whose account may use the cluster's API, and nobody has named another cluster."""
        named = os.environ.get("KUBECONFIG") or self["kubernetes context"]
        return not named and (_SERVICE_ACCOUNT / "token").exists()

    def _complete(self) -> None:
        """Fill in what no variable sets from files."""
        self._default(
            "kubeflow endpoint", *_endpoint(self["kubernetes context"], self["kubeflow server namespace"])
        )
        self._default("kubeflow UI", self["kubeflow endpoint"], "the endpoint")
        if _PROJECTED_TOKEN.exists():
            self._default("kubeflow token file", str(_PROJECTED_TOKEN), "service account")
        self._default("kubeflow user namespace", *_user_namespace())

    def _default(self, name: str, value: str, origin: str) -> None:
        if value and not self.settings[name].value:
            self.settings[name] = Setting(value, origin, self.settings[name].is_secret)


def _endpoint(context: str, namespace: str) -> tuple[str, str]:
    """Return the endpoint in the cluster of this pod or of a kubeconfig, and its origin."""
    if (_SERVICE_ACCOUNT / "token").exists():
        return f"http://ml-pipeline.{namespace}.svc.cluster.local:8888", "in-cluster service account"
    paths = [
        Path(name).expanduser()
        for name in os.environ.get("KUBECONFIG", "~/.kube/config").split(os.pathsep)
        if name
    ]
    if not any(path.exists() for path in paths):
        return "", ""
    from kubernetes import config
    from kubernetes.config import ConfigException

    try:
        contexts, active = config.list_kube_config_contexts(os.pathsep.join(map(str, paths)))
    except ConfigException:
        return "", ""
    chosen = context or (active or {}).get("name", "")
    if chosen not in [known["name"] for known in contexts]:
        return "", ""
    return f"kubernetes://{chosen}/{namespace}", "kubeconfig"


def _user_namespace() -> tuple[str, str]:
    """Return the namespace that ``kfp`` has saved or that of this pod, and its origin."""
    file = _KFP_CONTEXT.expanduser()
    if file.exists():
        try:
            return str(json.loads(file.read_text(encoding="utf-8")).get("namespace", "")), str(_KFP_CONTEXT)
        except ValueError:
            return "", ""
    inside = _SERVICE_ACCOUNT / "namespace"
    return (inside.read_text(encoding="utf-8").strip(), "service account") if inside.exists() else ("", "")
