"""What every pod of a pipeline gets on Kubernetes; the embedded engine passes it over."""

from kfp import kubernetes
from kfp.dsl import PipelineTask
from kfp.dsl.pipeline_context import Pipeline

from podium_ml.run.budget import BEGAN_VARIABLE

# Where the servers are, and who asks; all are optional, and live in the namespace of the runs.
SERVERS = "podium-servers"
CREDENTIALS = "podium-credentials"
# Certificates of a private CA, which the variables below may name.
CERTIFICATES = "podium-ca"
# What a stage asks for, so that the scheduler knows of it and a full node does not evict it first. It may take more:
# how much it needs depends on the data, which nobody knows before they are read. Branches have a plan that says.
STAGE_CPU, STAGE_MEMORY = "500m", "1Gi"
# Annotation of a pod: when its run began, in seconds since the epoch.
_BEGAN = "podium.run/began"
_ADDRESSES = (
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AWS_CA_BUNDLE",
    "MLFLOW_TRACKING_URI",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
)
_SECRETS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "MLFLOW_TRACKING_USERNAME",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_TRACKING_TOKEN",
    "PODIUM_WEBHOOK_URL",
    "PODIUM_SOURCE_QUERY_1",
    "PODIUM_TEST_QUERY_1",
)


def equip_pods() -> None:
    """Equip all pods of the pipeline that is being defined.

    They learn where the servers are, as whom to ask, and when the run began, are not root, and ask for a stage's
    resources if for no others.
    """
    for task in Pipeline.get_default_pipeline().tasks.values():
        if task.container_spec is not None:
            _equip(task)


def _equip(task: PipelineTask) -> None:
    kubernetes.use_config_map_as_env(task, SERVERS, {name: name for name in _ADDRESSES}, optional=True)
    kubernetes.use_secret_as_env(task, CREDENTIALS, {name: name for name in _SECRETS}, optional=True)
    kubernetes.use_config_map_as_volume(task, CERTIFICATES, mount_path="/etc/podium/ca", optional=True)
    kubernetes.set_security_context(task, run_as_non_root=True)
    # Argo fills it in; not a parameter, of which the cache would take note.
    kubernetes.add_pod_annotation(task, _BEGAN, "{{workflow.creationTimestamp.s}}")
    kubernetes.use_field_path_as_env(task, BEGAN_VARIABLE, f"metadata.annotations['{_BEGAN}']")
    if task.container_spec.resources is None:
        task.set_cpu_request(STAGE_CPU).set_memory_request(STAGE_MEMORY)


def retry(task: PipelineTask) -> None:
    """Let a task be tried again when its pod is lost: evicted, or on a node that fails.

    Only for tasks whose failure is seldom the user's mistake, which another attempt would only tell later.
    """
    task.set_retry(2, backoff_duration="10s", backoff_factor=2.0, backoff_max_duration="120s")
