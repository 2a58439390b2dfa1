"""Print the requirements of a project and of its extras, one per line: ``requirements.py PYPROJECT [EXTRA...]``."""

import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["project"]
extras = project["optional-dependencies"]
print(*project["dependencies"], *(line for extra in sys.argv[2:] for line in extras[extra]), sep="\n")
