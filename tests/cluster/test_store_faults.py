"""Tests of object store faults in a pod: no data is lost, and errors are one line."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .client import Client, pod, start
from .conftest import RUNS, Cluster

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
LINK = "s3://mlpipeline/faults/rows.csv"
CHECK = ["python", "-m", "podium.main", "check", LINK, "--target", "y"]
FILL = """
    import io
    from podium_ml.object_store import ObjectStore
    rows = ("x,y\\n" + "".join(f"{i * i % 17},{i % 2}\\n" for i in range(200))).encode()
    client = ObjectStore.from_environment("s3").client(attempts=4)
    if not client.bucket_exists("mlpipeline"):
        client.make_bucket("mlpipeline")
    client.put_object("mlpipeline", "faults/rows.csv", io.BytesIO(rows), len(rows))
"""
# Write a file of 1.6 GB without repeated blocks, and report failed requests.
LARGE = """
    import hashlib, os
    from pathlib import Path
    from urllib3 import Retry
    from podium.servers.store import Store
    block = os.urandom(1 << 20)
    def digest(path):
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "md5").hexdigest()
    large, store = Path("/tmp/large.bin"), Store("s3://mlpipeline/faults")
    with large.open("wb") as file:
        for number in range(1600):
            file.write(number.to_bytes(4, "big") + block)
    increment = Retry.increment
    def count(retry, method, url, response=None, error=None, *others, **more):
        print("LOST", type(error).__name__, response and response.status, flush=True)
        return increment(retry, method, url, response, error, *others, **more)
    Retry.increment = count
"""
UPLOAD = (
    LARGE
    + """
    print("BEGIN", flush=True)
    store.upload([(large, "large.bin")], "up")
    store.download_one("up/large.bin", Path("/tmp/back.bin"))
    print("SAME", digest(large) == digest("/tmp/back.bin"), os.listdir("/tmp"))
"""
)
DOWNLOAD = (
    LARGE
    + """
    store.upload([(large, "large.bin")], "down")
    print("BEGIN", flush=True)
    store.download_one("down/large.bin", Path("/tmp/back.bin"))
    print("SAME", digest(large) == digest("/tmp/back.bin"), os.listdir("/tmp"))
"""
)
INGEST = (
    LARGE
    + """
    from podium_ml.ingestion import objects as stored
    store.upload([(large, "large.bin")], "in")
    objects = stored.Objects("s3://mlpipeline/faults/in/large.bin")
    print("BEGIN", flush=True)
    (one,) = objects.fetch(Path("/tmp/in"), choose=list)
    print("SAME", digest(large) == digest(one.path), os.listdir("/tmp/in"))
"""
)
# Use a proxy that limits transfers to 2 MB per second.
SLOW = """
    import os, socket, threading, time
    from pathlib import Path
    from urllib.parse import urlsplit
    target = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    def pump(source, sink):
        while data := source.recv(1 << 16):
            time.sleep(len(data) / 2e6)
            sink.sendall(data)
        sink.close()
    def serve(server):
        while True:
            near, far = server.accept()[0], socket.create_connection((target.hostname, target.port))
            for pair in ((near, far), (far, near)):
                threading.Thread(target=pump, args=pair, daemon=True).start()
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(server,), daemon=True).start()
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{server.getsockname()[1]}"
    from podium.servers.store import Store
    from podium_ml.ingestion.objects import Objects
    sent = Path("/tmp/slow.bin")
    sent.write_bytes(os.urandom(12_000_000))
    Store("s3://mlpipeline/faults").upload([(sent, "slow.bin")], "slow")
    (one,) = Objects("s3://mlpipeline/faults/slow/slow.bin").fetch(Path("/tmp/slow"), choose=list)
    print("SAME", Path(one.path).read_bytes() == sent.read_bytes())
