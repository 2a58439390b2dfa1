"""Fixtures for the built container images: ``make images test-images``."""

import os

import pytest

from podium.images import image_names

# Strict restrictions as on a cluster: a user in group 0, writable /tmp only, no capabilities, no network.
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
    """Return the full names of the images, as in the Makefile."""
    return image_names(os.environ.get("REGISTRY", ""), os.environ.get("TAG", ""))


@pytest.fixture(scope="session")
def docker_client():
    """Return a client of the Docker API."""
    import docker

    try:
        client = docker.from_env(timeout=600)
    except docker.errors.DockerException as error:
        pytest.fail(
            f"The Docker API is not available: {error}. Start Docker, or `podman system service` and set DOCKER_HOST."
        )
    yield client
    client.close()


@pytest.fixture(scope="session")
def inside(docker_client):
    """Return a function that runs a command in a strictly restricted container and returns its output."""

    def run(image, *command, **options):
        given = {**STRICT, **options}
        return docker_client.containers.run(image, list(command), remove=True, stderr=True, **given).decode()

    return run
