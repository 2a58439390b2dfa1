"""Measures the web studio as a user meets it: ``python -m tests.benchmark.studio.figures [FOLDER]``.

Starts ``podium studio`` in a process of its own, asks for its pages as a browser does, and prints each figure beside
its limit. FOLDER needs 2 GB of space.
"""

import http.cookiejar
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from podium.run_folder import RunFolder
from podium_ml.settings import TabularSettings

MEGABYTE = 1e6
LIMITS = {
    "ready": (1.5, "s"),
    "memory when idle": (100, "MB"),
    "slowest page": (0.3, "s"),
    "largest page": (150, "kB"),
    "preview of 1 GB of CSV": (2, "s"),
    "columns page of 2,000 columns": (0.5, "s"),
    "its size": (150, "kB"),
    "event on the screen": (1, "s"),
    "50 watchers": (5, "% of a core"),
    "list of 10,000 runs": (0.5, "s"),
}


class Studio:
    """A studio in a process of its own, and a browser that has signed in.

    Args:
        folder: Working folder.
    """

    def __init__(self, folder: Path) -> None:
        began = time.perf_counter()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "podium.main", "studio", "--no-browser", "--port", "0"],
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._child.stdout is not None
        link = re.search(r"http://\S+", self._child.stdout.readline())[0]
        self.address = link.partition("/?")[0]
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._browser = urllib.request.build_opener(jar)
        self._browser.open(link).read()
        self.seconds_to_start = time.perf_counter() - began
        self.process = psutil.Process(self._child.pid)

    def get(self, path: str) -> str:
        """Return a page."""
        return self._browser.open(f"{self.address}{path}").read().decode()

    def follow(self, path: str) -> Iterator[str]:
        """Yield the lines of a stream."""
        with self._browser.open(f"{self.address}{path}") as answer:
            for line in answer:
                yield line.decode()

    def post(self, path: str, **fields: str) -> str:
        """Send a form as a page does, and return the address that it leads to."""
        key = re.search(r'name="csrf" value="(\w+)"', self.get("/new"))[1]
        data = urllib.parse.urlencode({"csrf": key, **fields}).encode()
        return self._browser.open(f"{self.address}{path}", data).geturl().removeprefix(self.address)

    def close(self) -> None:
        """End the process."""
        self._child.terminate()
        self._child.wait()


def main() -> None:
    """Print the figures."""
    load = psutil.getloadavg()[0]
    parent = sys.argv[1] if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory(dir=parent) as name:
        folder = Path(name)
        rows = {**pages(folder), **big_data(folder), **live(folder), **many_runs(folder)}
    print(f"{psutil.cpu_count()} CPUs, of which others wanted {load:.1f} when this began")
    print(f"{'':32}{'measured':>12}{'limit':>10}")
    for what, value in rows.items():
        limit, unit = LIMITS[what]
        print(f"{what:32}{value:12.3g}{limit:>10} {unit}{'' if value <= limit else '  !'}")


@contextmanager
def studio(folder: Path) -> Iterator[Studio]:
    """Run a studio in a folder."""
    made = Studio(folder)
    try:
        yield made
    finally:
        made.close()


def timed(task: Callable[[], object]) -> float:
    """Return the seconds of a task."""
    began = time.perf_counter()
    task()
    return time.perf_counter() - began


