"""Show how the branches of a run used the training time: seconds, trials, what was cut, and how good expectations were.

    python -m tests.benchmark.window_use RUN

``RUN`` is the folder of a finished run. The times are those of its ``events.jsonl``, the trials those of its ledgers.
"""

import argparse
import json
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any

_SLOTS = 2


def read(folder: Path) -> list[dict[str, Any]]:
    """Return the events of a run."""
    return [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]


def by_branch(events: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return the finished trials of each algorithm."""
    found = defaultdict(list)
    for event in events:
        if event["event"] == "trial_finished":
            found[event["algorithm"]].append(event)
    return found


def line(name: str, finished: dict[str, Any], trials: list[dict[str, Any]], began: float) -> str:
    """Describe one branch."""
    ends = finished["at"] - began
    outcomes = [trial["outcome"] for trial in trials]
    ratios = [trial["seconds"] / trial["usual"] for trial in trials if trial.get("usual")]
    pace = f"{statistics.median(ratios):.2f}" if ratios else ""
    counts = [
        len(trials),
        *(outcomes.count(one) for one in ("pruned", "failed", "timeout")),
        sum(bool(t.get("cut")) for t in trials),
    ]
    times = f"{ends - finished['seconds']:7.1f} {ends:7.1f} {finished['seconds']:7.1f}"
    return f"{name:30} {times} {''.join(f'{count:8}' for count in counts)} {pace:>6}  {finished['reason']}"


def main() -> None:
    """Print one line a branch, and the share of the window in which branches worked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--slots", type=int, default=_SLOTS, help="branches at a time")
    asked = parser.parse_args()
    events = read(asked.run)
    trials = by_branch(events)
    finished = [event for event in events if event["event"] == "branch_finished"]
    began = min(event["at"] - event["seconds"] for event in finished)
    ended = max(event["at"] for event in finished)
    head = ("begins", "ends", "seconds"), ("trials", "pruned", "failed", "late", "cut")
    print(f"{'algorithm':30}", *(f"{one:>7}" for one in head[0]), *(f"{one:>7}" for one in head[1]), "  pace")
    for event in sorted(finished, key=lambda one: one["at"] - one["seconds"]):
        print(line(event["algorithm"], event, trials[event["algorithm"]], began))
    worked = sum(event["seconds"] for event in finished)
    print(
        f"all: {ended - began:.1f} s, of which the slots worked {worked / (asked.slots * (ended - began)):.0%}"
    )


if __name__ == "__main__":
    main()
