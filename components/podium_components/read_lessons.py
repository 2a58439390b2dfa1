"""What a registered model that was trained on other data teaches a new run."""

from kfp.dsl import Artifact, Output

from podium_components._component import component


@component
def read_lessons(teacher: str, registry: str, folder: Output[Artifact]):
    """Download a champion's training profile, to notice drift, and its best configurations, to try them first.

    Args:
        teacher: Name and version of the newest champion that was trained on other data; empty if there is none.
        registry: Folder of the local registry; empty for the server that the environment names.
        folder: Profile and configurations; empty if there is no such champion.
    """
    from podium_components.metadata import tell
    from podium_components.supervision import run_stage

    facts = run_stage("read_lessons", teacher=teacher, registry=registry, folder=folder.path)
    tell(folder, facts)
