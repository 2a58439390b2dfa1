"""The names that a run uses in MLflow, as far as the cluster's owner allows them."""

from collections.abc import Mapping

from podium_ml.confinement import check_name, is_confined
from podium_ml.errors import SettingsError
from podium_ml.values.names import registered_name


def check_names(project: str, tracking: Mapping[str, str]) -> None:
    """Refuse names of others: whoever uses the name of a model compares with its champion, and may replace it.

    Args:
        project: Name of the project, or of the target if it has none.
        tracking: MLflow folder, experiment and run name; all optional.

    Raises:
        SettingsError: The owner does not list the name, or a pod is told to keep a registry in a folder.
    """
    check_name("name", registered_name(project))
    if experiment := tracking.get("experiment"):
        check_name("tracking", experiment)
    if is_confined() and tracking.get("folder"):
        raise SettingsError("tracking: a pod keeps no registry in a folder.", "Leave out the folder.")
