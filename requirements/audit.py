"""Ask the package index for the known vulnerabilities of all locked packages, with pip-audit: ``make audit``.

CI checks the locks against ``vulnerabilities.toml`` alone, so that a new hole elsewhere fails no change here. Run this
from time to time, and write what it finds there: with a reason why it does not reach us, or after ``make upgrade``.

It asks pypi.org. A mirror that answers there without lists of vulnerabilities fails the audit ("could not be audited");
``PIP_AUDIT_VULNERABILITY_SERVICE=osv`` asks osv.dev instead.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parent


def command(lock: Path) -> list[str]:
    """Return the command that audits one lock, without the holes that are accepted."""
    known = tomllib.loads((FOLDER / "vulnerabilities.toml").read_text(encoding="utf-8"))["vulnerability"]
    accepted = [entry["id"] for entry in known if entry.get("accepted")]
    ignored = [part for name in accepted for part in ("--ignore-vuln", name)]
    audit = [
        sys.executable,
        "-m",
        "pip_audit",
        "--disable-pip",
        "--require-hashes",
        "--strict",  # a package that could not be audited is no package without holes
        "--progress-spinner",
        "off",
    ]
    return [*audit, "--requirement", str(lock), *ignored]


if __name__ == "__main__":
    results = [subprocess.run(command(lock), check=False) for lock in sorted(FOLDER.glob("*.txt"))]
    sys.exit(max(result.returncode for result in results))
