"""Add Debian's packages to a bill of materials: ``add_debian_packages.py FILE``.

They are read from standard input, one per line: ``name version architecture``.
"""

import json
import sys
from pathlib import Path
from urllib.parse import quote


def component(line: str) -> dict[str, str]:
    """Return a package as a component.

    >>> component("libc6 2.41-12+deb13u1 amd64")["purl"]
    'pkg:deb/debian/libc6@2.41-12%2Bdeb13u1?arch=amd64'
    """
    name, version, architecture = line.split()
    url = f"pkg:deb/debian/{quote(name, safe='')}@{quote(version, safe='')}?arch={architecture}"
    return {"type": "library", "bom-ref": url, "name": name, "version": version, "purl": url}


def main(path: Path, lines: list[str]) -> None:
    """Add the packages to the file."""
    bill = json.loads(path.read_text(encoding="utf-8"))
    bill["components"] = [*bill.get("components", []), *map(component, sorted(lines))]
    path.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.stdin.read().splitlines())
