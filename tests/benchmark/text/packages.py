"""Write descriptions of Debian's packages as texts to learn from.

    apt-cache dumpavail > available.txt
    python -m tests.benchmark.text.packages available.txt tags.parquet --target tags
    python -m tests.benchmark.text.packages available.txt sections.parquet --target section --rows 20000

``tags`` are sets of the 30 most frequent debtags of described packages, ``section`` is one of the 20 largest sections.
More texts than there are packages are pairs of descriptions of one section.
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

_LABELS, _SECTIONS = 30, 20


def main() -> None:
    """Write a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--target", choices=["tags", "section"], required=True)
    parser.add_argument("--rows", type=int, default=0)
    arguments = parser.parse_args()
    records = [one for one in _records(arguments.source) if one.get("Description")]
    table = _with_tags(records) if arguments.target == "tags" else _with_sections(records, arguments.rows)
    if arguments.rows:
        table = table.sample(min(arguments.rows, len(table)), random_state=0)
    table.to_parquet(arguments.out, index=False)
    print(f"{len(table):,} texts, {table['text'].str.len().median():.0f} characters each")


def _records(path: Path) -> list[dict[str, str]]:
    """Read records as Debian's control files write them; lines that begin with a blank go on with the field before."""
    found: list[dict[str, str]] = []
    for block in path.read_text(encoding="utf-8", errors="replace").split("\n\n"):
        record, name = dict[str, str](), ""
        for line in block.split("\n"):
            if line[:1] in (" ", "\t"):
                record[name] = f"{record.get(name, '')} {line.strip()}"
            elif ": " in line:
                name, value = line.split(": ", 1)
                record[name] = value
        found.append(record)
    return found


def _with_tags(records: list[dict[str, str]]) -> pd.DataFrame:
    """Return all packages that somebody has tagged; of those with the same description the first."""
    tagged = [(one["Description"], one["Tag"].replace(" ", "").split(",")) for one in records if "Tag" in one]
    counts = Counter(tag for _, tags in tagged for tag in tags)
    chosen = {tag for tag, _ in counts.most_common(_LABELS)}
    rows = [(text, [tag for tag in tags if tag in chosen]) for text, tags in tagged]
    return pd.DataFrame(rows, columns=["text", "tags"]).drop_duplicates("text", ignore_index=True)


def _with_sections(records: list[dict[str, str]], rows: int) -> pd.DataFrame:
    table = pd.DataFrame([(one["Description"], one.get("Section", "")) for one in records])
    table.columns = ["text", "section"]
    table = table.drop_duplicates("text", ignore_index=True)
    table = table[table["section"].isin(table["section"].value_counts().index[:_SECTIONS])]
    random, parts = np.random.default_rng(0), [table]
    missing = max(0, rows - len(table)) / len(table)
    for _, own in table.groupby("section"):
        texts, count = own["text"].to_numpy(), int(np.ceil(missing * len(own)))
        first, second = (random.integers(0, len(texts), count) for _ in range(2))
        parts.append(
            own.iloc[first].assign(
                text=[f"{texts[a]}; {texts[b]}" for a, b in zip(first, second, strict=True)]
            )
        )
    return pd.concat(parts, ignore_index=True)


if __name__ == "__main__":
    main()
