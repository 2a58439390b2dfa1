"""Links with a signature: it works, also to resume, and is written nowhere that is shown."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from tests.pipelines.tables import binary_table

pytestmark = pytest.mark.slow
PODIUM = [sys.executable, "-m", "podium.main"]
SECRET = "5f1e0c7a9b3d"


class Store(BaseHTTPRequestHandler):
    """Gives a table to whoever has the signature, while it is open."""

    is_open = False

    def do_GET(self):
        """Answer."""
        signed = parse_qs(urlsplit(self.path).query).get("X-Amz-Signature") == [SECRET]
        if not signed or not Store.is_open:
            self.send_error(403 if Store.is_open else 503)
            return
        content = binary_table(200).to_csv(index=False).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        """Say nothing else."""


@pytest.fixture
def link():
    """A signed link to a store that is closed at first."""
    Store.is_open = False
    server = HTTPServer(("127.0.0.1", 0), Store)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/sales.csv?X-Amz-Expires=60&X-Amz-Signature={SECRET}"
    server.shutdown()


def podium(*words):
    """Run the command line."""
    return subprocess.run([*PODIUM, *map(str, words)], capture_output=True, text=True, check=False)


def holding_the_secret(folder):
    """Return the files that hold the signature."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if SECRET.encode() in path.read_bytes()]


def test_signature(link, tmp_path):
    out, words = tmp_path / "run", ["--max-trials", "1", "--algorithms", "decision_tree"]
    failed = podium("run", link, "--target", "churn", "--out", out, *words)
    assert failed.returncode == 2
    assert "503" in failed.stderr
    assert holding_the_secret(tmp_path) == [".variables.json"]
    assert (out / ".variables.json").stat().st_mode & 0o077 == 0

    Store.is_open = True
    resumed = podium("resume", out)
    assert resumed.returncode == 0, resumed.stderr
    assert SECRET not in failed.stdout + failed.stderr + resumed.stdout + resumed.stderr
    assert holding_the_secret(tmp_path) == []
    assert json.loads((out / "run.json").read_text())["name"] == "sales"
    assert (tmp_path / "mlflow.db").exists()

    source = yaml.safe_load((out / "config.yaml").read_text())["source"]
    assert source == link.split("?")[0] + "?$PODIUM_SOURCE_QUERY_1"
    again = podium("run", "--config", out / "config.yaml", "--out", tmp_path / "again")
    assert again.returncode == 2
    assert "PODIUM_SOURCE_QUERY_1 is not set" in again.stderr
