"""Measure where the time of a whole run goes, and how busy the cores are.

Run as ``python -m tests.benchmark.run_times [--time-limit 60s] [-- OPTIONS OF PODIUM RUN]``. For the German credit
data, 1,000 rows, it prints the seconds to the first fit, the share of the limit that training (search and refit) gets,
the share of the cores' time that the run uses while it trains, the seconds of each stage and the end. Other work on the
machine makes all figures worse.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from podium_ml.run.concurrency import cores
from podium_ml.values.quantities import parse_duration

DATA = Path(__file__).parents[2] / "pipelines/podium/demo/german_credit.csv"
_POLL_SECONDS = 0.1

Samples = list[tuple[float, float]]


def follow(command: list[str]) -> Samples:
    """Run a command; return the CPU seconds of all its processes over time, ended ones included."""
    samples = [(time.time(), 0.0)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            # A process counts its children only after they have ended, so a sum may fall for a moment.
            samples.append((time.time(), max(samples[-1][1], sum(_cpu_seconds(root).values()))))
            time.sleep(_POLL_SECONDS)
    samples.append((time.time(), samples[-1][1]))
    return samples


def _cpu_seconds(root: psutil.Process) -> dict[int, float]:
    found = {}
    try:
        for one in (root, *root.children(recursive=True)):
            found[one.pid] = sum(one.cpu_times()[:4])
    except psutil.Error:
        pass
    return found


def used(samples: Samples, begins: float, ends: float) -> float:
    """Return the CPU seconds between two moments."""

    def until(moment: float) -> float:
        return max((cpu for at, cpu in samples if at <= moment), default=0.0)

    return until(ends) - until(begins)


def spans(events: list[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """Return the moments at which each stage started and finished; branches count as one stage."""
    found: dict[str, tuple[float, float]] = {}
    for event in events:
        if event["event"] == "stage_started":
            found.setdefault(event["stage"], (event["at"], event["at"]))
        elif event["event"] == "stage_finished":
            found[event["stage"]] = (found[event["stage"]][0], event["at"])
    return found


def summarize(samples: Samples, events: list[dict[str, Any]], limit: float) -> dict[str, Any]:
    """Return the figures."""
    start, stages = samples[0][0], spans(events)
    begins, ends = stages["train_candidate"]
    training = [stages[name] for name in ("train_candidate", "refit_model") if name in stages]
    seconds = sum(after - before for before, after in training)
    busy = sum(used(samples, *one) for one in training)
    return {
        # A branch fits its first model as soon as it starts.
        "first_fit": round(begins - start, 2),
        "first_trial_done": round(
            next((e["at"] for e in events if e["event"] == "trial_finished"), ends) - start, 2
        ),
        "training_seconds": round(seconds, 2),
        "training_share": round(seconds / limit, 3),
        "training_ends_at": round(ends - start, 2),
        "busy_share": round(busy / (cores() * max(seconds, 1e-9)), 3),
        "ends": round(samples[-1][0] - start, 2),
        "ends_share": round((samples[-1][0] - start) / limit, 3),
        "cpu_seconds": round(samples[-1][1], 1),
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
