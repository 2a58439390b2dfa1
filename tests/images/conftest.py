"""The container images, as they were built: ``make images test-images``."""

import os

import pytest

from podium.images import image_names

# As strict as a cluster may be: any user of group 0, nothing to write but /tmp, no capability, no network.
STRICT = {
    "user": "12345:0",
    "read_only": True,
    "tmpfs": {"/tmp": "mode=1777"},
    "network_mode": "none",
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges"],
}


@pytest.fixture(scope="session")
def names():
    """Full names of the images, as the Makefile has them."""
    return image_names(os.environ.get("REGISTRY", ""), os.environ.get("TAG", ""))


@pytest.fixture(scope="session")
def docker_client():
    """A client of whatever speaks Docker's API here."""
    import docker

    try:
        client = docker.from_env(timeout=600)
    except docker.errors.DockerException as error:
        pytest.fail(
            f"No Docker API answers: {error}. Start Docker, or `podman system service` and set DOCKER_HOST."
        )
    yield client
    client.close()


@pytest.fixture(scope="session")
def inside(docker_client):
    """Run a command in an image, as strictly as a cluster may, and return what it printed."""

    def run(image, *command, **options):
        given = {**STRICT, **options}
        return docker_client.containers.run(image, list(command), remove=True, stderr=True, **given).decode()

    return run
