"""The registered model that a new one has to beat."""

from kfp.dsl import Model, Output

from podium_components._component import component


@component
def read_champion(champion: str, registry: str, folder: Output[Model]):
    """Download the champion from the registry: its model, and the hashes of the rows that it knows.

    Args:
        champion: Name and version of the champion; empty if there is none.
        registry: Folder of the local registry; empty for the server that the environment names.
        folder: Model and hashes; empty if there is no champion.
    """
    from podium_components.metadata import tell
    from podium_components.supervision import run_stage

    facts = run_stage("read_champion", champion=champion, registry=registry, folder=folder.path)
    tell(folder, facts)
