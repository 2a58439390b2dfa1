"""Reading the numbers of weights."""

from pathlib import Path

import numpy as np

from podium_ml.errors import SettingsError


def read_tensors(folder: Path) -> dict[str, np.ndarray]:
    """Return the arrays of the safetensors of a folder, or of PyTorch's files, by name.

    Args:
        folder: The weights.

    Raises:
        SettingsError: There are none, they are damaged, or they hold more than numbers.
    """
    found: dict[str, np.ndarray] = {}
    for path in sorted(folder.rglob("*.safetensors")):
        found |= _of_safetensors(path)
    if found:
        return found
    for path in sorted(one for ending in ("*.bin", "*.pt", "*.pth") for one in folder.rglob(ending)):
        found |= _of_torch(path)
    if not found:
        raise SettingsError(
            f"There are no safetensors among {_names(folder)}.", "Save the model as safetensors."
        )
    return found


def _of_safetensors(path: Path) -> dict[str, np.ndarray]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return load_file(path)
    except (SafetensorError, ValueError, OSError) as error:
        raise SettingsError(f"{path.name} is damaged: {error}.", "Copy it again.") from None


def _of_torch(path: Path) -> dict[str, np.ndarray]:
    import pickle

    import torch

    try:
        held = torch.load(path, map_location="cpu", weights_only=True)
        return {str(name): one.float().numpy() for name, one in held.items() if isinstance(one, torch.Tensor)}
    except (pickle.UnpicklingError, RuntimeError, AttributeError, EOFError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise SettingsError(
            f"{path.name} holds more than numbers, or is damaged: {reason}", "Save the model as safetensors."
        ) from None


def _names(folder: Path) -> str:
    return ", ".join(sorted(path.name for path in folder.rglob("*") if path.is_file())) or "no files"
