"""What to do where an optional part of Podium is missing: on a user's machine, or in the pods of runs."""

from podium_ml.confinement.lists import is_confined

# Extras that the image python-torch has and the image python-cpu has not.
OF_TORCH_IMAGE = frozenset(("torch", "transformers", "backbones", "tabicl", "tabpfn"))


def install(extra: str) -> str:
    """Return what a user should do to get an extra.

    Podium is in no package index, where its name belongs to nobody: ``pip install podium-automl`` could bring anything.
    Nothing is installed in pods, whose images have all that they need.

    Args:
        extra: Its name in ``pyproject.toml``.

    >>> install("text")
    "In a checkout of Podium, run: pip install '.[text]'"
    """
    if not is_confined():
        return f"In a checkout of Podium, run: pip install '.[{extra}]'"
    if extra in OF_TORCH_IMAGE:
        return "Set PODIUM_STAGE_IMAGE=python-torch, or compile the pipeline with --stage-image python-torch."
    return f"The image of the stages lacks the extra '{extra}': name it in EXTRAS when you run `make images`."


def install_packages(*packages: str) -> str:
    """Return what a user should do to get packages that are in no extra.

    Args:
        packages: Their names in the package index, each with a version if it matters.

    >>> install_packages("oracledb")
    'Run: pip install oracledb'
    """
    if not is_confined():
        return f"Run: pip install {' '.join(packages)}"
    return f"The image of the stages lacks {' and '.join(packages)}: build one that has it, as images/README.md says."
