"""Make the bucket of the artifacts, unless it is there; wait for the store."""

import os
import time
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import ClientError, EndpointConnectionError, HTTPClientError

bucket = urlsplit(os.environ["ARTIFACTS_DESTINATION"]).netloc
client = boto3.client("s3")
end = time.monotonic() + 240
while True:
    try:
        client.create_bucket(Bucket=bucket)
        print(f"made bucket {bucket}")
        break
    except (client.exceptions.BucketAlreadyOwnedByYou, client.exceptions.BucketAlreadyExists):
        print(f"bucket {bucket} is there")
        break
    except (ClientError, EndpointConnectionError, HTTPClientError) as error:
        if time.monotonic() > end:
            raise
        print(f"waiting for the store: {error}")
        time.sleep(3)
