"""Measure where the time of a whole run goes, and how busy the cores are.

Run as ``python -m tests.benchmark.run_times [--time-limit 60s] [-- OPTIONS OF PODIUM RUN]``. For the German credit
data, 1,000 rows, it prints the seconds to the first fit, the share of the limit that training (search and refit) gets,
the share of the cores' time that the run uses while it trains, the share that it could have used, the seconds of each
stage and the end. Other work on the machine makes all figures worse, except for the share that could have been used.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from podium_ml.run.concurrency import cores
from podium_ml.values.quantities import parse_duration

DATA = Path(__file__).parents[2] / "pipelines/podium/demo/german_credit.csv"
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Sample:
    """What the processes of a run, ended ones included, did at one moment.

    Attributes:
        at: Seconds since the epoch.
        cpu_seconds: CPU time used so far.
        runnable: Threads that run or wait for a core.
    """

    at: float
    cpu_seconds: float = 0.0
    runnable: int = 0


def follow(command: list[str]) -> list[Sample]:
    """Run a command, and return samples of it over time."""
    samples = [Sample(time.time())]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            seconds, runnable = _look(root)
            # A process counts its children only after they have ended, so a sum may fall for a moment.
            samples.append(Sample(time.time(), max(samples[-1].cpu_seconds, seconds), runnable))
            time.sleep(_POLL_SECONDS)
    return [*samples, Sample(time.time(), samples[-1].cpu_seconds)]


def _look(root: psutil.Process) -> tuple[float, int]:
    """Return the CPU seconds and the number of runnable threads of a process and its descendants."""
    seconds, runnable = 0.0, 0
    with contextlib.suppress(psutil.Error):
        for one in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.Error, OSError):
                seconds += sum(one.cpu_times()[:4])
                stats = [(task / "stat").read_text() for task in Path(f"/proc/{one.pid}/task").iterdir()]
                runnable += sum(stat.rsplit(")", 1)[1].split()[0] == "R" for stat in stats)
    return seconds, runnable


def used_share(samples: list[Sample], spans: list[tuple[float, float]]) -> float:
    """Return the share of the cores' time that was used in some spans of time."""

    def until(moment: float) -> float:
        return max((one.cpu_seconds for one in samples if one.at <= moment), default=0.0)

    used = sum(until(ends) - until(begins) for begins, ends in spans)
    return used / (cores() * max(sum(ends - begins for begins, ends in spans), 1e-9))


def wanted_share(samples: list[Sample], spans: list[tuple[float, float]]) -> float:
    """Return the share of the cores' time that could have been used, even if other work on the machine took it."""
    inside = [one for one in samples if any(begins <= one.at <= ends for begins, ends in spans)]
    return sum(min(one.runnable, cores()) for one in inside) / (cores() * max(1, len(inside)))


def spans(events: list[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """Return the moments at which each stage started and finished; branches count as one stage."""
    found: dict[str, tuple[float, float]] = {}
    for event in events:
        if event["event"] == "stage_started":
            found.setdefault(event["stage"], (event["at"], event["at"]))
        elif event["event"] == "stage_finished":
            found[event["stage"]] = (found[event["stage"]][0], event["at"])
    return found


def summarize(samples: list[Sample], events: list[dict[str, Any]], limit: float) -> dict[str, Any]:
    """Return the figures."""
    start, stages = samples[0].at, spans(events)
    begins, ends = stages["train_candidate"]
    training = [stages[name] for name in ("train_candidate", "refit_model") if name in stages]
    seconds = sum(after - before for before, after in training)
    return {
        # A branch fits its first model as soon as it starts.
        "first_fit": round(begins - start, 2),
        "first_trial_done": round(
            next((e["at"] for e in events if e["event"] == "trial_finished"), ends) - start, 2
        ),
        "training_seconds": round(seconds, 2),
        "training_share": round(seconds / limit, 3),
        "training_ends_at": round(ends - start, 2),
        "used_share": round(used_share(samples, training), 3),
        "wanted_share": round(wanted_share(samples, training), 3),
        "ends": round(samples[-1].at - start, 2),
        "ends_share": round((samples[-1].at - start) / limit, 3),
        "cpu_seconds": round(samples[-1].cpu_seconds, 1),
        "stages": {name: round(after - before, 2) for name, (before, after) in stages.items()},
    }


def main() -> None:
    """Run once, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--time-limit", default="60s")
    parser.add_argument("options", nargs="*", help="further options of podium run, after --")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        command = [sys.executable, "-m", "podium.main", "run", str(DATA), "--target", "class"]
        command += ["--positive-label", "bad", "--out", str(run), "--time-limit", arguments.time_limit]
        samples = follow([*command, *arguments.options])
        events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
    print(json.dumps(summarize(samples, events, parse_duration(arguments.time_limit)), indent=1))


if __name__ == "__main__":
    main()
