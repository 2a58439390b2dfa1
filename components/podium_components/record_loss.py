"""Records that a branch has no result, because its pods died."""

from kfp.dsl import Model, Output

from podium_components._component import component


@component
def record_loss(algorithm: str, candidate: Output[Model]):
    """Write the failed candidate of a branch whose pods died, so that the run goes on with the other branches.

    Args:
        algorithm: The algorithm of the branch.
        candidate: The candidate.
    """
    from podium_components.branches import give_up
    from podium_components.metadata import annotate

    annotate(candidate, give_up(algorithm, candidate.path))
