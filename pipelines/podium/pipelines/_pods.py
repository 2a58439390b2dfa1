"""Kubernetes settings of a pipeline's pods; the embedded engine ignores them."""

from kfp import kubernetes
from kfp.dsl import PipelineTask
from kfp.dsl.pipeline_context import Pipeline

from podium.pipelines.secrets import SECRETS, SECRETS_OF_TASKS, SERVERS, TASK_LABEL
from podium_components.attempts import NODE_VARIABLE
from podium_ml.confinement import VARIABLES
from podium_ml.run.budget import BEGAN_VARIABLE

# ConfigMap with the certificates of a private CA, which the variables below may point to.
CERTIFICATES = "podium-ca"
# A stage requests this much, so that a full node does not evict it first. Branches get what the plan says.
STAGE_CPU, STAGE_MEMORY = "500m", "1Gi"
# Pod annotation that holds the start of the run, in seconds since the epoch, and how long after it the pod was made.
_BEGAN = "podium.run/began"
# Pod annotation of Argo's with the name of the node, which tells how often the task has been tried.
_NODE = "workflows.argoproj.io/node-name"
# Addresses of servers, and what the settings of runs may name.
_ADDRESSES = (
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AWS_CA_BUNDLE",
    "MLFLOW_TRACKING_URI",
    "PODIUM_MODEL_MODULES",
    "PODIUM_TRUSTED_KEYS",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_FILE",
    *VARIABLES,
)
# The task whose pods take their resources from a loop item.
BRANCH = "train-candidate"


def apply_pod_defaults(stage_memory: str) -> None:
    """Apply the common settings to all pods of the pipeline that is being defined.

    The pods get the server addresses, the credentials of their task and the start of the run, do not run as root, and
    request the resources of a stage.

    Args:
        stage_memory: The most memory that the pod of a stage may use. The disk has its limit in the namespace, because
            KFP has no field for it.
    """
    for task in Pipeline.get_default_pipeline().tasks.values():
        if task.container_spec is not None:
            _apply_defaults(task, stage_memory)


def _apply_defaults(task: PipelineTask, stage_memory: str) -> None:
    kubernetes.use_config_map_as_env(task, SERVERS, {name: name for name in _ADDRESSES}, optional=True)
    for secret in SECRETS_OF_TASKS.get(task.name, ()):
        kubernetes.use_secret_as_env(task, secret, {name: name for name in SECRETS[secret]}, optional=True)
    kubernetes.add_pod_label(task, TASK_LABEL, task.name)
    kubernetes.use_config_map_as_volume(task, CERTIFICATES, mount_path="/etc/podium/ca", optional=True)
    kubernetes.set_security_context(task, run_as_non_root=True)
    # Argo fills this in. It is not a parameter, because a parameter would be part of the cache key.
    kubernetes.add_pod_annotation(task, _BEGAN, "{{workflow.creationTimestamp.s}} {{workflow.duration}}")
    kubernetes.use_field_path_as_env(task, BEGAN_VARIABLE, f"metadata.annotations['{_BEGAN}']")
    kubernetes.use_field_path_as_env(task, NODE_VARIABLE, f"metadata.annotations['{_NODE}']")
    if task.name != BRANCH:
        task.set_cpu_request(STAGE_CPU).set_memory_request(STAGE_MEMORY).set_memory_limit(stage_memory)
