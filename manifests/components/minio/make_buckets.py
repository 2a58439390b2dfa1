"""make_buckets.py BUCKET...: wait for the store and create the missing buckets."""

import sys
import time

import boto3
from botocore.exceptions import ClientError, EndpointConnectionError, HTTPClientError

client = boto3.client("s3")
end = time.monotonic() + 240


def make(bucket: str) -> None:
    """Create a bucket unless it exists; wait for the store for up to four minutes after the start of the script."""
    while True:
        try:
            client.create_bucket(Bucket=bucket)
            print(f"created bucket {bucket}")
            return
        except (client.exceptions.BucketAlreadyOwnedByYou, client.exceptions.BucketAlreadyExists):
            print(f"bucket {bucket} exists")
            return
        except (ClientError, EndpointConnectionError, HTTPClientError) as error:
            if time.monotonic() > end:
                raise
            print(f"waiting for the store: {error}")
            time.sleep(3)


for bucket in sys.argv[1:]:
    make(bucket)
