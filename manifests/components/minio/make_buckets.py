"""make_buckets.py BUCKET...: make the buckets that are not there yet; wait for the store."""

import sys
import time

import boto3
from botocore.exceptions import ClientError, EndpointConnectionError, HTTPClientError

client = boto3.client("s3")
end = time.monotonic() + 240


def make(bucket: str) -> None:
    """Make one bucket, unless it is there; wait for the store up to four minutes from the start."""
    while True:
        try:
            client.create_bucket(Bucket=bucket)
            print(f"made bucket {bucket}")
            return
        except (client.exceptions.BucketAlreadyOwnedByYou, client.exceptions.BucketAlreadyExists):
            print(f"bucket {bucket} is there")
            return
        except (ClientError, EndpointConnectionError, HTTPClientError) as error:
            if time.monotonic() > end:
                raise
            print(f"waiting for the store: {error}")
            time.sleep(3)


for bucket in sys.argv[1:]:
    make(bucket)
