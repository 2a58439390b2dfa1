"""The version of a source's content, found by reading as little as possible."""

import hashlib
import uuid

from podium_ml.ingestion.fingerprint import fingerprint_source
from podium_ml.ingestion.linked_files import linked_version
from podium_ml.ingestion.local_files import to_path
from podium_ml.values.addresses import place_of, public_name, scheme_of, split_list


def content_version(*sources: str) -> str:
    """Return a string that changes when the content of any source changes, or of a picture that it names.

    For local files, it is a hash of their bytes; for http(s), the ``ETag`` or modification time from the server; for an
    object store, the entity tags of all objects. Pictures that a local table names count by size and time of change.
    If none of these is known, it is new each time, so that stale data is never used.

    Args:
        *sources: Paths, folders, patterns, lists or URLs, as for a run; empty ones are skipped.

    Raises:
        DataError: A place is of an unknown kind or cannot be reached.
    """
    digest = hashlib.sha256()
    for source in filter(None, sources):
        digest.update(b"\1")
        for one in split_list(source):
            known = _version(one)
            if not known:
                return f"unknown-{uuid.uuid4().hex}"
            digest.update(f"{public_name(one) if scheme_of(one) else ''}\0{known}\0".encode())
    return digest.hexdigest()


def _version(source: str) -> str:
    """Return a string that identifies the content of one source, empty if there is none."""
    place = place_of(source)
    if place == "local":
        to_path(source)  # In a pod, this refuses what the run may not read, before anything else is done.
        return _with_linked(fingerprint_source(source), source)
    if place == "http":
        from podium_ml.ingestion.http import content_tag

        return content_tag(source)
    return _with_linked(_of_objects(source), source) if place == "objects" else ""


def _with_linked(version: str, source: str) -> str:
    """Return a version together with that of the files that the source leads to; empty if one is not known."""
    if not version:
        return ""
    linked = linked_version(source)
    return f"{version} {linked}" if linked else ""


def _of_objects(url: str) -> str:
    from podium_ml.ingestion.objects import Objects

    found = Objects(url).versions()
    return "\0".join(f"{key} {tag}" for key, tag in found) if all(tag for _, tag in found) else ""
