"""What to do about each error of an object store."""

from podium_ml.object_store.errors import Kind, StoreError

_KEYS = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to the keys of this store"
_BUCKET = (
    "Create the bucket {bucket}, or name another one: PODIUM_STORE for data, PODIUM_PIPELINE_ROOT for outputs"
)
_RIGHTS = "Ask for the right to list, read and write in the bucket {bucket}"
_ADDRESS = "Check AWS_ENDPOINT_URL, or MINIO_ENDPOINT for minio:// addresses, and that the store is running"
_SCHEME = "Write AWS_ENDPOINT_URL with its scheme: http://HOST:PORT"
_NO_STORE = (
    "Check that AWS_ENDPOINT_URL is the address of an S3 store, not of another server or of its console"
)
_REGION = "Set AWS_REGION to the region of the bucket {bucket}"
_CLOCK = "Synchronise the clock of this machine, e.g. with NTP"
_AUTHORITY = "Set AWS_CA_BUNDLE to the file (PEM) with the certificates of the store's authority"
_SPACE = "Free some space in the store, or raise its quota"
_OTHERWISE = "Check AWS_ENDPOINT_URL and the keys of the store"
# By the code of the store, or the code that this package gives.
_BY_CODE = {
    **dict.fromkeys(
        (
            *("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken"),
            *("TokenRefreshRequired", "NoCredentials", "XAdminUserNotFound"),
        ),
        _KEYS,
    ),
    **dict.fromkeys(("RequestTimeTooSkewed", "RequestExpired"), _CLOCK),
    **dict.fromkeys(("PermanentRedirect", "AuthorizationHeaderMalformed"), _REGION),
    **dict.fromkeys(("XMinioStorageFull", "QuotaExceeded", "XMinioAdminBucketQuotaExceeded"), _SPACE),
    **dict.fromkeys(("MethodNotAllowed", "BadRequest", "NoStore"), _NO_STORE),
    "Certificate": _AUTHORITY,
    "InvalidEndpoint": _SCHEME,
}
_BY_KIND: dict[Kind, str] = {"denied": _RIGHTS, "missing": _BUCKET, "unreachable": _ADDRESS}


def remedy(error: StoreError, bucket: str, *, has_keys: bool = True) -> str:
    """Return what to do about an error, without a final period.

    Args:
        error: The error.
        bucket: Name of the bucket.
        has_keys: Whether requests carry credentials.
    """
    if error.kind == "denied" and not has_keys:
        return _KEYS
    text = _BY_CODE.get(error.code) or _BY_KIND.get(error.kind, _OTHERWISE)
    return text.format(bucket=bucket)
