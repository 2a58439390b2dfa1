"""make_buckets.py FOLDER: wait for the store, and create the bucket and the user of each of its clients.

FOLDER contains a folder for each client, with the name of its bucket and the files AWS_ACCESS_KEY_ID and
AWS_SECRET_ACCESS_KEY.
A client may list, read, write and delete in its own bucket, and nothing else. A key that was replaced is deleted.
AWS_ENDPOINT_URL is the address of the store; MINIO_ROOT_USER and MINIO_ROOT_PASSWORD are the keys that may do this.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import urllib3
from minio import Minio, MinioAdmin
from minio.credentials.providers import StaticProvider
from minio.error import MinioAdminException, MinioException

SECONDS = 240
ON_BUCKET = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
ON_OBJECTS = [
    *("s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
    *("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
]


def policy(bucket: str) -> dict[str, object]:
    """Return the policy that allows the use of one bucket."""
    rules = [(ON_BUCKET, f"arn:aws:s3:::{bucket}"), (ON_OBJECTS, f"arn:aws:s3:::{bucket}/*")]
    statements = [{"Effect": "Allow", "Action": actions, "Resource": [where]} for actions, where in rules]
    return {"Version": "2012-10-17", "Statement": statements}


def wait(act: Callable[[], None]) -> None:
    """Do something; while the store does not answer, try again for up to four minutes."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            return act()
        except (MinioException, MinioAdminException, urllib3.exceptions.HTTPError) as error:
            if time.monotonic() > end:
                raise
            print(f"waiting for the store: {error}", flush=True)
            time.sleep(3)


def make(client: Minio, admin: MinioAdmin, folder: Path) -> None:
    """Create the bucket and the user of a client, or update them."""
    bucket = folder.name
    key, secret = (
        (folder / f"AWS_{name}").read_text().strip() for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
    )
    if not client.bucket_exists(bucket):
        client.make_bucket(bucket)
    name = f"bucket-{bucket}"
    admin.policy_add(name, policy=policy(bucket))
    users = json.loads(admin.user_list())
    admin.user_add(key, secret)
    if users.get(key, {}).get("policyName") != name:
        admin.policy_set(name, user=key)
    for other, facts in users.items():
        if other != key and facts.get("policyName") == name:
            admin.user_remove(other)
    print(f"bucket {bucket} and its user are ready", flush=True)


def main() -> None:
    """Make all buckets and users."""
    address = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    root = StaticProvider(os.environ["MINIO_ROOT_USER"], os.environ["MINIO_ROOT_PASSWORD"])
    region, secure = os.environ.get("AWS_REGION", "us-east-1"), address.scheme == "https"
    client = Minio(address.netloc, credentials=root, secure=secure, region=region)
    admin = MinioAdmin(endpoint=address.netloc, credentials=root, secure=secure, region=region)
    for folder in sorted(Path(sys.argv[1]).iterdir()):
        # Kubernetes puts links that begin with a dot beside the files of a Secret.
        if not folder.name.startswith("."):
            wait(lambda folder=folder: make(client, admin, folder))


if __name__ == "__main__":
    main()
