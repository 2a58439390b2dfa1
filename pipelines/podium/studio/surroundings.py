"""Where a studio runs: a laptop, whose user it belongs to, or a namespace of a cluster."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from podium_ml.confinement import FOLDERS_VARIABLE, STUDIO_VARIABLE


@dataclass(frozen=True)
class Surroundings:
    """What there is.

    Attributes:
        engines: Where runs can be started.
        is_shared: Whether other users' runs are near, so that a model that is loaded must not reach them.
        has_registry: Whether the registry of models can be used from here.
        environment: Variables of the commands that the studio runs, beside its own.
        registry: Variables of those among them that ask the registry: its address and credentials.
    """

    engines: tuple[str, ...] = ("local", "kubeflow")
    is_shared: bool = False
    has_registry: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)
    registry: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_namespace(
        cls, namespace: str, *, user: str, store: str, uploads: Path, registry: Mapping[str, str]
    ) -> "Surroundings":
        """Return those of one user in one namespace of a cluster.

        Commands carry the user's name to Kubeflow Pipelines, and are confined like the pods of runs: they reach no
        private address, and no file but the uploads.

        Args:
            namespace: The namespace.
            user: The user.
            store: Address of the store; empty for the default.
            uploads: Folder of the uploads.
            registry: Variables that open the namespace's registry of models; empty if it has none.
        """
        variables = {
            STUDIO_VARIABLE: namespace,
            FOLDERS_VARIABLE: str(uploads),
            "PODIUM_NAMESPACE": namespace,
            "PODIUM_KUBEFLOW_USER": user,
        }
        if store:
            variables["PODIUM_STORE"] = f"{store.rstrip('/')}/{namespace}"
        return cls(
            ("kubeflow",),
            is_shared=True,
            has_registry=bool(registry),
            environment=variables,
            registry=registry,
        )
