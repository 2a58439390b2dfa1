"""What the settings of a run may reach from a pod: what the cluster's owner lists.

Whoever fills in the form of a run is a stranger to its pods. They are inside the cluster, where a service account's
token lies in a file and private addresses answer. On a user's own machine nothing is refused, because the user could
open the same files and addresses anyway. Imports the standard library only.
"""

from podium_ml.confinement._own import own_folder
from podium_ml.confinement.hosts import Address, check_host, connect, find_addresses
from podium_ml.confinement.lists import FOLDERS as FOLDERS_VARIABLE
from podium_ml.confinement.lists import STUDIO_VARIABLE, VARIABLES, Lists, is_confined
from podium_ml.confinement.places import (
    DATABASE_PORTS,
    check_database,
    check_file,
    check_metric,
    check_name,
    check_object,
)

__all__ = [
    "DATABASE_PORTS",
    "FOLDERS_VARIABLE",
    "STUDIO_VARIABLE",
    "VARIABLES",
    "Address",
    "Lists",
    "check_database",
    "check_file",
    "check_host",
    "check_metric",
    "check_name",
    "check_object",
    "connect",
    "find_addresses",
    "is_confined",
    "own_folder",
]
