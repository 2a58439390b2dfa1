"""Which version of its content a source has, told without reading more than must be."""

import hashlib
import uuid

from podium_ml.ingestion.addresses import place_of, public_name, scheme_of
from podium_ml.ingestion.fingerprint import fingerprint_source
from podium_ml.ingestion.local_files import split_list


def content_version(*sources: str) -> str:
    """Return a text that changes when what any of the sources holds changes.

    Of local files that is a hash of their bytes, of http(s) the ``ETag`` or time of change that the server tells, of
    an object store the entity tags of all objects. Where nothing tells, it is new each time, so that nothing stale is
    taken for the data.

    Args:
        *sources: Paths, folders, patterns, lists or URLs, as a run takes them; empty ones are passed over.

    Raises:
        DataError: A place is of an unknown kind, or cannot be reached.
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
    """Return what tells the content of one source, or nothing where that cannot be told."""
    place = place_of(source)
    if place == "local":
        return fingerprint_source(source)
    if place == "http":
        from podium_ml.ingestion._http import content_tag

        return content_tag(source)
    return _of_objects(source) if place == "objects" else ""


def _of_objects(url: str) -> str:
    from podium_ml.ingestion._objects import Objects

    found = Objects(url).versions()
    return "\0".join(f"{key} {tag}" for key, tag in found) if all(tag for _, tag in found) else ""