def pages(folder: Path) -> dict[str, float]:
    """Measure the start, the memory, and pages that read no data."""
    lines = "".join(f"A,{n},{2 * n}\n" for n in range(1, 500))
    (folder / "sales.csv").write_text(f"shop,price,sold\n{lines}")
    run_of(folder, "one").update(status="succeeded", ended=time.time(), pid=0)
    run_of(folder, "two")
    with studio(folder) as made:
        time.sleep(2)
        memory = made.process.memory_info().rss / MEGABYTE
        draft = made.post("/new", kind="tabular").rpartition("/")[0]
        made.post(f"{draft}/data", source="sales.csv")
        made.post(f"{draft}/columns", target="sold")
        paths = [
            "/",
            "/new",
            f"{draft}/settings",
            f"{draft}/review",
            "/runs/one",
            "/runs/two",
            "/runs/one/use",
        ]
        for path in paths:
            made.get(path)  # templates are compiled once
        times = [min(timed(lambda path=path: made.get(path)) for _ in range(3)) for path in paths]
        sizes = [len(made.get(path)) / 1000 for path in paths]
        return {
            "ready": made.seconds_to_start,
            "memory when idle": memory,
            "slowest page": max(times),
            "largest page": max(sizes),
        }


def big_data(folder: Path) -> dict[str, float]:
    """Measure the pages of large tables."""
    block = "".join(f"{n},{n * 7 % 1000},shop {n % 50},2024-01-{n % 28 + 1:02}\n" for n in range(100_000))
    with (folder / "big.csv").open("w") as file:
        file.write("id,sold,shop,day\n")
        while file.tell() < 1_000_000_000:
            file.write(block)
    names = ",".join(f"column {n}" for n in range(2_000))
    row = ",".join(str(n % 10) for n in range(2_000))
    (folder / "wide.csv").write_text(f"{names}\n" + f"{row}\n" * 200)
    with studio(folder) as made:
        draft = made.post("/new", kind="tabular").rpartition("/")[0]
        preview = timed(lambda: made.post(f"{draft}/data", source="big.csv"))
        draft = made.post("/new", kind="tabular").rpartition("/")[0]
        made.post(f"{draft}/data", source="wide.csv")
        made.get(f"{draft}/data")
        paths = [f"{draft}/data", f"{draft}/columns"]
        columns = timed(lambda: made.get(paths[-1]))
        largest = max(len(made.get(path)) for path in paths) / 1000
    (folder / "big.csv").unlink()
    return {"preview of 1 GB of CSV": preview, "columns page of 2,000 columns": columns, "its size": largest}


def live(folder: Path) -> dict[str, float]:
    """Measure how soon an event is on the screen, and what 50 watchers cost."""
    run = run_of(folder, "live")
    with studio(folder) as made:
        stop = threading.Event()
        seen: list[tuple[str, float]] = []

        def watch() -> None:
            for line in made.follow("/runs/live/events"):
                if line.startswith("data: "):
                    seen.append((line, time.perf_counter()))
                if stop.is_set():
                    return

        watchers = [threading.Thread(target=watch, daemon=True) for _ in range(50)]
        for one in watchers:
            one.start()
        time.sleep(3)
        before, began = made.process.cpu_times(), time.perf_counter()
        time.sleep(10)
        after, spent = made.process.cpu_times(), time.perf_counter() - began
        cpu = (after.user + after.system - before.user - before.system) / spent
        sent = time.perf_counter()
        run.append([{"event": "branch_planned", "at": time.time(), "branches": [{"algorithm": "ridge"}]}])
        time.sleep(2)
        delays = [at - sent for line, at in seen if json.loads(line[6:])["branches"]]
        stop.set()
        run.update(status="cancelled", ended=time.time(), pid=0)
        return {"event on the screen": max(delays), "50 watchers": 100 * cpu}


def many_runs(folder: Path) -> dict[str, float]:
    """Measure the list of 10,000 runs."""
    for number in range(10_000):
        made = run_of(folder, f"many-{number}")
        made.update(status="failed", ended=time.time(), error="It was stopped.", pid=0)
    with studio(folder) as made:
        made.get("/")
        return {"list of 10,000 runs": min(timed(lambda: made.get("/")) for _ in range(3))}


def run_of(folder: Path, name: str) -> RunFolder:
    """Return a new run of a folder, in progress."""
    settings = TabularSettings(source="sales.csv", target="sold", name="sales")
    return RunFolder.create(folder / "runs" / name, settings)


if __name__ == "__main__":
    main()