"""
# Use a store that accepts connections and never answers. The test shortens the read timeout of one minute.
SILENT = """
    import os, socket
    server = socket.create_server(("127.0.0.1", 0))
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{server.getsockname()[1]}"
    from podium_ml.object_store import connection
    connection.READ_SECONDS = 1
    from podium.servers import store
    from podium_ml.ingestion import objects as stored
    for act in (store.Store("s3://mlpipeline/faults").check, lambda: stored.Objects("s3://mlpipeline/faults/rows.csv")):
        try:
            act()
        except Exception as error:
            print("ERROR", type(error).__name__, error)
"""
FULL_STORE = """
    import os
    from pathlib import Path
    from podium.servers.store import Store
    small, large = Path("/tmp/small.bin"), Path("/tmp/too-large.bin")
    small.write_bytes(os.urandom(1_000_000))
    large.write_bytes(os.urandom(120_000_000))
    store = Store("s3://mlpipeline/faults")
    store.upload([(small, "small.bin")], "full")
    try:
        store.upload([(large, "too-large.bin")], "full")
    except Exception as error:
        print("ERROR", type(error).__name__, error)
    print("LEFT", [key for key, _ in store.listing("full")])
    print("SAME", store.download_one("full/small.bin", Path("/tmp/again.bin")).read_bytes() == small.read_bytes())
"""
FULL_DISK = """
    import os
    from pathlib import Path
    from podium.servers.store import Store
    from podium_ml.ingestion.objects import Objects
    large, store = Path("/tmp/large.bin"), Store("s3://mlpipeline/faults")
    large.write_bytes(os.urandom(40_000_000))
    store.upload([(large, "large.bin")], "disk")
    for act in (
        lambda: store.download_one("disk/large.bin", Path("/small/result.bin")),
        lambda: Objects("s3://mlpipeline/faults/disk/large.bin").fetch(Path("/small/in"), choose=list),
    ):
        try:
            act()
        except Exception as error:
            print("ERROR", type(error).__name__, error)
    print("LEFT", [one for one in os.listdir("/small") if "result" in one])
