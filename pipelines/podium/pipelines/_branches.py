"""One iteration of the loop: a branch, whose death does not end the run.

On a cluster, a branch is a small pipeline of three tasks. The second runs only if the first failed, and the third only
if the second did:

* ``train-candidate`` trains.
* ``train-again`` is the same once more.
* ``record-loss`` writes a failed candidate.

The branch delivers the candidate of the task that succeeded, so the loop succeeds and the next tasks find one candidate
for each branch. In the usual case the last two tasks cost no pod, and the small pipeline costs one.
"""

from typing import Any

from kfp import dsl, kubernetes
from kfp.dsl import Artifact, Dataset, Input, Model

from podium.pipelines._pods import BRANCH, apply_pod_defaults
from podium_components.attempts import AGAIN
from podium_components.record_loss import record_loss
from podium_components.train_candidate import train_candidate

_LOST = "record-loss"
_COMPONENT = "comp-branch"
# The parameters of a branch that are fields of its loop item.
_FIELDS = (
    "branch",
    "algorithm",
    "cpu",
    "cpu_request",
    "memory",
    "memory_limit",
    "image",
    "accelerator",
    "accelerator_count",
)


def train_in_process(item: Any, tolerations: Any, features: Any, problem: Any) -> Any:
    """Train a branch on the local engine, where only a child of the task can die; return its candidate."""
    return train_candidate(branch=item.branch, features=features, problem=problem).outputs["candidate"]


def train_in_pods(pipeline: Any) -> Any:
    """Return the same function for a cluster, where the pod can die.

    Args:
        pipeline: What ``branch_pipeline`` returned.
    """

    def train(item: Any, tolerations: Any, features: Any, problem: Any) -> Any:
        fields = {name: getattr(item, name) for name in _FIELDS}
        return pipeline(
            item=item, tolerations=tolerations, features=features, problem=problem, **fields
        ).output

    return train


def branch_pipeline(stage_memory: str) -> Any:
    """Return the small pipeline of one branch, still without the tasks that need ``survive_deaths``.

    Args:
        stage_memory: The most memory of a pod that does not train.
    """

    @dsl.pipeline(name="branch")
    def branch(
        item: dict,
        branch: dict,
        algorithm: str,
        cpu: str,
        cpu_request: str,
        memory: str,
        memory_limit: str,
        image: str,
        accelerator: str,
        accelerator_count: str,
        tolerations: list,
        features: Input[Dataset],
        problem: Input[Artifact],
    ) -> Model:
        trained = train_candidate(branch=branch, features=features, problem=problem)
        trained.set_container_image(image).set_cpu_request(cpu_request).set_cpu_limit(cpu)
        trained.set_memory_request(memory).set_memory_limit(memory_limit)
        trained.set_accelerator_type(accelerator).set_accelerator_limit(accelerator_count)
        kubernetes.add_node_affinity_json(trained, item)
        kubernetes.add_toleration_json(trained, tolerations)
        # Not cached: the launcher of Kubeflow 2.17 finds no artifact of another run among those of this one.
        record_loss(algorithm=algorithm).after(trained).set_caching_options(enable_caching=False)
        apply_pod_defaults(stage_memory)
        return trained.outputs["candidate"]

    return branch


def survive_deaths(pipeline: Any) -> None:
    """Add to a compiled pipeline what KFP's language cannot say: what runs after failures, and whose output counts.

    Kubeflow writes the names of the tasks that a task waits for into an expression of Argo's, and ``.Succeeded`` behind
    each. A "name" can therefore be an expression that ends in a name.

    Args:
        pipeline: A compiled pipeline for a cluster; modified in place.
    """
    dag = pipeline.pipeline_spec.components[_COMPONENT].dag
    dag.tasks[AGAIN].CopyFrom(dag.tasks[BRANCH])
    dag.tasks[AGAIN].task_info.name = AGAIN
    for task, earlier in ((AGAIN, BRANCH), (_LOST, AGAIN)):
        del dag.tasks[task].dependent_tasks[:]
        dag.tasks[task].dependent_tasks.append(_failed(earlier))
    (output,) = dag.outputs.artifacts.values()
    for task in (AGAIN, _LOST):
        output.artifact_selectors.add(producer_subtask=task, output_artifact_key="candidate")


def _failed(task: str) -> str:
    """Return the expression that a task failed. Its last part is never true; Kubeflow completes it.

    >>> _failed("work") + ".Succeeded"
    'work.Failed || work.Errored || work.Failed && work.Succeeded'
    """
    return f"{task}.Failed || {task}.Errored || {task}.Failed && {task}"
