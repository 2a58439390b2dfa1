"""Which version of its content a source has, told without reading more than must be."""

import hashlib
import uuid
from collections.abc import Iterator
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from podium_ml.errors import DataError
from podium_ml.ingestion.addresses import place_of, public_name, reveal_query
from podium_ml.ingestion.fingerprint import fingerprint_source
from podium_ml.ingestion.local_files import split_list

_SECONDS = 8
_URL_CHARACTERS = "%/:=&?~#+!$,;'@()*[]"


def content_version(*sources: str) -> str:
    """Return a text that changes when what any of the sources holds changes.

    Of local files that is a hash of their bytes, of http(s) the ``ETag`` or time of change that the server tells, of
    an object store the entity tags of all objects. Where nothing tells, it is new each time, so that nothing stale is
    taken for the data.

    Args:
        *sources: Paths, folders, patterns, lists or URLs, as a run takes them; empty ones are passed over.
    """
    digest = hashlib.sha256()
    for source in filter(None, sources):
        digest.update(b"\1")
        for one in split_list(source):
            known = _version(one)
            if not known:
                return f"unknown-{uuid.uuid4().hex}"
            digest.update(f"{public_name(one) if '://' in one else ''}\0{known}\0".encode())
    return digest.hexdigest()


def _version(source: str) -> str:
    """Return what tells the content of one source, or nothing where that cannot be told: reading it will say why."""
    try:
        place = place_of(source)
        if place == "local":
            return fingerprint_source(source)
        if place == "http":
            return _of_page(source)
        return "\0".join(_of_objects(source)) if place == "objects" else ""
    except (DataError, OSError, URLError, ValueError):
        return ""


def _of_page(url: str) -> str:
    # The scheme is http or https: the caller has looked.
    address = quote(reveal_query(url), safe=_URL_CHARACTERS)
    request = Request(address, method="HEAD", headers={"User-Agent": "podium"})  # noqa: S310
    with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
        headers = answer.headers
    # A weak tag may stay when bytes change; a time of change alone is told in seconds, so the length goes with it.
    tag = headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return tag
    changed = headers.get("Last-Modified", "")
    return f"{tag} {changed} {headers.get('Content-Length', '')}" if changed else ""


def _of_objects(url: str) -> Iterator[str]:
    from podium_ml.ingestion._objects import Objects

    for key, tag in Objects(url).versions():
        if not tag:
            raise ValueError(f"{key} has no entity tag")
        yield f"{key} {tag}"