"""


def store_of_its_own(cluster: Cluster, name: str, data: dict[str, Any], **mounts: dict[str, Any]) -> None:
    """Start a second MinIO with the credentials of the overlay."""
    command = 'MINIO_ROOT_USER=$AWS_ACCESS_KEY_ID MINIO_ROOT_PASSWORD=$AWS_SECRET_ACCESS_KEY exec minio "$@"'
    words = ["sh", "-c", command, "sh", "server", "--quiet", "--address=:9000", "--certs-dir=/certs", "/data"]
    given = {
        "/data": data,
        "/tmp": {"emptyDir": {}},
        "/certs": {"emptyDir": {}},
        **{f"/{k}": v for k, v in mounts.items()},
    }
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": RUNS},
        "spec": {"selector": {"app": name}, "ports": [{"port": 9000}]},
    }
    start(cluster, service, pod(name, "podium-test/minio:latest", words, given))


def authority(folder: Path, host: str) -> None:
    """Create a certificate authority and a server certificate that it signs."""
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    ca = ["-x509", *curve, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=test-authority"]
    server = [
        *("-x509", *curve, "-keyout", "private.key", "-out", "public.crt", "-subj", f"/CN={host}"),
        *("-CA", "ca.crt", "-CAkey", "ca.key", "-addext", f"subjectAltName=DNS:{host}"),
        *("-addext", "basicConstraints=critical,CA:FALSE"),
    ]
    for words in (ca, server):
        subprocess.run(["openssl", "req", *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def client(ready: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    certificates = tmp_path_factory.mktemp("certificates")
    authority(certificates, f"minio-tls.{RUNS}.svc")
    ready.kubectl("create", "configmap", "test-ca", "-n", RUNS, f"--from-file={certificates / 'ca.crt'}")
    files = [f"--from-file={certificates / name}" for name in ("public.crt", "private.key")]
    ready.kubectl("create", "secret", "generic", "test-tls", "-n", RUNS, *files)
    mounts = {
        "/tmp": {"emptyDir": {}},
        "/small": {"emptyDir": {"medium": "Memory", "sizeLimit": "16Mi"}},
        "/ca": {"configMap": {"name": "test-ca"}},
    }
    client = Client(ready, "client", mounts)
    client.python(FILL)
    yield client
    client.delete()


def one_error(done: subprocess.CompletedProcess[str]) -> str:
    """Check that the command failed with a one-line error, and return the line."""
    lines = [line for line in done.stderr.splitlines() if not line.startswith("command terminated")]
    assert done.returncode in (1, 2), done.stdout + done.stderr
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("Error: "), done.stderr
    return lines[0]


def test_check_succeeds_without_a_fault(client: Client) -> None:
    assert client.run(*CHECK).returncode == 0


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"AWS_ACCESS_KEY_ID": "nobody"}, "AWS_ACCESS_KEY_ID"),
        ({"AWS_SECRET_ACCESS_KEY": "wrong"}, "AWS_SECRET_ACCESS_KEY"),
        ({"AWS_ENDPOINT_URL": "http://minio.podium.svc:9999"}, "cannot be reached"),
    ],
    ids=["wrong key", "wrong secret", "wrong port"],
)
def test_store_that_refuses_access(client: Client, variables: dict[str, str], said: str) -> None:
    assert said in one_error(client.run(*CHECK, **variables))


@pytest.mark.parametrize("link", ["s3://no-such-bucket/rows.csv", "s3://mlpipeline/faults/other.csv"])
def test_missing_bucket_and_object(client: Client, link: str) -> None:
    assert link in one_error(client.run(*("python", "-m", "podium.main", "check", link, "--target", "y")))


@pytest.mark.parametrize("code", [UPLOAD, DOWNLOAD, INGEST], ids=["upload", "download", "ingestion"])
def test_store_restart_during_transfer(client: Client, code: str) -> None:
    printed = client.interrupted(
        code, "delete", "pod", "minio-0", "-n", "podium", "--wait=false", "--grace-period=0", "--force"
    )
    assert "LOST" in printed, f"the restart interrupted no request: {printed}"
    assert "SAME True" in printed
    assert ".partial" not in printed
    client.cluster.kubectl("rollout", "status", "-n", "podium", "statefulset/minio", "--timeout=90s")


def test_slow_store(client: Client) -> None:
    assert "SAME True" in client.python(SLOW)


def test_store_that_never_answers(client: Client) -> None:
    errors = [line for line in client.python(SILENT).splitlines() if line.startswith("ERROR")]
    assert len(errors) == 2
    assert all("127.0.0.1" in line for line in errors)


def test_private_certificate_authority(client: Client) -> None:
    store_of_its_own(
        client.cluster, "minio-tls", {"emptyDir": {}}, certs={"secret": {"secretName": "test-tls"}}
    )
    there = {"AWS_ENDPOINT_URL": f"https://minio-tls.{RUNS}.svc:9000"}
    error = one_error(client.run(*CHECK, **there))
    assert "certificate" in error.lower()
    assert "AWS_CA_BUNDLE" in error
    trusted = {**there, "AWS_CA_BUNDLE": "/ca/ca.crt"}
    client.python(FILL, **trusted)
    assert client.run(*CHECK, **trusted).returncode == 0


def test_full_store(client: Client) -> None:
    store_of_its_own(client.cluster, "minio-small", {"emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}})
    there = {"AWS_ENDPOINT_URL": f"http://minio-small.{RUNS}.svc:9000"}
    client.python(FILL, **there)
    printed = client.python(FULL_STORE, **there)
    assert "ERROR ServerError" in printed
    assert "full" in printed.lower()
    assert "LEFT ['faults/full/small.bin']" in printed
    assert "SAME True" in printed


def test_full_disk_in_pod(client: Client) -> None:
    printed = client.python(FULL_DISK)
    errors = [line for line in printed.splitlines() if line.startswith("ERROR")]
    assert len(errors) == 2, printed
    assert all("space" in line or "full" in line for line in errors), printed
    assert "LEFT []" in printed
