"""The client of S3-compatible object stores: buckets, credentials, connections, errors."""

from podium_ml.object_store.arrow import arrow_files
from podium_ml.object_store.bucket import Bucket, StoredObject
from podium_ml.object_store.errors import StoreError
from podium_ml.object_store.remedies import remedy
from podium_ml.object_store.store import ObjectStore

__all__ = ["Bucket", "ObjectStore", "StoreError", "StoredObject", "arrow_files", "remedy"]
