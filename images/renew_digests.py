"""Write the digests that registries have now for the images that others make: ``make digests``.

The tags stay: to take a newer version, change the tag first. Files that name such an image have it as
``name:tag@digest``, or as ``name:tag`` for a first digest.
"""

import re
from pathlib import Path

from podium.servers.registry import digest_of

ROOT = Path(__file__).parents[1]
# A full name with the host of a registry, but not those of Podium's own images, which no registry has.
_IMAGE = re.compile(
    r"\b(?!podium\.invalid/)((?:[\w-]+\.)+[\w-]+(?::\d+)?/[\w./-]+:[\w.-]+)(?:@sha256:[0-9a-f]{64})?(?=\s|$)"
)


def files() -> list[Path]:
    """Return the files that name images of others."""
    manifests = (ROOT / "manifests" / "components").glob("*/*.yaml")
    return [
        ROOT / "images" / "base-image",
        *(file for file in sorted(manifests) if "image: " in file.read_text()),
    ]


def renew(text: str) -> str:
    """Return a text in which each image has the digest that its registry has for its tag."""
    return _IMAGE.sub(lambda found: f"{found[1]}@{digest_of(found[1])}", text)


def main() -> None:
    """Renew all files, and print what changed."""
    for file in files():
        before = file.read_text(encoding="utf-8")
        lines = [
            renew(line) if "image: " in line or file.name == "base-image" else line
            for line in before.splitlines()
        ]
        after = "\n".join(lines) + "\n"
        if after != before:
            file.write_text(after, encoding="utf-8")
            print(f"{file.relative_to(ROOT)} has new digests")


if __name__ == "__main__":
    main()
