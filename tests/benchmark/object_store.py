"""How quickly 1 GB comes from an S3 store, for two checkouts of Podium in turns.

    tests/with-minio python -m tests.benchmark.object_store . [BEFORE] [--megabytes 1000] [--repeats 3]

``tests/with-minio`` starts a MinIO on this machine. Prints the sorted seconds that each checkout takes for one object.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from minio import Minio

_BUCKET, _NAME, _BLOCK = "benchmark", "large.bin", 1 << 20
_FETCH = """
import sys, time
from pathlib import Path
try:
    from podium_ml.ingestion.objects import Objects
except ImportError:
    from podium_ml.ingestion._objects import Objects
began = time.perf_counter()
(one,) = Objects(sys.argv[1]).fetch(Path(sys.argv[2]), choose=list)
seconds = time.perf_counter() - began
print(seconds, Path(one.path).stat().st_size)
"""


def upload(megabytes: int, endpoint: str) -> None:
    """Put an object of random bytes into a new bucket."""
    host = endpoint.partition("://")[2]
    user, password = os.environ["MINIO_ROOT_USER"], os.environ["MINIO_ROOT_PASSWORD"]
    client = Minio(host, access_key=user, secret_key=password, secure=endpoint.startswith("https"))
    client.make_bucket(_BUCKET)
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(megabytes * 1_000_000 // _BLOCK + 1):
            file.write(os.urandom(_BLOCK))
        file.flush()
        client.fput_object(_BUCKET, _NAME, file.name)


def fetch(checkout: Path, endpoint: str) -> float:
    """Return the seconds that a checkout takes to fetch the object, without imports."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(str(checkout.resolve() / part) for part in ("components", "pipelines")),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": os.environ["MINIO_ROOT_USER"],
        "AWS_SECRET_ACCESS_KEY": os.environ["MINIO_ROOT_PASSWORD"],
    }
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", _FETCH, f"s3://{_BUCKET}/{_NAME}", folder]
        found = subprocess.run(
            command, env=environment, cwd=folder, check=True, capture_output=True, text=True
        )
    return float(found.stdout.split()[0])


def main() -> None:
    """Upload once, fetch in turns, and print the seconds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkouts", type=Path, nargs="+")
    parser.add_argument("--megabytes", type=int, default=1_000)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    endpoint = os.environ["PODIUM_TEST_S3"]
    upload(arguments.megabytes, endpoint)
    taken: dict[Path, list[float]] = {one: [] for one in arguments.checkouts}
    for _ in range(arguments.repeats):
        for checkout in arguments.checkouts:
            taken[checkout].append(fetch(checkout, endpoint))
    for checkout, seconds in taken.items():
        print(f"{checkout}: {', '.join(f'{one:.2f}' for one in sorted(seconds))} s")


if __name__ == "__main__":
    main()
