"""Tests of the images that the manifests name."""

import re
import shutil

from .conftest import MANIFESTS, OVERLAYS

STORE = re.compile(r"docker\.io/pgsty/silo:RELEASE\.[\w-]+@sha256:[0-9a-f]{64}")


def images(objects):
    """Return the image of each container."""
    pods = [one["spec"]["template"]["spec"] for one in objects if "template" in one.get("spec", {})]
    return [box["image"] for pod in pods for box in [*pod["containers"], *pod.get("initContainers", ())]]


def test_no_image_is_named_by_a_tag_that_moves(built):
    for overlay in OVERLAYS:
        for image in images(built[overlay]):
            assert re.search(r":v?\d+\.\d+[\w.-]*$|@sha256:[0-9a-f]{64}$", image), image


def test_the_store_is_named_by_its_digest(built):
    assert [image for image in images(built["kind"]) if STORE.fullmatch(image)]


def test_the_cluster_of_the_tests_replaces_the_images_that_it_cannot_pull(kustomize, copy, tmp_path):
    from .conftest import build

    root = tmp_path / "copy"
    shutil.copytree(copy, root / "manifests")
    shutil.copytree(
        MANIFESTS.parent / "tests" / "cluster" / "overlay", root / "tests" / "cluster" / "overlay"
    )
    objects = build(kustomize, root / "tests" / "cluster" / "overlay")
    assert {"podium-test/minio:latest", "podium-test/postgresql:17"} <= set(images(objects))
    (store,) = [one for one in objects if one["kind"] == "StatefulSet" and one["metadata"]["name"] == "minio"]
    assert store["spec"]["template"]["spec"]["containers"][0]["command"] == ["minio"]
